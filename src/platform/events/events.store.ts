// Queries over the recorded events.
import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../db/db.types.ts';
import { events } from '../db/tables/platform.ts';
import { insertReturning } from '../db/write-forms.ts';

export type EventRow = typeof events.$inferSelect;

export async function insertEvent(tx: Tx, row: Omit<EventRow, 'id'>): Promise<EventRow> {
  return insertReturning(tx, events, row);
}

export async function findEvent(reader: Reader, id: number): Promise<EventRow | undefined> {
  const [row] = await reader.select().from(events).where(eq(events.id, id));
  return row;
}

/** In no order. */
export async function findEvents(reader: Reader, ids: number[]): Promise<EventRow[]> {
  return ids.length === 0 ? [] : reader.select().from(events).where(inArray(events.id, ids));
}

/** Newest first; `beforeId` continues behind the last row of the page before. */
export async function listEvents(
  reader: Reader,
  filter: { repositoryId?: number; actorId?: number; kind?: string; limit: number; beforeId?: number },
): Promise<EventRow[]> {
  return reader
    .select()
    .from(events)
    .where(
      and(
        filter.repositoryId === undefined ? undefined : eq(events.repositoryId, filter.repositoryId),
        filter.actorId === undefined ? undefined : eq(events.actorId, filter.actorId),
        filter.kind === undefined ? undefined : eq(events.kind, filter.kind),
        filter.beforeId === undefined ? undefined : lt(events.id, filter.beforeId),
      ),
    )
    .orderBy(desc(events.id))
    .limit(filter.limit);
}
