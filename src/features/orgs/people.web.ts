// The people of an organization: their list, their roles, leaving and removing.
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from './frame.service.ts';
import {
  leaveOrganization,
  pageOfMembers,
  removeMember,
  setMemberRole,
  setMembershipVisibility,
} from './members.service.ts';
import { idOf, listRequestOf } from './orgs.input.ts';
import { openOrganization } from './orgs.service.ts';
import { MEMBER_ROLES, type MemberRole, type OpenOrganization } from './orgs.types.ts';

const BASE = '/orgs/:org/people';
type Access = 'organization:see' | 'members:manage' | 'membership:manage' | 'membership:end';

const routes: Route<Access, OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'organization:see', handler: getPeople },
  { method: 'post', path: `${BASE}/:user/role`, access: 'members:manage', sudo: true, handler: postRole },
  {
    method: 'post',
    path: `${BASE}/:user/removal`,
    access: 'members:manage',
    sudo: true,
    handler: postRemoval,
  },
  {
    method: 'post',
    path: '/orgs/:org/membership/visibility',
    access: 'membership:manage',
    handler: postVisibility,
  },
  {
    method: 'post',
    path: '/orgs/:org/membership/removal',
    access: 'membership:end',
    sudo: true,
    whilePending: true,
    handler: postLeaving,
  },
];

/** Adds the pages about an organization's people. */
export function mountPeople(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

async function getPeople(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const request = listRequestOf(c.req.query());
  const { members, next } = await pageOfMembers(app, actor, open.organization, request);
  const action = `${open.path}/people`;
  const { words = '', after } = request;
  const model = {
    title: `People · ${open.organization.name}`,
    org: await organizationFrame(app, open, 'people'),
    members,
    words,
    ownId: actor.kind === 'user' ? actor.userId : undefined,
    next: next && `${action}?${new URLSearchParams({ ...(words ? { q: words } : {}), after: next })}`,
    isFirst: after === undefined,
  };
  return page(c, 'orgs/people', model);
}

async function postRole(c: WebContext, open: OpenOrganization): Promise<Response> {
  const userId = requireId(c.req.param('user'));
  const { role } = await readForm(c);
  if (!isRole(role)) throw invalid({ role: 'Choose member or owner.' });
  const { app, actor } = c.var;
  return orRefusal(c, open, `Now ${role === 'owner' ? 'an owner' : 'a member'}.`, () =>
    setMemberRole(app, actor, open.organization.id, userId, role),
  );
}

async function postRemoval(c: WebContext, open: OpenOrganization): Promise<Response> {
  const userId = requireId(c.req.param('user'));
  const { app, actor } = c.var;
  return orRefusal(c, open, 'Removed from the organization and its teams.', () =>
    removeMember(app, actor, open.organization.id, userId),
  );
}

async function postVisibility(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { visibility } = await readForm(c);
  if (visibility !== 'public' && visibility !== 'private')
    throw invalid({ visibility: 'Choose public or private.' });
  await setMembershipVisibility(c.var.app, c.var.actor, open.organization.id, visibility === 'public');
  const message =
    visibility === 'public'
      ? 'Everybody who sees the organization sees that you belong to it.'
      : 'Only members see that you belong to the organization.';
  return redirectWithMessage(c, `${open.path}/people`, message);
}

async function postLeaving(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const message = `You left ${open.organization.name}.`;
  const leave = () => leaveOrganization(app, actor, open.organization.id);
  return orRefusal(c, open, message, leave, '/settings/organizations');
}

/** That the last owner must stay is told on the page one came from. */
async function orRefusal(
  c: WebContext,
  open: OpenOrganization,
  message: string,
  change: () => Promise<void>,
  to = `${open.path}/people`,
): Promise<Response> {
  try {
    await change();
  } catch (error) {
    if (isAppError(error, 'conflict')) return redirectWithMessage(c, to, error.message, 'error');
    throw error;
  }
  return redirectWithMessage(c, to, message);
}

function requireId(text: string | undefined): number {
  const id = idOf(text);
  if (id === undefined) throw notFound('member');
  return id;
}

function isRole(text: string | undefined): text is MemberRole {
  return (MEMBER_ROLES as readonly (string | undefined)[]).includes(text);
}
