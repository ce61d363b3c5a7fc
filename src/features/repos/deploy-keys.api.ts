// Deploy keys in Gitea's REST API v1.
import { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { lazily } from '../../platform/api/description.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { addDeployKey, listDeployKeys, removeDeployKey, requireDeployKey } from './deploy-keys.service.ts';
import type { DeployKeyRow } from './deploy-keys.types.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { openedJson } from './repository.json.ts';
import { deployKeyBody } from './repository-bodies.input.ts';

const AT = '/api/v1/repos/:owner/:repo/keys';

const listQuery = lazily(() =>
  z.object({
    key_id: z.coerce.number({ error: 'Give a number.' }).int().optional(),
    fingerprint: z.string().max(100, 'A fingerprint has at most 100 characters.').optional(),
  }),
);

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: AT,
    access: 'deploy-keys:manage',
    handler: getKeys,
    api: {
      tag: 'repository',
      id: 'repoListKeys',
      summary: 'List the deploy keys of a repository',
      query: listQuery,
      answer: 'DeployKey[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: AT,
    access: 'deploy-keys:manage',
    handler: postKey,
    api: {
      tag: 'repository',
      id: 'repoCreateKey',
      summary: 'Add a deploy key to a repository',
      about: 'Without `read_only` it may write, as in Gitea.',
      body: deployKeyBody,
      example: {
        title: 'Build server',
        key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDIhz2GK/XCUj4i6Q5yQJNL1MKMDkSMWBd8uFqIWZ9+L build@example.org',
        read_only: true,
      },
      answer: 'DeployKey',
      status: 201,
    },
  },
  {
    method: 'get',
    path: `${AT}/:id`,
    access: 'deploy-keys:manage',
    handler: getKey,
    api: {
      tag: 'repository',
      id: 'repoGetKey',
      summary: 'Get a deploy key of a repository',
      answer: 'DeployKey',
    },
  },
  {
    method: 'delete',
    path: `${AT}/:id`,
    access: 'deploy-keys:manage',
    handler: deleteKey,
    api: {
      tag: 'repository',
      id: 'repoDeleteKey',
      summary: 'Remove a deploy key from a repository',
      answer: 'none',
    },
  },
];

/** Adds deploy keys to `/api/v1`. */
export function mountDeployKeyApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getKeys(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { key_id: keyId, fingerprint } = queryOf(c, listQuery);
  const all = (await listDeployKeys(app, actor, open)).filter(
    (key) =>
      (keyId === undefined || key.id === keyId) &&
      (fingerprint === undefined || key.fingerprint === fingerprint),
  );
  const asked = pageOf(c);
  setPages(c, { ...asked, total: all.length });
  const shown = all.slice((asked.page - 1) * asked.limit, asked.page * asked.limit);
  const repository = await openedJson(app, actor, open);
  return c.json(shown.map((key) => keyJson(app, open, key, repository)));
}

async function postKey(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { title = '', key, read_only: isReadOnly = false } = await bodyOf(c, deployKeyBody);
  const row = await addDeployKey(app, actor, open, { title, key, canWrite: !isReadOnly });
  return c.json(keyJson(app, open, row, await openedJson(app, actor, open)), 201);
}

async function getKey(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const row = await requireDeployKey(app, actor, open, idIn(c));
  return c.json(keyJson(app, open, row, await openedJson(app, actor, open)));
}

async function deleteKey(c: WebContext, open: OpenRepository): Promise<Response> {
  await removeDeployKey(c.var.app, c.var.actor, open, idIn(c));
  return c.body(null, 204);
}

function idIn(c: WebContext): number {
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound('deploy key');
  return Number(id);
}

function keyJson(
  app: App,
  { path }: OpenRepository,
  { id, title, publicKey, fingerprint, createdAt, canWrite }: DeployKeyRow,
  repository: Record<string, unknown>,
) {
  return {
    id,
    key_id: id,
    key: publicKey,
    url: `${app.publicUrl()}/api/v1/repos${path}/keys/${id}`,
    title,
    fingerprint,
    created_at: isoTime(createdAt),
    read_only: !canWrite,
    repository,
  };
}
