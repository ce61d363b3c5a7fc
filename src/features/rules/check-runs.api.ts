// Check runs in the REST API, in the shape of GitHub's.
import { invalid, notFound } from '../../base/errors.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findNamedCommit } from '../code/places.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { checkRunBody, checkRunOf, checkRunsQuery, newCheckRunBody } from './check-runs.input.ts';
import { annotationJson, checkRunJson } from './check-runs.json.ts';
import { changeCheckRun, createCheckRun, requireCheckRun, runsOf } from './check-runs.service.ts';
import type { CheckRun } from './check-runs.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const RUNS = `${AT}/check-runs`;
const ONE = `${RUNS}/:id{[0-9]+}`;

const tag = 'repository';

export const checkRunApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    ...{ method: 'post', path: RUNS, access: 'statuses:write', handler: postRun },
    api: {
      ...{ tag, id: 'repoCreateCheckRun', summary: 'Create a check run', body: newCheckRunBody },
      about:
        "In the shape of GitHub's: a check of a commit (an id, or the name of a branch or tag) with annotations of its lines.",
      example: { head_sha: 'main', name: 'lint', status: 'completed', conclusion: 'success' },
      ...{ answer: 'CheckRun', status: 201 },
    },
  },
  {
    ...{ method: 'get', path: ONE, access: 'code:read', handler: getRun },
    api: { tag, id: 'repoGetCheckRun', summary: 'Get a check run', answer: 'CheckRun' },
  },
  {
    ...{ method: 'patch', path: ONE, access: 'statuses:write', handler: patchRun },
    api: {
      ...{ tag, id: 'repoUpdateCheckRun', summary: 'Change a check run', body: checkRunBody },
      ...{ example: { conclusion: 'failure' }, answer: 'CheckRun' },
    },
  },
  {
    ...{ method: 'get', path: `${ONE}/annotations`, access: 'code:read', handler: getAnnotations },
    api: {
      ...{ tag, id: 'repoListCheckRunAnnotations', summary: 'List the annotations of a check run' },
      ...{ answer: 'CheckRunAnnotation[]', paged: true },
    },
  },
  {
    // Names of refs hold slashes.
    path: `${AT}/commits/:ref{.+}/check-runs`,
    ...{ method: 'get', access: 'code:read', handler: getOfRef },
    api: {
      ...{ tag, id: 'repoListCheckRuns', summary: 'List the check runs of a commit', query: checkRunsQuery },
      ...{ answer: 'CheckRunList', paged: true },
    },
  },
];

async function postRun(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { head_sha, ...body } = await bodyOf(c, newCheckRunBody);
  const found = await findNamedCommit(app, open, head_sha);
  if (!found) throw invalid({ head_sha: 'There is no such commit in this repository.' });
  const input = checkRunOf(body);
  const run = await createCheckRun(app, requireUserActor(c.var.actor), open, found.commit.oid, input);
  return c.json(checkRunJson(app, open, run), 201);
}

async function getRun(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(checkRunJson(c.var.app, open, await runAt(c, open)));
}

async function patchRun(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const { id } = await runAt(c, open);
  const input = checkRunOf(await bodyOf(c, checkRunBody));
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
  const { check_name: name, status, filter } = queryOf(c, checkRunsQuery);
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
