// Repositories in Gitea's REST API v1: made, shown, changed and deleted. Lists are in repository-lists.api.ts.
import { UNITS, type Unit } from '../../base/abilities.ts';
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { openGate, repositoryGate, scopeGate, siteGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { requireOrganization } from '../orgs/orgs.service.ts';
import { requireUserByName } from '../users/users.service.ts';
import { openRepository, openRepositoryById } from './access.service.ts';
import { mountCollaboratorApi } from './collaborators.api.ts';
import { mountDeployKeyApi } from './deploy-keys.api.ts';
import { mountForkApi } from './forks.api.ts';
import { parseNewRepository, parseRepositoryChanges } from './repos.input.ts';
import { isUnitOn } from './repos.policy.ts';
import { changeRepository, createRepository, deleteRepository, setArchived } from './repos.service.ts';
import type { Ability, OpenRepository, RepositoryRow } from './repos.types.ts';
import { openedJson, repositoryJsonOf } from './repository.json.ts';
import { newRepositoryBody, repositoryChangesBody } from './repository-bodies.input.ts';
import { mountRepositoryListApi } from './repository-lists.api.ts';
import { checkedChanges } from './shown-parts.service.ts';
import { mountStarApi } from './stars.api.ts';
import { mountTopicApi } from './topics.api.ts';
import { mountTransferApi } from './transfers.api.ts';
import { mountWatchApi } from './watches.api.ts';

const AT = '/api/v1/repos/:owner/:repo';

const MADE = {
  tag: 'repository',
  body: newRepositoryBody,
  answer: 'Repository',
  status: 201,
} as const;

const accountRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'post',
    path: '/api/v1/user/repos',
    access: 'write:repository',
    handler: (c, actor) => answerNew(c, actor, undefined),
    api: {
      ...MADE,
      id: 'createCurrentUserRepo',
      summary: 'Create a repository of one’s own',
      example: { name: 'engine', description: 'Made by the API', private: true, auto_init: true },
    },
  },
];

const organizationRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'post',
    path: '/api/v1/orgs/:org/repos',
    access: 'write:repository',
    handler: postOfOrganization,
    api: {
      ...MADE,
      id: 'createOrgRepo',
      summary: 'Create a repository of an organization',
      example: { name: 'turbine', private: true },
    },
  },
  {
    method: 'post',
    path: '/api/v1/org/:org/repos',
    access: 'write:repository',
    handler: postOfOrganization,
    api: {
      ...MADE,
      id: 'createOrgRepoDeprecated',
      summary: 'Create a repository of an organization',
      about: 'The earlier address of `/orgs/{org}/repos`.',
      example: { name: 'pump', private: true },
    },
  },
];

const adminRoutes: Route<'site:administer', Actor>[] = [
  {
    method: 'post',
    path: '/api/v1/admin/users/:username/repos',
    access: 'site:administer',
    handler: postOfAccount,
    api: {
      ...MADE,
      tag: 'admin',
      id: 'adminCreateRepo',
      summary: 'Create a repository of somebody',
      about: 'A token needs to be able to write to repositories as well.',
      example: { name: 'gift', private: true, auto_init: true },
    },
  },
];

/** Which repository an id names, and so who may see it, only its handler knows. */
const siteRoutes: Route<'repositories:list', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/repositories/:id',
    access: 'repositories:list',
    handler: getById,
    api: {
      tag: 'repository',
      id: 'repoGetByID',
      summary: 'Get a repository by its id',
      answer: 'Repository',
    },
  },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: AT,
    access: 'repository:see',
    rowsOnly: true,
    handler: getRepository,
    api: { tag: 'repository', id: 'repoGet', summary: 'Get a repository', answer: 'Repository' },
  },
  {
    method: 'patch',
    path: AT,
    access: 'settings:change',
    handler: patchRepository,
    api: {
      tag: 'repository',
      id: 'repoEdit',
      summary: 'Change a repository; what is left out stays as it is',
      body: repositoryChangesBody,
      example: { description: 'Tools of the trade', website: 'https://example.org', allow_rebase: false },
      answer: 'Repository',
    },
  },
  {
    method: 'delete',
    path: AT,
    access: 'repository:own',
    handler: removeRepository,
    api: { tag: 'repository', id: 'repoDelete', summary: 'Delete a repository', answer: 'none' },
  },
];

