// The values of the notifications room.
import type { notificationSettings, notifications } from '../../platform/db/tables/notifications.ts';

export type {
  NotificationReason,
  NotificationSubject,
  WatchedKind,
} from '../../platform/db/tables/notifications.ts';

export type NotificationRow = typeof notifications.$inferSelect;
export type NotificationState = NotificationRow['state'];
export type SettingsRow = typeof notificationSettings.$inferSelect;
/** How somebody wants to be told. */
export type NotificationSettings = Omit<SettingsRow, 'userId'>;

/** What holds for whoever chose nothing. */
export const DEFAULT_SETTINGS: NotificationSettings = {
  mailParticipating: true,
  mailWatching: true,
  ownActivity: false,
  autoWatch: true,
};

/** A thread as somebody saw it: what was told later is not meant by what they do with it. */
export interface SeenThread {
  id: number;
  lastEventId: number;
}
