// Forks in Gitea's REST API v1.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { findUserById } from '../users/users.service.ts';
import { openRepository, openRepositoryById } from './access.service.ts';
import { parseNewFork } from './forks.input.ts';
import { forkRepository, listForks } from './forks.service.ts';
import { repositoryJson } from './repos.present.ts';
import type { Ability, OpenRepository } from './repos.types.ts';

const AT = '/api/v1/repos/:owner/:repo';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/forks`, access: 'repository:see', handler: getForks },
  { method: 'post', path: `${AT}/forks`, access: 'repository:fork', handler: postFork },
];

/** Adds the fork routes of `/api/v1`. */
export function mountForkApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

/** Pages go on by the `after` of the `Link` header. */
async function getForks(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { items, next } = await listForks(app, actor, open, c.req.query('after'));
  const forks = await Promise.all(items.map((item) => jsonOf(app, actor, item.repository.id)));
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
  return c.json(await jsonOf(app, actor, fork.id), 202);
}

/** A repository as the API shows it, with what it was forked from where the actor may see that. */
export async function jsonOf(app: App, actor: Actor, repositoryId: number): Promise<Record<string, unknown>> {
  const open = await openRepositoryById(app, actor, repositoryId, 'repository:see');
  const owner = await findUserById(app, open.owner.id);
  if (!owner) throw notFound('user');
  const json = repositoryJson(app, open, owner);
  const { parentId } = open.repository;
  const parent = parentId === null ? undefined : await parentJson(app, actor, parentId);
  return parent ? { ...json, fork: true, parent } : json;
}

async function parentJson(app: App, actor: Actor, id: number) {
  try {
    const open = await openRepositoryById(app, actor, id, 'repository:see');
    const owner = await findUserById(app, open.owner.id);
    return owner && repositoryJson(app, open, owner);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
