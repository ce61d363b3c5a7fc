// Where somebody stands towards an organization; what that lets them do is in base/abilities.ts.
import { type AbilityOn, levelIncludes } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import {
  hasAdminPower,
  hasAdminPowerToChange,
  requireGranted,
  requireSiteAbility,
} from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { findMembership } from './memberships.store.ts';
import { findById } from './orgs.store.ts';
import type {
  MemberRole,
  Organization,
  OrganizationLevel,
  OrganizationVisibility,
  Viewer,
} from './orgs.types.ts';
import { listCreatingOrganizations } from './team-defaults.store.ts';

type RepositoryVisibility = 'public' | 'internal' | 'private';
type Judged = Pick<Organization, 'id' | 'visibility'>;

/** Whether a level includes another. */
export function organizationLevelIncludes(held: OrganizationLevel, needed: OrganizationLevel): boolean {
  return levelIncludes('organization', held, needed);
}

/** Where the actor stands towards an organization, leaving token scopes aside. */
export async function organizationLevelOf(
  reader: Reader | Tx,
  actor: Actor,
  organization: Judged,
): Promise<OrganizationLevel> {
  const membership =
    actor.kind === 'user' ? await findMembership(reader, organization.id, actor.userId) : undefined;
  return levelFor(actor, organization.visibility, membership?.role);
}

/**
 * The rule itself. Administrators of the site stand as owners; a token limited to some repositories, and a deploy
 * key, as anybody; a restricted account knows of its own organizations only.
 */
export function levelFor(
  actor: Actor,
  visibility: OrganizationVisibility,
  role: MemberRole | undefined,
): OrganizationLevel {
  if (actor.kind === 'system') return 'owner';
  if (actor.kind !== 'user' || actor.repositoryIds !== undefined) {
    return visibility === 'public' ? 'visitor' : 'none';
  }
  if (hasAdminPowerToChange(actor)) return 'owner';
  if (role !== undefined) return role;
  // A token that only reads administration sees what members see.
  if (hasAdminPower(actor)) return 'member';
  return visibility === 'private' || actor.isRestricted ? 'none' : 'visitor';
}

/**
 * Grants an ability on an organization or throws: not_found for missing ones and to whoever may not know of it,
 * unauthenticated to anonymous people who can see it, forbidden to everybody else. Returns where they stand.
 */
export async function requireOrganizationAbility(
  app: App,
  actor: Actor,
  organizationId: number,
  ability: AbilityOn<'organization'>,
): Promise<OrganizationLevel> {
  const organization = await findById(app.db.read, organizationId);
  if (!organization) throw notFound('organization');
  return judgeOrganization(app.db.read, actor, organization, ability);
}

/** As `requireOrganizationAbility`, for whoever has read the organization already, or is in a transaction. */
export async function judgeOrganization(
  reader: Reader | Tx,
  actor: Actor,
  organization: Judged,
  ability: AbilityOn<'organization'>,
): Promise<OrganizationLevel> {
  const held = await organizationLevelOf(reader, actor, organization);
  const visible = organizationLevelIncludes(held, 'visitor');
  requireGranted(actor, ability, { kind: 'organization', held, visible, what: 'organization' });
  return held;
}

/** Whose eyes a list of organizations is made for: the rule of `levelFor`, for queries. */
export function viewerOf(actor: Actor): Viewer {
  if (actor.kind === 'system') return 'all';
  if (actor.kind !== 'user' || actor.repositoryIds !== undefined) return 'anyone';
  if (hasAdminPower(actor)) return 'all';
  return { userId: actor.userId, isRestricted: actor.isRestricted === true };
}

/** Lets every signed-in person make an organization, but those who are restricted. */
export function requireMayCreateOrganization(actor: Actor): void {
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to create an organization.');
  requireSiteAbility(actor, 'organizations:create');
  if (actor.kind === 'user' && actor.isRestricted && !hasAdminPower(actor))
    throw new AppError('forbidden', 'Restricted accounts cannot create organizations.');
}

/**
 * Lets owners create any repository in an organization, and members what its owners allow them. Throws as
 * `judgeOrganization`, and AppError forbidden.
 */
