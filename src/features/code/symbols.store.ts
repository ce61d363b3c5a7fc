// Queries on the index of symbols: where names are defined in a repository's default branch.
import { and, asc, count, eq, gt, inArray, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { symbolIndexes, symbols } from '../../platform/db/tables/code.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export type SymbolRow = typeof symbols.$inferSelect;
export type SymbolIndexRow = typeof symbolIndexes.$inferSelect;

/** What is defined in a file; `path` is percent-encoded, since names may be any bytes. */
export interface FileSymbols {
  path: string;
  pathHash: string;
  symbols: readonly { name: string; kind: string; line: number }[];
}

/** Rows of one insert: seven values each, and SQLite takes 32,766. */
const ROWS_AT_ONCE = 500;

export async function findSymbolIndex(
  db: Reader | Tx,
  repositoryId: number,
): Promise<SymbolIndexRow | undefined> {
  const [row] = await db.select().from(symbolIndexes).where(eq(symbolIndexes.repositoryId, repositoryId));
  return row;
}

export async function putSymbolIndex(tx: Tx, row: SymbolIndexRow): Promise<void> {
  const { commitOid, version, updatedAt } = row;
  await upsert(tx, symbolIndexes, row, {
    target: symbolIndexes.repositoryId,
    set: { commitOid, version, updatedAt },
  });
}

export async function countSymbols(db: Reader | Tx, repositoryId: number): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(symbols)
    .where(eq(symbols.repositoryId, repositoryId));
  return Number(row?.count ?? 0);
}

/** Forgets everything of a repository. */
export async function removeSymbols(tx: Tx, repositoryId: number): Promise<void> {
  await tx.delete(symbols).where(eq(symbols.repositoryId, repositoryId));
  await tx.delete(symbolIndexes).where(eq(symbolIndexes.repositoryId, repositoryId));
}

/** Replaces what is known of some files. */
export async function replaceSymbols(
  tx: Tx,
  repositoryId: number,
  files: readonly FileSymbols[],
): Promise<void> {
  const hashes = files.map(({ pathHash }) => pathHash);
  if (hashes.length > 0)
    await tx
      .delete(symbols)
      .where(and(eq(symbols.repositoryId, repositoryId), inArray(symbols.pathHash, hashes)));
  const rows = files.flatMap(({ path, pathHash, symbols: found }) =>
    found.map(({ name, kind, line }) => ({ repositoryId, path, pathHash, name, kind, line })),
  );
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await tx.insert(symbols).values(rows.slice(at, at + ROWS_AT_ONCE));
}

/** Definitions of exactly this name, oldest row first. */
export async function definitionsNamed(
  db: Reader,
  repositoryId: number,
  name: string,
  limit: number,
): Promise<SymbolRow[]> {
  return db
    .select()
    .from(symbols)
    .where(and(eq(symbols.repositoryId, repositoryId), eq(symbols.name, name)))
    .orderBy(asc(symbols.id))
    .limit(limit);
}

/** Definitions of names that begin with these characters and are longer, sorted by name. */
export async function definitionsBeginning(
  db: Reader,
  repositoryId: number,
  start: string,
  limit: number,
): Promise<SymbolRow[]> {
  return db
    .select()
    .from(symbols)
    .where(
      and(
        eq(symbols.repositoryId, repositoryId),
        gt(symbols.name, start),
        lt(symbols.name, `${start}\u{10ffff}`),
      ),
    )
    .orderBy(asc(symbols.name), asc(symbols.id))
    .limit(limit);
}
