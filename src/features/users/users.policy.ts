// Where somebody stands towards an account; what that lets them do is in base/abilities.ts.
import { type AbilityOn, type LevelOf, levelIncludes, ruleOf } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import {
  hasAdminPower,
  hasAdminPowerToChange,
  requireGranted,
  requireSiteAbility,
  siteLevelOf,
} from '../../base/judgement.ts';
import type { Config } from '../../platform/config/config.schema.ts';

/**
 * Grants an ability on the account `userId` or throws: unauthenticated to anonymous people, forbidden to a token
 * without the scope, not_found to everybody else. The system may do everything.
 */
export function requireAccountAbility(actor: Actor, userId: number, ability: AbilityOn<'account'>): void {
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to do this.');
  const held = accountLevelOf(actor, userId, ability);
  // Whether somebody else has an e-mail address, a key or a token is nobody's business: it answers as if missing.
  const needs = ruleOf(ability).needs as LevelOf<'account'>;
  const seesAll = needs === 'admin' && hasAdminPower(actor);
  const visible = seesAll || levelIncludes('account', held, needs);
  requireGranted(actor, ability, { kind: 'account', held, visible, what: 'account' });
}

function accountLevelOf(actor: Actor, userId: number, ability: AbilityOn<'account'>): LevelOf<'account'> {
  if (actor.kind !== 'user') return 'visitor';
  if (actor.userId === userId) return 'self';
  // A token that only reads administration changes nobody's account by that.
  const reads = ruleOf(ability).scope.startsWith('read:');
  const isAdmin = reads ? hasAdminPower(actor) : hasAdminPowerToChange(actor);
  return isAdmin ? 'admin' : 'visitor';
}

/** Lets administrators and the system make any account, and anybody a plain one while registration is open. */
export function requireMayCreateUser(
  accounts: Config['accounts'],
  actor: Actor,
  wanted: { isAdmin: boolean; isInvited?: boolean },
): void {
  if (actor.kind === 'system') return;
  if (actor.kind === 'anonymous' && !wanted.isAdmin && mayRegister(accounts, wanted)) return;
  if (siteLevelOf(actor) === 'admin') {
    requireSiteAbility(actor, 'users:create');
    return;
  }
  if (wanted.isAdmin) throw new AppError('forbidden', 'Only administrators make administrators.');
  if (accounts.registration === 'invitation')
    throw new AppError('forbidden', 'Registration is by invitation. Open the link that invited you.');
  throw new AppError('forbidden', 'Registration is closed. Ask an administrator for an account.');
}

function mayRegister(accounts: Config['accounts'], wanted: { isInvited?: boolean }): boolean {
  if (accounts.registration === 'open') return true;
  return accounts.registration === 'invitation' && wanted.isInvited === true;
}

/** Lets administrators and the system see all accounts. */
export function requireMayListUsers(actor: Actor): void {
  requireSiteAbility(actor, 'users:list');
}
