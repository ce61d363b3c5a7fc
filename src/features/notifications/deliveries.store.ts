// Queries that tell many people at once.
import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Tx } from '../../platform/db/db.types.ts';
import { notificationMails, notifications } from '../../platform/db/tables/notifications.ts';
import { insertManyIfAbsent } from '../../platform/db/write-forms.ts';
import type { NotificationReason, NotificationSubject } from './notifications.types.ts';

export interface Thread {
  subject: NotificationSubject;
  subjectId: number;
}

export interface Told extends Thread {
  repositoryId: number;
  lastEventId: number;
  updatedAt: number;
}

/** Begins the thread of those who have none yet. */
export async function beginThreads(
  tx: Tx,
  told: Told,
  people: readonly { userId: number; reason: NotificationReason }[],
): Promise<void> {
  const rows = people.map(({ userId, reason }) => ({
    ...told,
    userId,
    reason,
    state: 'unread' as const,
    isSaved: false,
    readAt: null,
  }));
  await insertManyIfAbsent(tx, notifications, rows);
}

/** Makes the threads of people unread, of those who were not told of this event or a later one. */
export async function renewThreads(
  tx: Tx,
  { subject, subjectId, repositoryId, lastEventId, updatedAt }: Told,
  reason: NotificationReason,
  userIds: readonly number[],
): Promise<void> {
  await tx
    .update(notifications)
    .set({ state: 'unread', readAt: null, reason, repositoryId, lastEventId, updatedAt })
    .where(
      and(
        inArray(notifications.userId, [...userIds]),
        eq(notifications.subject, subject),
        eq(notifications.subjectId, subjectId),
        lt(notifications.lastEventId, lastEventId),
      ),
    );
}

/** Of these people those to whom a mail about an event was queued already. */
export async function listMailed(tx: Tx, eventId: number, userIds: readonly number[]): Promise<number[]> {
  if (userIds.length === 0) return [];
  const rows = await tx
    .select({ userId: notificationMails.userId })
    .from(notificationMails)
    .where(and(eq(notificationMails.eventId, eventId), inArray(notificationMails.userId, [...userIds])));
  return rows.map((row) => row.userId);
}

/** Notes mails that are queued in this transaction; fails where another one has noted any of them. */
export async function insertMailed(
  tx: Tx,
  eventId: number,
  userIds: readonly number[],
  createdAt: number,
): Promise<void> {
  if (userIds.length === 0) return;
  await tx.insert(notificationMails).values(userIds.map((userId) => ({ eventId, userId, createdAt })));
}

/** Forgets which mails were queued before an instant. */
export async function removeMailedBefore(tx: Tx, instant: number): Promise<void> {
  await tx.delete(notificationMails).where(lt(notificationMails.createdAt, instant));
}

/** Removes everybody's threads about something that is gone. */
export async function removeThreadsAbout(tx: Tx, { subject, subjectId }: Thread): Promise<void> {
  await tx
    .delete(notifications)
    .where(and(eq(notifications.subject, subject), eq(notifications.subjectId, subjectId)));
}

/** Follows an issue into another repository. */
export async function moveThreads(tx: Tx, thread: Thread, repositoryId: number): Promise<void> {
  await tx
    .update(notifications)
    .set({ repositoryId })
    .where(and(eq(notifications.subject, thread.subject), eq(notifications.subjectId, thread.subjectId)));
}
