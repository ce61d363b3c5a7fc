// Where somebody stands towards a repository; what that lets them do is in base/abilities.ts.
import {
  type LevelOf,
  levelIncludes,
  type Rule,
  ruleOf,
  UNITS,
  type Unit,
  type UnitAccess,
  unitIncludes,
} from '../../base/abilities.ts';
import type { Actor, UserActor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { hasAdminPower, requireEnrolled, requireGranted, requireMeans } from '../../base/judgement.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { Ability, OwnerKind, Permission, RepositoryRow, RepositoryStanding } from './repos.types.ts';
import { type Grant, organizationGrants, ownGrants } from './standing.store.ts';

/** A repository with who owns it, as every check needs them. */
export interface Owned {
  repository: RepositoryRow;
  ownerKind: OwnerKind;
}

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
  const { repository, ownerKind } = owned;
  if (actor.kind === 'system') return uncapped('owner');
  if (actor.kind === 'deploy-key') return deployKeyStanding(actor, repository);
  if (actor.kind === 'anonymous' || isOutsideSelection(actor, repository)) {
    return uncapped(repository.visibility === 'public' ? 'read' : 'none');
  }
  if (hasAdminPower(actor) || actor.userId === repository.ownerId) return uncapped('owner');
  const grants =
    ownerKind === 'organization'
      ? await organizationGrants(reader, repository.id, repository.ownerId, actor.userId)
      : await ownGrants(reader, repository.id, actor.userId);
  return combine([floorFor(actor, repository), ...grants]);
}

/** A key reads or writes code of its own repository, and knows of no other. */
function deployKeyStanding(
  key: { repositoryId: number; canWrite: boolean },
  repository: RepositoryRow,
): RepositoryStanding {
  if (key.repositoryId !== repository.id) return uncapped('none');
  const code: UnitAccess = key.canWrite ? 'write' : 'read';
  return { permission: key.canWrite ? 'write' : 'read', units: { ...noUnits(), code } };
}

/** A token limited to some repositories reads elsewhere what anybody may. */
function isOutsideSelection(actor: UserActor, repository: RepositoryRow): boolean {
  return actor.repositoryIds !== undefined && !actor.repositoryIds.includes(repository.id);
}

function floorFor(actor: UserActor, repository: RepositoryRow): Grant {
  const isOpen = repository.visibility !== 'private' && actor.isRestricted !== true;
  return { source: 'member', permission: isOpen ? 'read' : 'none', caps: {} };
}

function uncapped(permission: Permission): RepositoryStanding {
  return combine([{ source: 'member', permission, caps: {} }]);
}

/** The strongest permission, and of each unit the most that any one grant gives. */
export function combine(grants: readonly Grant[]): RepositoryStanding {
  let permission: Permission = 'none';
  const units: Record<Unit, UnitAccess> = noUnits();
  for (const grant of grants) {
    if (!permissionIncludes(permission, grant.permission)) permission = grant.permission;
    for (const unit of UNITS) {
      const given = unitAccessOf(grant, unit);
      if (!unitIncludes(units[unit], given)) units[unit] = given;
    }
  }
  return { permission, units };
}

function noUnits(): Record<Unit, UnitAccess> {
  return Object.fromEntries(UNITS.map((unit) => [unit, 'none'])) as Record<Unit, UnitAccess>;
}

function unitAccessOf({ permission, caps }: Grant, unit: Unit): UnitAccess {
  if (permission === 'none') return 'none';
  const byRole: UnitAccess = permissionIncludes(permission, 'write') ? 'write' : 'read';
  const cap = caps[unit];
  return cap !== undefined && unitIncludes(byRole, cap) ? cap : byRole;
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
  const rule = ruleOf(ability);
  const visible = permissionIncludes(standing.permission, 'read');
  if (!visible) throw notFound('repository');
  if (rule.unit !== undefined) requireUnit(actor, ability, repository, standing, rule.unit);
  const held = destructiveLevel(rule, ownerKind, standing.permission);
  requireGranted(actor, ability, { kind: 'repository', held, visible, what: 'repository' });
  requireNotArchived(rule, repository);
  return standing;
}

/** In a person's repository only the owner does what destroys, however much they gave to others. */
function destructiveLevel(rule: Rule, ownerKind: OwnerKind, held: Permission): LevelOf<'repository'> {
  return rule.onPersonal === 'owner' && ownerKind !== 'organization' && held === 'admin' ? 'maintain' : held;
}

/** A unit that is off, or closed to the actor's teams, is not there; one they may only read cannot be written. */
function requireUnit(
  actor: Actor,
  ability: Ability,
  repository: RepositoryRow,
  standing: RepositoryStanding,
  unit: Unit,
): void {
  const access = isUnitOn(repository, unit) ? standing.units[unit] : 'none';
  if (access === 'none') throw notFound('repository');
  const reads = ruleOf(ability).needs === 'read';
  if (reads || unitIncludes(access, 'write') || !permissionIncludes(standing.permission, 'write')) return;
  requireMeans(actor, ability);
  throw new AppError('forbidden', `Your team may only read the ${unit} of this repository.`);
}

/** Whether a unit of a repository is switched on. */
export function isUnitOn(repository: Pick<RepositoryRow, 'disabledUnits'>, unit: Unit): boolean {
  return !repository.disabledUnits.split(',').includes(unit);
}

function requireNotArchived(rule: Rule, repository: RepositoryRow): void {
  if (repository.archivedAt === null || rule.evenArchived) return;
  throw new AppError('forbidden', 'This repository is archived: it can be read, and changed no more.');
}
