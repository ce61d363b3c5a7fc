// Somebody's inbox: what is in it as far as they may read it now, and the dot on the bell.
import type { Actor, UserActor } from '../../base/actor.ts';
import { AppError, isAppError, notFound } from '../../base/errors.ts';
import { isPending } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import type { View } from './inbox.input.ts';
import type { NotificationReason, NotificationState, NotificationSubject } from './notifications.types.ts';
import { type ReadableThread, readableThreads } from './readable-threads.service.ts';
import {
  findAnyUnread,
  listThreads,
  type ThreadCursor,
  type ThreadFilter,
  threadsByIds,
} from './threads.store.ts';

export const INBOX_PAGE_SIZE = 25;
/** Rows read at once, and how often, to fill a page of those that may be read. */
const READ_AT_ONCE = 50;
const ROUNDS = 6;
/** The newest threads among which repositories and reasons are counted. */
const COUNTED = 500;

/** The states that a view shows. */
export const STATES_OF: Readonly<Record<View, readonly NotificationState[] | 'saved'>> = {
  inbox: ['unread', 'read'],
  unread: ['unread'],
  done: ['done'],
  saved: 'saved',
};

export interface InboxRequest {
  states: ThreadFilter['states'];
  reason?: NotificationReason;
  repositoryId?: number;
  subject?: NotificationSubject;
  since?: number;
  before?: number;
  after?: string | undefined;
  size?: number;
}

export interface InboxPage {
  items: ReadableThread[];
  /** Where the next page begins; undefined on the last one. */
  next: string | undefined;
}

/** One page of the actor's threads, the newest first. */
export async function pageOfInbox(app: App, actor: UserActor, request: InboxRequest): Promise<InboxPage> {
  requireAccountAbility(actor, actor.userId, 'notifications:read');
  const { size = INBOX_PAGE_SIZE, after: afterText, ...filter } = request;
  const items: ReadableThread[] = [];
  let after = cursorOf(afterText);
  for (let round = 0; round < ROUNDS; round++) {
    const page = { ...filter, userId: actor.userId, limit: READ_AT_ONCE, ...(after ? { after } : {}) };
    const rows = await listThreads(app.db.read, page);
    const readable = new Map(
      (await readableThreads(app, actor, rows)).map((row) => [row.thread.id, row] as const),
    );
    for (const row of rows) {
      if (items.length === size) return { items, next: textOf(after) };
      after = { updatedAt: row.thread.updatedAt, id: row.thread.id };
      const found = readable.get(row.thread.id);
      if (found) items.push(found);
    }
    if (rows.length < READ_AT_ONCE) return { items, next: undefined };
  }
  return { items, next: textOf(after) };
}

function textOf(cursor: ThreadCursor | undefined): string | undefined {
  return cursor && `${cursor.updatedAt}-${cursor.id}`;
}

function cursorOf(text: string | undefined): ThreadCursor | undefined {
  if (text === undefined || text === '') return undefined;
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!match)
    throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
  return { updatedAt: Number(match[1]), id: Number(match[2]) };
}

export interface InboxCounts {
  unread: number;
  /** By `owner/name`, the fullest first. */
  repositories: [path: string, total: number][];
  reasons: [reason: NotificationReason, total: number][];
  /** Whether there were more than are counted. */
  isPartial: boolean;
}

/** How many threads of the inbox there are by repository and reason, among the newest 500. */
export async function inboxCounts(app: App, actor: UserActor): Promise<InboxCounts> {
  requireAccountAbility(actor, actor.userId, 'notifications:read');
  const states = ['unread', 'read'] as const;
  const rows = await listThreads(app.db.read, { userId: actor.userId, states, limit: COUNTED });
  const readable = await readableThreads(app, actor, rows);
  return {
    unread: readable.filter(({ thread }) => thread.state === 'unread').length,
    repositories: counted(readable.map(({ repository }) => pathOf(repository))),
    reasons: counted(readable.map(({ thread }) => thread.reason)),
    isPartial: rows.length === COUNTED,
  };
}

/** `owner/name` of a repository. */
export function pathOf({ ownerName, repository }: ReadableThread['repository']): string {
  return `${ownerName}/${repository.name}`;
}

function counted<T extends string>(values: readonly T[]): [T, number][] {
  return [...Map.groupBy(values, (value) => value)]
    .map(([value, all]): [T, number] => [value, all.length])
    .toSorted(([one, few], [other, many]) => many - few || one.localeCompare(other));
}

/** The id of a repository that the actor names; undefined for what they may not see. */
export async function repositoryIdOf(app: App, actor: Actor, path: string): Promise<number | undefined> {
  const [owner = '', name = ''] = path.split('/');
  try {
    return (await openRepository(app, actor, owner, name, 'repository:see')).repository.id;
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

/** One of the actor's threads that they may read; throws AppError not_found. */
export async function requireThread(app: App, actor: UserActor, id: number): Promise<ReadableThread> {
  requireAccountAbility(actor, actor.userId, 'notifications:read');
  const rows = await threadsByIds(app.db.read, actor.userId, [id]);
  const [found] = await readableThreads(app, actor, rows);
  if (!found) throw notFound('notification');
  return found;
}

/**
 * Whether the person at the page has something unread that they may read: one look at an index where nothing is unread,
 * and a bounded number of threads looked through where something is.
 */
export async function hasUnread(app: App, actor: Actor): Promise<boolean> {
  if (actor.kind !== 'user' || isPending(actor)) return false;
  if ((await findAnyUnread(app.db.read, actor.userId)) === undefined) return false;
  const page = await pageOfInbox(app, actor, { states: ['unread'], size: 1 });
  return page.items.length > 0;
}

/** How many of the actor's threads are unread, up to 500. */
export async function countUnread(app: App, actor: UserActor): Promise<number> {
  requireAccountAbility(actor, actor.userId, 'notifications:read');
  const rows = await listThreads(app.db.read, { userId: actor.userId, states: ['unread'], limit: COUNTED });
  return (await readableThreads(app, actor, rows)).length;
}
