// Imports and mirrors in Gitea's REST API v1.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { repositoryJsonOf } from '../repos/repository.json.ts';
import { findUserById } from '../users/users.service.ts';
import { minutesOf } from './durations.service.ts';
import { importRepository } from './imports.service.ts';
import { importBody, pushMirrorBody } from './mirror-bodies.input.ts';
import { parseNewImport, parseNewPushMirror } from './mirrors.input.ts';
import { pushMirrorJson } from './mirrors.present.ts';
import { addPushMirror, mirrorsOf, removeMirror, requireMirror, syncMirrors } from './mirrors.service.ts';
import type { MirrorRow } from './mirrors.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const MANAGE = 'settings:manage';

const accountRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'post',
    path: '/api/v1/repos/migrate',
    access: 'write:repository',
    handler: postMigration,
    api: {
      tag: 'repository',
      id: 'repoMigrate',
      summary: 'Bring in a repository from elsewhere, or follow it as a mirror',
      about:
        'Answers at once with a repository that is empty until the import is through. Branches, tags and large files are brought in.',
      body: importBody,
      example: { clone_addr: 'https://git.example.org/ada/engine.git', repo_name: 'imported', private: true },
      answer: 'Repository',
      status: 201,
    },
  },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: `${AT}/mirror-sync`,
    access: MANAGE,
    handler: (c, open) => postSync(c, open, 'pull'),
    api: {
      tag: 'repository',
      id: 'repoMirrorSync',
      summary: 'Have a mirror fetch now',
      answer: 'text',
      status: 200,
    },
  },
  {
    method: 'post',
    path: `${AT}/push_mirrors-sync`,
    access: MANAGE,
    handler: (c, open) => postSync(c, open, 'push'),
    api: {
      tag: 'repository',
      id: 'repoPushMirrorSync',
      summary: 'Push to all mirrors of a repository now',
      answer: 'text',
      status: 200,
    },
  },
  {
    method: 'get',
    path: `${AT}/push_mirrors`,
    access: 'access:read',
    handler: getPushMirrors,
    api: {
      tag: 'repository',
      id: 'repoListPushMirrors',
      summary: 'List the mirrors that a repository is pushed to',
      answer: 'PushMirror[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: `${AT}/push_mirrors`,
    access: MANAGE,
    handler: postPushMirror,
    api: {
      tag: 'repository',
      id: 'repoAddPushMirror',
      summary: 'Push a repository to a mirror from now on',
      body: pushMirrorBody,
      example: {
        remote_address: 'https://git.example.org/ada/backup.git',
        interval: '8h0m0s',
        sync_on_commit: true,
      },
      answer: 'PushMirror',
    },
  },
  {
    method: 'get',
    path: `${AT}/push_mirrors/:name`,
    access: 'access:read',
    handler: getPushMirror,
    api: {
      tag: 'repository',
      id: 'repoGetPushMirrorByRemoteName',
      summary: 'Get a mirror that a repository is pushed to, by its remote_name',
      answer: 'PushMirror',
    },
  },
  {
    method: 'delete',
    path: `${AT}/push_mirrors/:name`,
    access: MANAGE,
    handler: deletePushMirror,
    api: {
      tag: 'repository',
      id: 'repoDeletePushMirror',
      summary: 'Push a repository to a mirror no more',
      answer: 'none',
    },
  },
];

/** Adds the routes of imports and mirrors of `/api/v1`. */
export function mountMirrorApi(web: WebApp): void {
  mountRoutes(web, scopeGate, accountRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
}

async function postMigration(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const body = await bodyOf(c, importBody);
  const isMirror = body.mirror === true;
  const input = parseNewImport({
    url: body.clone_addr,
    username: body.auth_username ?? '',
    password: body.auth_token || (body.auth_password ?? ''),
    owner: body.repo_owner || (await ownerById(app, actor, body.uid)),
    name: body.repo_name ?? '',
    description: body.description ?? '',
    visibility: body.private === true ? 'private' : 'public',
    lfs: body.lfs === true,
    isMirror,
    ...(isMirror && body.mirror_interval ? { intervalMinutes: minutesOf(body.mirror_interval) } : {}),
  });
  const created = await importRepository(app, actor, input);
  return c.json(await repositoryJsonOf(app, actor, created.id), 201);
}

/** The earlier way of naming the owner; zero and oneself mean oneself. */
async function ownerById(app: App, actor: UserActor, uid = 0): Promise<string | undefined> {
  if (uid === 0 || uid === actor.userId) return undefined;
  // A name that nobody has is refused in the words for owners that one may not make anything for.
  return (await findUserById(app, uid))?.name ?? '-';
}

async function postSync(
  c: WebContext,
  open: OpenRepository,
  direction: MirrorRow['direction'],
): Promise<Response> {
  await syncMirrors(c.var.app, c.var.actor, open, direction);
  return c.body(null, 200);
}

async function getPushMirrors(c: WebContext, open: OpenRepository): Promise<Response> {
  const all = await mirrorsOf(c.var.app, c.var.actor, open);
  const mirrors = all.filter(({ direction }) => direction === 'push');
  const asked = pageOf(c);
  setPages(c, { ...asked, total: mirrors.length });
  const shown = mirrors.slice((asked.page - 1) * asked.limit, asked.page * asked.limit);
  return c.json(shown.map((mirror) => pushMirrorJson(open.repository.name, mirror)));
}

async function postPushMirror(c: WebContext, open: OpenRepository): Promise<Response> {
  const body = await bodyOf(c, pushMirrorBody);
  const input = parseNewPushMirror({
    url: body.remote_address,
    username: body.remote_username ?? '',
    password: body.remote_password ?? '',
    onPush: body.sync_on_commit === true,
    ...(body.interval ? { intervalMinutes: minutesOf(body.interval) } : {}),
  });
  const mirror = await addPushMirror(c.var.app, c.var.actor, open, input);
  return c.json(pushMirrorJson(open.repository.name, mirror));
}

async function getPushMirror(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(pushMirrorJson(open.repository.name, await namedMirror(c, open)));
}

async function deletePushMirror(c: WebContext, open: OpenRepository): Promise<Response> {
  await removeMirror(c.var.app, c.var.actor, open, (await namedMirror(c, open)).id);
  return c.body(null, 204);
}

async function namedMirror(c: WebContext, open: OpenRepository): Promise<MirrorRow> {
  const name = c.req.param('name') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(name)) throw notFound('mirror');
  const mirror = await requireMirror(c.var.app, c.var.actor, open, Number(name));
  if (mirror.direction !== 'push') throw notFound('mirror');
  return mirror;
}
