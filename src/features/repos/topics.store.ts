// Queries on topics: the words by which repositories are found.
import { and, asc, count, eq, inArray, isNull, max, min, notInArray, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { repositories, repositoryTopics } from '../../platform/db/tables/repos.ts';
import { insertManyIfAbsent } from '../../platform/db/write-forms.ts';
import { visibleTo } from './lists.store.ts';
import type { Viewer } from './repos.types.ts';

type Db = Reader | Tx;

/** A topic with how many repositories have it, of those that somebody sees. */
export interface TopicCount {
  name: string;
  repositories: number;
  createdAt: number;
  updatedAt: number;
}

/** The topics of repositories, by name. At most 1,000 ids. */
export async function listTopics(
  db: Db,
  repositoryIds: readonly number[],
): Promise<{ repositoryId: number; name: string }[]> {
  if (repositoryIds.length === 0) return [];
  const { repositoryId, name } = repositoryTopics;
  return db
    .select({ repositoryId, name })
    .from(repositoryTopics)
    .where(inArray(repositoryId, [...repositoryIds]))
    .orderBy(asc(name));
}

/** Makes these the topics of a repository; those it had before keep their time. */
export async function replaceTopics(
  tx: Tx,
  repositoryId: number,
  names: readonly string[],
  createdAt: number,
): Promise<void> {
  const kept = names.length === 0 ? undefined : notInArray(repositoryTopics.name, [...names]);
  await tx.delete(repositoryTopics).where(and(eq(repositoryTopics.repositoryId, repositoryId), kept));
  const rows = names.map((name) => ({ repositoryId, name, createdAt }));
  await insertManyIfAbsent(tx, repositoryTopics, rows);
}

/** Topics that hold some text, of repositories the viewer may see: those of the most repositories first. */
export async function searchTopics(
  db: Db,
  viewer: Viewer,
  text: string,
  page: { offset: number; limit: number },
): Promise<TopicCount[]> {
  const { name, createdAt } = repositoryTopics;
  const rows = await db
    .select({ name, repositories: count(), createdAt: min(createdAt), updatedAt: max(createdAt) })
    .from(repositoryTopics)
    .innerJoin(repositories, eq(repositories.id, repositoryTopics.repositoryId))
    .where(matching(db, viewer, text))
    .groupBy(name)
    .orderBy(sql`count(*) desc`, asc(name))
    .limit(page.limit)
    .offset(page.offset);
  return rows.map((row) => ({
    name: row.name,
    repositories: row.repositories,
    createdAt: Number(row.createdAt),
    updatedAt: Number(row.updatedAt),
  }));
}

/** How many topics `searchTopics` finds. */
export async function countTopics(db: Db, viewer: Viewer, text: string): Promise<number> {
  const [row] = await db
    .select({ total: sql<number>`count(distinct ${repositoryTopics.name})` })
    .from(repositoryTopics)
    .innerJoin(repositories, eq(repositories.id, repositoryTopics.repositoryId))
    .where(matching(db, viewer, text));
  return Number(row?.total ?? 0);
}

function matching(db: Db, viewer: Viewer, text: string): SQL | undefined {
  const literal = text.replace(/[!%_]/g, '!$&');
  return and(
    isNull(repositories.deletedAt),
    visibleTo(db, viewer),
    text === '' ? undefined : sql`${repositoryTopics.name} like ${`%${literal}%`} escape '!'`,
  );
}
