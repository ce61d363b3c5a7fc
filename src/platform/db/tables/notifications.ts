// What people watch, what they were told, and how they want to be told.
import { bool, id, index, int, json, key, primaryKey, table, time, unique } from '../columns.ts';
import { repositories } from './repos.ts';
import { users } from './users.ts';

/** `participating` is what holds without a row. */
export type WatchLevel = 'participating' | 'all' | 'ignore' | 'custom';
export type WatchedKind = 'issues' | 'pulls' | 'releases';
export type NotificationReason =
  | 'assign'
  | 'author'
  | 'comment'
  | 'manual'
  | 'mention'
  | 'team_mention'
  | 'state_change'
  | 'review_requested'
  | 'subscribed';
export type NotificationSubject = 'issue' | 'pull' | 'release';

export const repositoryWatches = table(
  'repository_watches',
  {
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    level: key('level', 16).notNull().$type<WatchLevel>(),
    /** Of `custom`: what is watched. */
    kinds: json('kinds').notNull().$type<WatchedKind[]>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.repositoryId, t.userId] }),
    index('repository_watches_user').on(t.userId, t.createdAt),
  ],
);

/** One row per person and thread, whatever happened in it how often. */
export const notifications = table(
  'notifications',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    subject: key('subject', 12).notNull().$type<NotificationSubject>(),
    /** Id of the issue or release; not a reference, since it may be of either. */
    subjectId: int('subject_id').notNull(),
    reason: key('reason', 20).notNull().$type<NotificationReason>(),
    state: key('state', 8).notNull().$type<'unread' | 'read' | 'done'>(),
    isSaved: bool('is_saved').notNull(),
    /** The newest event told of. */
    lastEventId: int('last_event_id').notNull(),
    /** When its person was last told: later than the event, so that what is marked as done leaves out what came meanwhile. */
    updatedAt: time('updated_at').notNull(),
    readAt: time('read_at'),
  },
  (t) => [
    unique('notifications_thread').on(t.userId, t.subject, t.subjectId),
    index('notifications_inbox').on(t.userId, t.state, t.updatedAt, t.id),
    index('notifications_saved').on(t.userId, t.isSaved, t.updatedAt, t.id),
    index('notifications_repository').on(t.repositoryId, t.userId),
    index('notifications_subject').on(t.subject, t.subjectId),
  ],
);

/** Mails that were queued: a reaction that runs again sends none twice. Old rows are removed. */
export const notificationMails = table(
  'notification_mails',
  {
    eventId: int('event_id').notNull(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.eventId, t.userId] }),
    index('notification_mails_user').on(t.userId),
    index('notification_mails_created').on(t.createdAt),
  ],
);

/** How somebody wants to be told; what holds without a row is in the notifications room. */
export const notificationSettings = table(
  'notification_settings',
  {
    userId: int('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** By mail, of what they take part in. */
    mailParticipating: bool('mail_participating').notNull(),
    /** By mail, of what they only watch. */
    mailWatching: bool('mail_watching').notNull(),
    /** Also of what they did themselves. */
    ownActivity: bool('own_activity').notNull(),
    /** Repositories they are given are watched at once. */
    autoWatch: bool('auto_watch').notNull(),
  },
  () => [],
);
