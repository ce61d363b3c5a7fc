// Webhooks in Gitea's REST API v1: the same routes for repositories, organizations, people and the site.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';

import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { organizationGate, repositoryGate, scopeGate, siteGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { deliveriesOf, deliveryOf } from './deliveries.service.ts';
import { redeliver, testHook } from './delivering.service.ts';
import { shownAddress } from './hook-addresses.service.ts';
import {
  deliveriesQuery,
  hookChangesBody,
  inApiNames,
  newHookBody,
  rawHookChanges,
  rawNewHook,
  siteHooksQuery,
  testQuery,
} from './hook-bodies.input.ts';
import { parseHookChanges, parseNewHook } from './hooks.input.ts';
import { deliveryDetailJson, deliveryJson, hookJson } from './hooks.json.ts';
import { changeHook, createHook, deleteHook, hooksOf, requireHook } from './hooks.service.ts';
import type { Hook, HookOwner } from './hooks.types.ts';

/** Gitea has them among what they are of; here they are an area of the reference. */
const tag = 'webhook';

/** Whose webhooks a table of routes is about, and how Gitea names them. */
interface Place<A extends string, R> {
  base: string;
  read: A;
  manage: A;
  /** What the ids of Gitea's operations begin with: `repo` of `repoListHooks`. */
  prefix: string;
  of: string;
  /** What its list may be asked for. */
  listQuery?: typeof siteHooksQuery;
  ownerOf(resource: R): HookOwner;
}

/** Adds the routes of webhooks to `/api/v1`. */
export function mountWebhooksApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), hookRoutes(REPOSITORY));
  mountRoutes(web, organizationGate(openOrganization), hookRoutes(ORGANIZATION));
  mountRoutes(web, scopeGate, hookRoutes(OWN));
  mountRoutes(web, siteGate, hookRoutes(SITE));
}

const REPOSITORY: Place<'webhooks:read' | 'webhooks:manage', OpenRepository> = {
  ...{ base: '/api/v1/repos/:owner/:repo/hooks', read: 'webhooks:read', manage: 'webhooks:manage' },
  ...{ prefix: 'repo', of: 'of a repository' },
  ownerOf: ({ repository }) => ({ scope: 'repository', repositoryId: repository.id }),
};
const ORGANIZATION: Place<'organization-webhooks:read' | 'organization-webhooks:manage', OpenOrganization> = {
  ...{ base: '/api/v1/orgs/:org/hooks', prefix: 'org', of: 'of an organization' },
  ...{ read: 'organization-webhooks:read', manage: 'organization-webhooks:manage' },
  ownerOf: ({ organization }) => ({ scope: 'organization', ownerId: organization.id }),
};
const OWN: Place<NeededScope, UserActor> = {
  ...{ base: '/api/v1/user/hooks', read: 'read:user', manage: 'write:user' },
  ...{ prefix: 'user', of: 'of one’s own account' },
  ownerOf: ({ userId }) => ({ scope: 'user', ownerId: userId }),
};
const SITE: Place<'site-webhooks:read' | 'site:administer', unknown> = {
  ...{ base: '/api/v1/admin/hooks', read: 'site-webhooks:read', manage: 'site:administer' },
  ...{ prefix: 'admin', of: 'of the site', listQuery: siteHooksQuery },
  ownerOf: () => ({ scope: 'site' }),
};

const EXAMPLE = {
  type: 'gitea',
  config: { url: 'https://ci.example.com/hook', content_type: 'json', secret: 'a shared secret' },
  events: ['push', 'pull_request'],
  branch_filter: '{main,release/*}',
  active: true,
};

function hookRoutes<A extends string, R>(place: Place<A, R>): Route<A, R>[] {
  return [...managingRoutes(place), ...deliveryRoutes(place)];
}

function managingRoutes<A extends string, R>(place: Place<A, R>): Route<A, R>[] {
  const { base, read, manage, prefix, of, ownerOf, listQuery: query } = place;
  const list = { tag, id: `${prefix}ListHooks`, summary: `List the webhooks ${of}` } as const;
  return [
    {
      ...{ method: 'get', path: base, access: read },
      api: { ...list, answer: 'Hook[]', paged: true, ...(query ? { query } : {}) },
      handler: (c, resource) => getHooks(c, ownerOf(resource)),
    },
    {
      ...{ method: 'post', path: base, access: manage },
      api: {
        ...{ tag, id: `${prefix}CreateHook`, summary: `Create a webhook ${of}`, about: ABOUT_NEW },
        ...{ body: newHookBody, example: EXAMPLE, answer: 'Hook', status: 201 },
      },
      handler: (c, resource) => postHook(c, ownerOf(resource)),
    },
    {
      ...{ method: 'get', path: `${base}/:id`, access: read },
      api: { tag, id: `${prefix}GetHook`, summary: `Get a webhook ${of}`, answer: 'Hook' },
      handler: (c, resource) => getHook(c, ownerOf(resource)),
    },
    {
      ...{ method: 'patch', path: `${base}/:id`, access: manage },
      api: {
        ...{ tag, id: `${prefix}EditHook`, summary: `Change a webhook ${of}`, about: ABOUT_CHANGES },
        ...{ body: hookChangesBody, example: { active: true, events: ['push'] }, answer: 'Hook' },
      },
      handler: (c, resource) => patchHook(c, ownerOf(resource)),
    },
    {
      ...{ method: 'delete', path: `${base}/:id`, access: manage },
      api: { tag, id: `${prefix}DeleteHook`, summary: `Delete a webhook ${of}`, answer: 'none' },
      handler: (c, resource) => removeHook(c, ownerOf(resource)),
    },
  ];
}

