// Queries on rule sets.
import { and, asc, count, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { ruleSets } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { RuleSetRow } from './rules.types.ts';

type Db = Reader | Tx;

/** Which sets are in force, and when each was changed last; the oldest first. */
export async function listActiveVersions(
  db: Db,
  repositoryId: number,
): Promise<{ id: number; updatedAt: number }[]> {
  return db
    .select({ id: ruleSets.id, updatedAt: ruleSets.updatedAt })
    .from(ruleSets)
    .where(and(eq(ruleSets.repositoryId, repositoryId), eq(ruleSets.isActive, true)))
    .orderBy(asc(ruleSets.id));
}

/** All sets of a repository, the oldest first. */
export async function listRuleSets(db: Db, repositoryId: number): Promise<RuleSetRow[]> {
  return db.select().from(ruleSets).where(eq(ruleSets.repositoryId, repositoryId)).orderBy(asc(ruleSets.id));
}

export async function findRuleSet(db: Db, repositoryId: number, id: number): Promise<RuleSetRow | undefined> {
  const [row] = await db
    .select()
    .from(ruleSets)
    .where(and(eq(ruleSets.repositoryId, repositoryId), eq(ruleSets.id, id)));
  return row;
}

export async function findRuleSetNamed(
  db: Db,
  repositoryId: number,
  name: string,
): Promise<RuleSetRow | undefined> {
  const [row] = await db
    .select()
    .from(ruleSets)
    .where(and(eq(ruleSets.repositoryId, repositoryId), eq(ruleSets.name, name)));
  return row;
}

export async function countRuleSets(db: Db, repositoryId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(ruleSets)
    .where(eq(ruleSets.repositoryId, repositoryId));
  return row?.total ?? 0;
}

/** Throws AppError conflict when the repository has a set of this name. */
export async function insertRuleSet(tx: Tx, row: Omit<RuleSetRow, 'id'>): Promise<RuleSetRow> {
  return insertReturning(tx, ruleSets, row);
}

export async function updateRuleSet(
  tx: Tx,
  id: number,
  values: Partial<Omit<RuleSetRow, 'id' | 'repositoryId'>>,
): Promise<void> {
  await tx.update(ruleSets).set(values).where(eq(ruleSets.id, id));
}

/** Says whether there was such a set. */
export async function removeRuleSet(tx: Tx, repositoryId: number, id: number): Promise<boolean> {
  const removed = await tx
    .delete(ruleSets)
    .where(and(eq(ruleSets.repositoryId, repositoryId), eq(ruleSets.id, id)));
  return changedRows(removed) > 0;
}
