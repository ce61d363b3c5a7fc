// Who may do what with accounts: one table, one function that reads it. Everything not granted is refused.
import { type Actor, scopesAllow, type UserActor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import type { AccountAbility } from './users.types.ts';

/**
 * What each ability asks: who besides the account's own person, and how they must have proved who they are. `token`
 * names the scope an access token needs; without it no token will do, so a token can never widen its own power.
 */
export const ACCOUNT_ABILITIES: Readonly<
  Record<AccountAbility, { admin: boolean; token?: 'read' | 'write' }>
> = {
  'account:read': { admin: true, token: 'read' },
  'profile:write': { admin: true, token: 'write' },
  'keys:read': { admin: false, token: 'read' },
  'keys:write': { admin: false, token: 'write' },
  'tokens:manage': { admin: false },
  'sessions:manage': { admin: false },
  'password:change': { admin: false },
};

/**
 * Grants an ability on the account `userId` or throws: unauthenticated to anonymous people, forbidden to a token
 * without the scope, not_found to everybody else. The system may do everything.
 */
export function requireAccountAbility(actor: Actor, userId: number, ability: AccountAbility): void {
  if (actor.kind === 'system') return;
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to do this.');
  const { admin, token } = ACCOUNT_ABILITIES[ability];
  if (actor.userId !== userId && !(admin && actor.isAdmin)) throw notFound('account');
  requireUserScope(actor, token);
}

function requireUserScope(actor: UserActor, need: 'read' | 'write' | undefined): void {
  if (actor.via === 'ssh') throw new AppError('forbidden', 'An SSH key cannot be used for this.');
  if (actor.via !== 'token') return;
  if (need === undefined) {
    throw new AppError('forbidden', 'Access tokens cannot do this. Sign in with your password instead.');
  }
  if (scopesAllow(actor.scopes ?? [], need, 'user')) return;
  throw new AppError('forbidden', `This access token lacks the scope ${need}:user. Make one that has it.`);
}

/** Lets administrators and the system make any account, and anybody a plain one while registration is open. */
export function requireMayCreateUser(
  accounts: Config['accounts'],
  actor: Actor,
  wanted: { isAdmin: boolean },
): void {
  if (actor.kind === 'system' || isFullAdmin(actor)) return;
  if (wanted.isAdmin) throw new AppError('forbidden', 'Only administrators make administrators.');
  if (actor.kind === 'anonymous' && accounts.registration === 'open') return;
  throw new AppError('forbidden', 'Registration is closed. Ask an administrator for an account.');
}

/** Lets administrators and the system see all accounts. */
export function requireMayListUsers(actor: Actor): void {
  if (actor.kind === 'system' || isFullAdmin(actor)) return;
  throw notFound();
}

/** An administrator who is there in person, or whose token was given the scope for administration. */
function isFullAdmin(actor: Actor): boolean {
  if (actor.kind !== 'user' || !actor.isAdmin || actor.via === 'ssh') return false;
  return actor.via !== 'token' || scopesAllow(actor.scopes ?? [], 'write', 'admin');
}
