// Creating an organization, the way to its page, and the other pages of the room.
import { type FieldErrors, isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { mountInvitations } from './invitations.web.ts';
import { mountMyOrganizations } from './my-organizations.web.ts';
import { requireMayCreateOrganization } from './orgs.policy.ts';
import { createOrganization, openOrganization } from './orgs.service.ts';
import type { OpenOrganization } from './orgs.types.ts';
import { mountPeople } from './people.web.ts';
import { mountOrganizationSettings } from './settings.web.ts';
import { mountTeamPages } from './team-pages.web.ts';
import { mountTeams } from './teams.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/organizations/new', access: 'signed-in', handler: getNew },
  { method: 'post', path: '/organizations/new', access: 'signed-in', handler: postNew },
];

const ownRoutes: Route<'organization:see', OpenOrganization>[] = [
  { method: 'get', path: '/orgs/:org', access: 'organization:see', handler: getOrganization },
];

/** Adds the pages about organizations. */
export function mountOrgs(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountRoutes(web, organizationGate(openOrganization), ownRoutes);
  mountPeople(web);
  mountInvitations(web);
  mountTeams(web);
  mountTeamPages(web);
  mountOrganizationSettings(web);
  mountMyOrganizations(web);
}

type Fields = Record<string, string>;

function getOrganization(c: WebContext, { organization }: OpenOrganization): Response {
  return c.redirect(`/${organization.name}`, 302);
}

function getNew(c: WebContext): Response {
  requireMayCreateOrganization(c.var.actor);
  return answerNew(c, { visibility: 'public' }, {}, 200);
}

async function postNew(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  try {
    const { name = '', displayName = '', visibility = '' } = form;
    const made = await createOrganization(c.var.app, c.var.actor, { name, displayName, visibility });
    return redirectWithMessage(
      c,
      `/orgs/${made.name}/people`,
      `${made.name} was created. Invite its people.`,
    );
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerNew(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

function answerNew(c: WebContext, form: Fields, errors: FieldErrors, status: number): Response {
  return page(c, 'orgs/new', { title: 'New organization', form, errors }, status);
}
