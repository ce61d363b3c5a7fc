// Whom an organization has blocked, in Gitea's REST API v1.
import type { AbilityOn } from '../../base/abilities.ts';
import { notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { findUserByName } from '../users/users.service.ts';
import { blockInOrganization, organizationBlockIds, unblockInOrganization } from './org-blocks.service.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization } from './orgs.types.ts';

const BLOCKS = '/api/v1/orgs/:org/blocks';
const BLOCK = `${BLOCKS}/:username`;

const routes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'get',
    path: BLOCKS,
    access: 'organization:manage',
    handler: getBlocks,
    api: {
      tag: 'organization',
      id: 'organizationListBlocks',
      summary: 'List whom an organization has blocked',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: BLOCK,
    access: 'organization:manage',
    handler: getBlock,
    api: {
      tag: 'organization',
      id: 'organizationCheckUserBlock',
      summary: 'Check whether an organization has blocked somebody',
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: BLOCK,
    access: 'organization:manage',
    handler: putBlock,
    api: {
      tag: 'organization',
      id: 'organizationBlockUser',
      summary: 'Block somebody in an organization',
      about: 'Members cannot be blocked: remove them first.',
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: BLOCK,
    access: 'organization:manage',
    handler: deleteBlock,
    api: {
      tag: 'organization',
      id: 'organizationUnblockUser',
      summary: 'Take a block of an organization back',
      answer: 'none',
    },
  },
];

/** Adds the routes about an organization's blocks. */
export function mountBlockApi(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

async function getBlocks(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { ids, total } = await organizationBlockIds(app, actor, organization.id, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json([...(await accountsJson(app, actor, ids)).values()]);
}

async function getBlock(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { id } = await requireNamed(c);
  if (!(await isBlocked(c.var.app, organization.id, id))) throw notFound('block');
  return c.body(null, 204);
}

async function putBlock(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { name } = await requireNamed(c);
  await blockInOrganization(c.var.app, c.var.actor, organization.id, name);
  return c.body(null, 204);
}

async function deleteBlock(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { id } = await requireNamed(c);
  await unblockInOrganization(c.var.app, c.var.actor, organization.id, id);
  return c.body(null, 204);
}

async function requireNamed(c: WebContext): Promise<{ id: number; name: string }> {
  const user = await findUserByName(c.var.app, c.req.param('username') ?? '');
  if (!user || user.kind === 'ghost') throw notFound('user');
  return user;
}
