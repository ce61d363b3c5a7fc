// Sessions of browsers: opened at sign-in, found by their token, slid on by use, ended one by one or together.
import { type Actor, doneBy } from '../../base/actor.ts';
import { randomToken, sha256Hex } from '../../base/crypto.ts';
import { notFound } from '../../base/errors.ts';
import { DAY, MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById, noteSignIn } from '../users/users.service.ts';
import { actorOfAccount } from './actors.service.ts';
import type { Client } from './clients.types.ts';
import { noteDevice } from './devices.service.ts';
import {
  findByTokenHash,
  findSession,
  insertSession,
  listSessionsOf,
  removeExpired,
  removeSession,
  removeSessionsOf,
  touchSession,
} from './sessions.store.ts';
import type { OpenSession, SessionRow } from './sessions.types.ts';

/** The use of a session is written down at most this often. */
const NOTED_EVERY = 5 * MINUTE;
/** A person's least recently used sessions beyond this number end at the next sign-in. */
const MOST_PER_USER = 50;

export interface SessionOptions {
  /** The session the browser came with ends: a token known from before the sign-in is worth nothing after it. */
  replacedToken?: string | undefined;
  /** Whether a second factor was given. */
  hasSecondFactor?: boolean;
  /** Runs first in the same transaction and may refuse. */
  claim?: (tx: Tx) => Promise<void>;
}

/**
 * Opens a session without asking anything: ways of signing in call `completeSignIn` instead. The token is returned this
 * once only.
 */
export async function openSession(
  app: App,
  userId: number,
  client: Client,
  options: SessionOptions = {},
): Promise<{ token: string; expiresAt: number }> {
  const { replacedToken, hasSecondFactor = false, claim } = options;
  const token = randomToken();
  const now = app.clock.now();
  const expiresAt = now + app.config.accounts.session_days * DAY;
  const user = await findUserById(app, userId);
  await app.db.write(async (tx) => {
    await claim?.(tx);
    if (replacedToken !== undefined) await endReplaced(tx, replacedToken);
    await insertSession(tx, {
      userId,
      tokenHash: sha256Hex(token),
      address: client.address.slice(0, 64),
      userAgent: client.userAgent.slice(0, 500),
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
      provenAt: now,
      hasSecondFactor,
    });
    for (const old of (await listSessionsOf(tx, userId)).slice(MOST_PER_USER))
      await removeSession(tx, old.id);
    await noteSignIn(app, tx, userId);
    const { address } = client;
    const noted = await noteDevice(app, tx, userId, client);
    const origin = { name: user?.name ?? '', via: 'session', address } as const;
    await app.events.record(tx, {
      kind: 'user.signed_in',
      actorId: userId,
      origin,
      userId,
      address,
      ...noted,
    });
  });
  return { token, expiresAt };
}

async function endReplaced(tx: Tx, token: string): Promise<void> {
  const replaced = await findByTokenHash(tx, sha256Hex(token));
  if (replaced) await removeSession(tx, replaced.session.id);
}

/** Who a session token stands for; undefined when it is unknown, expired, or its person is suspended. */
export async function actorOfSession(app: App, token: string): Promise<OpenSession | undefined> {
  if (!/^[\w-]{43}$/.test(token)) return undefined;
  const found = await findByTokenHash(app.db.read, sha256Hex(token));
  const now = app.clock.now();
  if (!found || found.session.expiresAt <= now) return undefined;
  const { session, user } = found;
  const actor = await actorOfAccount(app, user, 'session');
  if (!actor) return undefined;
  const expiresAt = await slideOn(app, session, now);
  return {
    actor,
    sessionId: session.id,
    provenAt: session.provenAt,
    hasSecondFactor: session.hasSecondFactor,
    expiresAt,
    renewed: expiresAt !== session.expiresAt,
  };
}

async function slideOn(app: App, session: SessionRow, now: number): Promise<number> {
  if (now - session.lastUsedAt < NOTED_EVERY) return session.expiresAt;
  const expiresAt = now + app.config.accounts.session_days * DAY;
  await app.db.write((tx) =>
    touchSession(tx, session.id, session.lastUsedAt, { lastUsedAt: now, expiresAt }),
  );
  return expiresAt;
}

/** Ends a session by signing out: whoever holds its cookie may. `actor` is who did it, its own person unless said. */
export async function endSession(app: App, sessionId: number, actor?: Actor): Promise<void> {
  await app.db.write(async (tx) => {
    const session = await findSession(tx, sessionId);
    if (!session) return;
    await removeSession(tx, sessionId);
    const { userId } = session;
    const who = actor ? doneBy(actor) : { actorId: userId };
    await app.events.record(tx, { kind: 'session.ended', ...who, userId, sessionId });
  });
}

/** A person's live sessions, the most recently used first. */
export async function listSessions(app: App, actor: Actor, userId: number): Promise<SessionRow[]> {
  requireAccountAbility(actor, userId, 'sessions:manage');
  const now = app.clock.now();
  return (await listSessionsOf(app.db.read, userId)).filter((session) => session.expiresAt > now);
}

/** Ends one of a person's sessions; throws AppError not_found when it is not theirs. */
export async function revokeSession(
  app: App,
  actor: Actor,
  userId: number,
  sessionId: number,
): Promise<void> {
  requireAccountAbility(actor, userId, 'sessions:manage');
  const session = await findSession(app.db.read, sessionId);
  if (session?.userId !== userId) throw notFound('session');
  await endSession(app, sessionId, actor);
}

/** Ends all of a person's sessions but the one given; without one, all of them. */
export async function revokeSessions(
  app: App,
  actor: Actor,
  userId: number,
  keptId: number | undefined,
): Promise<void> {
  requireAccountAbility(actor, userId, 'sessions:manage');
  await app.db.write((tx) => endSessionsIn(app, tx, actor, userId, keptId));
}

/** Ends all of a person's sessions but the one given, in the caller's transaction. */
export async function endSessionsIn(
  app: App,
  tx: Tx,
  actor: Actor,
  userId: number,
  keptId: number | undefined,
): Promise<void> {
  await removeSessionsOf(tx, userId, keptId);
  const sessionId = keptId === undefined ? 'all' : 'others';
  await app.events.record(tx, { kind: 'session.ended', ...doneBy(actor), userId, sessionId });
}

/** Forgets sessions that have expired. */
export async function purgeSessions(app: App): Promise<void> {
  await app.db.write((tx) => removeExpired(tx, app.clock.now()));
}
