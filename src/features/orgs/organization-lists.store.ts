// Queries on organizations, their people and teams by numbered pages, as the API lists them.
import { and, asc, count, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { organizationMembers, organizations, teamMembers, teams } from '../../platform/db/tables/orgs.ts';
import { users } from '../../platform/db/tables/users.ts';
import { membershipConditions, visibleTo } from './memberships.store.ts';
import { ORGANIZATION_COLUMNS } from './orgs.store.ts';
import type { Organization, TeamRow, Viewer } from './orgs.types.ts';

export interface Slice {
  limit: number;
  offset: number;
}

/** The organizations that a viewer may know of, by id. */
export async function listVisible(
  reader: Reader,
  viewer: Viewer,
  { limit, offset }: Slice,
): Promise<Organization[]> {
  return reader
    .select(ORGANIZATION_COLUMNS)
    .from(organizations)
    .innerJoin(users, eq(users.id, organizations.userId))
    .where(visibleTo(reader, viewer))
    .orderBy(asc(organizations.userId))
    .limit(limit)
    .offset(offset);
}

export async function countVisible(reader: Reader, viewer: Viewer): Promise<number> {
  const [row] = await reader.select({ total: count() }).from(organizations).where(visibleTo(reader, viewer));
  return row?.total ?? 0;
}

/** The organizations somebody belongs to, by name, as far as the viewer may see both. */
export async function listOrganizationsOf(
  reader: Reader,
  userId: number,
  viewer: Viewer,
  { limit, offset }: Slice,
): Promise<Organization[]> {
  return reader
    .select(ORGANIZATION_COLUMNS)
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .innerJoin(users, eq(users.id, organizations.userId))
    .where(and(eq(organizationMembers.userId, userId), ...membershipConditions(reader, userId, viewer)))
    .orderBy(asc(users.nameKey))
    .limit(limit)
    .offset(offset);
}

export async function countOrganizationsOf(reader: Reader, userId: number, viewer: Viewer): Promise<number> {
  const [row] = await reader
    .select({ total: count() })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(and(eq(organizationMembers.userId, userId), ...membershipConditions(reader, userId, viewer)));
  return row?.total ?? 0;
}

/** The teams somebody is in themselves, in the order they were made. */
export async function listTeamsWith(
  reader: Reader,
  userId: number,
  { limit, offset }: Slice,
): Promise<TeamRow[]> {
  const rows = await reader
    .select({ team: teams })
    .from(teamMembers)
    .innerJoin(teams, eq(teams.id, teamMembers.teamId))
    .where(eq(teamMembers.userId, userId))
    .orderBy(asc(teams.id))
    .limit(limit)
    .offset(offset);
  return rows.map(({ team }) => team);
}

export async function countTeamsWith(reader: Reader, userId: number): Promise<number> {
  const [row] = await reader
    .select({ total: count() })
    .from(teamMembers)
    .where(eq(teamMembers.userId, userId));
  return row?.total ?? 0;
}

export interface TeamWanted {
  /** The secret teams the viewer may know of; undefined for all. */
  knownIds?: readonly number[];
  words?: string;
  /** Also looks for the words in what teams say of themselves. */
  alsoDescriptions?: boolean;
}

/** Teams of an organization by name. */
export async function listTeamSlice(
  reader: Reader,
  organizationId: number,
  wanted: TeamWanted,
  { limit, offset }: Slice,
): Promise<TeamRow[]> {
  return reader
    .select()
    .from(teams)
    .where(wantedTeams(organizationId, wanted))
    .orderBy(asc(teams.nameKey))
    .limit(limit)
    .offset(offset);
}

export async function countTeamSlice(
  reader: Reader,
  organizationId: number,
  wanted: TeamWanted,
): Promise<number> {
  const [row] = await reader
    .select({ total: count() })
    .from(teams)
    .where(wantedTeams(organizationId, wanted));
  return row?.total ?? 0;
}

function wantedTeams(organizationId: number, { knownIds, words, alsoDescriptions }: TeamWanted) {
  const open = eq(teams.isSecret, false);
  const known = knownIds && (knownIds.length === 0 ? open : or(open, inArray(teams.id, [...knownIds])));
  return and(
    eq(teams.organizationId, organizationId),
    known,
    words ? teamSays(words, alsoDescriptions === true) : undefined,
  );
}

/** `_` is a wildcard of LIKE and legal in names, so it is escaped by a character that no name holds. */
function teamSays(words: string, alsoDescriptions: boolean): SQL | undefined {
  const pattern = `%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  const inName = sql`${teams.nameKey} like ${pattern} escape '!'`;
  if (!alsoDescriptions) return inName;
  return or(inName, sql`lower(${teams.description}) like ${pattern} escape '!'`);
}

/** Ids of an organization's people by name. */
export async function listMemberIds(
  reader: Reader,
  organizationId: number,
  publicOnly: boolean,
  { limit, offset }: Slice,
): Promise<number[]> {
  const rows = await reader
    .select({ id: users.id })
    .from(organizationMembers)
    .innerJoin(users, eq(users.id, organizationMembers.userId))
    .where(
      and(
        eq(organizationMembers.organizationId, organizationId),
        publicOnly ? eq(organizationMembers.isPublic, true) : undefined,
        publicOnly ? eq(users.isSuspended, false) : undefined,
      ),
    )
    .orderBy(asc(users.nameKey))
    .limit(limit)
    .offset(offset);
  return rows.map(({ id }) => id);
}

/** Ids of a team's people by name. */
export async function listTeamMemberIds(
  reader: Reader,
  teamId: number,
  { limit, offset }: Slice,
): Promise<number[]> {
  const rows = await reader
    .select({ id: users.id })
    .from(teamMembers)
    .innerJoin(users, eq(users.id, teamMembers.userId))
    .where(eq(teamMembers.teamId, teamId))
    .orderBy(asc(users.nameKey))
    .limit(limit)
    .offset(offset);
  return rows.map(({ id }) => id);
}
