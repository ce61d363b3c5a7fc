// Files for browsers under names that hold their hash, so they may be kept for ever; and the few with fixed names.
import { notFound } from '../../base/errors.ts';
import { openAssets } from '../../platform/render/assets-manifest.ts';
import type { BrowserAsset } from '../../platform/runtime/browser-assets.ts';
import { findResource } from '../../platform/runtime/resources.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { acceptedEncoding } from './answers.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
const A_DAY = 'public, max-age=86400';

/** What is costly to make, and what only repeats other pages: histories, comparisons, every view by a query. */
const ROBOTS = `User-agent: *
Allow: /assets/
Disallow: /api/
Disallow: /login
Disallow: /register
Disallow: /*/*/archive/
Disallow: /*/*/blame/
Disallow: /*/*/branch_commits/
Disallow: /*/*/branches
Disallow: /*/*/commit/
Disallow: /*/*/commits
Disallow: /*/*/compare
Disallow: /*/*/diff/
Disallow: /*/*/diff-lines/
Disallow: /*/*/find/
Disallow: /*/*/find-results/
Disallow: /*/*/fork
Disallow: /*/*/graph$
Disallow: /*/*/graph/
Disallow: /*/*/graphs
Disallow: /*/*/network
Disallow: /*/*/raw/
Disallow: /*/*/tree-commits/
Disallow: /*?
`;

/** Adds /assets/…, /favicon.ico and /robots.txt. With `reload` files are looked up anew each time. */
export function mountAssets(web: WebApp, reload: boolean): void {
  const assets = openAssets(reload);
  const routes: Route<AccountAccess, unknown>[] = [
    {
      method: 'get',
      path: '/assets/:file',
      access: 'anyone',
      handler: (c) => answerAsset(c, assets.find(c.req.param('file') ?? '')),
    },
    { method: 'get', path: '/favicon.ico', access: 'anyone', handler: getFavicon },
    { method: 'get', path: '/robots.txt', access: 'anyone', handler: getRobots },
  ];
  mountRoutes(web, accountGate, routes);

  function getFavicon(c: WebContext): Response {
    const file = assets.address('icons/favicon.svg').slice('/assets/'.length);
    return answerAsset(c, assets.find(file), A_DAY);
  }
}

function getRobots(c: WebContext): Response {
  c.header('Cache-Control', A_DAY);
  return c.text(ROBOTS);
}

function answerAsset(c: WebContext, asset: BrowserAsset | undefined, keep = FOR_EVER): Response {
  if (!asset) throw notFound('file');
  const encoding = acceptedEncoding(c.req.header('accept-encoding'));
  const compressed = encoding && findResource(`assets/${asset.file}.${encoding === 'gzip' ? 'gz' : 'br'}`);
  const bytes = compressed ?? findResource(`assets/${asset.file}`);
  if (!bytes) throw notFound('file');
  if (compressed) c.header('Content-Encoding', encoding);
  c.header('Content-Type', asset.type);
  c.header('Cache-Control', keep);
  c.header('Vary', 'Accept-Encoding');
  return c.body(bytes as Uint8Array<ArrayBuffer>);
}
