// A person or an organization by its name in Gitea's REST API v1.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { openGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { findOrganizationByName } from '../orgs/orgs.service.ts';
import { userJson } from '../users/accounts.json.ts';
import { maySeeAccount } from '../users/people.service.ts';
import { findUserByName } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';

const routes: Route<'profile:read', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/users/:username',
    access: 'profile:read',
    rowsOnly: true,
    handler: getAccount,
    api: { tag: 'user', id: 'userGet', summary: 'Get a person or an organization', answer: 'User' },
  },
];

/** Adds accounts by their name to `/api/v1`. */
export function mountAccountsApi(web: WebApp): void {
  mountRoutes(web, openGate, routes);
}

async function getAccount(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const found = await findUserByName(app, c.req.param('username') ?? '');
  if (!found || !(await isVisible(c, actor, found))) throw notFound('user');
  return c.json(await userJson(app, actor, found));
}

async function isVisible(c: WebContext, actor: Actor, account: UserRow): Promise<boolean> {
  if (account.kind !== 'organization') return maySeeAccount(actor, account);
  return (await findOrganizationByName(c.var.app, actor, account.name)) !== undefined;
}
