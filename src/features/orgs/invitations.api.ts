// Invitations into organizations in the REST API: Gitea has none, since there owners add people without asking them.
import type { AbilityOn } from '../../base/abilities.ts';
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { bodyOf, namingFields } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { organizationGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { acceptBy, declineBy, invitationRowsFor } from './invitation-answers.service.ts';
import { invitationsJson } from './invitations.json.ts';
import { inviteToOrganization, pendingInvitations, revokeInvitation } from './invitations.service.ts';
import { invitationBody } from './organizations-api.input.ts';
import { idOf } from './orgs.input.ts';
import { openOrganization } from './orgs.service.ts';
import type { InvitationRow, OpenOrganization } from './orgs.types.ts';

const INVITATIONS = '/api/v1/orgs/:org/invitations';
const OWN = '/api/v1/user/org_invitations';

const routes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'get',
    path: INVITATIONS,
    access: 'members:manage',
    handler: getInvitations,
    api: {
      tag: 'organization',
      id: 'orgListInvitations',
      summary: 'List the invitations of an organization that wait for an answer',
      answer: 'OrganizationInvitation[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: INVITATIONS,
    access: 'members:manage',
    handler: postInvitation,
    api: {
      tag: 'organization',
      id: 'orgInvite',
      summary: 'Invite somebody into an organization',
      about:
        'By their name or by an e-mail address. Where this site cannot send mail, the answer holds the link to pass on, this once.',
      body: invitationBody,
      example: { email: 'grace@example.org', role: 'member' },
      answer: 'OrganizationInvitation',
      status: 201,
    },
  },
  {
    method: 'delete',
    path: `${INVITATIONS}/:id`,
    access: 'members:manage',
    handler: deleteInvitation,
    api: {
      tag: 'organization',
      id: 'orgRevokeInvitation',
      summary: 'Take an invitation back',
      answer: 'none',
    },
  },
];

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: OWN,
    access: 'write:organization',
    handler: getOwn,
    api: {
      tag: 'organization',
      id: 'userListOrgInvitations',
      summary: 'List the organizations that invite you',
      answer: 'OrganizationInvitation[]',
      paged: true,
    },
  },
  {
    method: 'put',
    path: `${OWN}/:id`,
    access: 'write:organization',
    handler: putOwn,
    api: {
      tag: 'organization',
      id: 'userAcceptOrgInvitation',
      summary: 'Accept an invitation into an organization',
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: `${OWN}/:id`,
    access: 'write:organization',
    handler: deleteOwn,
    api: {
      tag: 'organization',
      id: 'userDeclineOrgInvitation',
      summary: 'Decline an invitation into an organization',
      answer: 'none',
    },
  },
];

/** Adds the routes about invitations. */
export function mountInvitationApi(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
  mountRoutes(web, scopeGate, ownRoutes);
}

async function getInvitations(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const waiting = await pendingInvitations(c.var.app, c.var.actor, organization.id);
  return answerPage(
    c,
    waiting.map(({ invitation }) => invitation),
  );
}

async function getOwn(c: WebContext, actor: UserActor): Promise<Response> {
  return answerPage(c, await invitationRowsFor(c.var.app, actor));
}

/** Few wait at once: an organization sends a hundred a day at most, and each waits a week. */
async function answerPage(c: WebContext, rows: readonly InvitationRow[]): Promise<Response> {
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: rows.length });
  const shown = rows.slice((page - 1) * limit, page * limit);
  return c.json(await invitationsJson(c.var.app, c.var.actor, shown));
}

async function postInvitation(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { username, email, role, team_ids: teamIds } = await bodyOf(c, invitationBody);
  if ((username === undefined) === (email === undefined))
    throw invalid({ username: 'Give the name of somebody, or an e-mail address.' });
  if (username?.includes('@')) throw invalid({ username: 'Give an e-mail address as email.' });
  if (email !== undefined && !email.includes('@')) throw invalid({ email: 'This is not an e-mail address.' });
  const names = { who: username === undefined ? 'email' : 'username', teamIds: 'team_ids' };
  const sent = await namingFields(names, () =>
    inviteToOrganization(app, actor, organization.id, {
      who: username ?? email ?? '',
      ...(role === undefined ? {} : { role }),
      ...(teamIds === undefined ? {} : { teamIds }),
    }),
  );
  const [json] = await invitationsJson(app, actor, [sent.invitation]);
  return c.json({ ...json, ...(sent.link === undefined ? {} : { link: sent.link }) }, 201);
}

async function deleteInvitation(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  await revokeInvitation(c.var.app, c.var.actor, organization.id, requireId(c));
  return c.body(null, 204);
}

async function putOwn(c: WebContext, actor: UserActor): Promise<Response> {
  await acceptBy(c.var.app, actor, { id: requireId(c) });
  return c.body(null, 204);
}

async function deleteOwn(c: WebContext, actor: UserActor): Promise<Response> {
  await declineBy(c.var.app, actor, { id: requireId(c) });
  return c.body(null, 204);
}

function requireId(c: WebContext): number {
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('invitation');
  return id;
}
