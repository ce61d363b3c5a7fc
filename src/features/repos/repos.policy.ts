// Where somebody stands towards a repository; what that lets them do is in base/abilities.ts.
import { levelIncludes, type Rule, ruleOf, UNITS, type Unit, type UnitAccess } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import {
  hasAdminPower,
  hasAdminPowerToChange,
  requireEnrolled,
  requireGranted,
  requireMeans,
  requireUnlimited,
} from '../../base/judgement.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type {
  Ability,
  OpenRepository,
  Owned,
  OwnerKind,
  Permission,
  RepositoryRow,
  RepositoryStanding,
  Viewer,
} from './repos.types.ts';
import { type Grant, grantsAmong, organizationGrants, ownGrants } from './standing.store.ts';

/** Repositories in one statement at most. */
const GRANTS_AT_ONCE = 1000;

/** Whether a permission includes another. */
export function permissionIncludes(held: Permission, needed: Permission): boolean {
  return levelIncludes('repository', held, needed);
}

/** Where the actor stands towards a repository, leaving token scopes aside. */
export async function standingOf(
  reader: Reader | Tx,
  actor: Actor,
  owned: Owned,
): Promise<RepositoryStanding> {
  const known = standingWithoutGrants(actor, owned.repository);
  if (known.userId === undefined) return known.standing;
  return combine([plain(known.floor), ...(await grantsOf(reader, owned, known.userId))]);
}

/** As `standingOf`, for many repositories in three statements for each thousand. */
export async function standingsAmong(
  reader: Reader | Tx,
  actor: Actor,
  seen: readonly Pick<Owned, 'repository'>[],
): Promise<Map<number, RepositoryStanding>> {
  const standings = new Map<number, RepositoryStanding>();
  const floors = new Map<number, Permission>();
  for (const { repository } of seen) {
    const known = standingWithoutGrants(actor, repository);
    if (known.userId === undefined) standings.set(repository.id, known.standing);
    else floors.set(repository.id, known.floor);
  }
  if (actor.kind !== 'user') return standings;
  const asked = [...floors.keys()];
  for (let from = 0; from < asked.length; from += GRANTS_AT_ONCE)
    for (const [id, grants] of await grantsAmong(
      reader,
      asked.slice(from, from + GRANTS_AT_ONCE),
      actor.userId,
    ))
      standings.set(id, combine([plain(floors.get(id) ?? 'none'), ...grants]));
  return standings;
}

/** With a `userId` what was given to that person counts besides what anybody like them holds. */
type KnownStanding =
  | { standing: RepositoryStanding; userId?: undefined }
  | { floor: Permission; userId: number };

function standingWithoutGrants(actor: Actor, repository: RepositoryRow): KnownStanding {
  if (actor.kind === 'system') return { standing: uncapped('owner') };
  if (actor.kind === 'deploy-key') return { standing: deployKeyStanding(actor, repository) };
  const viewer = viewerOf(actor);
  const isOpen = viewer.sees.includes(repository.visibility);
  if (viewer.selection && !viewer.selection.includes(repository.id))
    return { standing: uncapped(isOpen && repository.visibility === 'public' ? 'read' : 'none') };
  if (viewer.userId !== undefined && viewer.userId === repository.ownerId)
    return { standing: uncapped('owner') };
  const floor = floorOf(actor, isOpen);
  // Nothing that was given adds to what an administrator holds.
  if (floor === 'owner' || viewer.userId === undefined) return { standing: uncapped(floor) };
  return { floor, userId: viewer.userId };
}

/** What of all repositories the actor sees, for lists: the same rule as `standingOf`. */
export function viewerOf(actor: Actor): Viewer {
  const everything = ['public', 'internal', 'private'] as const;
  if (actor.kind === 'system') return { sees: everything };
  if (actor.kind !== 'user') return { sees: ['public'] };
  const person = {
    userId: actor.userId,
    ...(actor.repositoryIds === undefined ? {} : { selection: actor.repositoryIds }),
  };
  if (hasAdminPower(actor)) return { ...person, sees: everything };
  return { ...person, sees: actor.isRestricted ? [] : ['public', 'internal'] };
}

/** What the actor holds without having been given anything on the repository. */
function floorOf(actor: Actor, isOpen: boolean): Permission {
  // A token that only reads administration sees every repository, and changes none by that.
  if (actor.kind === 'user' && hasAdminPower(actor)) return hasAdminPowerToChange(actor) ? 'owner' : 'read';
  return isOpen ? 'read' : 'none';
}

