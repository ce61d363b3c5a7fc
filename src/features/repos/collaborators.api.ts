// Who may work in a repository by name, in Gitea's REST API v1.
import { invalid } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { findUserByName } from '../users/users.service.ts';
import { openRepository } from './access.service.ts';
import {
  collaboratorsOf,
  giveAccess,
  permissionOf,
  requireCollaborator,
  takeAccess,
} from './collaborators.service.ts';
import { parseCollaborator } from './repos.input.ts';
import type { Ability, OpenRepository, Permission } from './repos.types.ts';
import { collaboratorBody } from './repository-bodies.input.ts';

const AT = '/api/v1/repos/:owner/:repo';
const ONE = `${AT}/collaborators/:collaborator`;

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${AT}/collaborators`,
    access: 'access:read',
    handler: getCollaborators,
    api: {
      tag: 'repository',
      id: 'repoListCollaborators',
      summary: 'List who was given access by name',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: ONE,
    access: 'access:read',
    handler: getCollaborator,
    api: {
      tag: 'repository',
      id: 'repoCheckCollaborator',
      summary: 'Say whether somebody was given access by name',
      about: 'Answers 404 for everybody else.',
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: ONE,
    access: 'access:manage',
    handler: putCollaborator,
    api: {
      tag: 'repository',
      id: 'repoAddCollaborator',
      summary: 'Give somebody access, or change what they were given',
      about: 'Without a permission they may write. Besides those of Gitea there are `triage` and `maintain`.',
      body: collaboratorBody,
      example: { permission: 'write' },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: ONE,
    access: 'access:manage',
    handler: deleteCollaborator,
    api: {
      tag: 'repository',
      id: 'repoDeleteCollaborator',
      summary: 'Take somebody’s access away',
      answer: 'none',
    },
  },
  {
    method: 'get',
    path: `${ONE}/permission`,
    access: 'repository:see',
    handler: getPermission,
    api: {
      tag: 'repository',
      id: 'repoGetRepoPermissions',
      summary: 'Say what somebody may do in a repository',
      about:
        'Everybody may ask for themselves; of others whoever administers the repository. `role_name` is what they hold, `permission` the nearest of Gitea’s.',
      answer: 'RepoCollaboratorPermission',
    },
  },
];

/** Adds collaborators of repositories to `/api/v1`. */
export function mountCollaboratorApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getCollaborators(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const all = await collaboratorsOf(app, actor, open);
  const asked = pageOf(c);
  setPages(c, { ...asked, total: all.length });
  const ids = all.slice((asked.page - 1) * asked.limit, asked.page * asked.limit).map(({ userId }) => userId);
  return c.json([...(await accountsJson(app, actor, ids)).values()]);
}

async function getCollaborator(c: WebContext, open: OpenRepository): Promise<Response> {
  await requireCollaborator(c.var.app, c.var.actor, open, nameIn(c));
  return c.body(null, 204);
}

function nameIn(c: WebContext): string {
  return (c.req.param('collaborator') ?? '').slice(0, 64);
}

async function putCollaborator(c: WebContext, open: OpenRepository): Promise<Response> {
  const { permission = 'write' } = await bodyOf(c, collaboratorBody);
  const input = parseCollaborator({ username: nameIn(c), permission });
  await giveAccess(c.var.app, c.var.actor, open, input);
  return c.body(null, 204);
}

async function deleteCollaborator(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const user = await findUserByName(app, nameIn(c));
  if (!user) throw invalid({ collaborator: `There is no user named ${nameIn(c)}.` });
  await takeAccess(app, actor, open, user.id);
  return c.body(null, 204);
}

async function getPermission(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { userId, permission } = await permissionOf(app, actor, open, nameIn(c));
  const user = (await accountsJson(app, actor, [userId])).get(userId);
  return c.json({ permission: GITEA_NAMES[permission] ?? permission, role_name: permission, user });
}

/** Of what lies between Gitea's permissions, the one below. */
const GITEA_NAMES: Partial<Record<Permission, string>> = { triage: 'read', maintain: 'write' };
