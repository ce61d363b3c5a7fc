// Queries on the audit log. Rows are added and read, never changed or removed.
import { asc, eq, gt, max } from 'drizzle-orm';
import type { Reader, Tx } from '../db/db.types.ts';
import { auditEntries, settings } from '../db/tables/platform.ts';
import { repositories } from '../db/tables/repos.ts';
import { users } from '../db/tables/users.ts';
import { insertReturning, upsert } from '../db/write-forms.ts';

export type AuditRow = typeof auditEntries.$inferSelect;

const HEAD = 'audit.head';

/** The number of the last row; 0 for an empty log. */
export async function lastSequence(tx: Tx): Promise<number> {
  const [row] = await tx.select({ last: max(auditEntries.sequence) }).from(auditEntries);
  return row?.last ?? 0;
}

export async function insertEntry(tx: Tx, row: Omit<AuditRow, 'id'>): Promise<void> {
  await insertReturning(tx, auditEntries, row);
}

/** Entries behind a sequence number, in order. */
export async function entriesAfter(db: Reader, sequence: number, limit: number): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEntries)
    .where(gt(auditEntries.sequence, sequence))
    .orderBy(asc(auditEntries.sequence))
    .limit(limit);
}

/**
 * What says where the log ends: without it, removing its last rows would go unnoticed. Every writer changes this row, so
 * that they follow one another.
 */
export async function setHead(tx: Tx, value: string): Promise<void> {
  await upsert(tx, settings, { name: HEAD, value }, { target: settings.name, set: { value } });
}

export async function findHead(db: Reader | Tx): Promise<string | undefined> {
  const [row] = await db.select().from(settings).where(eq(settings.name, HEAD));
  return row?.value;
}

/** The name of an account, for acts whose event names no origin. */
export async function findActorName(tx: Tx, userId: number): Promise<string | undefined> {
  const [row] = await tx.select({ name: users.name }).from(users).where(eq(users.id, userId));
  return row?.name;
}

/** The organization that owns a repository, deleted or not; undefined for a person's. */
export async function owningOrganization(tx: Tx, repositoryId: number): Promise<number | undefined> {
  const [row] = await tx
    .select({ id: users.id, kind: users.kind })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(eq(repositories.id, repositoryId));
  return row?.kind === 'organization' ? row.id : undefined;
}
