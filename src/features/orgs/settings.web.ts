// The settings of an organization: what it says about itself, what its members may do, whom it has blocked.
import { type FieldErrors, invalid, isAppError, notFound } from '../../base/errors.ts';
import { MAX_PICTURE_BYTES } from '../../platform/render/picture-limits.ts';
import { readFormWithFile } from '../../platform/web/form-files.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from './frame.service.ts';
import { membersWithoutSecondFactor } from './members.service.ts';
import { blockInOrganization, organizationBlocks, unblockInOrganization } from './org-blocks.service.ts';
import { idOf } from './orgs.input.ts';
import { changeOrganization, openOrganization } from './orgs.service.ts';
import type { OpenOrganization, RawChanges } from './orgs.types.ts';
import { removeOrganizationPicture, setOrganizationPicture } from './pictures.service.ts';

const BASE = '/orgs/:org/settings';
/** How many are named who would be held back by asking for a second factor. */
const MOST_NAMED = 20;

const routes: Route<'organization:manage', OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'organization:manage', handler: getGeneral },
  { method: 'post', path: BASE, access: 'organization:manage', handler: postGeneral },
  { method: 'post', path: `${BASE}/avatar`, access: 'organization:manage', handler: postPicture },
  {
    method: 'post',
    path: `${BASE}/avatar/removal`,
    access: 'organization:manage',
    handler: postPictureRemoval,
  },
  {
    method: 'post',
    path: `${BASE}/visibility`,
    access: 'organization:manage',
    sudo: true,
    handler: postVisibility,
  },
  { method: 'get', path: `${BASE}/members`, access: 'organization:manage', handler: getMembers },
  {
    method: 'post',
    path: `${BASE}/members`,
    access: 'organization:manage',
    sudo: true,
    handler: postMembers,
  },
  {
    method: 'post',
    path: `${BASE}/two-factor`,
    access: 'organization:manage',
    sudo: true,
    handler: postTwoFactor,
  },
  {
    method: 'post',
    path: `${BASE}/two-factor/removal`,
    access: 'organization:manage',
    sudo: true,
    handler: postTwoFactorRemoval,
  },
  { method: 'get', path: `${BASE}/blocks`, access: 'organization:manage', handler: getBlocks },
  { method: 'post', path: `${BASE}/blocks`, access: 'organization:manage', handler: postBlock },
  {
    method: 'post',
    path: `${BASE}/blocks/:user/removal`,
    access: 'organization:manage',
    handler: postUnblock,
  },
];

/** Adds the settings pages of organizations. */
export function mountOrganizationSettings(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

type Fields = Record<string, string>;
type Answer = (
  c: WebContext,
  open: OpenOrganization,
  form: Fields,
  errors: FieldErrors,
  status: number,
) => Promise<Response>;

function getGeneral(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerGeneral(c, open, {}, {}, 200);
}

const answerGeneral: Answer = async (c, open, form, errors, status) => {
  const { displayName, bio, email, location, website, visibility } = open.organization;
  const model = {
    title: `Settings · ${open.organization.name}`,
    org: await organizationFrame(c.var.app, open, 'settings'),
    form: { displayName, bio, email, location, website, visibility, ...form },
    hasPicture: open.organization.avatarHash !== null,
    errors,
  };
  return page(c, 'orgs/settings-general', model, status);
};

async function postGeneral(c: WebContext, open: OpenOrganization): Promise<Response> {
  const form = await readForm(c);
  const { displayName = '', bio = '', email = '', location = '', website = '' } = form;
  const changes = { displayName, bio, email, location, website };
  return changeOr(c, open, form, changes, { to: '', message: 'Settings saved.', answer: answerGeneral });
}

async function postPicture(c: WebContext, open: OpenOrganization): Promise<Response> {
  try {
    const { file } = await readFormWithFile(c, 'avatar', MAX_PICTURE_BYTES);
    if (!file) throw invalid({ avatar: 'Choose a picture first.' });
    await setOrganizationPicture(c.var.app, c.var.actor, open.organization.id, file);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'too_large')) throw error;
    return answerGeneral(c, open, {}, error.fields ?? { avatar: error.message }, 422);
  }
  return redirectWithMessage(c, `${open.path}/settings`, 'The picture was saved.');
}