function grantsOf(reader: Reader | Tx, { repository, ownerKind }: Owned, userId: number): Promise<Grant[]> {
  return ownerKind === 'organization'
    ? organizationGrants(reader, repository.id, repository.ownerId, userId)
    : ownGrants(reader, repository.id, userId);
}

/** A key reads or writes code of its own repository, and knows of no other. */
function deployKeyStanding(
  key: { repositoryId: number; canWrite: boolean },
  repository: RepositoryRow,
): RepositoryStanding {
  if (key.repositoryId !== repository.id) return uncapped('none');
  const permission = key.canWrite ? 'write' : 'read';
  const others = UNITS.filter((unit) => unit !== 'code');
  const caps = Object.fromEntries(others.map((unit) => [unit, 'none' as const]));
  return combine([{ source: 'member', permission, caps }]);
}

function plain(permission: Permission): Grant {
  return { source: 'member', permission, caps: {} };
}

function uncapped(permission: Permission): RepositoryStanding {
  return combine([plain(permission)]);
}

/** The strongest permission, and for each unit the strongest that any one grant gives after its own cap. */
export function combine(grants: readonly Grant[]): RepositoryStanding {
  const permission = strongest(grants.map((grant) => grant.permission));
  const each = perUnit((unit) => strongest(grants.map((grant) => levelOn(unit, grant))));
  // Pull requests show code and change it.
  const levels = { ...each, pulls: weaker(each.pulls, each.code) };
  return { permission, levels, units: perUnit((unit) => accessOf(levels[unit])) };
}

function strongest(permissions: readonly Permission[]): Permission {
  return permissions.reduce((most, one) => (permissionIncludes(most, one) ? most : one), 'none');
}

function weaker(one: Permission, other: Permission): Permission {
  return permissionIncludes(one, other) ? other : one;
}

function perUnit<T>(make: (unit: Unit) => T): Record<Unit, T> {
  return Object.fromEntries(UNITS.map((unit) => [unit, make(unit)])) as Record<Unit, T>;
}

/** What a grant gives on one unit: a cap of `read` leaves nothing stronger than reading, not even triage. */
function levelOn(unit: Unit, { permission, caps }: Grant): Permission {
  const cap = caps[unit];
  if (cap === undefined || cap === 'write') return permission;
  if (cap === 'read' && permissionIncludes(permission, 'read')) return 'read';
  return 'none';
}

function accessOf(level: Permission): UnitAccess {
  if (permissionIncludes(level, 'write')) return 'write';
  return permissionIncludes(level, 'read') ? 'read' : 'none';
}

/**
 * Grants an ability or throws: `not_found` to whoever may not even see the repository (or the unit), `unauthenticated`
 * to anonymous people who can see it, `forbidden` to everybody else. Returns where they stand.
 */
export async function requireAbility(
  reader: Reader | Tx,
  actor: Actor,
  owned: Owned | { repository: RepositoryRow; owner: { kind: OwnerKind } },
  ability: Ability,
): Promise<RepositoryStanding> {
  requireEnrolled(actor);
  const { repository } = owned;
  const ownerKind = 'owner' in owned ? owned.owner.kind : owned.ownerKind;
  const standing = await standingOf(reader, actor, { repository, ownerKind });
  if (actor.kind === 'system') return standing;
  const visible = permissionIncludes(standing.permission, 'read');
  if (!visible) throw notFound('repository');
  const rule = ruleOf(ability);
  requireSelected(actor, rule, repository);
  const units = rule.anyUnit ?? (rule.unit === undefined ? [] : [rule.unit]);
  if (units.length > 0) requireUnit(actor, ability, repository, standing, units);
  const held = standing.permission;
  requireGranted(actor, ability, { kind: 'repository', held, visible, what: 'repository' });
  requireOwnerOfPersonal(rule, ownerKind, held);
  requireNotArchived(rule, repository);
  return standing;
}

/** A token limited to other repositories reads here what anybody may, and does nothing that whoever reads may do. */
function requireSelected(actor: Actor, rule: Rule, { id }: RepositoryRow): void {
  if (actor.kind === 'user' && rule.scope.startsWith('write:') && actor.repositoryIds?.includes(id) === false)
    requireUnlimited(actor);
}

/** In a person's repository only the owner does what destroys, however much they gave to others. */
function requireOwnerOfPersonal(rule: Rule, ownerKind: OwnerKind, held: Permission): void {
  if (rule.onPersonal !== 'owner' || ownerKind === 'organization' || held === 'owner') return;
  throw new AppError('forbidden', 'Only the owner of this repository may do this.');
}

