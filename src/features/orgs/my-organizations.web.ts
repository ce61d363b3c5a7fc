// The page of one's own organizations and of the invitations that wait for an answer.
import { notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { acceptBy, declineBy, invitationsFor } from './invitation-answers.service.ts';
import { organizationsOf } from './memberships.service.ts';
import { idOf } from './orgs.input.ts';

const BASE = '/settings/organizations';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getMine },
  {
    method: 'post',
    path: `${BASE}/invitations/:id/acceptance`,
    access: 'signed-in',
    handler: postAcceptance,
  },
  { method: 'post', path: `${BASE}/invitations/:id/refusal`, access: 'signed-in', handler: postRefusal },
];

/** Adds the page of one's organizations. */
export function mountMyOrganizations(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getMine(c: WebContext): Promise<Response> {
  const { app, actor } = c.var;
  const { userId, isRestricted } = requireUserActor(actor);
  const model = {
    title: 'Organizations',
    memberships: await organizationsOf(app, actor, userId),
    invitations: await invitationsFor(app, actor),
    mayCreate: isRestricted !== true,
  };
  return page(c, 'orgs/mine', model);
}

async function postAcceptance(c: WebContext): Promise<Response> {
  const name = await acceptBy(c.var.app, c.var.actor, { id: requireId(c) });
  return redirectWithMessage(c, `/orgs/${name}/people`, `You are a member of ${name} now.`);
}

async function postRefusal(c: WebContext): Promise<Response> {
  await declineBy(c.var.app, c.var.actor, { id: requireId(c) });
  return redirectWithMessage(c, BASE, 'The invitation was declined.');
}

function requireId(c: WebContext): number {
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('invitation');
  return id;
}
