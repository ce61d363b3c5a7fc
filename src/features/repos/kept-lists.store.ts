// Queries on what people starred and watch, by the number of the page and as far as the viewer may see it.
import { and, count, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { repositoryWatches } from '../../platform/db/tables/notifications.ts';
import { repositories, stars } from '../../platform/db/tables/repos.ts';
import { visibleTo } from './lists.store.ts';
import type { Viewer } from './repos.types.ts';

export interface KeptPage {
  ids: number[];
  total: number;
}

interface Asked {
  offset: number;
  limit: number;
}

/** What somebody starred, the newest star first. */
export async function listStarred(
  db: Reader,
  viewer: Viewer,
  userId: number,
  { offset, limit }: Asked,
): Promise<KeptPage> {
  const seen = and(eq(stars.userId, userId), isNull(repositories.deletedAt), visibleTo(db, viewer));
  const ofRepository = eq(repositories.id, stars.repositoryId);
  const rows = await db
    .select({ id: stars.repositoryId })
    .from(stars)
    .innerJoin(repositories, ofRepository)
    .where(seen)
    .orderBy(desc(stars.createdAt), desc(stars.repositoryId))
    .limit(limit)
    .offset(offset);
  const [all] = await db
    .select({ total: count() })
    .from(stars)
    .innerJoin(repositories, ofRepository)
    .where(seen);
  return { ids: rows.map(({ id }) => id), total: all?.total ?? 0 };
}

/** What somebody watches in some way, the newest choice first. */
export async function listWatched(
  db: Reader,
  viewer: Viewer,
  userId: number,
  { offset, limit }: Asked,
): Promise<KeptPage> {
  const { repositoryId, createdAt, level } = repositoryWatches;
  const seen = and(
    eq(repositoryWatches.userId, userId),
    inArray(level, ['all', 'custom']),
    isNull(repositories.deletedAt),
    visibleTo(db, viewer),
  );
  const ofRepository = eq(repositories.id, repositoryId);
  const rows = await db
    .select({ id: repositoryId })
    .from(repositoryWatches)
    .innerJoin(repositories, ofRepository)
    .where(seen)
    .orderBy(desc(createdAt), desc(repositoryId))
    .limit(limit)
    .offset(offset);
  const [all] = await db
    .select({ total: count() })
    .from(repositoryWatches)
    .innerJoin(repositories, ofRepository)
    .where(seen);
  return { ids: rows.map(({ id }) => id), total: all?.total ?? 0 };
}
