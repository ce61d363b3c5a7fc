// The pages that bring people and their work together: the dashboard, exploring, owners' pages, stars, pins, pictures.
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { mountFeeds } from './feed.web.ts';
import { getExplore, getHome, getTopic } from './home.web.ts';
import { getOwner } from './owner.web.ts';
import { mountPins } from './pins.web.ts';
import { mountStars } from './stars.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/', access: 'anyone', handler: getHome },
  { method: 'get', path: '/explore', access: 'anyone', handler: getExplore },
  { method: 'get', path: '/topics/:topic', access: 'anyone', handler: getTopic },
];

const ownerRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/:owner', access: 'anyone', handler: getOwner },
];

/** Adds the pages about people and their work. `/:owner` matches last among paths of one segment. */
export function mountProfiles(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountPins(web);
  mountStars(web);
  mountFeeds(web);
  mountRoutes(web, accountGate, ownerRoutes);
}
