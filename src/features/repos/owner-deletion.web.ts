// The pages that delete an account of one's own, and an organization.
import { isAppError } from '../../base/errors.ts';
import {
  type AccountAccess,
  accountGate,
  organizationGate,
  requireUserActor,
} from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import {
  deleteAccount,
  deleteOrganization,
  repositoriesOwnedBy,
  whatKeeps,
} from './owner-deletion.service.ts';

const ACCOUNT = '/settings/account/deletion';
const ORGANIZATION = '/orgs/:org/settings/deletion';

const accountRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: ACCOUNT, access: 'signed-in', handler: getAccount },
  { method: 'post', path: ACCOUNT, access: 'signed-in', sudo: true, handler: postAccount },
];

const organizationRoutes: Route<'organization:delete', OpenOrganization>[] = [
  { method: 'get', path: ORGANIZATION, access: 'organization:delete', handler: getOrganization },
  {
    method: 'post',
    path: ORGANIZATION,
    access: 'organization:delete',
    sudo: true,
    handler: postOrganization,
  },
];

/** Adds the pages that delete owners. */
export function mountOwnerDeletion(web: WebApp): void {
  mountRoutes(web, accountGate, accountRoutes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
}

function getAccount(c: WebContext): Promise<Response> {
  return answerAccount(c, undefined, 200);
}

async function answerAccount(c: WebContext, error: string | undefined, status: number): Promise<Response> {
  const { userId, name } = requireUserActor(c.var.actor);
  const model = {
    title: 'Delete account',
    name,
    kept: await whatKeeps(c.var.app, userId),
    repositoryCount: await repositoriesOwnedBy(c.var.app, userId),
    graceDays: c.var.app.config.repositories.deleted_grace_days,
    error,
  };
  return page(c, 'repos/account-deletion', model, status);
}

async function postAccount(c: WebContext): Promise<Response> {
  const actor = requireUserActor(c.var.actor);
  const form = await readForm(c);
  if (!isTyped(form.confirmation, actor.name)) return answerAccount(c, `Type ${actor.name} to confirm.`, 422);
  try {
    await deleteAccount(c.var.app, actor, actor.userId);
  } catch (error) {
    if (isAppError(error, 'conflict')) return answerAccount(c, error.message, 409);
    throw error;
  }
  return redirectWithMessage(c, '/', 'Your account was deleted.');
}

function getOrganization(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerOrganization(c, open, undefined, 200);
}

async function answerOrganization(
  c: WebContext,
  open: OpenOrganization,
  error: string | undefined,
  status: number,
): Promise<Response> {
  const { organization } = open;
  const model = {
    title: `Delete ${organization.name}`,
    org: await organizationFrame(c.var.app, open, 'settings'),
    section: 'deletion',
    name: organization.name,
    repositoryCount: await repositoriesOwnedBy(c.var.app, organization.id),
    graceDays: c.var.app.config.repositories.deleted_grace_days,
    error,
  };
  return page(c, 'repos/organization-deletion', model, status);
}

async function postOrganization(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { id, name } = open.organization;
  const form = await readForm(c);
  if (!isTyped(form.confirmation, name)) return answerOrganization(c, open, `Type ${name} to confirm.`, 422);
  await deleteOrganization(c.var.app, c.var.actor, id);
  return redirectWithMessage(c, '/', `${name} was deleted.`);
}

function isTyped(typed: string | undefined, phrase: string): boolean {
  return (typed ?? '').trim().toLowerCase() === phrase.toLowerCase();
}
