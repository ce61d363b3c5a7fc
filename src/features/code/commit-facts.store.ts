// Queries on facts about whole trees and histories, keyed by commit.
import { and, eq, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { commitFacts } from '../../platform/db/tables/code.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export interface FactKey {
  repositoryId: number;
  commitOid: string;
  kind: 'languages' | 'commit-count' | 'licence';
}

export async function findFact(db: Reader | Tx, key: FactKey): Promise<Uint8Array | undefined> {
  const [row] = await db
    .select({ value: commitFacts.value })
    .from(commitFacts)
    .where(
      and(
        eq(commitFacts.repositoryId, key.repositoryId),
        eq(commitFacts.commitOid, key.commitOid),
        eq(commitFacts.kind, key.kind),
      ),
    );
  return row?.value;
}

export async function putFact(
  tx: Tx,
  key: FactKey,
  value: Buffer<ArrayBuffer>,
  createdAt: number,
): Promise<void> {
  await upsert(
    tx,
    commitFacts,
    { ...key, value, createdAt },
    {
      target: [commitFacts.repositoryId, commitFacts.commitOid, commitFacts.kind],
      set: { value, createdAt },
    },
  );
}

/** Forgets what was remembered before an instant; it is computed again when asked for. */
export async function removeFactsBefore(tx: Tx, createdAt: number): Promise<void> {
  await tx.delete(commitFacts).where(lt(commitFacts.createdAt, createdAt));
}
