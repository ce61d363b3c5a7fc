// Queries on releases.
import { and, count, desc, eq, inArray, lt, or, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { releases } from '../../platform/db/tables/code.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { ReleaseCursor, ReleaseRow } from './releases.types.ts';

type Db = Reader | Tx;

export async function findRelease(db: Db, repositoryId: number, id: number): Promise<ReleaseRow | undefined> {
  const [row] = await db
    .select()
    .from(releases)
    .where(and(eq(releases.repositoryId, repositoryId), eq(releases.id, id)));
  return row;
}

export async function findReleaseByTag(
  db: Db,
  repositoryId: number,
  tagName: string,
): Promise<ReleaseRow | undefined> {
  const [row] = await db
    .select()
    .from(releases)
    .where(and(eq(releases.repositoryId, repositoryId), eq(releases.tagName, tagName)));
  return row;
}

/** Releases of these tags, drafts among them, in no order. */
export async function findReleasesByTags(
  db: Db,
  repositoryId: number,
  tagNames: readonly string[],
): Promise<ReleaseRow[]> {
  if (tagNames.length === 0) return [];
  return db
    .select()
    .from(releases)
    .where(and(eq(releases.repositoryId, repositoryId), inArray(releases.tagName, [...tagNames])));
}

/** What is published, the latest first. */
export async function listPublished(
  db: Db,
  repositoryId: number,
  page: { after?: ReleaseCursor | undefined; limit: number },
): Promise<ReleaseRow[]> {
  return db
    .select()
    .from(releases)
    .where(and(isPublished(repositoryId), page.after && behind(page.after)))
    .orderBy(desc(releases.publishedAt), desc(releases.id))
    .limit(page.limit);
}

/** The ids of what is published, the latest first; only pre-releases, or none of them, where it is said. */
export async function listPublishedIds(
  db: Db,
  repositoryId: number,
  limit: number,
  isPrerelease?: boolean,
): Promise<number[]> {
  const rows = await db
    .select({ id: releases.id })
    .from(releases)
    .where(ofKind(isPublished(repositoryId), isPrerelease))
    .orderBy(desc(releases.publishedAt), desc(releases.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

export async function findReleases(db: Db, ids: readonly number[]): Promise<ReleaseRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(releases)
    .where(inArray(releases.id, [...ids]));
}

/** The one begun last first. */
export async function listDrafts(db: Db, repositoryId: number, limit: number): Promise<ReleaseRow[]> {
  return db
    .select()
    .from(releases)
    .where(and(eq(releases.repositoryId, repositoryId), eq(releases.isDraft, true)))
    .orderBy(desc(releases.id))
    .limit(limit);
}

/** The release published last that is no pre-release. */
export async function findLatest(db: Db, repositoryId: number): Promise<ReleaseRow | undefined> {
  const [row] = await db
    .select()
    .from(releases)
    .where(and(isPublished(repositoryId), eq(releases.isPrerelease, false)))
    .orderBy(desc(releases.publishedAt), desc(releases.id))
    .limit(1);
  return row;
}

export async function countPublished(db: Db, repositoryId: number, isPrerelease?: boolean): Promise<number> {
  const where = ofKind(isPublished(repositoryId), isPrerelease);
  const [row] = await db.select({ total: count() }).from(releases).where(where);
  return row?.total ?? 0;
}

/** Throws AppError conflict when the repository has a release of this tag. */
export async function insertRelease(tx: Tx, row: Omit<ReleaseRow, 'id'>): Promise<ReleaseRow> {
  return insertReturning(tx, releases, row);
}

/** Says whether there is such a release. */
export async function updateRelease(
  tx: Tx,
  id: number,
  values: Partial<Omit<ReleaseRow, 'id' | 'repositoryId'>>,
): Promise<boolean> {
  return changedRows(await tx.update(releases).set(values).where(eq(releases.id, id))) > 0;
}

export async function removeReleaseRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(releases).where(eq(releases.id, id));
}

function isPublished(repositoryId: number): SQL | undefined {
  return and(eq(releases.repositoryId, repositoryId), eq(releases.isDraft, false));
}

function ofKind(where: SQL | undefined, isPrerelease: boolean | undefined): SQL | undefined {
  return isPrerelease === undefined ? where : and(where, eq(releases.isPrerelease, isPrerelease));
}

function behind({ publishedAt, id }: ReleaseCursor): SQL | undefined {
  return or(
    lt(releases.publishedAt, publishedAt),
    and(eq(releases.publishedAt, publishedAt), lt(releases.id, id)),
  );
}