const ABOUT_NEW =
  'The event `*` stands for every one. Secrets are not shown again, nor what follows the host of a chat’s address.';
const ABOUT_CHANGES =
  'What is left out stays. A webhook that was suspended is tried again. Where `config.url` leads to another host, the Authorization header must be given again.';

function deliveryRoutes<A extends string, R>(place: Place<A, R>): Route<A, R>[] {
  const { base, read, manage, prefix, ownerOf } = place;
  const one = `${base}/:id/deliveries/:delivery`;
  return [
    {
      ...{ method: 'post', path: `${base}/:id/tests`, access: manage },
      api: {
        ...{ tag, id: `${prefix}TestHook`, summary: 'Test a webhook', answer: 'none', query: testQuery },
        about:
          'Sends a push of the newest commit of the default branch, or a ping where there is none, soon and once; what became of it is in the deliveries.',
      },
      handler: (c, resource) => postTest(c, ownerOf(resource)),
    },
    {
      ...{ method: 'get', path: `${base}/:id/deliveries`, access: read },
      api: {
        ...{ tag, id: `${prefix}ListHookDeliveries`, summary: 'List what a webhook sent, newest first' },
        ...{ query: deliveriesQuery, answer: 'HookDelivery[]' },
        about: 'The header Link leads to the next page by `before`, the id of a delivery.',
      },
      handler: (c, resource) => getDeliveries(c, ownerOf(resource)),
    },
    {
      ...{ method: 'get', path: one, access: read },
      api: {
        ...{ tag, id: `${prefix}GetHookDelivery`, answer: 'HookDelivery' },
        summary: 'Get a delivery with what was sent and what came back',
      },
      handler: (c, resource) => getDelivery(c, ownerOf(resource)),
    },
    {
      ...{ method: 'post', path: `${one}/attempts`, access: manage },
      api: {
        ...{ tag, id: `${prefix}RedeliverHook`, summary: 'Send a delivery once more' },
        ...{ answer: 'HookDelivery', status: 202 },
      },
      handler: (c, resource) => postAttempt(c, ownerOf(resource)),
    },
  ];
}

async function getHooks(c: WebContext, owner: HookOwner): Promise<Response> {
  const { page, limit } = pageOf(c);
  const isEmpty = owner.scope === 'site' && queryOf(c, siteHooksQuery).type === 'default';
  const found = await hooksOf(c.var.app, c.var.actor, owner, { page, limit });
  const { hooks, total } = isEmpty ? { hooks: [], total: 0 } : found;
  setPages(c, { page, limit, total });
  return c.json(hooks.map(hookJson));
}

async function postHook(c: WebContext, owner: HookOwner): Promise<Response> {
  const body = await bodyOf(c, newHookBody);
  const hook = await inApiNames(async () =>
    createHook(c.var.app, c.var.actor, owner, parseNewHook(rawNewHook(body))),
  );
  return c.json(hookJson(hook), 201);
}

async function getHook(c: WebContext, owner: HookOwner): Promise<Response> {
  return c.json(hookJson(await hookOf(c, owner)));
}

async function patchHook(c: WebContext, owner: HookOwner): Promise<Response> {
  const body = await bodyOf(c, hookChangesBody);
  const hook = await hookOf(c, owner);
  const shown = shownAddress(hook.format, hook.url);
  const changed = await inApiNames(async () =>
    changeHook(c.var.app, c.var.actor, owner, hook.id, parseHookChanges(hook, rawHookChanges(body, shown))),
  );
  return c.json(hookJson(changed));
}

async function removeHook(c: WebContext, owner: HookOwner): Promise<Response> {
  await deleteHook(c.var.app, c.var.actor, owner, idOf(c, 'id'));
  return c.body(null, 204);
}

async function postTest(c: WebContext, owner: HookOwner): Promise<Response> {
  await testHook(c.var.app, c.var.actor, await hookOf(c, owner));
  return c.body(null, 204);
}

async function getDeliveries(c: WebContext, owner: HookOwner): Promise<Response> {
  const { before } = queryOf(c, deliveriesQuery);
  const { limit } = pageOf(c);
  const { deliveries, next } = await deliveriesOf(c.var.app, await hookOf(c, owner), before, limit);
  if (next !== undefined) {
    const url = new URL(c.req.url);
    url.searchParams.set('before', String(next));
    c.header('Link', `<${c.var.app.publicUrl()}${url.pathname}${url.search}>; rel="next"`);
  }
  return c.json(deliveries.map(deliveryJson));
}

async function getDelivery(c: WebContext, owner: HookOwner): Promise<Response> {
  const { app, actor } = c.var;
  const { message, ...row } = await deliveryOf(app, actor, await hookOf(c, owner), idOf(c, 'delivery'));
  return c.json(deliveryDetailJson(row, message));
}

async function postAttempt(c: WebContext, owner: HookOwner): Promise<Response> {
  const hook = await hookOf(c, owner);
  return c.json(deliveryJson(await redeliver(c.var.app, c.var.actor, hook, idOf(c, 'delivery'))), 202);
}

function hookOf(c: WebContext, owner: HookOwner): Promise<Hook> {
  return requireHook(c.var.app, c.var.actor, owner, idOf(c, 'id'));
}

function idOf(c: WebContext, name: string): number {
  const text = c.req.param(name) ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('webhook');
  return Number(text);
}
