// /admin/invitations: who was invited to register, and inviting somebody.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import {
  inviteToRegister,
  listRegistrationInvitations,
  revokeRegistrationInvitation,
} from '../auth/registration-invitations.service.ts';
import { adminModel } from './admin-page.present.ts';

const BASE = '/admin/invitations';
const PAGE_SIZE = 50;

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'admin', handler: (c) => answerInvitations(c, {}, {}, 200) },
  { method: 'post', path: BASE, access: 'admin', sudo: true, handler: postInvitation },
  { method: 'post', path: `${BASE}/:invitation/removal`, access: 'admin', sudo: true, handler: postRemoval },
];

/** Adds the pages about invitations to register. */
export function mountInvitations(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function answerInvitations(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
  link?: string,
): Promise<Response> {
  const { app, actor } = c.var;
  const after = idInQuery(c, 'after') ?? 0;
  const rows = await listRegistrationInvitations(app, actor, { after, limit: PAGE_SIZE + 1 });
  const items = rows.slice(0, PAGE_SIZE).map(({ id, email, createdAt, expiresAt }) => ({
    ...{ id, email, createdAt, expiresAt },
  }));
  const next = rows.length > PAGE_SIZE ? items.at(-1)?.id : undefined;
  const { registration } = app.config.accounts;
  const model = { title: 'Invitations', invitations: items, next, form, errors, link, registration };
  return page(c, 'admin/invitations', adminModel(app, 'invitations', model), status);
}

async function postInvitation(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const email = form.email ?? '';
  try {
    const { link, wasMailed } = await inviteToRegister(c.var.app, c.var.actor, email);
    if (wasMailed) return redirectWithMessage(c, BASE, `The invitation was sent to ${email}.`);
    // Shown this once, and kept nowhere: not in an address, not in a cookie.
    c.header('Cache-Control', 'no-store');
    return await answerInvitations(c, {}, {}, 200, link);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerInvitations(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

async function postRemoval(c: WebContext): Promise<Response> {
  const text = c.req.param('invitation') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('invitation');
  await revokeRegistrationInvitation(c.var.app, c.var.actor, Number(text));
  return redirectWithMessage(c, BASE, 'The invitation was taken back.');
}
