// The one judgement: an actor, an ability, and where the actor stands towards the thing. Every service of every room ends here.
import { type AbilityName, type Kind, type LevelOf, levelIncludes, type Rule, ruleOf } from './abilities.ts';
import { type Actor, type NeededScope, type ScopeArea, scopesAllow, type UserActor } from './actor.ts';
import { AppError, notFound } from './errors.ts';

export interface Standing<K extends Kind> {
  kind: K;
  held: LevelOf<K>;
  /** Whether the actor may know that the thing exists. */
  visible: boolean;
  /** What it is called in a refusal, e.g. `repository`. */
  what: string;
}

/**
 * Grants an ability or throws: `not_found` to whoever may not even know of the thing, `unauthenticated` to anonymous
 * people who could sign in to do it, `forbidden` to everybody else. The system may do everything.
 */
export function requireGranted<K extends Kind>(
  actor: Actor,
  ability: AbilityName,
  standing: Standing<K>,
): void {
  if (actor.kind === 'system') return;
  if (!isSetUp(actor, ability)) requireEnrolled(actor);
  if (!standing.visible) throw notFound(standing.what);
  requireMeans(actor, ability);
  const rule = ruleOf(ability);
  if (levelIncludes(standing.kind, standing.held, rule.needs as LevelOf<K>)) return;
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to do this.');
  throw new AppError('forbidden', refusalOf(rule, standing.what));
}

/** Whether this is what a session that is held back is held back for. */
function isSetUp(actor: Actor, ability: AbilityName): boolean {
  return ruleOf(ability).whilePending === true && actor.kind === 'user' && actor.via === 'session';
}

function refusalOf(rule: Rule, what: string): string {
  if (rule.on === 'repository') return `You need ${rule.needs} permission on this repository to do this.`;
  if (rule.on === 'organization')
    return `Only ${rule.needs === 'owner' ? 'owners' : 'members'} of this organization may do this.`;
  return rule.needs === 'admin'
    ? 'Only administrators may do this.'
    : `You may not do this with this ${what}.`;
}

/** Throws AppError forbidden where a second factor or a new password is missing: nothing but its set-up is reached. */
export function requireEnrolled(actor: Actor): void {
  if (actor.kind !== 'user' || !isPending(actor)) return;
  const needs = actor.mustChangePassword ? 'new password' : 'second factor';
  const choose = actor.mustChangePassword ? 'choose one' : 'set one up';
  throw new AppError(
    'forbidden',
    `This account needs a ${needs} before it can do anything: sign in on the web to ${choose}.`,
  );
}

/** Whether an account is held back until its person has set up what is missing. */
export function isPending(actor: UserActor): boolean {
  return actor.mustEnrol === true || actor.mustChangePassword === true;
}

/** Whether by these means (a session, a password, a token's scopes, a key) an ability may be used at all. */
export function requireMeans(actor: Actor, ability: AbilityName): void {
  const rule = ruleOf(ability);
  const { scope, keys } = rule;
  if (actor.kind === 'deploy-key' && !keys)
    throw new AppError('forbidden', 'A deploy key cannot be used for this.');
  if (actor.kind !== 'user') return;
  if (actor.via === 'ssh' && !keys) throw new AppError('forbidden', 'An SSH key cannot be used for this.');
  requireScope(actor, scope);
  if (!isOpenReading(rule)) requireUnlimited(actor);
}

/** Repositories judge a token's selection one by one; of the rest such a token reads what any visitor may. */
function isOpenReading(rule: Rule): boolean {
  if (rule.on === 'repository') return true;
  return rule.scope.startsWith('read:') && (rule.needs === 'anyone' || rule.needs === 'visitor');
}

/** Throws AppError forbidden for a token limited to some repositories: it stands for them, not for its account. */
export function requireUnlimited(actor: UserActor): void {
  if (actor.repositoryIds === undefined) return;
  throw new AppError(
    'forbidden',
    'This access token is limited to some repositories: it can do nothing outside of them. Use one that is not limited.',
  );
}

/** An access token may do only what its scopes say, whoever its owner is. */
export function requireScope(actor: UserActor, scope: NeededScope | 'never'): void {
  if (actor.via !== 'token') return;
  if (scope === 'never')
    throw new AppError('forbidden', 'Access tokens cannot do this. Sign in on the web instead.');
  const [need, area] = scope.split(':') as ['read' | 'write', ScopeArea];
  if (scopesAllow(actor.scopes ?? [], need, area)) return;
  throw new AppError('forbidden', `This access token lacks the scope ${scope}. Make one that has it.`);
}

/** Where an actor stands towards the site itself. A token counts as an administrator's only with the scope for it. */
export function siteLevelOf(actor: Actor): LevelOf<'site'> {
  if (actor.kind === 'system') return 'admin';
  if (actor.kind !== 'user') return 'anyone';
  return hasAdminPower(actor) && actor.via !== 'ssh' ? 'admin' : 'user';
}

/** Grants an ability on the site itself; administration is hidden from everybody else. */
export function requireSiteAbility(actor: Actor, ability: AbilityName): void {
  const held = siteLevelOf(actor);
  const visible = ruleOf(ability).needs !== 'admin' || held === 'admin';
  requireGranted(actor, ability, { kind: 'site', held, visible, what: 'page' });
}

/** Whether somebody may change things as an administrator: a token that only reads administration changes nothing. */
export function hasAdminPowerToChange(actor: Actor): boolean {
  if (!hasAdminPower(actor)) return false;
  return actor.kind !== 'user' || actor.via !== 'token' || scopesAllow(actor.scopes ?? [], 'write', 'admin');
}

/** Whether somebody acts as an administrator: there in person, or by a token that was given the scope. */
export function hasAdminPower(actor: Actor): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind !== 'user' || !actor.isAdmin || isPending(actor)) return false;
  if (actor.repositoryIds !== undefined) return false;
  return actor.via !== 'token' || scopesAllow(actor.scopes ?? [], 'read', 'admin');
}