/** Adds the repository routes of `/api/v1`. */
export function mountRepoApi(web: WebApp): void {
  mountRepositoryListApi(web);
  mountRoutes(web, scopeGate, [...accountRoutes, ...organizationRoutes]);
  mountRoutes(web, siteGate, adminRoutes);
  mountRoutes(web, openGate, siteRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
  mountForkApi(web);
  mountWatchApi(web);
  mountStarApi(web);
  mountTopicApi(web);
  mountCollaboratorApi(web);
  mountDeployKeyApi(web);
  mountTransferApi(web);
}

async function postOfOrganization(c: WebContext, actor: UserActor): Promise<Response> {
  const { name } = await requireOrganization(c.var.app, actor, c.req.param('org') ?? '');
  return answerNew(c, actor, name);
}

async function postOfAccount(c: WebContext, actor: Actor): Promise<Response> {
  const { kind, name } = await requireUserByName(c.var.app, c.req.param('username') ?? '');
  if (kind === 'ghost') throw notFound('account');
  return answerNew(c, actor, name);
}

/** Gitea's field names for ours; its `private` defaults to false. */
async function answerNew(c: WebContext, actor: Actor, owner: string | undefined): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, newRepositoryBody);
  const isFilled = body.auto_init === true;
  const input = parseNewRepository({
    owner,
    name: body.name,
    description: body.description,
    visibility: body.private === true ? 'private' : 'public',
    defaultBranch: body.default_branch,
    objectFormat: body.object_format_name || undefined,
    readme: isFilled,
    gitignore: isFilled ? body.gitignores : undefined,
    licence: isFilled ? body.license : undefined,
    isTemplate: body.template,
  });
  const created = await createRepository(app, actor, input);
  return c.json(await repositoryJsonOf(app, actor, created.id), 201);
}

async function getById(c: WebContext): Promise<Response> {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('repository');
  const open = await openRepositoryById(c.var.app, c.var.actor, Number(id), 'repository:see');
  return c.json(await openedJson(c.var.app, c.var.actor, open));
}

async function getRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await openedJson(c.var.app, c.var.actor, open));
}

type ChangesBody = ReturnType<ReturnType<typeof repositoryChangesBody>['parse']>;

async function patchRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, repositoryChangesBody);
  const changes = parseRepositoryChanges({
    name: body.name,
    description: body.description,
    website: body.website,
    visibility: changedVisibility(open, body),
    defaultBranch: body.default_branch,
    isTemplate: body.template,
    disabledUnits: changedUnits(open.repository, body),
  });
  // Taken back into use first, put away last: the rest can be changed only in between.
  if (body.archived === false) await setArchived(app, actor, open, false);
  const current = body.archived === false ? await reopen(c, open) : open;
  // What other rooms refuse is refused before anything is changed.
  const others = await checkedChanges(app, actor, current, body);
  await changeRepository(app, actor, current, changes);
  for (const carryOut of others) await carryOut();
  if (body.archived === true) await setArchived(app, actor, current, true);
  return c.json(await repositoryJsonOf(app, actor, open.repository.id));
}

/** By id: it may have another name by now. */
function reopen(c: WebContext, { repository }: OpenRepository): Promise<OpenRepository> {
  return openRepositoryById(c.var.app, c.var.actor, repository.id, 'repository:see');
}

/** An internal repository counts as private: `private: true` leaves it as it is. */
function changedVisibility(
  { repository }: OpenRepository,
  { private: isPrivate, internal }: ChangesBody,
): string | undefined {
  if (internal === true) return 'internal';
  if (isPrivate === undefined)
    return internal === false && repository.visibility === 'internal' ? 'private' : undefined;
  if (!isPrivate) return 'public';
  return repository.visibility === 'internal' && internal !== false ? 'internal' : 'private';
}

/** The units that are off afterwards, as the row keeps them; undefined where none is switched. */
function changedUnits(repository: RepositoryRow, body: ChangesBody): string | undefined {
  const wanted: Partial<Record<Unit, boolean | undefined>> = {
    issues: body.has_issues,
    pulls: body.has_pull_requests,
    releases: body.has_releases,
  };
  const isSwitched = Object.values(wanted).some((isOn) => isOn !== undefined);
  if (!isSwitched) return undefined;
  const off = UNITS.filter((unit) => !(wanted[unit] ?? isSetOn(repository, unit)));
  return off.join(',');
}

/** Leaving aside what else a unit needs to be there. */
function isSetOn(repository: RepositoryRow, unit: Unit): boolean {
  return isUnitOn(repository, unit) || !repository.disabledUnits.split(',').includes(unit);
}

async function removeRepository(c: WebContext, open: OpenRepository): Promise<Response> {
  await deleteRepository(c.var.app, c.var.actor, open);
  return c.body(null, 204);
}
