// Credentials of `Authorization: Basic`: a username with a password or an access token, as git clients send them.
import { createHmac, randomBytes } from 'node:crypto';
import { doneBy, type UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { networkOf } from '../../platform/cache/rate-limiter.ts';
import { findUserByLogin } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { actorOfAccount, twoFactorDemand } from './actors.service.ts';
import { noteFailedSignIn } from './failed-sign-ins.service.ts';
import { checkPassword, renewHash } from './passwords.service.ts';
import { checkAttempts, limitedAttempt, noteFailure } from './sign-in-limits.service.ts';
import { looksLikeToken } from './token-secrets.service.ts';
import { actorOfToken, ownerOfToken } from './tokens.service.ts';
import { takeTotpCode } from './totp.service.ts';
import { loadTotpCodes } from './totp-codes.service.ts';

/** Usernames that clients send where a token says everything. */
const TOKEN_USERNAMES = new Set(['x-access-token', 'oauth2', 'token', 'git']);
/** What clients send as the password where the token is the username. */
const EMPTY_PASSWORDS = new Set(['', 'x-oauth-basic']);

/**
 * Who the credentials stand for. `code` is that of an authenticator application, which the API takes beside a password.
 * Throws AppError unauthenticated for wrong ones and for suspended accounts, rate_limited after too many wrong ones.
 */
export async function actorOfBasic(
  app: App,
  username: string,
  secret: string,
  address: string,
  code?: string,
): Promise<UserActor> {
  const isTokenAlone = looksLikeToken(username) && EMPTY_PASSWORDS.has(secret);
  if (looksLikeToken(secret) || isTokenAlone) {
    const actor = await (isTokenAlone ? actorOfToken(app, username) : actorOfTokenAs(app, username, secret));
    if (actor) return actor;
    // No password was guessed at, so a right token is let in however many wrong ones came before.
    noteFailure(app, address);
    throw wrong();
  }
  const actor = await actorOfPassword(app, username, secret, { address, code });
  if (!actor) throw wrong();
  return actor;
}

interface Beside {
  address: string;
  code: string | undefined;
}

function wrong(): AppError {
  return new AppError('unauthenticated', 'Wrong username, password or access token.');
}

async function actorOfTokenAs(app: App, username: string, token: string): Promise<UserActor | undefined> {
  const owner = await ownerOfToken(app, token);
  const typed = username.trim().toLowerCase();
  const own = [owner?.actor.name.toLowerCase(), owner?.email.toLowerCase()];
  return typed === '' || TOKEN_USERNAMES.has(typed) || own.includes(typed) ? owner?.actor : undefined;
}

async function actorOfPassword(
  app: App,
  username: string,
  password: string,
  { address, code }: Beside,
): Promise<UserActor | undefined> {
  const found = await findUserByLogin(app, username);
  const user = await provenUser(app, username, found, password, address);
  if (!user) await noteFailedSignIn(app, found?.id, address);
  const actor = user && (await actorOfAccount(app, user, 'password'));
  if (!user || !actor) return undefined;
  if (code && user.hasSecondFactor) await requireCode(app, user, actor, { address, code });
  else await refusePasswordAlone(app, user);
  return actor;
}

/**
 * A code is taken once, as on the web; for a minute it goes on holding for the password and the address that it came with, since
 * programs make several calls of one code.
 */
async function requireCode(
  app: App,
  user: UserRow,
  actor: UserActor,
  { address, code }: { address: string; code: string },
): Promise<void> {
  const { secret, proven } = memoryOf(app);
  const digest = createHmac('sha256', secret)
    .update(JSON.stringify(['code', user.id, user.passwordHash, code, address]))
    .digest('base64');
  if ((proven.get(digest)?.until ?? 0) > app.clock.now()) return;
  const codes = await loadTotpCodes();
  const attempt = async () =>
    (await app.db.write((tx) => takeTotpCode(app, tx, user.id, code, codes))) || undefined;
  if (await limitedAttempt(app, user.id, address, attempt, 'second-factor')) {
    proven.set(digest, { until: app.clock.now() + REMEMBERED }, ENTRY_BYTES);
    return;
  }
  const failed = { kind: 'user.sign_in_failed', userId: user.id, reason: 'second-factor' } as const;
  await app.db.write((tx) => app.events.record(tx, { ...failed, ...doneBy(actor) }));
  throw new AppError('unauthenticated', 'This code is wrong, or it was used already: wait for the next one.');
}

/**
 * A password alone must not do what needs a second factor on the web. Told only to whoever knows the password; as
 * `unauthenticated`, so that clients forget it and ask for something else.
 */
async function refusePasswordAlone(app: App, user: UserRow): Promise<void> {
  if (!user.hasSecondFactor && (await twoFactorDemand(app, user)) === undefined) return;
  throw new AppError(
    'unauthenticated',
    'Passwords do not work here for accounts with a second factor: use an access token in place of it, which you make on the web under Settings, Access tokens.',
  );
}

/** How long a right password is not hashed again: a git client sends it with each of a fetch's requests. */
const REMEMBERED = MINUTE;
const CACHE_BYTES = 512 * 1024;
const ENTRY_BYTES = 256;

interface Memory {
  /** Keys the digests below; lives and dies with the process. */
  secret: Buffer;
  proven: BoundedCache<{ until: number }>;
  /** Checks under way: clients that ask at the same moment share one. */
  running: Map<string, Promise<UserRow | undefined>>;
}

const memories = new WeakMap<App, Memory>();

function memoryOf(app: App): Memory {
  let memory = memories.get(app);
  if (!memory) {
    memory = {
      secret: randomBytes(32),
      proven: app.caches.create('proven-passwords', CACHE_BYTES),
      running: new Map(),
    };
    memories.set(app, memory);
  }
  return memory;
}

/**
 * As `checkPassword`, without hashing again what was proven within the last minute. The digest covers the account's
 * current password hash, so a changed password is asked anew at once, on every node.
 */
async function provenUser(
  app: App,
  login: string,
  user: UserRow | undefined,
  password: string,
  address: string,
): Promise<UserRow | undefined> {
  // First of all, or the memory would answer guesses without limit.
  checkAttempts(app, user?.id ?? login, address);
  const { secret, proven, running } = memoryOf(app);
  const digest = createHmac('sha256', secret)
    .update(JSON.stringify([user?.id ?? login, user?.passwordHash ?? null, password]))
    .digest('base64');
  if (user && (proven.get(digest)?.until ?? 0) > app.clock.now()) return user;
  const key = `${digest} ${networkOf(address)}`;
  const check = running.get(key) ?? checkPassword(app, login, user, password, address);
  running.set(key, check);
  try {
    const matching = await check;
    if (matching) {
      proven.set(digest, { until: app.clock.now() + REMEMBERED }, ENTRY_BYTES);
      await renewHash(app, matching, password);
    }
    return matching;
  } finally {
    running.delete(key);
  }
}
