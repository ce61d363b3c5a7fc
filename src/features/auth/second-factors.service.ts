// What an account has beyond its password: seeing it, keeping the account's flag true to it, and starting over.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { storeSecondFactorFlag } from '../users/account-flags.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import { twoFactorDemand } from './actors.service.ts';
import { dropOneTimes } from './one-time-tokens.service.ts';
import { countPasskeysOf, listPasskeysOf, removePasskeysOf } from './passkeys.store.ts';
import { countUnusedCodes, removeRecoveryCodesOf } from './recovery-codes.store.ts';
import type { SecondFactors, TwoFactorDemand } from './second-factors.types.ts';
import { endSessionsIn } from './sessions.service.ts';
import { noteProof, removeSessionsByPasswordOnly } from './sessions.store.ts';
import { findTotp, removeTotpOf } from './totp.store.ts';

/** What an account has, for its own person and for administrators. */
export async function secondFactorsOf(app: App, actor: Actor, userId: number): Promise<SecondFactors> {
  const isOwn = actor.kind === 'user' && actor.userId === userId;
  requireAccountAbility(actor, userId, isOwn ? 'second-factors:manage' : 'account:read');
  const totp = await findTotp(app.db.read, userId);
  return {
    totpSince: totp?.confirmedAt ?? undefined,
    passkeys: await listPasskeysOf(app.db.read, userId),
    unusedRecoveryCodes: await countUnusedCodes(app.db.read, userId),
  };
}

/**
 * Makes the account's flag say what is there, in the transaction that changed it. Without any factor left the recovery
 * codes go too, which is refused (AppError conflict) while `demand` says that somebody asks for one.
 */
export async function settleSecondFactors(
  app: App,
  tx: Tx,
  userId: number,
  demand: TwoFactorDemand | undefined,
): Promise<void> {
  const totp = await findTotp(tx, userId);
  const hasAny = (totp?.confirmedAt ?? null) !== null || (await countPasskeysOf(tx, userId)) > 0;
  if (!hasAny && demand) throw new AppError('conflict', refusalOf(demand));
  if (!hasAny) await removeRecoveryCodesOf(tx, userId);
  await storeSecondFactorFlag(app, tx, userId, hasAny);
}

/**
 * Settles the account after a factor was added in the session `sessionId`, which counts as proved by it from now on. With
 * the first one, other sessions opened by the password alone end: who knows no more than that is kept out from here.
 */
export async function settleAddedFactor(
  app: App,
  tx: Tx,
  actor: Actor,
  userId: number,
  sessionId: number | undefined,
): Promise<void> {
  const isFirst = !(await findUserById(app, userId, tx))?.hasSecondFactor;
  await settleSecondFactors(app, tx, userId, undefined);
  if (sessionId !== undefined)
    await noteProof(tx, sessionId, { provenAt: app.clock.now(), hasSecondFactor: true });
  if (!isFirst || !(await removeSessionsByPasswordOnly(tx, userId))) return;
  await app.events.record(tx, { kind: 'session.ended', ...doneBy(actor), userId, sessionId: 'others' });
}

function refusalOf(demand: TwoFactorDemand): string {
  return `This is your last second factor, and ${DEMANDS[demand]}. Set up another one before you remove it.`;
}

/** Who asks for it, as a clause. */
export const DEMANDS: Record<TwoFactorDemand, string> = {
  administrators: 'this site asks its administrators to have one',
  everybody: 'this site asks everybody to have one',
  organization: 'an organization you belong to asks its members to have one',
};

/** Who asks an account for a second factor; undefined when nobody does. */
export async function demandOn(app: App, userId: number): Promise<TwoFactorDemand | undefined> {
  const user = await findUserById(app, userId);
  if (!user) throw notFound('account');
  return twoFactorDemand(app, user);
}

/**
 * Takes every second factor from an account whose person lost them, and ends its sessions: for administrators and the
 * command line. Nobody resets their own, which would be a way around having to have one.
 */
export async function resetSecondFactors(app: App, actor: Actor, userId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  if (actor.kind === 'user' && actor.userId === userId) {
    throw new AppError(
      'forbidden',
      'Change your own second factors in your settings, or ask another administrator.',
    );
  }
  const user = await findUserById(app, userId);
  if (user?.kind !== 'user') throw notFound('account');
  await app.db.write(async (tx) => {
    await removeTotpOf(tx, userId);
    await removePasskeysOf(tx, userId);
    await settleSecondFactors(app, tx, userId, undefined);
    await dropOneTimes(tx, userId, 'sign-in');
    await endSessionsIn(app, tx, actor, userId, undefined);
    await app.events.record(tx, { kind: 'second_factors.reset', ...doneBy(actor), userId });
  });
}
