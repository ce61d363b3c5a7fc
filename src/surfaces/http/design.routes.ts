// The page that shows every component of the design system; for those who develop.
import { notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';

const ROUTES: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/-/design', access: 'anyone', handler: getDesign },
];

/** Adds /-/design, which answers only when the server runs with OPENCODEHUB_DEV=1. */
export function mountDesign(web: WebApp): void {
  mountRoutes(web, accountGate, ROUTES);
}

function getDesign(c: WebContext): Response {
  if (process.env.OPENCODEHUB_DEV !== '1') throw notFound();
  const now = c.var.app.clock.now();
  return page(c, 'design/components', { title: 'Design system', now });
}
