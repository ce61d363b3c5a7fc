// Organizations in Gitea's REST API v1: making, finding and changing them. Deleting them is in the repos room.
import type { AbilityOn } from '../../base/abilities.ts';
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { bodyOf, namingFields } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, organizationGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { requirePerson } from '../users/people.service.ts';
import { mountInvitationApi } from './invitations.api.ts';
import { mountMemberApi } from './members.api.ts';
import { mountBlockApi } from './org-blocks.api.ts';
import { type Listed, pageOfAllOrganizations, pageOfOrganizationsOf } from './organization-lists.service.ts';
import { permissionsIn } from './organization-permissions.service.ts';
import { organizationJson, visibilityOf } from './organizations.json.ts';
import {
  newOrganizationBody,
  ORGANIZATION_FIELDS,
  organizationChangesBody,
} from './organizations-api.input.ts';
import {
  changeOrganization,
  createOrganization,
  openOrganization,
  requireOrganization,
} from './orgs.service.ts';
import type { OpenOrganization, Organization } from './orgs.types.ts';
import { mountPictureApi } from './pictures.api.ts';
import { mountTeamApi } from './teams.api.ts';

const ORGS = '/api/v1/orgs';
const ORG = `${ORGS}/:org`;
const OF_USER = '/api/v1/users/:username/orgs';

const openRoutes: Route<'organization:see', Actor>[] = [
  {
    method: 'get',
    path: ORGS,
    access: 'organization:see',
    handler: getAll,
    api: {
      tag: 'organization',
      id: 'orgGetAll',
      summary: 'List organizations',
      about: 'Those you may know of.',
      answer: 'Organization[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: OF_USER,
    access: 'organization:see',
    handler: getOfUser,
    api: {
      tag: 'organization',
      id: 'orgListUserOrgs',
      summary: 'List the organizations of somebody',
      about: 'Those whose membership is public, or that you belong to as well.',
      answer: 'Organization[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${OF_USER}/:org/permissions`,
    access: 'organization:see',
    handler: getPermissions,
    api: {
      tag: 'organization',
      id: 'orgGetUserPermissions',
      summary: 'Get what somebody may do in an organization',
      about: 'For themselves and for members of the organization.',
      answer: 'OrganizationPermissions',
    },
  },
];

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: '/api/v1/user/orgs',
    access: 'read:organization',
    handler: getOwn,
    api: {
      tag: 'organization',
      id: 'orgListCurrentUserOrgs',
      summary: 'List your organizations',
      answer: 'Organization[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: ORGS,
    access: 'write:organization',
    handler: postOrganization,
    api: {
      tag: 'organization',
      id: 'orgCreate',
      summary: 'Create an organization',
      body: newOrganizationBody,
      example: { username: 'engineering', full_name: 'Engineering', visibility: 'limited' },
      answer: 'Organization',
      status: 201,
    },
  },
];

const routes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'get',
    path: ORG,
    access: 'organization:see',
    handler: (c, { organization }) => c.json(organizationJson(c.var.app, organization)),
    api: {
      tag: 'organization',
      id: 'orgGet',
      summary: 'Get an organization',
      answer: 'Organization',
    },
  },
  {
    method: 'patch',
    path: ORG,
    access: 'organization:manage',
    handler: patchOrganization,
    api: {
      tag: 'organization',
      id: 'orgEdit',
      summary: 'Change an organization',
      about: 'What is left out stays as it is.',
      body: organizationChangesBody,
      example: {
        full_name: 'Engineering',
        description: 'Engines and valves',
        website: 'https://example.org',
      },
      answer: 'Organization',
    },
  },
];

/** Adds the routes of `/api/v1` about organizations and teams. */
export function mountOrgsApi(web: WebApp): void {
  mountRoutes(web, openGate, openRoutes);
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, organizationGate(openOrganization), routes);
  mountMemberApi(web);
  mountInvitationApi(web);
  mountBlockApi(web);
  mountPictureApi(web);
  mountTeamApi(web);
}

async function getAll(c: WebContext, actor: Actor): Promise<Response> {
  return answerList(c, await pageOfAllOrganizations(c.var.app, actor, pageOf(c)));
}

async function getOfUser(c: WebContext, actor: Actor): Promise<Response> {
  const person = await requirePerson(c.var.app, actor, c.req.param('username') ?? '');
  return answerList(c, await pageOfOrganizationsOf(c.var.app, actor, person.id, pageOf(c)));
}

async function getOwn(c: WebContext, actor: UserActor): Promise<Response> {
  return answerList(c, await pageOfOrganizationsOf(c.var.app, actor, actor.userId, pageOf(c)));
}

function answerList(c: WebContext, { items, total }: Listed<Organization>): Response {
  setPages(c, { ...pageOf(c), total });
  return c.json(items.map((organization) => organizationJson(c.var.app, organization)));
}

async function getPermissions(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const person = await requirePerson(app, actor, c.req.param('username') ?? '');
  const organization = await requireOrganization(app, actor, c.req.param('org') ?? '');
  const held = await permissionsIn(app, actor, organization, person);
  return c.json({
    is_owner: held.isOwner,
    is_admin: held.isAdmin,
    can_write: held.canWrite,
    can_read: held.canRead,
    can_create_repository: held.canCreateRepository,
  });
}

async function postOrganization(c: WebContext, actor: UserActor): Promise<Response> {
  const body = await bodyOf(c, newOrganizationBody);
  const made = await namingFields(ORGANIZATION_FIELDS, () =>
    createOrganization(c.var.app, actor, {
      name: body.username,
      displayName: body.full_name,
      bio: body.description,
      email: body.email,
      location: body.location,
      website: body.website,
      visibility: visibilityOf(body.visibility ?? 'public'),
    }),
  );
  return c.json(organizationJson(c.var.app, made), 201);
}

async function patchOrganization(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, organizationChangesBody);
  await namingFields(ORGANIZATION_FIELDS, () =>
    changeOrganization(app, actor, organization.id, {
      displayName: body.full_name,
      bio: body.description,
      email: body.email,
      location: body.location,
      website: body.website,
      visibility: body.visibility && visibilityOf(body.visibility),
      basePermission: body.default_repository_permission,
      memberCreation: body.members_can_create_repositories,
      requiresTwoFactor: body.two_factor_required,
    }),
  );
  return c.json(organizationJson(app, await requireOrganization(app, actor, organization.name)));
}
