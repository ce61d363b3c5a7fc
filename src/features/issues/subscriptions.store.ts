// Queries on who chose, or became by taking part, to be told of an issue, or of nothing in it.
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueSubscriptions } from '../../platform/db/tables/issues.ts';
import { insertIfAbsent, upsert } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;
export type SubscriptionRow = typeof issueSubscriptions.$inferSelect;

export async function findSubscription(
  db: Db,
  issueId: number,
  userId: number,
): Promise<SubscriptionRow | undefined> {
  const [row] = await db.select().from(issueSubscriptions).where(isOf(issueId, userId));
  return row;
}

/** Says whether it is new; a row that is there stays as it is. */
export async function insertSubscription(tx: Tx, row: SubscriptionRow): Promise<boolean> {
  return insertIfAbsent(tx, issueSubscriptions, row);
}

/** What somebody chooses, whatever was before. */
export async function putSubscription(tx: Tx, row: SubscriptionRow): Promise<void> {
  await upsert(tx, issueSubscriptions, row, {
    target: [issueSubscriptions.issueId, issueSubscriptions.userId],
    set: { state: row.state, reason: row.reason },
  });
}

export async function updateReason(tx: Tx, issueId: number, userId: number, reason: string): Promise<void> {
  await tx.update(issueSubscriptions).set({ reason }).where(isOf(issueId, userId));
}

export async function removeSubscription(tx: Tx, issueId: number, userId: number): Promise<void> {
  await tx.delete(issueSubscriptions).where(isOf(issueId, userId));
}

/** Everybody with a row of an issue, muted ones too, in order of their ids. */
export async function listSubscriptions(
  db: Db,
  issueId: number,
  page: { after: number; limit: number },
): Promise<SubscriptionRow[]> {
  return db
    .select()
    .from(issueSubscriptions)
    .where(and(eq(issueSubscriptions.issueId, issueId), gt(issueSubscriptions.userId, page.after)))
    .orderBy(asc(issueSubscriptions.userId))
    .limit(page.limit);
}

/** Of some people, what each chose for an issue. */
export async function subscriptionsAmong(
  db: Db,
  issueId: number,
  userIds: readonly number[],
): Promise<SubscriptionRow[]> {
  if (userIds.length === 0) return [];
  return db
    .select()
    .from(issueSubscriptions)
    .where(and(eq(issueSubscriptions.issueId, issueId), inArray(issueSubscriptions.userId, [...userIds])));
}

function isOf(issueId: number, userId: number) {
  return and(eq(issueSubscriptions.issueId, issueId), eq(issueSubscriptions.userId, userId));
}
