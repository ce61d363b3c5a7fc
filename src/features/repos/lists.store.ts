// Lists of repositories: merged from runs that are each read from their newest end by an index, so that a page costs the
// same whatever others own. What somebody sees here is what `standingOf` in repos.policy.ts grants; a test compares both.
import { and, eq, inArray, isNull, lt, lte, ne, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { idsJoined, joinedIds } from '../../platform/db/joined-ids.ts';
import { issueCounters } from '../../platform/db/tables/issues.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
} from '../../platform/db/tables/orgs.ts';
import {
  collaborators,
  repositories,
  repositoryTopics,
  teamRepositories,
} from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { SUMMARY } from './repos.store.ts';
import type { OwnerKind, RepositorySummary, Viewer, Visibility } from './repos.types.ts';

type Db = Reader | Tx;

/** Where a list of repositories goes on: behind the last row shown. */
export interface ListCursor {
  updatedAt: number;
  id: number;
}

export interface ListFilter {
  viewer: Viewer;
  ownerId?: number;
  /** Only what this person owns or was given: by name, as a member of an organization, or by a team. */
  memberId?: number;
  /** A part of the name, any case. */
  words?: string;
  /** Only what has this topic. */
  topic?: string;
  after?: ListCursor;
  limit: number;
}

const EVERY_VISIBILITY: readonly Visibility[] = ['public', 'internal', 'private'];
/** Of more organizations than this the newest are sorted out at once: a run for each would take longer. */
const MOST_RUNS = 20;

/** Repositories the viewer may see, the most recently updated first. */
export async function listRepositories(db: Db, filter: ListFilter): Promise<RepositorySummary[]> {
  const places: ListCursor[] = [];
  for (const run of await runsOf(db, filter)) places.push(...(await readRun(db, run, filter)));
  const first = newest(places, filter.limit);
  if (first.length === 0) return [];
  const rows = await db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(inArray(repositories.id, first));
  const byId = new Map(rows.map((row) => [row.repository.id, row]));
  return first.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

/** Of these repositories those the viewer may see, in no order. At most 1,000 ids. */
export async function listVisibleAmong(
  db: Db,
  viewer: Viewer,
  ids: readonly number[],
): Promise<RepositorySummary[]> {
  if (ids.length === 0) return [];
  return db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(and(inArray(repositories.id, [...ids]), isNull(repositories.deletedAt), visibleTo(db, viewer)));
}

/** Which repositories with issues are asked about; at most 1,000 ids of each kind. */
export interface IssueRepositories {
  ids?: readonly number[];
  ownerIds?: readonly number[];
  withoutOwnerIds?: readonly number[];
}

/** Repositories that are alike in all that decides who may read their issues. */
export interface AlikeRepositories {
  visibility: Visibility;
  disabledUnits: string;
  ownerKind: OwnerKind;
  ids: number[];
}

/** Of the repositories that ever had an issue those the viewer may see: a few rows, however many there are. */
export async function listVisibleWithIssues(
  db: Db,
  viewer: Viewer,
  { ids, ownerIds, withoutOwnerIds }: IssueRepositories,
): Promise<AlikeRepositories[]> {
  const { visibility, disabledUnits } = repositories;
  const alike = await db
    .select({ visibility, disabledUnits, ownerKind: users.kind, ids: joinedIds(repositories.id) })
    .from(issueCounters)
    .innerJoin(repositories, eq(repositories.id, issueCounters.repositoryId))
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(
        ids && inArray(issueCounters.repositoryId, [...ids]),
        ownerIds && inArray(repositories.ownerId, [...ownerIds]),
        withoutOwnerIds && notInArray(repositories.ownerId, [...withoutOwnerIds]),
        isNull(repositories.deletedAt),
        visibleTo(db, viewer),
      ),
    )
    .groupBy(visibility, disabledUnits, users.kind);
  return alike.map((row) => ({ ...row, ids: idsJoined(row.ids) }));
}

/** Conditions that one index answers in the order of the list, or that few repositories meet. */
type Run = (SQL | undefined)[];

async function runsOf(db: Db, filter: ListFilter): Promise<Run[]> {
  const { viewer, ownerId, memberId, topic } = filter;
  const owned = ownerId === undefined ? [] : [eq(repositories.ownerId, ownerId)];
  // Few have a topic: they are found by it, and not by looking at all there is.
  if (topic !== undefined && memberId === undefined)
    return [[inArray(repositories.id, idsByTopic(db, topic)), visibleTo(db, viewer), ...owned]];
  if (memberId !== undefined) {
    const seen = isSelf(viewer, memberId) ? [] : [visibleTo(db, viewer)];
    const runs = await membershipRuns(db, memberId, EVERY_VISIBILITY, ownerId);
    return runs.map((run) => [...run, ...owned, ...seen]);
  }
  if (viewer.selection) return selectionRuns(db, viewer, viewer.selection, owned);
  const open = viewer.sees.map((visibility): Run => [eq(repositories.visibility, visibility), ...owned]);
  const hidden = EVERY_VISIBILITY.filter((visibility) => !viewer.sees.includes(visibility));
  if (viewer.userId === undefined || hidden.length === 0) return open;
  const given = await membershipRuns(db, viewer.userId, hidden, ownerId);
  return [...open, ...given.map((run) => [...run, ...owned])];
}

