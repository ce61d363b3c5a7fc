// Forks in Gitea's REST API v1.
import { invalid } from '../../base/errors.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { syncFork } from './fork-sync.service.ts';
import { parseNewFork, parseNewFromTemplate } from './forks.input.ts';
import { forkRepository, listForks } from './forks.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { repositoryJsonOf } from './repository.json.ts';
import { generateRepository } from './templates.service.ts';

const AT = '/api/v1/repos/:owner/:repo';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/forks`, access: 'repository:see', handler: getForks },
  { method: 'post', path: `${AT}/forks`, access: 'repository:fork', handler: postFork },
  { method: 'post', path: `${AT}/merge-upstream`, access: 'code:write', handler: postMergeUpstream },
  { method: 'post', path: `${AT}/generate`, access: 'repository:fork', handler: postGenerate },
];

/** Adds the fork routes of `/api/v1`. */
export function mountForkApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

/** Pages go on by the `after` of the `Link` header. */
async function getForks(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { items, next } = await listForks(app, actor, open, c.req.query('after'));
  const forks = await Promise.all(items.map((item) => repositoryJsonOf(app, actor, item.repository.id)));
  if (next !== undefined)
    c.header('link', `<${app.publicUrl()}/api/v1/repos${open.path}/forks?after=${next}>; rel="next"`);
  return c.json(forks);
}

/** Answers 202 as Gitea does, though the fork is there by then. */
async function postFork(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readJson(c);
  if (body.organization !== undefined && typeof body.organization !== 'string')
    throw invalid({ organization: 'Give the name of an organization.' });
  const input = parseNewFork({
    owner: body.organization || undefined,
    name: body.name ?? open.repository.name,
    defaultBranchOnly: body.default_branch_only === true,
  });
  const fork = await forkRepository(app, actor, open, input);
  return c.json(await repositoryJsonOf(app, actor, fork.id), 202);
}

/** Of what Gitea lets one choose, everything that comes with the files is taken: its `git_content` is asked for always. */
async function postGenerate(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readJson(c);
  if (typeof (body.private ?? false) !== 'boolean') throw invalid({ private: 'Give true or false.' });
  const input = parseNewFromTemplate({
    owner: body.owner,
    name: body.name,
    description: body.description ?? undefined,
    visibility: body.private === true ? 'private' : 'public',
    allBranches: body.git_branches === true,
  });
  const made = await generateRepository(app, actor, open, input);
  return c.json(await repositoryJsonOf(app, actor, made.id), 201);
}

/** Brings a branch of a fork up to date; says how, in Gitea's words. */
async function postMergeUpstream(c: WebContext, open: OpenRepository): Promise<Response> {
  const body = await readJson(c);
  if (typeof body.branch !== 'string') throw invalid({ branch: 'Name the branch.' });
  const result = await syncFork(c.var.app, c.var.actor, open, body.branch, 'merge');
  return c.json({ merge_type: result });
}
