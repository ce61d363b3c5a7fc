// Queries on the remembered last commits of directories.
import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { directoryHistories } from '../../platform/db/tables/code.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export interface HistoryKey {
  repositoryId: number;
  commitOid: string;
  /** SHA-256 in hex of the directory's path. */
  pathHash: string;
}

export async function findHistory(db: Reader | Tx, key: HistoryKey): Promise<Uint8Array | undefined> {
  const [row] = await db
    .select({ entries: directoryHistories.entries })
    .from(directoryHistories)
    .where(
      and(
        eq(directoryHistories.repositoryId, key.repositoryId),
        eq(directoryHistories.commitOid, key.commitOid),
        eq(directoryHistories.pathHash, key.pathHash),
      ),
    );
  return row?.entries;
}

/** Which of some commits have a remembered answer for a directory. */
export async function commitsWithHistory(
  db: Reader | Tx,
  repositoryId: number,
  commitOids: string[],
  pathHash: string,
): Promise<string[]> {
  const rows = await db
    .select({ commitOid: directoryHistories.commitOid })
    .from(directoryHistories)
    .where(
      and(
        eq(directoryHistories.repositoryId, repositoryId),
        inArray(directoryHistories.commitOid, commitOids),
        eq(directoryHistories.pathHash, pathHash),
      ),
    );
  return rows.map((row) => row.commitOid);
}

export async function putHistory(
  tx: Tx,
  key: HistoryKey,
  entries: Buffer<ArrayBuffer>,
  createdAt: number,
): Promise<void> {
  await upsert(
    tx,
    directoryHistories,
    { ...key, entries, createdAt },
    {
      target: [directoryHistories.repositoryId, directoryHistories.commitOid, directoryHistories.pathHash],
      set: { entries, createdAt },
    },
  );
}

/** Forgets what was remembered before an instant; it is computed again when asked for. */
export async function removeHistoriesBefore(tx: Tx, createdAt: number): Promise<void> {
  await tx.delete(directoryHistories).where(lt(directoryHistories.createdAt, createdAt));
}
