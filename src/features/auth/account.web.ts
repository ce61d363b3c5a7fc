// The page of one's account: its name and address, and changing the password.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { findUserById } from '../users/users.service.ts';
import { changePassword } from './passwords.service.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/settings/account', access: 'signed-in', handler: getAccount },
  { method: 'post', path: '/settings/account/password', access: 'signed-in', handler: postPassword },
];

/** Adds the page of one's account. */
export function mountAccount(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getAccount(c: WebContext): Promise<Response> {
  return answerAccount(c, {}, 200);
}

async function answerAccount(
  c: WebContext,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const user = await findUserById(c.var.app, requireUserActor(c.var.actor).userId);
  if (!user) throw notFound('account');
  const { name, email, createdAt } = user;
  const { min_password_length: minLength } = c.var.app.config.accounts;
  return page(c, 'auth/account', { title: 'Account', name, email, createdAt, errors, minLength }, status);
}

async function postPassword(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { userId } = requireUserActor(c.var.actor);
  try {
    await changePassword(c.var.app, c.var.actor, userId, {
      current: form.current ?? '',
      next: form.next ?? '',
      sessionId: c.var.session?.id,
      address: c.var.address,
    });
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerAccount(c, error.fields ?? {}, 422);
    if (isAppError(error, 'rate_limited')) return answerAccount(c, { current: error.message }, 429);
    throw error;
  }
  const message = 'Your password was changed. Everywhere else you are signed out.';
  return redirectWithMessage(c, '/settings/account', message);
}
