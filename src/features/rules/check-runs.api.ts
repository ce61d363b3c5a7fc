// Check runs in the REST API, in the shape of GitHub's.
import { invalid, notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findCommitById, findNamedCommit } from '../code/places.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { parseCheckRun } from './check-runs.input.ts';
import { annotationJson, checkRunJson } from './check-runs.json.ts';
import { changeCheckRun, createCheckRun, requireCheckRun, runsOf } from './check-runs.service.ts';
import type { CheckRun } from './check-runs.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const RUNS = `${AT}/check-runs`;
const ONE = `${RUNS}/:id{[0-9]+}`;

export const checkRunApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: RUNS, access: 'statuses:write', handler: postRun },
  { method: 'get', path: ONE, access: 'code:read', handler: getRun },
  { method: 'patch', path: ONE, access: 'statuses:write', handler: patchRun },
  { method: 'get', path: `${ONE}/annotations`, access: 'code:read', handler: getAnnotations },
  // Names of refs hold slashes.
  { method: 'get', path: `${AT}/commits/:ref{.+}/check-runs`, access: 'code:read', handler: getOfRef },
];

async function postRun(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const body = await readJson(c);
  const sha = body.head_sha;
  if (typeof sha !== 'string') throw invalid({ head_sha: 'Give the id of the commit that was checked.' });
  const found = await findCommitById(app, open, sha);
  if (!found) throw invalid({ head_sha: 'There is no such commit in this repository.' });
  const input = parseCheckRun(body);
  const run = await createCheckRun(app, requireUserActor(c.var.actor), open, found.commit.oid, input);
  return c.json(checkRunJson(app, open, run), 201);
}

async function getRun(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(checkRunJson(c.var.app, open, await runAt(c, open)));
}

async function patchRun(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { id } = await runAt(c, open);
  const input = parseCheckRun(await readJson(c));
  const run = await changeCheckRun(app, requireUserActor(c.var.actor), open, id, input);
  return c.json(checkRunJson(app, open, run));
}

async function getAnnotations(c: WebContext, open: OpenRepository): Promise<Response> {
  const { page, limit } = pageOf(c);
  const run = await runAt(c, open);
  setPages(c, { page, limit, total: run.annotations.length });
  const shown = run.annotations.slice((page - 1) * limit, page * limit);
  return c.json(shown.map((one) => annotationJson(c.var.app, open, run, one)));
}

async function getOfRef(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const found = await findNamedCommit(app, open, c.req.param('ref') ?? '');
  if (!found) throw notFound('branch, tag or commit');
  const { check_name: name, status, filter } = c.req.query();
  const all = await runsOf(app, open, found.commit.oid, filter !== 'all');
  const runs = all.filter(
    (run) => (name === undefined || run.name === name) && (status === undefined || run.status === status),
  );
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: runs.length });
  const shown = runs.slice((page - 1) * limit, page * limit);
  return c.json({ total_count: runs.length, check_runs: shown.map((run) => checkRunJson(app, open, run)) });
}

function runAt(c: WebContext, open: OpenRepository): Promise<CheckRun> {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('check run');
  return requireCheckRun(c.var.app, open, Number(id));
}
