// Statuses of commits in Gitea's REST API v1: what CI servers outside set and read.
import { notFound } from '../../base/errors.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate, requireUserActor } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { decodePath } from './paths.service.ts';
import { findCommitById, findNamedCommit } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { parseNewStatus } from './statuses.input.ts';
import { combinedJson, statusJson } from './statuses.json.ts';
import { setStatus, statusesOf, statusHistory } from './statuses.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
const REST = ':rest{[^]+}';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${AT}/statuses/:sha`, access: 'statuses:write', handler: postStatus },
  { method: 'get', path: `${AT}/statuses/${REST}`, access: 'code:read', handler: getStatuses },
  // `…/commits/<ref>/status` and `…/commits/<ref>/statuses`: names of refs hold slashes.
  { method: 'get', path: `${AT}/commits/${REST}`, access: 'code:read', handler: getOfRef },
];

/** Segments in front of the name: `/api/v1/repos/:owner/:repo/statuses/`. */
const DEPTH = 7;

/** Adds the status routes of `/api/v1`. */
export function mountStatusApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function postStatus(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  const found = await findCommitById(app, open, c.req.param('sha') ?? '');
  if (!found) throw notFound('commit');
  const status = await setStatus(app, actor, open, found.commit.oid, parseNewStatus(await readJson(c)));
  return c.json(statusJson(app, open, status), 201);
}

async function getStatuses(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerHistory(c, open, restOfAddress(c, DEPTH));
}

async function getOfRef(c: WebContext, open: OpenRepository): Promise<Response> {
  const match = /^(.+)\/(status|statuses)$/s.exec(restOfAddress(c, DEPTH));
  if (!match?.[1]) throw notFound('page');
  return match[2] === 'status' ? answerCombined(c, open, match[1]) : answerHistory(c, open, match[1]);
}

async function answerHistory(c: WebContext, open: OpenRepository, name: string): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const found = await statusHistory(app, open, await requireOid(c, open, name), { page, limit });
  setPages(c, { page, limit, total: found.total });
  return c.json(found.statuses.map((status) => statusJson(app, open, status)));
}

async function answerCombined(c: WebContext, open: OpenRepository, name: string): Promise<Response> {
  const { app } = c.var;
  const oid = await requireOid(c, open, name);
  const summary = (await statusesOf(app, open, [oid])).get(oid);
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: summary?.statuses.length ?? 0 });
  return c.json(combinedJson(app, open, oid, { summary, page, limit }));
}

async function requireOid(c: WebContext, open: OpenRepository, encoded: string): Promise<Oid> {
  const found = await findNamedCommit(c.var.app, open, decodePath(encoded).toString('utf8'));
  if (!found) throw notFound('branch, tag or commit');
  return found.commit.oid;
}
