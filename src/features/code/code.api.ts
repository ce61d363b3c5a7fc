// Branches, commits, contents and raw files in Gitea's REST API v1.
import { AppError, notFound } from '../../base/errors.ts';
import { listCommits } from '../../platform/git/history.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { branchJson, commitJson, contentsJson } from './api.present.ts';
import type { NamedCommit, Place } from './code.types.ts';
import { commitCount } from './commit-facts.service.ts';
import { readContents } from './contents.service.ts';
import { decodePath, lastName } from './paths.service.ts';
import { findNamedCommit, requireEntry } from './places.service.ts';
import { answerRaw } from './raw.web.ts';
import { findBranch, listBranches } from './refs.service.ts';
import { restOfAddress } from './requests.web.ts';

const AT = '/api/v1/repos/:owner/:repo';
const REST = ':rest{[^]+}';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/branches`, access: 'code:read', handler: getBranches },
  { method: 'get', path: `${AT}/branches/${REST}`, access: 'code:read', handler: getBranch },
  { method: 'get', path: `${AT}/commits`, access: 'code:read', handler: getCommits },
  { method: 'get', path: `${AT}/contents`, access: 'code:read', handler: getContents },
  { method: 'get', path: `${AT}/contents/${REST}`, access: 'code:read', handler: getContents },
  { method: 'get', path: `${AT}/raw/${REST}`, access: 'code:read', handler: getRaw },
];

/** Segments in front of `branches/…`: `/api/v1/repos/:owner/:repo`. */
const DEPTH = 7;

const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 50;
/** Milliseconds to wait for the number of commits. */
const BUDGET = 2000;

/** Adds the code routes of `/api/v1`. */
export function mountCodeApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getBranches(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const found = await listBranches(app, open, { page, size: limit });
  setPages(c, { page, limit, total: found.total });
  if (page > found.pages) return c.json([]);
  return c.json(found.items.map((item) => branchJson(app, open, item)));
}

async function getBranch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const name = decodePath(restOfAddress(c, DEPTH)).toString('utf8');
  const branch = await findBranch(app, open, name);
  if (!branch) throw notFound('branch');
  return c.json(branchJson(app, open, branch));
}

async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const at = await requireAt(c, open, c.req.query('sha'));
  const path = decodePath(encodeURI(c.req.query('path') ?? ''));
  const request = { from: at.commit.oid, limit, ...(path.length > 0 ? { path } : {}) };
  const found = await listCommits(app.git, open.dir, {
    ...request,
    ...(page > 1 ? { cursor: String((page - 1) * limit) } : {}),
  });
  const hasMore = found.next !== undefined;
  const total = path.length > 0 ? undefined : await commitCount(app, open, at.commit.oid, BUDGET);
  setPages(c, { page, limit, total, hasMore });
  c.header('X-Page', String(page));
  c.header('X-PerPage', String(limit));
  c.header('X-HasMore', String(hasMore));
  if (total !== undefined) {
    c.header('X-Total', String(total));
    c.header('X-PageCount', String(Math.ceil(total / limit)));
  }
  return c.json(found.commits.map((commit) => commitJson(app, open, commit)));
}

async function getContents(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await placeOf(c, open);
  const found = await readContents(app, open, place);
  if (!Array.isArray(found)) return c.json(contentsJson(app, open, place.at, found));
  return c.json(found.map((item) => contentsJson(app, open, place.at, item)));
}

async function getRaw(c: WebContext, open: OpenRepository): Promise<Response> {
  const place = await placeOf(c, open);
  const entry = await requireEntry(c.var.app, open, place, 'file');
  if (entry.type !== 'blob') throw notFound('file');
  return answerRaw(c, open, entry, lastName(place.path));
}

async function placeOf(c: WebContext, open: OpenRepository): Promise<Place> {
  const at = await requireAt(c, open, c.req.query('ref'));
  return { at, path: decodePath(restOfAddress(c, DEPTH)) };
}

/** The commit that a `ref` or `sha` parameter means; the default branch without one. */
async function requireAt(
  c: WebContext,
  open: OpenRepository,
  name: string | undefined,
): Promise<NamedCommit> {
  const { app } = c.var;
  const found = await findNamedCommit(app, open, name || open.repository.defaultBranch);
  if (found) return found;
  if (!name) throw new AppError('conflict', 'The repository is empty.');
  throw notFound('branch, tag or commit');
}

function pageOf(c: WebContext): { page: number; limit: number } {
  const number = (name: string, fallback: number, most: number) => {
    const value = Number(c.req.query(name) ?? fallback);
    return Number.isSafeInteger(value) && value > 0 ? Math.min(value, most) : fallback;
  };
  return { page: number('page', 1, 10_000_000), limit: number('limit', DEFAULT_LIMIT, MAX_LIMIT) };
}

interface Pages {
  page: number;
  limit: number;
  total: number | undefined;
  hasMore?: boolean;
}

/** X-Total-Count, and Link (RFC 8288) to the pages around this one. */
function setPages(c: WebContext, { page, limit, total, hasMore }: Pages): void {
  if (total !== undefined) c.header('X-Total-Count', String(total));
  const last = total === undefined ? undefined : Math.max(1, Math.ceil(total / limit));
  const links: string[] = [];
  const add = (rel: string, number: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set('page', String(number));
    url.searchParams.set('limit', String(limit));
    links.push(`<${c.var.app.publicUrl()}${url.pathname}${url.search}>; rel="${rel}"`);
  };
  if (hasMore ?? (last !== undefined && page < last)) add('next', page + 1);
  if (last !== undefined && page < last) add('last', last);
  if (page > 1) add('first', 1);
  if (page > 1) add('prev', page - 1);
  if (links.length > 0) c.header('Link', links.join(','));
}
