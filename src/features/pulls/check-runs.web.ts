// The page of a check run, where its status leads when it names no other address.
import { notFound } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { parseId } from '../issues/issue-requests.web.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { requireCheckRun } from '../rules/check-runs.service.ts';
import { runModel } from './pull-checks.present.ts';

export const checkRunRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: '/:owner/:repo/runs/:id{[0-9]+}', access: 'code:read', handler: getRun },
];

async function getRun(c: WebContext, open: OpenRepository): Promise<Response> {
  const id = parseId(c.req.param('id'));
  if (id === undefined) throw notFound('check run');
  const run = await requireCheckRun(c.var.app, open, id);
  return page(c, 'pulls/check-run-page', {
    title: `${run.name} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    commitOid: run.commitOid,
    commitHref: `${open.path}/commit/${run.commitOid}`,
    run: await runModel(c.var.app, open, run),
  });
}
