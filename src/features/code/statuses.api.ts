// Statuses of commits in Gitea's REST API v1: what CI servers outside set and read.
import { notFound } from '../../base/errors.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireNamed } from './asked-commits.service.ts';
import { statusesQuery } from './code.input.ts';
import { decodePath } from './paths.service.ts';
import { findCommitById } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { newStatusBody } from './statuses.input.ts';
import { combinedJson, statusesJson } from './statuses.json.ts';
import { setStatus, statusesOf, statusHistory } from './statuses.service.ts';

const AT = '/api/v1/repos/:owner/:repo';
/** Names of refs hold slashes. */
const REF = ':ref{[^]+}';
/** Segments in front of the name: `/api/v1/repos/:owner/:repo/statuses/`. */
const DEPTH = 7;

const tag = 'repository';

/** The status routes below `/api/v1`. */
export const statusRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'post', path: `${AT}/statuses/:sha`, access: 'statuses:write', handler: postStatus },
    api: {
      ...{ tag, id: 'repoCreateStatus', summary: 'Set a status of a commit', body: newStatusBody },
      example: { state: 'success', context: 'ci/build', target_url: 'https://ci.example.com/7' },
      ...{ answer: 'CommitStatus', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: `${AT}/statuses/:sha{[^]+}`, access: 'code:read', handler: getStatuses },
    api: {
      ...{ tag, id: 'repoListStatuses', summary: 'List what was said of a commit', query: statusesQuery },
      ...{ answer: 'CommitStatus[]', paged: true },
    },
  },
  {
    ...{ method: 'get', path: `${AT}/commits/${REF}/status`, access: 'code:read', handler: getCombined },
    api: {
      ...{ tag, id: 'repoGetCombinedStatusByRef', summary: 'Get what the checks say of a commit together' },
      about: 'Of a branch, a tag or the id of a commit; the newest status of each context counts.',
      ...{ answer: 'CombinedStatus', paged: true },
    },
  },
  {
    path: `${AT}/commits/${REF}/statuses`,
    ...{ method: 'get', access: 'code:read', handler: getStatusesOfRef },
    api: {
      ...{ tag, id: 'repoListStatusesByRef', summary: 'List what was said of a branch, tag or commit' },
      ...{ query: statusesQuery, answer: 'CommitStatus[]', paged: true },
    },
  },
];

async function postStatus(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  const { target_url: targetUrl, ...said } = await bodyOf(c, newStatusBody);
  const found = await findCommitById(app, open, c.req.param('sha') ?? '');
  if (!found) throw notFound('commit');
  const status = await setStatus(app, actor, open, found.commit.oid, { ...said, targetUrl });
  const [json] = await statusesJson(app, open, [status]);
  return c.json(json, 201);
}

function getStatuses(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerHistory(c, open, restOfAddress(c, DEPTH));
}

function getStatusesOfRef(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerHistory(c, open, restOfAddress(c, DEPTH).replace(/\/statuses$/, ''));
}

async function answerHistory(c: WebContext, open: OpenRepository, name: string): Promise<Response> {
  const { app } = c.var;
  const { page, limit } = pageOf(c);
  const { sort, state } = queryOf(c, statusesQuery);
  const oid = await requireOid(c, open, name);
  const found = await statusHistory(app, open, oid, { page, limit, sort, state });
  setPages(c, { page, limit, total: found.total });
  return c.json(await statusesJson(app, open, found.statuses));
}

async function getCombined(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const oid = await requireOid(c, open, restOfAddress(c, DEPTH).replace(/\/status$/, ''));
  const summary = (await statusesOf(app, open, [oid])).get(oid);
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: summary?.statuses.length ?? 0 });
  return c.json(await combinedJson(app, open, oid, { summary, page, limit }));
}

async function requireOid(c: WebContext, open: OpenRepository, encoded: string): Promise<Oid> {
  return (await requireNamed(c.var.app, open, decodePath(encoded).toString('utf8'))).commit.oid;
}
