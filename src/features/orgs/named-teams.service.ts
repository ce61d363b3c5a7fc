// People, organizations and teams as texts name them, for one reader: what they may not know of is not there.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import {
  findAccountsNamed,
  findTeamsNamed,
  listPeopleOfTeams,
  listRoles,
  listTeamsAround,
  listTeamsHeld,
  type NamedTeam,
} from './named-teams.store.ts';
import { levelFor, organizationLevelIncludes } from './orgs.policy.ts';
import type { TeamRow } from './orgs.types.ts';
import { teamsOf } from './teams.service.ts';

export interface NamedAccount {
  id: number;
  name: string;
  isOrganization: boolean;
}

/** The accounts of these names that the actor may know of, by the name in lower case; at most 500 names. */
export async function accountsNamed(
  app: App,
  actor: Actor,
  names: Iterable<string>,
): Promise<Map<string, NamedAccount>> {
  const keys = new Set([...names].map((name) => name.toLowerCase()));
  const rows = await findAccountsNamed(app.db.read, [...keys].slice(0, 500));
  const closed = rows.filter(({ visibility }) => visibility !== null && visibility !== 'public');
  const roles = await rolesOf(
    app,
    actor,
    closed.map(({ id }) => id),
  );
  const seen = rows.filter(
    ({ id, visibility }) =>
      visibility === null || organizationLevelIncludes(levelFor(actor, visibility, roles.get(id)), 'visitor'),
  );
  return new Map(
    seen.map(({ id, name, kind }) => [
      name.toLowerCase(),
      { id, name, isOrganization: kind === 'organization' },
    ]),
  );
}

/** The teams of these names (`org/team`) that the actor may know of, by the name in lower case; at most 100 names. */
export async function teamsNamed(
  app: App,
  actor: Actor,
  names: Iterable<string>,
): Promise<Map<string, NamedTeam>> {
  if (actor.kind === 'anonymous') return new Map();
  const keys = [...new Set([...names].map((name) => name.toLowerCase()))].slice(0, 100);
  const pairs = keys.map((key) => {
    const [organization = '', team = ''] = key.split('/');
    return { organization, team };
  });
  const rows = await findTeamsNamed(app.db.read, pairs);
  const roles = await rolesOf(
    app,
    actor,
    rows.map(({ organizationId }) => organizationId),
  );
  const secret = rows.filter(({ isSecret }) => isSecret).map(({ id }) => id);
  const held =
    actor.kind === 'user' ? await listTeamsHeld(app.db.read, actor.userId, secret) : new Set<number>();
  const seen = rows.filter(({ id, organizationId, visibility, isSecret }) => {
    const level = levelFor(actor, visibility, roles.get(organizationId));
    return organizationLevelIncludes(level, 'member') && (!isSecret || level === 'owner' || held.has(id));
  });
  return new Map(seen.map((team) => [`${team.organization}/${team.name}`.toLowerCase(), team]));
}

/** The people of teams and of those nested in them, once each, at most `limit`; the caller has judged who may know. */
export async function peopleOfTeams(app: App, teamIds: readonly number[], limit: number): Promise<number[]> {
  return listPeopleOfTeams(app.db.read, teamIds, limit);
}

/** Teams of one person that are asked about. */
const MOST_TEAMS_AROUND = 200;

/** The teams somebody is in, and those above them: what is asked of one of these is asked of them. For that person alone. */
export async function teamIdsAround(app: App, userId: number): Promise<number[]> {
  return listTeamsAround(app.db.read, userId, MOST_TEAMS_AROUND);
}

async function rolesOf(app: App, actor: Actor, organizationIds: readonly number[]) {
  if (actor.kind !== 'user') return new Map();
  return listRoles(app.db.read, actor.userId, [...new Set(organizationIds)]);
}

/** The teams of an organization that somebody may know of; none where they may know of no teams at all. */
export async function teamsKnown(app: App, actor: Actor, organizationId: number): Promise<TeamRow[]> {
  try {
    return await teamsOf(app, actor, organizationId);
  } catch (error) {
    if (isAppError(error, 'forbidden', 'not_found', 'unauthenticated')) return [];
    throw error;
  }
}
