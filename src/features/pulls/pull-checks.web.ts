// The tab Checks, live while something is still to come.
import { notFound } from '../../base/errors.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { parseId } from '../issues/issue-requests.web.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireCheckRun } from '../rules/check-runs.service.ts';
import { checksModel, type RunModel, runModel } from './pull-checks.present.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';

export const pullCheckRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/checks`, access: 'pulls:read', handler: getChecks },
  { method: 'get', path: `${PULL}/checks/list`, access: 'pulls:read', handler: getList },
];

async function getChecks(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const found = await pullAt(c, open);
  const { issue } = found;
  const [frame, list, run] = await Promise.all([
    pullFrame(app, open, found, 'checks'),
    listOf(c, open, found),
    askedRun(c, open, found),
  ]);
  return page(c, 'pulls/checks', {
    title: `Checks · ${issue.title} · Pull request #${issue.number} · ${open.path.slice(1)}`,
    ...frame,
    ...list,
    run,
  });
}

/** The list alone, for pages that follow it. */
async function getList(c: WebContext, open: OpenRepository): Promise<Response> {
  return fragment(c, 'pulls/checks-list', await listOf(c, open, await pullAt(c, open)));
}

async function listOf(c: WebContext, open: OpenRepository, { issue, pull }: Pull) {
  const checksHref = `${issueHref(open.path, issue)}/checks`;
  const run = parseId(c.req.query('run'));
  const query = run === undefined ? '' : `?run=${run}`;
  return {
    checks: await checksModel(c.var.app, open, pull, checksHref),
    checksHref,
    checksSrc: `${checksHref}/list${query}`,
    runId: run,
  };
}

/** The run that an address asks for, of a commit of this pull request's head. */
async function askedRun(c: WebContext, open: OpenRepository, { pull }: Pull): Promise<RunModel | undefined> {
  const id = parseId(c.req.query('run'));
  if (id === undefined) return undefined;
  const run = await requireCheckRun(c.var.app, open, id);
  if (run.commitOid !== pull.headOid) throw notFound('check run');
  return runModel(c.var.app, open, run);
}
