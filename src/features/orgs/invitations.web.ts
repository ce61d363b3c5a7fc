// The invitations an organization has sent, and the page where one is answered.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { readFormValues } from '../../platform/web/forms.ts';
import { type AccountAccess, accountGate, organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from './frame.service.ts';
import { declineBy, openInvitation } from './invitation-answers.service.ts';
import {
  acceptInvitation,
  INVITATION_DAYS,
  inviteToOrganization,
  pendingInvitations,
  revokeInvitation,
  type SentInvitation,
} from './invitations.service.ts';
import { idOf } from './orgs.input.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization } from './orgs.types.ts';
import { teamsOf } from './teams.service.ts';

const BASE = '/orgs/:org/people/invitations';

const routes: Route<'members:manage', OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'members:manage', handler: getInvitations },
  { method: 'post', path: BASE, access: 'members:manage', sudo: true, handler: postInvitation },
  { method: 'post', path: `${BASE}/:id/revocation`, access: 'members:manage', handler: postRevocation },
];

const answerRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/invitations/:token', access: 'signed-in', handler: getAnswer },
  { method: 'post', path: '/invitations/:token/acceptance', access: 'signed-in', handler: postAcceptance },
  { method: 'post', path: '/invitations/:token/refusal', access: 'signed-in', handler: postRefusal },
];

/** Adds the pages about invitations. */
export function mountInvitations(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
  mountRoutes(web, accountGate, answerRoutes);
}

interface Shown {
  form?: { who: string; role: string; teamIds: string[] };
  errors?: FieldErrors;
  sent?: SentInvitation;
}

function getInvitations(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerInvitations(c, open, {}, 200);
}

async function answerInvitations(
  c: WebContext,
  open: OpenOrganization,
  { form = { who: '', role: 'member', teamIds: [] }, errors = {}, sent }: Shown,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const teams = await teamsOf(app, actor, open.organization.id);
  const names = new Map(teams.map(({ id, name }) => [id, name]));
  const pending = await pendingInvitations(app, actor, open.organization.id);
  const invitations = pending.map(({ invitation, name }) => ({
    ...invitation,
    name,
    teams: invitation.teamIds.map((id) => names.get(id)).filter((one) => one !== undefined),
  }));
  const model = {
    title: `Invitations · ${open.organization.name}`,
    org: await organizationFrame(app, open, 'people'),
    invitations,
    teams,
    hasMail: app.mail.isConfigured(),
    days: INVITATION_DAYS,
    form,
    errors,
    sent,
  };
  // The link of a new invitation is in this answer and nowhere else.
  c.header('Cache-Control', 'no-store');
  return page(c, 'orgs/invitations', model, status);
}

async function postInvitation(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const fields = await readForm(c);
  const teamIds = await readFormValues(c, 'teamIds');
  const form = { who: fields.who ?? '', role: fields.role ?? '', teamIds };
  try {
    const wanted = { ...form, teamIds: teamIds.map((id) => idOf(id) ?? 0) };
    const sent = await inviteToOrganization(app, actor, open.organization.id, wanted);
    if (sent.link !== undefined) return answerInvitations(c, open, { sent }, 201);
    return redirectWithMessage(c, `${open.path}/people/invitations`, `${sent.to} is invited.`);
  } catch (error) {
    if (isAppError(error, 'invalid'))
      return answerInvitations(c, open, { form, errors: error.fields ?? {} }, 422);
    if (!isAppError(error, 'rate_limited')) throw error;
    c.header('Retry-After', String(error.retryAfter ?? 60));
    return answerInvitations(c, open, { form, errors: { who: error.message } }, 429);
  }
}

async function postRevocation(c: WebContext, open: OpenOrganization): Promise<Response> {
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('invitation');
  await revokeInvitation(c.var.app, c.var.actor, open.organization.id, id);
  return redirectWithMessage(c, `${open.path}/people/invitations`, 'The invitation was revoked.');
}

async function getAnswer(c: WebContext): Promise<Response> {
  const token = c.req.param('token') ?? '';
  const invitation = await openInvitation(c.var.app, c.var.actor, { token });
  // Its address holds the secret.
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  return page(c, 'orgs/invitation', { title: `Join ${invitation.organizationName}`, token, invitation });
}

async function postAcceptance(c: WebContext): Promise<Response> {
  const name = await acceptInvitation(c.var.app, c.var.actor, c.req.param('token') ?? '');
  return redirectWithMessage(c, `/orgs/${name}/people`, `You are a member of ${name} now.`);
}

async function postRefusal(c: WebContext): Promise<Response> {
  await declineBy(c.var.app, c.var.actor, { token: c.req.param('token') ?? '' });
  return redirectWithMessage(c, '/settings/organizations', 'The invitation was declined.');
}
