// How somebody wants to be told: by mail or not, of what they did themselves or not.
import type { UserActor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { DEFAULT_SETTINGS, type NotificationSettings } from './notifications.types.ts';
import { findSettings, listSettings, putSettings } from './settings.store.ts';

/** The actor's own settings. */
export async function settingsOf(app: App, actor: UserActor): Promise<NotificationSettings> {
  requireAccountAbility(actor, actor.userId, 'notifications:read');
  return (await findSettings(app.db.read, actor.userId)) ?? DEFAULT_SETTINGS;
}

/** Saves the actor's own settings. */
export async function saveSettings(
  app: App,
  actor: UserActor,
  settings: NotificationSettings,
): Promise<void> {
  requireAccountAbility(actor, actor.userId, 'notifications:manage');
  await app.db.write((tx) => putSettings(tx, { userId: actor.userId, ...settings }));
}

/** The settings of some people by their ids; who chose nothing is left out. */
export async function settingsOfPeople(
  app: App,
  userIds: readonly number[],
): Promise<Map<number, NotificationSettings>> {
  const rows = await listSettings(app.db.read, userIds);
  return new Map(rows.map((row) => [row.userId, row]));
}
