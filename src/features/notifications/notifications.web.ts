// The inbox and how one is told: every route of the room, from the files that answer them.
import { accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { WebApp } from '../../platform/web/web.types.ts';
import { inboxRoutes } from './inbox.web.ts';
import { settingsRoutes } from './settings.web.ts';
import { unsubscribeRoutes } from './unsubscribing.web.ts';

/** Adds the pages of notifications. */
export function mountNotifications(web: WebApp): void {
  mountRoutes(web, accountGate, [...inboxRoutes, ...settingsRoutes, ...unsubscribeRoutes]);
}
