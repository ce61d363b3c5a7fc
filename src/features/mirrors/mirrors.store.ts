// Queries on mirrors: what follows another repository, and what others follow.
import { and, asc, eq, isNotNull, isNull, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { mirrors } from '../../platform/db/tables/mirrors.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { MirrorRow } from './mirrors.types.ts';

type Db = Reader | Tx;

export async function insertMirror(tx: Tx, row: Omit<MirrorRow, 'id'>): Promise<MirrorRow> {
  return insertReturning(tx, mirrors, row);
}

export async function findMirror(db: Db, id: number): Promise<MirrorRow | undefined> {
  const [row] = await db.select().from(mirrors).where(eq(mirrors.id, id));
  return row;
}

/** A repository's mirrors, oldest first. */
export async function listMirrors(db: Db, repositoryId: number): Promise<MirrorRow[]> {
  return db.select().from(mirrors).where(eq(mirrors.repositoryId, repositoryId)).orderBy(asc(mirrors.id));
}

/** Mirrors of live repositories whose time has come, the longest waiting first. */
export async function listDue(db: Db, now: number, limit: number): Promise<MirrorRow[]> {
  const rows = await db
    .select({ mirror: mirrors })
    .from(mirrors)
    .innerJoin(repositories, eq(repositories.id, mirrors.repositoryId))
    .where(
      and(
        isNotNull(mirrors.nextRunAt),
        lte(mirrors.nextRunAt, now),
        isNull(repositories.deletedAt),
        isNull(repositories.archivedAt),
      ),
    )
    .orderBy(asc(mirrors.nextRunAt))
    .limit(limit);
  return rows.map(({ mirror }) => mirror);
}

export async function updateMirror(tx: Tx, id: number, changes: Partial<MirrorRow>): Promise<void> {
  await tx.update(mirrors).set(changes).where(eq(mirrors.id, id));
}

export async function removeMirrorRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(mirrors).where(eq(mirrors.id, id));
}

/** Forgets who one is on the other servers, where somebody was named. */
export async function dropCredentialsOf(tx: Tx, repositoryId: number, reason: string): Promise<void> {
  await tx
    .update(mirrors)
    .set({ sealedCredentials: null, lastError: reason })
    .where(and(eq(mirrors.repositoryId, repositoryId), isNotNull(mirrors.sealedCredentials)));
}
