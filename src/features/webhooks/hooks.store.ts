// Queries on webhooks; what they were told is deliveries.store.ts.
import { and, asc, count, eq, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { webhooks } from '../../platform/db/tables/webhooks.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { HookOwner, HookRow } from './hooks.types.ts';

type Db = Reader | Tx;

export async function insertHook(tx: Tx, row: Omit<HookRow, 'id'>): Promise<HookRow> {
  return insertReturning(tx, webhooks, row);
}

export async function findHook(db: Db, id: number): Promise<HookRow | undefined> {
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id));
  return row;
}

/** Somebody's webhooks, oldest first. */
export async function listHooks(
  db: Db,
  owner: HookOwner,
  { limit, offset }: { limit: number; offset: number },
): Promise<HookRow[]> {
  return db
    .select()
    .from(webhooks)
    .where(belongsTo(owner))
    .orderBy(asc(webhooks.id))
    .limit(limit)
    .offset(offset);
}

export async function countHooks(db: Db, owner: HookOwner): Promise<number> {
  const [row] = await db.select({ total: count() }).from(webhooks).where(belongsTo(owner));
  return row?.total ?? 0;
}

export async function updateHook(tx: Tx, id: number, changes: Partial<HookRow>): Promise<void> {
  await tx.update(webhooks).set(changes).where(eq(webhooks.id, id));
}

export async function removeHookRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(webhooks).where(eq(webhooks.id, id));
}

function belongsTo(owner: HookOwner): SQL | undefined {
  if (owner.scope === 'site') return eq(webhooks.scope, 'site');
  if (owner.scope === 'repository') return eq(webhooks.repositoryId, owner.repositoryId);
  return and(eq(webhooks.ownerId, owner.ownerId), eq(webhooks.scope, owner.scope));
}
