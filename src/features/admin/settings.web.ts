// /admin/configuration and /admin/mail: what is set, and whether mails arrive.
import { isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { findUserById } from '../users/users.service.ts';
import { adminModel } from './admin-page.present.ts';
import { sendMailNow, settingsInForce } from './settings.service.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/admin/configuration', access: 'admin', handler: getConfiguration },
  { method: 'get', path: '/admin/mail', access: 'admin', handler: getMail },
  { method: 'post', path: '/admin/mail', access: 'admin', sudo: true, handler: postMail },
];

/** Adds the pages about the configuration. */
export function mountSettings(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getConfiguration(c: WebContext): Response {
  const { app, actor } = c.var;
  const model = { title: 'Configuration', sections: settingsInForce(app, actor) };
  return page(c, 'admin/configuration', adminModel(app, 'configuration', model));
}

async function getMail(c: WebContext): Promise<Response> {
  const self = await findUserById(c.var.app, requireUserActor(c.var.actor).userId);
  return answerMail(c, { to: self?.email ?? '' }, {}, 200);
}

function answerMail(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Response {
  const { app, actor } = c.var;
  const shown = settingsInForce(app, actor).find((section) => section.name === 'mail');
  const model = {
    title: 'Mail',
    isConfigured: app.mail.isConfigured(),
    settings: shown?.settings ?? [],
    form,
    errors,
  };
  return page(c, 'admin/mail', adminModel(app, 'mail', model), status);
}

async function postMail(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const to = (form.to ?? '').trim();
  try {
    await sendMailNow(c.var.app, c.var.actor, { to });
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerMail(c, form, error.fields ?? {}, 422);
    if (isAppError(error, 'unavailable')) return answerMail(c, form, { to: error.message }, 503);
    throw error;
  }
  return redirectWithMessage(c, '/admin/mail', `The mail server took the mail for ${to}.`);
}
