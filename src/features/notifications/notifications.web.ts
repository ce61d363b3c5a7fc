// The inbox and what people watch: every route of the room, from the files that answer them.
import { accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { WebApp } from '../../platform/web/web.types.ts';

/** Adds the pages of notifications. */
export function mountNotifications(web: WebApp): void {
  mountRoutes(web, accountGate, []);
}
