// Queries on imports: one row per repository that is being filled, or was, from elsewhere.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { imports } from '../../platform/db/tables/mirrors.ts';
import type { ImportRow, ImportState } from './mirrors.types.ts';

type Db = Reader | Tx;

export async function insertImport(tx: Tx, row: ImportRow): Promise<void> {
  await tx.insert(imports).values(row);
}

export async function findImportRow(db: Db, repositoryId: number): Promise<ImportRow | undefined> {
  const [row] = await db.select().from(imports).where(eq(imports.repositoryId, repositoryId));
  return row;
}

/** Changes an import that is in one of some states; says whether it was. */
export async function updateImport(
  tx: Tx,
  repositoryId: number,
  among: readonly ImportState[],
  changes: Partial<ImportRow>,
): Promise<boolean> {
  const isMeant = and(eq(imports.repositoryId, repositoryId), inArray(imports.state, [...among]));
  return changedRows(await tx.update(imports).set(changes).where(isMeant)) > 0;
}