export async function requireMayCreateRepositoryIn(
  reader: Reader | Tx,
  actor: Actor,
  organization: Pick<Organization, 'id' | 'visibility' | 'memberCreation'>,
  visibility: RepositoryVisibility,
): Promise<void> {
  const held = await judgeOrganization(reader, actor, organization, 'organization:see');
  if (mayCreateRepository(held, organization, visibility)) return;
  if (held === 'member' && (await createsByTeam(reader, actor, organization, visibility))) return;
  throw new AppError('forbidden', creationRefusal(held, organization, visibility));
}

/**
 * Whether somebody may show an organization's repository to more people, or take it out of the organization: its owners,
 * and where its members may create any repository, also others who administer it. Else a rule about what members may
 * create would be gone around by creating a private repository first.
 */
export async function mayOpenUp(
  reader: Reader | Tx,
  actor: Actor,
  organization: Pick<Organization, 'id' | 'visibility' | 'memberCreation'>,
): Promise<boolean> {
  if (organization.memberCreation === 'all') return true;
  const level = await organizationLevelOf(reader, actor, organization);
  return level === 'owner' || (level === 'member' && (await createsByTeam(reader, actor, organization)));
}

/** Whether a member is in a team whose people create any repository, whatever other members may. */
async function createsByTeam(
  reader: Reader | Tx,
  actor: Actor,
  { id, visibility: own }: Judged,
  visibility: RepositoryVisibility = 'private',
): Promise<boolean> {
  if (actor.kind !== 'user' || !fitsVisibility(own, visibility)) return false;
  return (await listCreatingOrganizations(reader, actor.userId)).has(id);
}

/** Whether one visibility lets more people see a repository than another. */
export function isMoreOpen(visibility: RepositoryVisibility, than: RepositoryVisibility): boolean {
  return OPENNESS.indexOf(visibility) > OPENNESS.indexOf(than);
}

function creationRefusal(
  held: OrganizationLevel,
  organization: Pick<Organization, 'visibility' | 'memberCreation'>,
  visibility: RepositoryVisibility,
): string {
  const isInside = organizationLevelIncludes(held, 'member');
  if (isInside && !fitsVisibility(organization.visibility, visibility))
    return visibilityRefusal(organization.visibility);
  return isInside && organization.memberCreation === 'private'
    ? 'Members of this organization may create private repositories only.'
    : 'You may not create repositories in this organization.';
}

/** Whether a person with this part in an organization may create a repository there, administrators left aside. */
export async function mayCreateRepositoryAs(
  reader: Reader | Tx,
  organization: Pick<Organization, 'id' | 'visibility' | 'memberCreation'>,
  { userId, role }: { userId: number; role: MemberRole | undefined },
  visibility: RepositoryVisibility,
): Promise<boolean> {
  if (role === undefined || !fitsVisibility(organization.visibility, visibility)) return false;
  if (mayCreateRepository(role, organization, visibility)) return true;
  return (await listCreatingOrganizations(reader, userId)).has(organization.id);
}

/** Whether somebody at a level may create a repository of this visibility. */
export function mayCreateRepository(
  held: OrganizationLevel,
  organization: Pick<Organization, 'visibility' | 'memberCreation'>,
  visibility: RepositoryVisibility,
): boolean {
  if (!fitsVisibility(organization.visibility, visibility)) return false;
  if (held === 'owner') return true;
  if (held !== 'member' || organization.memberCreation === 'none') return false;
  return organization.memberCreation === 'all' || visibility === 'private';
}

/** Whether a repository of this visibility is seen by nobody who may not know of its organization: it would betray it. */
export function fitsVisibility(
  organization: OrganizationVisibility,
  repository: RepositoryVisibility,
): boolean {
  return OPENNESS.indexOf(repository) <= OPENNESS.indexOf(organization);
}

const OPENNESS: readonly RepositoryVisibility[] = ['private', 'internal', 'public'];

/** The visibilities of repositories that would betray an organization of this one. */
export function tooOpenFor(organization: OrganizationVisibility): RepositoryVisibility[] {
  return OPENNESS.filter((visibility) => !fitsVisibility(organization, visibility));
}

/** What is said where a repository would be seen by more people than its organization. */
export function visibilityRefusal(organization: OrganizationVisibility): string {
  return organization === 'private'
    ? 'The repositories of a private organization are private.'
    : 'An internal organization has no public repositories.';
}
