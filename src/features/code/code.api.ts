// Branches, commits, contents and raw files in Gitea's REST API v1.
import { AppError, notFound } from '../../base/errors.ts';
import { listCommits } from '../../platform/git/history.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { commitsJson } from './code.json.ts';
import type { NamedCommit, Place } from './code.types.ts';
import { commitCount } from './commit-facts.service.ts';
import { compareRoutes } from './compare.api.ts';
import { contentsJson } from './contents.json.ts';
import { readContents } from './contents.service.ts';
import { contentsWritingRoutes } from './contents-writing.api.ts';
import { decodePath, lastName } from './paths.service.ts';
import { findNamedCommit, requireEntry } from './places.service.ts';
import { answerRaw } from './raw.web.ts';
import { refsRoutes } from './refs.api.ts';
import { restOfAddress } from './requests.web.ts';
import { mountStatusApi } from './statuses.api.ts';

const AT = '/api/v1/repos/:owner/:repo';
const REST = ':rest{[^]+}';

const routes: Route<Ability, OpenRepository>[] = [
  ...refsRoutes,
  { method: 'get', path: `${AT}/commits`, access: 'code:read', expensive: true, handler: getCommits },
  { method: 'get', path: `${AT}/contents`, access: 'code:read', handler: getContents },
  // Each file comes with its last commit, which git looks for in the history.
  {
    method: 'get',
    path: `${AT}/contents/${REST}`,
    access: 'code:read',
    expensive: true,
    handler: getContents,
  },
  ...contentsWritingRoutes,
  ...compareRoutes,
  { method: 'get', path: `${AT}/raw/${REST}`, access: 'code:read', handler: getRaw },
];

/** Segments in front of `branches/…`: `/api/v1/repos/:owner/:repo`. */
const DEPTH = 7;

/** Milliseconds to wait for the number of commits. */
const BUDGET = 2000;

/** Adds the code routes of `/api/v1`. */
export function mountCodeApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
  mountStatusApi(web);
}

async function getCommits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const at = await requireAt(c, open, c.req.query('sha'));
  const path = decodePath(encodeURI(c.req.query('path') ?? ''));
  const { signal } = c.req.raw;
  const request = { from: at.commit.oid, limit, signal, ...(path.length > 0 ? { path } : {}) };
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
  return c.json(await commitsJson(app, open, found.commits));
}

async function getContents(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await placeOf(c, open);
  const found = await readContents(app, open, place, c.req.raw.signal);
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
