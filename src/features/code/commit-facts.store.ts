// Queries on facts about whole trees and histories, keyed by commit.
import { and, desc, eq, inArray, lt, ne } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { commitFacts } from '../../platform/db/tables/code.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export interface FactKey {
  repositoryId: number;
  commitOid: string;
  kind: 'languages' | 'commit-count' | 'licence' | 'insights';
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

/** Which of some commits have a fact of a kind. */
export async function commitsWithFact(
  db: Reader | Tx,
  repositoryId: number,
  commitOids: string[],
  kind: FactKey['kind'],
): Promise<string[]> {
  if (commitOids.length === 0) return [];
  const rows = await db
    .select({ commitOid: commitFacts.commitOid })
    .from(commitFacts)
    .where(
      and(
        eq(commitFacts.repositoryId, repositoryId),
        inArray(commitFacts.commitOid, commitOids),
        eq(commitFacts.kind, kind),
      ),
    );
  return rows.map((row) => row.commitOid);
}

/** Facts of some kinds at some commits of some repositories; whoever asks puts together what belongs together. */
export async function listFactsAt(
  db: Reader | Tx,
  repositoryIds: readonly number[],
  commitOids: readonly string[],
  kinds: readonly FactKey['kind'][],
): Promise<(FactKey & { value: Uint8Array })[]> {
  if (repositoryIds.length === 0) return [];
  const { repositoryId, commitOid, kind, value } = commitFacts;
  return db
    .select({ repositoryId, commitOid, kind, value })
    .from(commitFacts)
    .where(
      and(
        inArray(repositoryId, [...repositoryIds]),
        inArray(commitOid, [...commitOids]),
        inArray(kind, [...kinds]),
      ),
    );
}

/** What was found last of a kind in a repository, whatever the commit. */
export async function findNewestFact(
  db: Reader | Tx,
  repositoryId: number,
  kind: FactKey['kind'],
): Promise<{ commitOid: string; value: Uint8Array } | undefined> {
  const [row] = await db
    .select({ commitOid: commitFacts.commitOid, value: commitFacts.value })
    .from(commitFacts)
    .where(and(eq(commitFacts.repositoryId, repositoryId), eq(commitFacts.kind, kind)))
    .orderBy(desc(commitFacts.createdAt))
    .limit(1);
  return row;
}

/** Forgets what is known of the same kind at other commits of the repository. */
export async function removeOtherFacts(tx: Tx, key: FactKey): Promise<void> {
  await tx
    .delete(commitFacts)
    .where(
      and(
        eq(commitFacts.repositoryId, key.repositoryId),
        eq(commitFacts.kind, key.kind),
        ne(commitFacts.commitOid, key.commitOid),
      ),
    );
}

/** Forgets what was remembered before an instant; it is computed again when asked for. */
export async function removeFactsBefore(tx: Tx, createdAt: number): Promise<void> {
  await tx.delete(commitFacts).where(lt(commitFacts.createdAt, createdAt));
}
