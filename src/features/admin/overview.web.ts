// /admin: how the site is doing.
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { adminModel } from './admin-page.present.ts';
import { durationOf } from './overview.present.ts';
import { readHealth } from './overview.service.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/admin', access: 'admin', handler: getOverview },
];

/** Adds the overview. */
export function mountOverview(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getOverview(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const health = await readHealth(app, actor);
  const model = { title: 'Overview', health, uptime: durationOf(health.uptime) };
  return page(c, 'admin/overview', adminModel(app, 'overview', model));
}
