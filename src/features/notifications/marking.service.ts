// What somebody does with their threads: read, unread, done, saved, unsubscribed. Nobody touches anybody else's.
import { setImmediate } from 'node:timers/promises';
import type { UserActor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { setSubscriptionWithin } from '../issues/subscriptions.service.ts';
import { watchLessWithin } from '../repos/watches.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import type { NotificationRow, SeenThread } from './notifications.types.ts';
import { readableThreads } from './readable-threads.service.ts';
import {
  type AllFilter,
  changeThreads,
  findThread,
  moveSome,
  type ThreadChange,
  threadsByIds,
} from './threads.store.ts';

export const MARKS = ['read', 'unread', 'done', 'undone', 'save', 'unsave', 'unsubscribe'] as const;
export type Mark = (typeof MARKS)[number];

/** Threads in one request at most. */
export const MOST_MARKED = 100;

/** Marks the actor's threads as they were seen: one that was told of something new since is left alone. */
export async function markThreads(
  app: App,
  actor: UserActor,
  seen: readonly SeenThread[],
  mark: Mark,
): Promise<number> {
  requireAccountAbility(actor, actor.userId, 'notifications:manage');
  const chosen = seen.slice(0, MOST_MARKED);
  if (mark === 'unsubscribe') return unsubscribeFrom(app, actor, chosen);
  const change = changeOf(mark, app.clock.now());
  return app.db.write((tx) => changeThreads(tx, actor.userId, chosen, change));
}

function changeOf(mark: Exclude<Mark, 'unsubscribe'>, now: number): ThreadChange {
  if (mark === 'save' || mark === 'unsave') return { isSaved: mark === 'save' };
  if (mark === 'unread') return { state: 'unread', readAt: null };
  return { state: mark === 'done' ? 'done' : 'read', readAt: now };
}

/** Mutes what the threads are about, and takes them out of the inbox whatever was told since. */
async function unsubscribeFrom(app: App, actor: UserActor, seen: readonly SeenThread[]): Promise<number> {
  const ids = seen.map(({ id }) => id);
  const rows = await readableThreads(app, actor, await threadsByIds(app.db.read, actor.userId, ids));
  await app.db.write(async (tx) => {
    for (const { issue, repository } of rows) {
      if (issue) await setSubscriptionWithin(tx, app, issue.id, actor.userId, 'muted');
      else await watchLessWithin(tx, app, actor.userId, repository.repository.id, 'releases');
    }
    const all = rows.map(({ thread }) => ({ id: thread.id, lastEventId: Number.MAX_SAFE_INTEGER }));
    await changeThreads(tx, actor.userId, all, changeOf('done', app.clock.now()));
  });
  return rows.length;
}

/** Marks all of the actor's threads that fit, as far as they were told before an instant. */
export async function markAll(
  app: App,
  actor: UserActor,
  filter: Omit<AllFilter, 'userId'>,
  mark: 'read' | 'unread' | 'done',
): Promise<void> {
  requireAccountAbility(actor, actor.userId, 'notifications:manage');
  const change = { ...changeOf(mark, app.clock.now()), state: mark };
  const all = { ...filter, userId: actor.userId };
  while (await app.db.write((tx) => moveSome(tx, all, change))) await setImmediate();
}

/** Notes that somebody looked at an issue; says whether that changed anything. */
export async function markIssueRead(
  app: App,
  userId: number,
  issue: Pick<IssueRow, 'id' | 'isPull'>,
): Promise<boolean> {
  const subject = issue.isPull ? 'pull' : 'issue';
  return markSeen(app, await findThread(app.db.read, userId, subject, issue.id));
}

/** Marks a thread read that is unread, as it was when it was found. */
export async function markSeen(app: App, thread: NotificationRow | undefined): Promise<boolean> {
  if (thread?.state !== 'unread') return false;
  const change = changeOf('read', app.clock.now());
  return (await app.db.write((tx) => changeThreads(tx, thread.userId, [thread], change))) > 0;
}
