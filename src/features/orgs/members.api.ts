// The people of organizations in Gitea's REST API v1, and what they are there.
import type { AbilityOn } from '../../base/abilities.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { organizationGate, requireUserActor } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { findUserByName } from '../users/users.service.ts';
import {
  leaveOrganization,
  removeMember,
  setMemberRole,
  setMembershipVisibility,
} from './members.service.ts';
import { membershipOf } from './memberships.service.ts';
import { pageOfMemberIds } from './organization-lists.service.ts';
import { memberRoleBody } from './organizations-api.input.ts';
import { organizationLevelIncludes } from './orgs.policy.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization } from './orgs.types.ts';

const ORG = '/api/v1/orgs/:org';
const MEMBER = `${ORG}/members/:username`;
const PUBLIC_MEMBER = `${ORG}/public_members/:username`;

const routes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'get',
    path: `${ORG}/members`,
    access: 'organization:see',
    handler: (c, open) => answerMembers(c, open, false),
    api: {
      tag: 'organization',
      id: 'orgListMembers',
      summary: 'List the members of an organization',
      about: 'Whoever is no member sees those who made their membership public.',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: MEMBER,
    access: 'organization:see',
    handler: getMember,
    api: {
      tag: 'organization',
      id: 'orgIsMember',
      summary: 'Check whether somebody is a member of an organization',
      about: 'Whoever is no member is sent on to the public members with 303.',
      answer: 'none',
    },
  },
  {
    method: 'patch',
    path: MEMBER,
    access: 'members:manage',
    handler: patchMember,
    api: {
      tag: 'organization',
      id: 'orgEditMember',
      summary: 'Change what a member of an organization is',
      about: 'This is not in Gitea, where owners are a team. The last owner stays one.',
      body: memberRoleBody,
      example: { role: 'owner' },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: MEMBER,
    access: 'membership:end',
    handler: deleteMember,
    api: {
      tag: 'organization',
      id: 'orgDeleteMember',
      summary: 'Remove a member from an organization',
      about: 'Owners remove anybody, everybody else themselves. The last owner stays.',
      answer: 'none',
    },
  },
  {
    method: 'get',
    path: `${ORG}/public_members`,
    access: 'organization:see',
    handler: (c, open) => answerMembers(c, open, true),
    api: {
      tag: 'organization',
      id: 'orgListPublicMembers',
      summary: 'List those who made their membership of an organization public',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: PUBLIC_MEMBER,
    access: 'organization:see',
    handler: getPublicMember,
    api: {
      tag: 'organization',
      id: 'orgIsPublicMember',
      summary: 'Check whether somebody is a public member of an organization',
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: PUBLIC_MEMBER,
    access: 'membership:manage',
    handler: (c, open) => putVisibility(c, open, true),
    api: {
      tag: 'organization',
      id: 'orgPublicizeMember',
      summary: 'Make your membership of an organization public',
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: PUBLIC_MEMBER,
    access: 'membership:manage',
    handler: (c, open) => putVisibility(c, open, false),
    api: {
      tag: 'organization',
      id: 'orgConcealMember',
      summary: 'Hide your membership of an organization',
      answer: 'none',
    },
  },
];

/** Adds the routes about an organization's people. */
export function mountMemberApi(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

async function answerMembers(c: WebContext, open: OpenOrganization, publicOnly: boolean): Promise<Response> {
  const { app, actor } = c.var;
  const { items, total } = await pageOfMemberIds(app, actor, open.organization, { publicOnly }, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json([...(await accountsJson(app, actor, items)).values()]);
}

/** Strangers learn of public memberships only, so they are asked to ask for those. */
async function getMember(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { organization, level, actor } = open;
  const name = c.req.param('username') ?? '';
  if (!organizationLevelIncludes(level, 'member')) {
    if (actor.kind === 'user' && actor.name.toLowerCase() === name.toLowerCase()) throw notFound('member');
    const address = `/api/v1/orgs/${organization.name}/public_members/${encodeURIComponent(name)}`;
    return c.redirect(address, 303);
  }
  await requireMember(c, open);
  return c.body(null, 204);
}

async function getPublicMember(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { isPublic, isSuspended } = await requireMember(c, open);
  const isShown = isPublic && (!isSuspended || organizationLevelIncludes(open.level, 'member'));
  if (!isShown) throw notFound('member');
  return c.body(null, 204);
}

async function requireMember(c: WebContext, { organization }: OpenOrganization) {
  const user = await findUserByName(c.var.app, c.req.param('username') ?? '');
  const membership = user && (await membershipOf(c.var.app, organization.id, user.id));
  if (!membership) throw notFound('member');
  return { ...membership, userId: user.id, isSuspended: user.isSuspended };
}

async function patchMember(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { role } = await bodyOf(c, memberRoleBody);
  const { userId } = await requireMember(c, open);
  await setMemberRole(c.var.app, c.var.actor, open.organization.id, userId, role);
  return c.body(null, 204);
}

async function deleteMember(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app } = c.var;
  const { organization, level } = open;
  const actor = requireUserActor(c.var.actor);
  const isSelf = actor.name.toLowerCase() === (c.req.param('username') ?? '').toLowerCase();
  if (isSelf) await leaveOrganization(app, actor, organization.id);
  else {
    if (level !== 'owner') throw new AppError('forbidden', 'Only owners of this organization may do this.');
    await removeMember(app, actor, organization.id, (await requireMember(c, open)).userId);
  }
  return c.body(null, 204);
}

async function putVisibility(
  c: WebContext,
  { organization }: OpenOrganization,
  isPublic: boolean,
): Promise<Response> {
  const actor = requireUserActor(c.var.actor);
  if (actor.name.toLowerCase() !== (c.req.param('username') ?? '').toLowerCase())
    throw new AppError('forbidden', 'Only they themselves show or hide their membership.');
  await setMembershipVisibility(c.var.app, actor, organization.id, isPublic);
  return c.body(null, 204);
}
