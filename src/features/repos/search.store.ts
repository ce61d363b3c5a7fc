// Searches of repositories by any of what the API lets one ask for. Pages of the site are read by lists.store.ts instead.
import { and, asc, count, desc, eq, inArray, isNotNull, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { repositories, stars, teamRepositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { idsByTopic, reachedBy, visibleTo } from './lists.store.ts';
import { SUMMARY } from './repos.store.ts';
import type { RepositorySummary, Viewer } from './repos.types.ts';

type Db = Reader | Tx;

export const SEARCH_ORDERS = [
  'alpha',
  'created',
  'updated',
  'size',
  'git_size',
  'lfs_size',
  'stars',
  'forks',
  'id',
] as const;
export type SearchOrder = (typeof SEARCH_ORDERS)[number];

/** What is looked for; what is left out makes no difference. */
export interface RepositorySearch {
  ownerId?: number | undefined;
  /** What this person owns or was given. */
  memberId?: number | undefined;
  /** With `memberId`: nothing of their own. */
  isGiven?: boolean | undefined;
  /** Forks of this one. */
  parentId?: number | undefined;
  teamId?: number | undefined;
  starredById?: number | undefined;
  /** A part of the name, or a topic; `owner/name` means a part of a name of that owner. */
  words?: string | undefined;
  inDescription?: boolean | undefined;
  topic?: string | undefined;
  isPublic?: boolean | undefined;
  isFork?: boolean | undefined;
  isMirror?: boolean | undefined;
  isTemplate?: boolean | undefined;
  isArchived?: boolean | undefined;
}

export interface SearchPage {
  order: SearchOrder;
  descending: boolean;
  /** Those of this owner come first. */
  firstOwnerId?: number | undefined;
  offset: number;
  limit: number;
}

/** Repositories that the viewer may see and that are looked for. */
export async function searchRepositories(
  db: Db,
  viewer: Viewer,
  search: RepositorySearch,
  page: SearchPage,
): Promise<RepositorySummary[]> {
  const { firstOwnerId } = page;
  const first =
    firstOwnerId === undefined
      ? []
      : [sql`case when ${repositories.ownerId} = ${firstOwnerId} then 0 else 1 end`];
  const ids = await db
    .select({ id: repositories.id })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(conditionOf(db, viewer, search))
    .orderBy(...first, ...orderOf(page))
    .limit(page.limit)
    .offset(page.offset);
  return inOrder(
    db,
    ids.map(({ id }) => id),
  );
}

/** Only the rows that are shown are read whole. */
async function inOrder(db: Db, ids: readonly number[]): Promise<RepositorySummary[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(inArray(repositories.id, [...ids]));
  const byId = new Map(rows.map((row) => [row.repository.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** How many `searchRepositories` would find on all pages together. */
export async function countRepositories(db: Db, viewer: Viewer, search: RepositorySearch): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(conditionOf(db, viewer, search));
  return row?.total ?? 0;
}

function orderOf({ order, descending }: SearchPage): SQL[] {
  const direction = descending ? desc : asc;
  if (order === 'alpha') return [direction(users.nameKey), direction(repositories.nameKey)];
  const columns = {
    created: repositories.createdAt,
    updated: repositories.updatedAt,
    size: repositories.sizeBytes,
    git_size: repositories.sizeBytes,
    lfs_size: repositories.sizeBytes,
    stars: repositories.starCount,
    forks: repositories.forkCount,
    id: repositories.id,
  };
  return [direction(columns[order]), direction(repositories.id)];
}

function conditionOf(db: Db, viewer: Viewer, search: RepositorySearch): SQL | undefined {
  return and(
    isNull(repositories.deletedAt),
    visibleTo(db, viewer),
    ...ownersOf(db, search),
    ...wordsOf(db, search),
    ...kindsOf(search),
  );
}

function ownersOf(db: Db, search: RepositorySearch): (SQL | undefined)[] {
  const { ownerId, memberId, isGiven, parentId, teamId, starredById } = search;
  return [
    ownerId === undefined ? undefined : eq(repositories.ownerId, ownerId),
    memberId === undefined ? undefined : or(...reachedBy(db, memberId)),
    memberId === undefined || !isGiven ? undefined : ne(repositories.ownerId, memberId),
    parentId === undefined ? undefined : eq(repositories.parentId, parentId),
    teamId === undefined
      ? undefined
      : inArray(
          repositories.id,
          db
            .select({ id: teamRepositories.repositoryId })
            .from(teamRepositories)
            .where(eq(teamRepositories.teamId, teamId)),
        ),
    starredById === undefined
      ? undefined
      : inArray(
          repositories.id,
          db.select({ id: stars.repositoryId }).from(stars).where(eq(stars.userId, starredById)),
        ),
  ];
}

function wordsOf(db: Db, { words, inDescription, topic }: RepositorySearch): (SQL | undefined)[] {
  const named = topic === undefined ? undefined : inArray(repositories.id, idsByTopic(db, topic));
  if (words === undefined || words === '') return [named];
  const slash = words.indexOf('/');
  const owner = slash > 0 ? eq(users.nameKey, words.slice(0, slash).toLowerCase()) : undefined;
  const text = slash > 0 ? words.slice(slash + 1) : words;
  const places = [
    contains(sql`${repositories.nameKey}`, text),
    ...(inDescription ? [contains(sql`lower(${repositories.description})`, text)] : []),
    inArray(repositories.id, idsByTopic(db, text.toLowerCase())),
  ];
  return [named, and(owner, or(...places))];
}

/** `%` and `_` of the words mean themselves. */
function contains(column: SQL, words: string): SQL {
  const literal = words.toLowerCase().replace(/[!%_]/g, '!$&');
  return sql`${column} like ${`%${literal}%`} escape '!'`;
}

function kindsOf(search: RepositorySearch): (SQL | undefined)[] {
  const { isPublic, isFork, isMirror, isTemplate, isArchived } = search;
  const { visibility, parentId, archivedAt } = repositories;
  return [
    isPublic === undefined ? undefined : (isPublic ? eq : ne)(visibility, 'public'),
    isFork === undefined ? undefined : (isFork ? isNotNull : isNull)(parentId),
    isMirror === undefined ? undefined : eq(repositories.isMirror, isMirror),
    isTemplate === undefined ? undefined : eq(repositories.isTemplate, isTemplate),
    isArchived === undefined ? undefined : (isArchived ? isNotNull : isNull)(archivedAt),
  ];
}
