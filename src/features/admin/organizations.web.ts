// /admin/organizations: all of them, hidden ones included.
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { adminModel } from './admin-page.present.ts';
import { pageOfOrganizations } from './organizations.service.ts';

const BASE = '/admin/organizations';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: getOrganizations },
];

/** Adds the pages about organizations. */
export function mountOrganizations(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getOrganizations(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const words = (c.req.query('q') ?? '').trim();
  const before = idInQuery(c, 'before');
  const { items, next } = await pageOfOrganizations(app, actor, { words, ...(before ? { before } : {}) });
  const model = { title: 'Organizations', organizations: items, words, next, isFirst: before === undefined };
  return page(c, 'admin/organizations', adminModel(app, 'organizations', model));
}
