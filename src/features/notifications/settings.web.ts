// How one wants to be told.
import { type AccountAccess, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { primaryEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import { saveSettings, settingsOf } from './settings.service.ts';

const SETTINGS = '/settings/notifications';

export const settingsRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: SETTINGS, access: 'signed-in', handler: getSettings },
  { method: 'post', path: SETTINGS, access: 'signed-in', handler: postSettings },
];

async function getSettings(c: WebContext): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  const user = await findUserById(app, actor.userId);
  return page(c, 'notifications/settings', {
    title: 'Notifications',
    settings: await settingsOf(app, actor),
    sendsMail: app.mail.isConfigured(),
    email: user && (await primaryEmailOf(app, user)),
  });
}

async function postSettings(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const isOn = (name: string) => form[name] === 'on';
  await saveSettings(c.var.app, requireUserActor(c.var.actor), {
    mailParticipating: isOn('mail_participating'),
    mailWatching: isOn('mail_watching'),
    ownActivity: isOn('own_activity'),
    autoWatch: isOn('auto_watch'),
  });
  return redirectWithMessage(c, SETTINGS, 'Your settings were saved.');
}
