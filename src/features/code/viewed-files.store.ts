// Queries on the files that somebody has looked at.
import { and, count, eq, inArray, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { viewedFiles } from '../../platform/db/tables/code.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;
type Whose = Pick<typeof viewedFiles.$inferSelect, 'userId' | 'repositoryId'>;

const AT_ONCE = 500;

export async function insertMark(tx: Tx, row: typeof viewedFiles.$inferSelect): Promise<void> {
  await insertIfAbsent(tx, viewedFiles, row);
}

export async function removeMark(tx: Tx, whose: Whose, mark: string): Promise<void> {
  await tx.delete(viewedFiles).where(and(isOf(whose), eq(viewedFiles.mark, mark)));
}

/** How many marks somebody has set in a repository. */
export async function countMarks(db: Db, whose: Whose): Promise<number> {
  const [row] = await db.select({ total: count() }).from(viewedFiles).where(isOf(whose));
  return row?.total ?? 0;
}

/** Those of some marks that somebody has set. */
export async function marksAmong(db: Db, whose: Whose, marks: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let from = 0; from < marks.length; from += AT_ONCE) {
    const rows = await db
      .select({ mark: viewedFiles.mark })
      .from(viewedFiles)
      .where(and(isOf(whose), inArray(viewedFiles.mark, marks.slice(from, from + AT_ONCE))));
    for (const { mark } of rows) found.add(mark);
  }
  return found;
}

/** Forgets marks set before a time. */
export async function removeMarksBefore(tx: Tx, time: number): Promise<void> {
  await tx.delete(viewedFiles).where(lt(viewedFiles.createdAt, time));
}

function isOf({ userId, repositoryId }: Whose) {
  return and(eq(viewedFiles.userId, userId), eq(viewedFiles.repositoryId, repositoryId));
}