function isSelf(viewer: Viewer, memberId: number): boolean {
  return viewer.userId === memberId && viewer.selection === undefined;
}

function selectionRuns(db: Db, viewer: Viewer, selection: readonly number[], owned: Run): Run[] {
  const chosen: Run = [inArray(repositories.id, [...selection]), visibleTo(db, viewer), ...owned];
  const isOpen = viewer.sees.includes('public');
  return isOpen ? [[eq(repositories.visibility, 'public'), ...owned], chosen] : [chosen];
}

/** What somebody owns or was given, of some visibilities and perhaps of one owner. */
async function membershipRuns(
  db: Db,
  userId: number,
  visibilities: readonly Visibility[],
  ownerId: number | undefined,
): Promise<Run[]> {
  const organizationIds = (await fullyReadable(db, userId)).map((row) => row.id);
  const owners = [userId, ...organizationIds].filter((id) => ownerId === undefined || id === ownerId);
  const ofThese = inArray(repositories.visibility, [...visibilities]);
  const few = owners.length <= MOST_RUNS;
  const owned: Run[] = few
    ? owners.flatMap((id) =>
        visibilities.map((one): Run => [eq(repositories.ownerId, id), eq(repositories.visibility, one)]),
      )
    : [[inArray(repositories.ownerId, owners), ofThese]];
  const byName: Run = [inArray(repositories.id, idsByName(db, userId)), ofThese];
  const byTeam: Run = [inArray(repositories.id, idsByTeam(db, userId)), ofThese];
  return [...owned, byName, byTeam];
}

/** What the viewer may see, as one condition. */
export function visibleTo(db: Db, viewer: Viewer): SQL | undefined {
  const { userId, sees, selection } = viewer;
  const open = sees.length === 0 ? [] : [inArray(repositories.visibility, [...sees])];
  const given = userId === undefined ? [] : reachedBy(db, userId);
  const all = or(...open, ...given) ?? sql`1 = 0`;
  if (!selection) return all;
  const chosen = selection.length === 0 ? sql`1 = 0` : inArray(repositories.id, [...selection]);
  return or(and(chosen, all), sees.includes('public') ? eq(repositories.visibility, 'public') : undefined);
}

/** What somebody owns or was given, as conditions of which any will do. */
export function reachedBy(db: Db, userId: number): SQL[] {
  return [
    eq(repositories.ownerId, userId),
    inArray(repositories.ownerId, fullyReadable(db, userId)),
    inArray(repositories.id, idsByName(db, userId)),
    inArray(repositories.id, idsByTeam(db, userId)),
  ];
}

/** Organizations whose every repository somebody may read, as an owner or by the base permission. */
function fullyReadable(db: Db, userId: number) {
  return db
    .select({ id: organizationMembers.organizationId })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(
      and(
        eq(organizationMembers.userId, userId),
        or(eq(organizationMembers.role, 'owner'), ne(organizations.basePermission, 'none')),
      ),
    );
}

function idsByName(db: Db, userId: number) {
  return db
    .select({ id: collaborators.repositoryId })
    .from(collaborators)
    .where(eq(collaborators.userId, userId));
}

function idsByTeam(db: Db, userId: number) {
  return db
    .select({ id: teamRepositories.repositoryId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(eq(teamMembers.userId, userId));
}

async function readRun(db: Db, run: Run, { words, topic, after, limit }: ListFilter): Promise<ListCursor[]> {
  return db
    .select({ id: repositories.id, updatedAt: repositories.updatedAt })
    .from(repositories)
    .where(
      and(
        ...run,
        isNull(repositories.deletedAt),
        words ? nameContains(words) : undefined,
        topic === undefined ? undefined : inArray(repositories.id, idsByTopic(db, topic)),
        after ? behind(after) : undefined,
      ),
    )
    .orderBy(sql`${repositories.updatedAt} desc`, sql`${repositories.id} desc`)
    .limit(limit);
}

/** The ids of repositories with a topic. */
export function idsByTopic(db: Db, topic: string) {
  return db
    .select({ id: repositoryTopics.repositoryId })
    .from(repositoryTopics)
    .where(eq(repositoryTopics.name, topic));
}

/** The first half alone bounds what is read of the index. */
function behind({ updatedAt, id }: ListCursor): SQL | undefined {
  return and(
    lte(repositories.updatedAt, updatedAt),
    or(lt(repositories.updatedAt, updatedAt), lt(repositories.id, id)),
  );
}

/** `_` is a wildcard of LIKE and legal in names, so it is escaped by a character that no name holds. */
function nameContains(words: string): SQL {
  const literal = words.toLowerCase().replace(/[!%_]/g, '!$&');
  return sql`${repositories.nameKey} like ${`%${literal}%`} escape '!'`;
}

/** One repository may be in several runs. */
function newest(places: readonly ListCursor[], limit: number): number[] {
  const sorted = places.toSorted((one, two) => two.updatedAt - one.updatedAt || two.id - one.id);
  return [...new Set(sorted.map((place) => place.id))].slice(0, limit);
}
