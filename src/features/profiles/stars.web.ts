// Giving a repository a star and taking it back.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { starRepository, unstarRepository } from '../repos/stars.service.ts';

const STAR = '/:owner/:repo/star';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: STAR, access: 'repository:star', handler: postStar },
  { method: 'post', path: `${STAR}/removal`, access: 'repository:star', handler: postRemoval },
];

/** Adds starring. */
export function mountStars(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function postStar(c: WebContext, open: OpenRepository): Promise<Response> {
  await starRepository(c.var.app, c.var.actor, open);
  return c.redirect(open.path, 303);
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  await unstarRepository(c.var.app, c.var.actor, open);
  return c.redirect(open.path, 303);
}
