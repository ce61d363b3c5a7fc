// Organizations, their people and teams by numbered pages, as far as the actor may know of them.
import type { Actor } from '../../base/actor.ts';
import { requireEnrolled, requireScope, requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { countMembers } from './memberships.store.ts';
import {
  countOrganizationsOf,
  countTeamSlice,
  countTeamsWith,
  countVisible,
  listMemberIds,
  listOrganizationsOf,
  listTeamMemberIds,
  listTeamSlice,
  listTeamsWith,
  listVisible,
  type Slice,
  type TeamWanted,
} from './organization-lists.store.ts';
import { judgeOrganization, organizationLevelIncludes, viewerOf } from './orgs.policy.ts';
import type { OpenTeam, Organization, TeamRow } from './orgs.types.ts';
import { countTeamMembers } from './team-members.store.ts';
import { knownTeams } from './teams.service.ts';

export interface Paged {
  page: number;
  limit: number;
}

export interface Listed<T> {
  items: T[];
  total: number;
}

/** One page of all organizations that the actor may know of, the oldest first. */
export async function pageOfAllOrganizations(
  app: App,
  actor: Actor,
  paged: Paged,
): Promise<Listed<Organization>> {
  requireMayList(actor);
  const viewer = viewerOf(actor);
  return {
    items: await listVisible(app.db.read, viewer, sliceOf(paged)),
    total: await countVisible(app.db.read, viewer),
  };
}

/** One page of every organization, hidden ones too, the oldest first: for administrators. */
export async function pageOfEveryOrganization(
  app: App,
  actor: Actor,
  paged: Paged,
): Promise<Listed<Organization>> {
  requireSiteAbility(actor, 'users:list');
  return {
    items: await listVisible(app.db.read, 'all', sliceOf(paged)),
    total: await countVisible(app.db.read, 'all'),
  };
}

/** One page of the organizations somebody belongs to: all of one's own, of others as `organizationsOf`. */
export async function pageOfOrganizationsOf(
  app: App,
  actor: Actor,
  userId: number,
  paged: Paged,
): Promise<Listed<Organization>> {
  requireMayList(actor);
  const viewer = viewerOf(actor);
  return {
    items: await listOrganizationsOf(app.db.read, userId, viewer, sliceOf(paged)),
    total: await countOrganizationsOf(app.db.read, userId, viewer),
  };
}

/** A token reads of organizations what its scopes allow, also where nobody in particular is asked about. */
function requireMayList(actor: Actor): void {
  requireEnrolled(actor);
  if (actor.kind === 'user') requireScope(actor, 'read:organization');
}

/** One page of the teams the actor is in. */
export async function pageOfOwnTeams(app: App, userId: number, paged: Paged): Promise<Listed<TeamRow>> {
  return {
    items: await listTeamsWith(app.db.read, userId, sliceOf(paged)),
    total: await countTeamsWith(app.db.read, userId),
  };
}

/** One page of an organization's teams that the actor may know of, by name. */
export async function pageOfTeamsIn(
  app: App,
  actor: Actor,
  organizationId: number,
  wanted: Pick<TeamWanted, 'words' | 'alsoDescriptions'>,
  paged: Paged,
): Promise<Listed<TeamRow>> {
  const filter = { ...wanted, ...(await knownTeams(app, actor, organizationId)) };
  return {
    items: await listTeamSlice(app.db.read, organizationId, filter, sliceOf(paged)),
    total: await countTeamSlice(app.db.read, organizationId, filter),
  };
}

/** One page of the ids of an organization's people by name: visitors see those who made it public. */
export async function pageOfMemberIds(
  app: App,
  actor: Actor,
  organization: Organization,
  wanted: { publicOnly: boolean },
  paged: Paged,
): Promise<Listed<number>> {
  const level = await judgeOrganization(app.db.read, actor, organization, 'organization:see');
  const publicOnly = wanted.publicOnly || !organizationLevelIncludes(level, 'member');
  return {
    items: await listMemberIds(app.db.read, organization.id, publicOnly, sliceOf(paged)),
    total: await countMembers(app.db.read, organization.id, publicOnly),
  };
}

/** One page of the ids of a team's people by name; whoever opened the team may know them. */
export async function pageOfTeamMemberIds(
  app: App,
  { team }: OpenTeam,
  paged: Paged,
): Promise<Listed<number>> {
  return {
    items: await listTeamMemberIds(app.db.read, team.id, sliceOf(paged)),
    total: await countTeamMembers(app.db.read, team.id),
  };
}

/** Where a numbered page lies. */
export function sliceOf({ page, limit }: Paged): Slice {
  return { limit, offset: (page - 1) * limit };
}
