// Imports and mirrors in Gitea's REST API v1.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { repositoryGate, scopeGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository, openRepositoryById } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { importRepository } from './imports.service.ts';
import { parseNewImport, parseNewPushMirror } from './mirrors.input.ts';
import { pushMirrorJson } from './mirrors.present.ts';
import { addPushMirror, mirrorsOf, removeMirror, requireMirror, syncMirrors } from './mirrors.service.ts';
import type { MirrorRow } from './mirrors.types.ts';

const AT = '/api/v1/repos/:owner/:repo';
const MANAGE = 'settings:manage';

const accountRoutes: Route<NeededScope, UserActor>[] = [
  { method: 'post', path: '/api/v1/repos/migrate', access: 'write:repository', handler: postMigration },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: `${AT}/mirror-sync`,
    access: MANAGE,
    handler: (c, open) => postSync(c, open, 'pull'),
  },
  {
    method: 'post',
    path: `${AT}/push_mirrors-sync`,
    access: MANAGE,
    handler: (c, open) => postSync(c, open, 'push'),
  },
  { method: 'get', path: `${AT}/push_mirrors`, access: 'access:read', handler: getPushMirrors },
  { method: 'post', path: `${AT}/push_mirrors`, access: MANAGE, handler: postPushMirror },
  { method: 'get', path: `${AT}/push_mirrors/:name`, access: 'access:read', handler: getPushMirror },
  { method: 'delete', path: `${AT}/push_mirrors/:name`, access: MANAGE, handler: deletePushMirror },
];

/** Adds the routes of imports and mirrors of `/api/v1`. */
export function mountMirrorApi(web: WebApp): void {
  mountRoutes(web, scopeGate, accountRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
}

/** Answers at once, with a repository that is empty until the import is through. */
async function postMigration(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const body = await readJson(c);
  const isPrivate = booleanOf(body, 'private');
  const isMirror = booleanOf(body, 'mirror');
  const input = parseNewImport({
    url: body.clone_addr,
    username: textOf(body, 'auth_username'),
    password: textOf(body, 'auth_token') || textOf(body, 'auth_password'),
    owner: textOf(body, 'repo_owner') || undefined,
    name: textOf(body, 'repo_name'),
    description: textOf(body, 'description'),
    visibility: isPrivate ? 'private' : 'public',
    lfs: booleanOf(body, 'lfs'),
    isMirror,
    ...(isMirror && body.mirror_interval ? { intervalMinutes: minutesOf(body.mirror_interval) } : {}),
  });
  const created = await importRepository(app, actor, input);
  const open = await openRepositoryById(app, actor, created.id, 'repository:see');
  return c.json(
    {
      id: created.id,
      name: created.name,
      full_name: open.path.slice(1),
      description: created.description,
      empty: true,
      mirror: isMirror,
      private: created.visibility !== 'public',
      original_url: input.url,
      html_url: `${app.publicUrl()}${open.path}`,
      clone_url: `${app.publicUrl()}${open.path}.git`,
      default_branch: created.defaultBranch,
    },
    201,
  );
}

function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name] ?? '';
  if (typeof value === 'string') return value;
  throw invalid({ [name]: 'Give a text.' });
}

function booleanOf(body: Record<string, unknown>, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw invalid({ [name]: 'Give true or false.' });
}

/** As Go writes durations: `8h30m0s`. */
function minutesOf(value: unknown): number {
  const match = /^(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?$/.exec(String(value));
  if (!match || value === '') throw invalid({ intervalMinutes: 'Give a duration such as 8h0m0s.' });
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 60 + Number(minutes) + Math.ceil(Number(seconds) / 60);
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
  const mirrors = (await mirrorsOf(c.var.app, c.var.actor, open)).filter(
    ({ direction }) => direction === 'push',
  );
  return c.json(mirrors.map((mirror) => pushMirrorJson(open.repository.name, mirror)));
}

async function postPushMirror(c: WebContext, open: OpenRepository): Promise<Response> {
  const body = await readJson(c);
  const input = parseNewPushMirror({
    url: body.remote_address,
    username: textOf(body, 'remote_username'),
    password: textOf(body, 'remote_password'),
    onPush: booleanOf(body, 'sync_on_commit'),
    ...(body.interval ? { intervalMinutes: minutesOf(body.interval) } : {}),
  });
  const mirror = await addPushMirror(c.var.app, c.var.actor, open, input);
  return c.json(pushMirrorJson(open.repository.name, mirror), 200);
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