/** A unit that is off, or closed to the actor's teams, is not there; one they may only read cannot be written. Any of several will do. */
function requireUnit(
  actor: Actor,
  ability: Ability,
  repository: RepositoryRow,
  { permission, levels }: RepositoryStanding,
  units: readonly Unit[],
): void {
  const level = strongest(units.map((unit) => (isUnitOn(repository, unit) ? levels[unit] : 'none')));
  if (!permissionIncludes(level, 'read')) throw notFound('repository');
  const needs = ruleOf(ability).needs as Permission;
  // Whoever holds too little altogether is told so by the judgement, in the words for everybody.
  if (permissionIncludes(level, needs) || !permissionIncludes(permission, needs)) return;
  requireMeans(actor, ability);
  throw new AppError('forbidden', `Your team may only read the ${units.join(' and ')} of this repository.`);
}

/** Whether somebody who opened a repository may do with it what destroys: see `repository:own`. */
export function ownsRepository({ permission, owner }: Pick<OpenRepository, 'permission' | 'owner'>): boolean {
  return permissionIncludes(permission, owner.kind === 'organization' ? 'admin' : 'owner');
}

/** Whether somebody who opened a repository may read its code: switched on, and open to their teams. */
export function readsCode({ repository, units }: Pick<OpenRepository, 'repository' | 'units'>): boolean {
  return isUnitOn(repository, 'code') && units.code !== 'none';
}

/** Whether somebody who opened a repository may read its issues: switched on, and open to their teams. */
export function readsIssues(open: Pick<OpenRepository, 'repository' | 'units'>): boolean {
  return readsUnit(open, 'issues');
}

/** As `readsIssues`, of any unit. */
export function readsUnit(
  { repository, units }: Pick<OpenRepository, 'repository' | 'units'>,
  unit: Unit,
): boolean {
  return isUnitOn(repository, unit) && units[unit] !== 'none';
}

/** What of a repository says whether its units are open to whoever sees it. */
export interface OwnedInBrief {
  repository: Pick<RepositoryRow, 'id' | 'visibility' | 'disabledUnits'>;
  ownerKind: OwnerKind;
}

/** Of repositories the actor sees, the ids of those of which they may read a unit too: the rule of `standingOf`, for a set. */
export async function readableUnitAmong(
  reader: Reader | Tx,
  actor: Actor,
  seen: readonly OwnedInBrief[],
  unit: Unit,
): Promise<Set<number>> {
  return (await readableUnitsAmong(reader, actor, seen, [unit])).get(unit) ?? new Set();
}

/** As `readableUnitAmong`, of several units at once. */
export async function readableUnitsAmong<U extends Unit>(
  reader: Reader | Tx,
  actor: Actor,
  seen: readonly OwnedInBrief[],
  units: readonly U[],
): Promise<Map<U, Set<number>>> {
  const isOff = (repository: OwnedInBrief['repository'], unit: U) =>
    actor.kind !== 'system' && !isUnitOn(repository, unit);
  const idsWhere = (unit: U) =>
    new Set(seen.flatMap(({ repository }) => (isOff(repository, unit) ? [] : repository.id)));
  const readable = new Map(units.map((unit) => [unit, idsWhere(unit)]));
  if (actor.kind === 'system') return readable;
  const viewer = viewerOf(actor);
  const on = seen.filter(({ repository }) => units.some((unit) => isUnitOn(repository, unit)));
  // Only teams are held to less than they see.
  const byGrant = on.filter(
    ({ repository, ownerKind }) =>
      ownerKind === 'organization' && !viewer.sees.includes(repository.visibility),
  );
  if (viewer.userId === undefined || byGrant.length === 0) return readable;
  const ids = byGrant.map(({ repository }) => repository.id);
  for (let from = 0; from < ids.length; from += GRANTS_AT_ONCE)
    for (const [id, grants] of await grantsAmong(
      reader,
      ids.slice(from, from + GRANTS_AT_ONCE),
      viewer.userId,
    )) {
      const held = combine(grants).units;
      for (const unit of units) if (held[unit] === 'none') readable.get(unit)?.delete(id);
    }
  return readable;
}

/** Whether a unit of a repository is switched on; pull requests need code. */
export function isUnitOn(repository: Pick<RepositoryRow, 'disabledUnits'>, unit: Unit): boolean {
  const off = repository.disabledUnits.split(',');
  return !off.includes(unit) && (unit !== 'pulls' || !off.includes('code'));
}

/** Whether nothing but reading is possible. */
export function isArchived(repository: Pick<RepositoryRow, 'archivedAt'>): boolean {
  return repository.archivedAt !== null;
}

function requireNotArchived(rule: Rule, repository: RepositoryRow): void {
  if (!isArchived(repository) || rule.evenArchived) return;
  throw new AppError('forbidden', 'This repository is archived: it can be read, and changed no more.');
}