async function postPictureRemoval(c: WebContext, open: OpenOrganization): Promise<Response> {
  await removeOrganizationPicture(c.var.app, c.var.actor, open.organization.id);
  return redirectWithMessage(c, `${open.path}/settings`, 'The picture was removed.');
}

async function postVisibility(c: WebContext, open: OpenOrganization): Promise<Response> {
  const form = await readForm(c);
  const changes = { visibility: form.visibility ?? '' };
  const message = `The organization is now ${form.visibility}.`;
  return changeOr(c, open, form, changes, { to: '', message, answer: answerGeneral });
}

function getMembers(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerMembers(c, open, {}, {}, 200);
}

const answerMembers: Answer = async (c, open, form, errors, status) => {
  const { app, actor } = c.var;
  const { basePermission, memberCreation, requiresTwoFactor } = open.organization;
  const model = {
    title: `Member privileges · ${open.organization.name}`,
    org: await organizationFrame(app, open, 'settings'),
    requiresTwoFactor,
    heldBack: await membersWithoutSecondFactor(app, actor, open.organization, MOST_NAMED),
    form: { basePermission, memberCreation, ...form },
    errors,
  };
  return page(c, 'orgs/settings-members', model, status);
};

async function postMembers(c: WebContext, open: OpenOrganization): Promise<Response> {
  const form = await readForm(c);
  const { basePermission = '', memberCreation = '' } = form;
  const changes = { basePermission, memberCreation };
  const to = '/members';
  return changeOr(c, open, form, changes, { to, message: 'Member privileges saved.', answer: answerMembers });
}

function postTwoFactor(c: WebContext, open: OpenOrganization): Promise<Response> {
  const message = 'Every member needs a second factor now.';
  const then = { to: '/members', message, answer: answerMembers };
  return changeOr(c, open, {}, { requiresTwoFactor: true }, then);
}

function postTwoFactorRemoval(c: WebContext, open: OpenOrganization): Promise<Response> {
  const message = 'Members may go without a second factor now.';
  const then = { to: '/members', message, answer: answerMembers };
  return changeOr(c, open, {}, { requiresTwoFactor: false }, then);
}

async function changeOr(
  c: WebContext,
  open: OpenOrganization,
  form: Fields,
  changes: RawChanges,
  then: { to: string; message: string; answer: Answer },
): Promise<Response> {
  try {
    await changeOrganization(c.var.app, c.var.actor, open.organization.id, changes);
  } catch (error) {
    if (isAppError(error, 'invalid')) return then.answer(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, `${open.path}/settings${then.to}`, then.message);
}

function getBlocks(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerBlocks(c, open, {}, {}, 200);
}

const answerBlocks: Answer = async (c, open, form, errors, status) => {
  const { app, actor } = c.var;
  const after = c.req.query('after');
  const { items, next } = await organizationBlocks(app, actor, open.organization.id, after);
  const model = {
    title: `Blocked users · ${open.organization.name}`,
    org: await organizationFrame(app, open, 'settings'),
    items,
    next: next && `${open.path}/settings/blocks?${new URLSearchParams({ after: next })}`,
    isFirst: after === undefined,
    form,
    errors,
  };
  return page(c, 'orgs/settings-blocks', model, status);
};

async function postBlock(c: WebContext, open: OpenOrganization): Promise<Response> {
  const form = await readForm(c);
  const { username = '' } = form;
  try {
    await blockInOrganization(c.var.app, c.var.actor, open.organization.id, username);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerBlocks(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, `${open.path}/settings/blocks`, `${username.trim()} is blocked.`);
}

async function postUnblock(c: WebContext, open: OpenOrganization): Promise<Response> {
  const userId = idOf(c.req.param('user'));
  if (userId === undefined) throw notFound('user');
  await unblockInOrganization(c.var.app, c.var.actor, open.organization.id, userId);
  return redirectWithMessage(c, `${open.path}/settings/blocks`, 'The block was lifted.');
}
