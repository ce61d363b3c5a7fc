// Queries on repositories for administrators: all of them, by time or by size.
import { and, desc, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

export type RepositoryOrder = 'updated' | 'size';

export interface ListedRepository {
  id: number;
  owner: string;
  name: string;
  visibility: string;
  sizeBytes: number;
  pushedAt: number | null;
  updatedAt: number;
  isArchived: boolean;
}

/** Where a list goes on: behind this value of its order, and this id. */
export interface RepositoryCursor {
  value: number;
  id: number;
}

export async function listAllRepositories(
  reader: Reader,
  wanted: { words?: string; order: RepositoryOrder; after?: RepositoryCursor; limit: number },
): Promise<ListedRepository[]> {
  const { words, order, after, limit } = wanted;
  const column = order === 'size' ? repositories.sizeBytes : repositories.updatedAt;
  const rows = await reader
    .select({
      id: repositories.id,
      owner: users.name,
      name: repositories.name,
      visibility: repositories.visibility,
      sizeBytes: repositories.sizeBytes,
      pushedAt: repositories.pushedAt,
      updatedAt: repositories.updatedAt,
      archivedAt: repositories.archivedAt,
    })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(
        isNull(repositories.deletedAt),
        words === undefined ? undefined : matches(words),
        after && or(lt(column, after.value), and(eq(column, after.value), lt(repositories.id, after.id))),
      ),
    )
    .orderBy(desc(column), desc(repositories.id))
    .limit(limit);
  return rows.map(({ archivedAt, ...row }) => ({ ...row, isArchived: archivedAt !== null }));
}

/** `owner/name` in part: of `ada/eng` the owner must be ada. */
function matches(words: string): SQL | undefined {
  const [first = '', second] = words.toLowerCase().split('/', 2);
  const named = (text: string) =>
    sql`${repositories.nameKey} like ${`%${text.replace(/[!%_]/g, '!$&')}%`} escape '!'`;
  if (second !== undefined) return and(eq(users.nameKey, first), named(second));
  return or(named(first), eq(users.nameKey, first));
}
