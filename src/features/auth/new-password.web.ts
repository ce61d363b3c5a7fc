// The page where accounts are held until they have chosen the new password that an administrator asks for.
import { isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { NEW_PASSWORD_PATH } from '../../platform/web/proof.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { changePassword } from './passwords.service.ts';

const path = NEW_PASSWORD_PATH;

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path, access: 'signed-in', whilePending: true, handler: getNewPassword },
  { method: 'post', path, access: 'signed-in', whilePending: true, handler: postNewPassword },
];

/** Adds the page. */
export function mountNewPassword(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getNewPassword(c: WebContext): Response {
  if (!requireUserActor(c.var.actor).mustChangePassword) return c.redirect('/settings/account', 303);
  return answerNewPassword(c, {}, 200);
}

function answerNewPassword(c: WebContext, errors: Record<string, string>, status: number): Response {
  const { min_password_length: minLength } = c.var.app.config.accounts;
  return page(c, 'auth/new-password', { title: 'New password', errors, minLength }, status);
}

async function postNewPassword(c: WebContext): Promise<Response> {
  const { app, actor, session, address } = c.var;
  const { current = '', next = '' } = await readForm(c);
  try {
    const { userId } = requireUserActor(actor);
    await changePassword(app, actor, userId, { current, next, sessionId: session?.id, address });
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerNewPassword(c, error.fields ?? {}, 422);
    if (!isAppError(error, 'rate_limited')) throw error;
    c.header('Retry-After', String(error.retryAfter ?? 60));
    return answerNewPassword(c, { current: error.message }, 429);
  }
  return redirectWithMessage(c, '/', 'Your password was changed. Everywhere else you are signed out.');
}
