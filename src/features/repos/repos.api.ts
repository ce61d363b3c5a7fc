// Repositories in Gitea's REST API v1.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import { repositoryGate, scopeGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository, openRepositoryById } from './access.service.ts';
import { mountForkApi } from './forks.api.ts';
import { parseNewRepository, parseRepositoryChanges } from './repos.input.ts';
import { changeRepository, createRepository, deleteRepository, setArchived } from './repos.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { openedJson, repositoryJsonOf } from './repository.json.ts';
import { mountWatchApi } from './watches.api.ts';

const accountRoutes: Route<NeededScope, UserActor>[] = [
  { method: 'post', path: '/api/v1/user/repos', access: 'write:repository', handler: postRepository },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/:owner/:repo',
    access: 'repository:see',
    handler: getRepository,
    api: { tag: 'repository', id: 'repoGet', summary: 'Get a repository', answer: 'Repository' },
  },
  {
    method: 'patch',
    path: '/api/v1/repos/:owner/:repo',
    access: 'settings:change',
    handler: patchRepository,
  },
  {
    method: 'delete',
    path: '/api/v1/repos/:owner/:repo',
    access: 'repository:own',
    handler: removeRepository,
  },
];

/** Adds the repository routes of `/api/v1`. */
export function mountRepoApi(web: WebApp): void {
  mountRoutes(web, scopeGate, accountRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
  mountForkApi(web);
  mountWatchApi(web);
}

async function postRepository(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const input = parseNewRepository(newRepositoryOf(await readFields(c)));
  const created = await createRepository(app, actor, input);
  const open = await openRepository(app, actor, actor.name, created.name, 'repository:see');
  return c.json(await repositoryJsonOf(app, actor, open.repository.id), 201);
}

/** The body without fields that are null: clients send those for what they leave alone. */
async function readFields(c: WebContext): Promise<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(await readJson(c)).filter(([, value]) => value !== null));
}

/** Anything but true and false is refused, so that no misspelt value ever makes a repository public. */
function visibilityOf(isPrivate: unknown): 'private' | 'public' {
  if (typeof isPrivate !== 'boolean') throw invalid({ private: 'Give true or false.' });
  return isPrivate ? 'private' : 'public';
}

/** Gitea's field names for ours; its `private` defaults to false. */
function newRepositoryOf(body: Record<string, unknown>): Record<string, unknown> {
  const initial = body.auto_init === true;
  return {
    name: body.name,
    description: body.description,
    visibility: visibilityOf(body.private ?? false),
    defaultBranch: body.default_branch,
    objectFormat: body.object_format_name === '' ? undefined : body.object_format_name,
    readme: initial,
    gitignore: initial ? body.gitignores : undefined,
    licence: initial ? body.license : undefined,
  };
}

async function getRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await openedJson(c.var.app, c.var.actor, open));
}

async function patchRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readFields(c);
  const { archived } = body;
  if (archived !== undefined && typeof archived !== 'boolean')
    throw invalid({ archived: 'Give true or false.' });
  const changes = parseRepositoryChanges({
    name: body.name,
    description: body.description,
    website: body.website,
    visibility: changedVisibility(open, body),
    defaultBranch: body.default_branch,
    isTemplate: body.template,
  });
  // Taken back into use first, put away last: the rest can be changed only in between.
  if (archived === false) await setArchived(app, actor, open, false);
  const current = archived === false ? await reopen(c, open) : open;
  await changeRepository(app, actor, current, changes);
  if (archived === true) await setArchived(app, actor, current, true);
  return c.json(await repositoryJsonOf(app, actor, open.repository.id));
}

/** By id: it may have another name by now. */
function reopen(c: WebContext, { repository }: OpenRepository): Promise<OpenRepository> {
  return openRepositoryById(c.var.app, c.var.actor, repository.id, 'repository:see');
}

/** An internal repository counts as private: `private: true` leaves it as it is. */
function changedVisibility(
  { repository }: OpenRepository,
  { private: isPrivate, internal }: Record<string, unknown>,
): string | undefined {
  if (internal !== undefined && typeof internal !== 'boolean')
    throw invalid({ internal: 'Give true or false.' });
  if (internal === true) return 'internal';
  if (isPrivate === undefined)
    return internal === false && repository.visibility === 'internal' ? 'private' : undefined;
  const wanted = visibilityOf(isPrivate);
  return wanted === 'private' && repository.visibility === 'internal' && internal !== false
    ? 'internal'
    : wanted;
}

async function removeRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteRepository(c.var.app, c.var.actor, open);
  return c.body(null, 204);
}
