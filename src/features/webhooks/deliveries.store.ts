// Queries on deliveries: what happened and is not yet put into words, what waits, and what became of it.
import { and, asc, count, desc, eq, exists, gt, inArray, isNotNull, isNull, lt, lte, or } from 'drizzle-orm';
import { HOUR } from '../../base/time.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import {
  webhookDeliveries as deliveries,
  webhookMessages,
  webhooks,
} from '../../platform/db/tables/webhooks.ts';
import { insertManyIfAbsent, insertReturning } from '../../platform/db/write-forms.ts';
import type { DeliveryRow, DeliveryState, MessageRow } from './hooks.types.ts';

type Db = Reader | Tx;

/** States that people are shown; the other one lasts until a message was written. */
const SHOWN: readonly DeliveryState[] = ['waiting', 'delivered', 'refused', 'failed'];

/** Milliseconds after a try within which the next one follows in any case. */
export const LONGEST_RETRY = 7 * HOUR;

/** The webhooks that listen at some places, at the places' owners, or everywhere: on, and not given up. */
export async function listListening(
  db: Db,
  { repositoryIds, ownerIds }: { repositoryIds: readonly number[]; ownerIds: readonly number[] },
): Promise<number[]> {
  const owners = db
    .select({ id: repositories.ownerId })
    .from(repositories)
    .where(inArray(repositories.id, [...repositoryIds]));
  const atPlaces =
    repositoryIds.length === 0
      ? []
      : [inArray(webhooks.repositoryId, [...repositoryIds]), inArray(webhooks.ownerId, owners)];
  const atOwners = ownerIds.length === 0 ? [] : [inArray(webhooks.ownerId, [...ownerIds])];
  const rows = await db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(
      and(
        or(eq(webhooks.scope, 'site'), ...atPlaces, ...atOwners),
        eq(webhooks.isActive, true),
        isNull(webhooks.suspendedAt),
      ),
    )
    .orderBy(asc(webhooks.id));
  return rows.map(({ id }) => id);
}

export async function insertDelivery(tx: Tx, row: Omit<DeliveryRow, 'id'>): Promise<DeliveryRow> {
  return insertReturning(tx, deliveries, row);
}

/** Adds deliveries of which none with the same webhook and cause exists. */
export async function insertRecorded(tx: Tx, rows: Omit<DeliveryRow, 'id'>[]): Promise<void> {
  await insertManyIfAbsent(tx, deliveries, rows);
}

export async function insertMessage(tx: Tx, row: MessageRow): Promise<void> {
  await insertReturning(tx, webhookMessages, row);
}

/** What happened and is not yet put into words, oldest first. */
export async function listRecorded(db: Db, webhookId: number, limit: number): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.webhookId, webhookId), eq(deliveries.state, 'recorded')))
    .orderBy(asc(deliveries.id))
    .limit(limit);
}

/** Takes what was recorded out of the queue; how many of them were still in it. */
export async function removeRecorded(tx: Tx, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  return changedRows(
    await tx
      .delete(deliveries)
      .where(and(inArray(deliveries.id, [...ids]), eq(deliveries.state, 'recorded'))),
  );
}

/** What waits in the queue of a webhook behind a delivery, in order; tests and repetitions stand in no queue. */
export async function listWaiting(
  db: Db,
  webhookId: number,
  afterId: number,
  limit: number,
): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(and(queued(webhookId), gt(deliveries.id, afterId)))
    .orderBy(asc(deliveries.id))
    .limit(limit);
}

function queued(webhookId: number) {
  return and(
    eq(deliveries.webhookId, webhookId),
    eq(deliveries.state, 'waiting'),
    eq(deliveries.isTest, false),
    isNull(deliveries.repeatsId),
  );
}

/** Whether more than some wait for a webhook. */
export async function hasMoreWaiting(db: Db, webhookId: number, than: number): Promise<boolean> {
  const rows = await db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.webhookId, webhookId), eq(deliveries.state, 'waiting')))
    .limit(1)
    .offset(than);
  return rows.length > 0;
}

