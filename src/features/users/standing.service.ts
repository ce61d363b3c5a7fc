// What administrators decide about an account: suspended, restricted, an administrator. Tokens, keys and open
// connections follow at once, since every request asks anew who an account is (auth/actors.service.ts).
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { DomainEvent } from '../../platform/events/events.types.ts';
import { endSessionsOf, hasOtherAdministrator } from './standing.store.ts';
import { requireAccountAbility } from './users.policy.ts';
import { findById, updateUser } from './users.store.ts';
import type { UserRow } from './users.types.ts';

/**
 * Suspends an account and ends its sessions: it signs in no more, and its tokens and keys stop working. Throws AppError
 * conflict for the last administrator and for oneself.
 */
export async function suspendUser(app: App, actor: Actor, userId: number): Promise<void> {
  requireAccountAbility(actor, userId, 'account:suspend');
  refuseOneself(actor, userId, 'You cannot suspend your own account: another administrator can.');
  await change(app, actor, userId, async (tx, user) => {
    if (user.isSuspended) return undefined;
    if (user.isAdmin) await requireOtherAdministrator(tx, userId);
    await endSessionsOf(tx, userId);
    return { values: { isSuspended: true }, kind: 'user.suspended' };
  });
}

/** Lets a suspended account in again; its tokens and keys work as before. */
export async function unsuspendUser(app: App, actor: Actor, userId: number): Promise<void> {
  requireAccountAbility(actor, userId, 'account:suspend');
  await change(app, actor, userId, async (_tx, user) =>
    user.isSuspended ? { values: { isSuspended: false }, kind: 'user.unsuspended' } : undefined,
  );
}

/** Restricts an account to what was given to it by name, or lifts that. */
export async function setRestricted(
  app: App,
  actor: Actor,
  userId: number,
  restricted: boolean,
): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await change(app, actor, userId, async (_tx, user) => {
    if (user.isRestricted === restricted) return undefined;
    return {
      values: { isRestricted: restricted },
      kind: restricted ? 'user.restricted' : 'user.unrestricted',
    };
  });
}

/** Restricts a new account in the transaction that makes it, so that it is never there without. */
export async function restrictNew(app: App, tx: Tx, actor: Actor, userId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await updateUser(tx, userId, { isRestricted: true });
  await app.events.record(tx, { kind: 'user.restricted', ...doneBy(actor), userId });
}

/**
 * Makes somebody an administrator, or takes that away; their sessions end, so that nothing goes on under the rules of
 * before. Throws AppError conflict for the last administrator and for oneself.
 */
export async function setAdmin(app: App, actor: Actor, userId: number, isAdmin: boolean): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  if (!isAdmin)
    refuseOneself(actor, userId, 'You cannot take this away from yourself: another administrator can.');
  await change(app, actor, userId, async (tx, user) => {
    if (user.isAdmin === isAdmin) return undefined;
    if (user.kind !== 'user') throw new AppError('conflict', 'A bot cannot be an administrator.');
    if (!isAdmin) await requireOtherAdministrator(tx, userId);
    if (actor.kind !== 'user' || actor.userId !== userId) await endSessionsOf(tx, userId);
    return { values: { isAdmin }, kind: isAdmin ? 'user.admin_granted' : 'user.admin_revoked' };
  });
}

/**
 * Throws AppError conflict when no administrator would be left who can sign in. In the transaction that takes one away,
 * which is serializable: of two at once only one goes through.
 */
export async function requireOtherAdministrator(tx: Tx, userId: number): Promise<void> {
  if (await hasOtherAdministrator(tx, userId)) return;
  throw new AppError(
    'conflict',
    'This is the only administrator who can sign in. Make another one first: somebody must look after the site.',
  );
}

type StandingKind =
  | 'user.suspended'
  | 'user.unsuspended'
  | 'user.restricted'
  | 'user.unrestricted'
  | 'user.admin_granted'
  | 'user.admin_revoked';

interface Change {
  values: Partial<UserRow>;
  kind: StandingKind;
}

/** One transaction with its event; nothing happens where `decide` finds nothing to change. */
async function change(
  app: App,
  actor: Actor,
  userId: number,
  decide: (tx: Tx, user: UserRow) => Promise<Change | undefined>,
): Promise<void> {
  await app.db.write(async (tx) => {
    const user = await findById(tx, userId);
    if (user?.kind !== 'user' && user?.kind !== 'bot') throw notFound('account');
    const decided = await decide(tx, user);
    if (!decided) return;
    await updateUser(tx, userId, { ...decided.values, updatedAt: app.clock.now() });
    const event: DomainEvent = { kind: decided.kind, ...doneBy(actor), userId };
    await app.events.record(tx, event);
  });
}

function refuseOneself(actor: Actor, userId: number, message: string): void {
  if (actor.kind === 'user' && actor.userId === userId) throw new AppError('conflict', message);
}
