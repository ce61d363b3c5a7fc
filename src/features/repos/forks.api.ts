// Forks and templates in Gitea's REST API v1.
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository, openRepositoryById } from './access.service.ts';
import { syncFork } from './fork-sync.service.ts';
import { parseNewFork, parseNewFromTemplate } from './forks.input.ts';
import { forkRepository } from './forks.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { repositoryJsonOf, summariesJson } from './repository.json.ts';
import { forkBody, generateBody, mergeUpstreamBody } from './repository-bodies.input.ts';
import { findRepositories } from './search.service.ts';
import { generateRepository } from './templates.service.ts';
import { setTopics, topicsOfOne } from './topics.service.ts';

const AT = '/api/v1/repos/:owner/:repo';

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${AT}/forks`,
    access: 'repository:see',
    handler: getForks,
    api: {
      tag: 'repository',
      id: 'listForks',
      summary: 'List the forks of a repository that one may see, the newest first',
      answer: 'Repository[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: `${AT}/forks`,
    access: 'repository:fork',
    handler: postFork,
    api: {
      tag: 'repository',
      id: 'createFork',
      summary: 'Fork a repository',
      about: 'The fork is there when this is answered. `default_branch_only` leaves out other branches.',
      body: forkBody,
      example: { organization: 'crew' },
      answer: 'Repository',
      status: 202,
    },
  },
  {
    method: 'post',
    path: `${AT}/merge-upstream`,
    access: 'code:write',
    handler: postMergeUpstream,
    api: {
      tag: 'repository',
      id: 'repoMergeUpstream',
      summary: 'Bring a branch of a fork up to date with what it was forked from',
      about: '`merge_type` says how: `up-to-date`, `fast-forward` or `merge`.',
      body: mergeUpstreamBody,
      example: { branch: 'main' },
      answer: 'MergeUpstreamResponse',
    },
  },
  {
    method: 'post',
    path: `${AT}/generate`,
    access: 'repository:fork',
    handler: postGenerate,
    api: {
      tag: 'repository',
      id: 'generateRepo',
      summary: 'Make a repository from a template',
      about:
        'Files always come along, topics where they are asked for; `git_branches` takes all branches. What else Gitea copies, this product does not.',
      body: generateBody,
      example: { owner: 'ada', name: 'from-template', git_content: true },
      answer: 'Repository',
      status: 201,
    },
  },
];

/** Adds the fork routes of `/api/v1`. */
export function mountForkApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getForks(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const asked = pageOf(c);
  const { items, total } = await findRepositories(
    app,
    actor,
    { parentId: open.repository.id },
    { ...asked, order: 'id', descending: true },
  );
  setPages(c, { ...asked, total });
  return c.json(await summariesJson(app, actor, items));
}

/** Answers 202 as Gitea does, though the fork is there by then. */
async function postFork(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, forkBody);
  const input = parseNewFork({
    owner: body.organization || undefined,
    name: body.name ?? open.repository.name,
    defaultBranchOnly: body.default_branch_only === true,
  });
  const fork = await forkRepository(app, actor, open, input);
  return c.json(await repositoryJsonOf(app, actor, fork.id), 202);
}

async function postGenerate(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, generateBody);
  const input = parseNewFromTemplate({
    owner: body.owner,
    name: body.name,
    description: body.description,
    visibility: body.private === true ? 'private' : 'public',
    allBranches: body.git_branches === true,
  });
  const made = await generateRepository(app, actor, open, input);
  if (body.topics === true) await takeTopics(c, open, made.id);
  return c.json(await repositoryJsonOf(app, actor, made.id), 201);
}

async function takeTopics(c: WebContext, { repository }: OpenRepository, madeId: number): Promise<void> {
  const { app, actor } = c.var;
  const topics = await topicsOfOne(app, repository.id);
  if (topics.length === 0) return;
  await setTopics(app, actor, await openRepositoryById(app, actor, madeId, 'settings:describe'), topics);
}

/** Brings a branch of a fork up to date; says how, in Gitea's words. */
async function postMergeUpstream(c: WebContext, open: OpenRepository): Promise<Response> {
  const { branch } = await bodyOf(c, mergeUpstreamBody);
  const name = branch || open.repository.defaultBranch;
  return c.json({ merge_type: await syncFork(c.var.app, c.var.actor, open, name, 'merge') });
}