/** Gives up everything that waits for a webhook. */
export async function failWaiting(tx: Tx, webhookId: number, error: string, now: number): Promise<void> {
  await tx.update(deliveries).set({ state: 'failed', error, endedAt: now }).where(queued(webhookId));
  await tx
    .delete(deliveries)
    .where(and(eq(deliveries.webhookId, webhookId), eq(deliveries.state, 'recorded')));
}

export async function findDelivery(db: Db, webhookId: number, id: number): Promise<DeliveryRow | undefined> {
  const [row] = await db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.id, id), eq(deliveries.webhookId, webhookId)));
  return row;
}

export async function findMessage(db: Db, deliveryId: number): Promise<MessageRow | undefined> {
  const [row] = await db.select().from(webhookMessages).where(eq(webhookMessages.deliveryId, deliveryId));
  return row;
}

/** Newest first. The index holds them by state, so each state is asked for its own newest. */
export async function listDeliveries(
  db: Db,
  webhookId: number,
  { beforeId, limit }: { beforeId: number | undefined; limit: number },
): Promise<DeliveryRow[]> {
  const found: DeliveryRow[] = [];
  for (const state of SHOWN)
    found.push(
      ...(await db
        .select()
        .from(deliveries)
        .where(
          and(
            eq(deliveries.webhookId, webhookId),
            eq(deliveries.state, state),
            beforeId === undefined ? undefined : lt(deliveries.id, beforeId),
          ),
        )
        .orderBy(desc(deliveries.id))
        .limit(limit)),
    );
  return found.toSorted((a, b) => b.id - a.id).slice(0, limit);
}

/** How many wait for a webhook. */
export async function countWaiting(db: Db, webhookId: number): Promise<number> {
  const [row] = await db
    .select({ waiting: count() })
    .from(deliveries)
    .where(and(eq(deliveries.webhookId, webhookId), eq(deliveries.state, 'waiting')));
  return row?.waiting ?? 0;
}

/** How many tests and repetitions wait for a webhook. */
export async function countAsked(db: Db, webhookId: number): Promise<number> {
  const [row] = await db
    .select({ asked: count() })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.webhookId, webhookId),
        eq(deliveries.state, 'waiting'),
        or(eq(deliveries.isTest, true), isNotNull(deliveries.repeatsId)),
      ),
    );
  return row?.asked ?? 0;
}

/** Webhooks for which something is recorded or waits, and of which nothing says that they are to be left alone for now. */
export async function listNeglected(db: Db, now: number, afterId: number, limit: number): Promise<number[]> {
  const pending = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.webhookId, webhooks.id), inArray(deliveries.state, ['recorded', 'waiting'])));
  const rows = await db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(
      and(
        gt(webhooks.id, afterId),
        or(isNull(webhooks.retryAt), lte(webhooks.retryAt, now), gt(webhooks.retryAt, now + LONGEST_RETRY)),
        exists(pending),
      ),
    )
    .orderBy(asc(webhooks.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Tests and repetitions of a webhook that were asked for before an instant and never sent. */
export async function failForgotten(
  tx: Tx,
  webhookId: number,
  { before, now, error }: { before: number; now: number; error: string },
): Promise<void> {
  await tx
    .update(deliveries)
    .set({ state: 'failed', error, endedAt: now })
    .where(
      and(
        eq(deliveries.webhookId, webhookId),
        eq(deliveries.state, 'waiting'),
        or(eq(deliveries.isTest, true), isNotNull(deliveries.repeatsId)),
        lt(deliveries.createdAt, before),
      ),
    );
}

/** Deletes up to `limit` deliveries that ended and are older than an instant, with their messages; how many. */
export async function removeEnded(tx: Tx, before: number, limit: number): Promise<number> {
  const rows = await tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(lt(deliveries.createdAt, before), isNotNull(deliveries.endedAt)))
    .orderBy(asc(deliveries.createdAt))
    .limit(limit);
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  return changedRows(await tx.delete(deliveries).where(inArray(deliveries.id, ids)));
}
