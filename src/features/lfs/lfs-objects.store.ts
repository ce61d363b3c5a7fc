// Queries on the large files of repositories: a row says that a repository has one, whoever else does.
import { and, eq, gt, gte, inArray, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { lfsObjects } from '../../platform/db/tables/code.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { LfsObjectRow } from './lfs.types.ts';

type Db = Reader | Tx;

/** Says whether it is new to the repository. */
export function insertObject(tx: Tx, row: LfsObjectRow): Promise<boolean> {
  return insertIfAbsent(tx, lfsObjects, row);
}

/** Of some ids, the objects that a repository has. */
export async function findObjects(db: Db, repositoryId: number, oids: string[]): Promise<LfsObjectRow[]> {
  if (oids.length === 0) return [];
  return db
    .select()
    .from(lfsObjects)
    .where(and(eq(lfsObjects.repositoryId, repositoryId), inArray(lfsObjects.oid, oids)));
}

/** A repository's objects behind an id, in the order of their ids, that it got at an instant or later. */
export async function listObjects(
  db: Db,
  repositoryId: number,
  { after, since, limit }: { after: string; since: number; limit: number },
): Promise<LfsObjectRow[]> {
  return db
    .select()
    .from(lfsObjects)
    .where(
      and(
        eq(lfsObjects.repositoryId, repositoryId),
        gt(lfsObjects.oid, after),
        gte(lfsObjects.createdAt, since),
      ),
    )
    .orderBy(lfsObjects.oid)
    .limit(limit);
}

/** As `listObjects`, of what the repository had by an instant. */
export async function listObjectsUntil(
  db: Db,
  repositoryId: number,
  { after, until, limit }: { after: string; until: number; limit: number },
): Promise<LfsObjectRow[]> {
  return db
    .select()
    .from(lfsObjects)
    .where(
      and(
        eq(lfsObjects.repositoryId, repositoryId),
        gt(lfsObjects.oid, after),
        lte(lfsObjects.createdAt, until),
      ),
    )
    .orderBy(lfsObjects.oid)
    .limit(limit);
}

/** Of some ids, those that any repository has. */
export async function oidsInUse(db: Db, oids: string[]): Promise<Set<string>> {
  if (oids.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ oid: lfsObjects.oid })
    .from(lfsObjects)
    .where(inArray(lfsObjects.oid, oids));
  return new Set(rows.map((row) => row.oid));
}
