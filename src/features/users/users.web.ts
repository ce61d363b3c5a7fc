// The page where people say who they are. Credentials have their pages in the auth room.
import { isAppError } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { mountAvatars } from './avatars.web.ts';
import { mountPeople } from './people.web.ts';
import { answerProfile } from './profile.web.ts';
import { parseProfile } from './users.input.ts';
import { changeProfile } from './users.service.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/settings', access: 'signed-in', handler: getSettings },
  { method: 'get', path: '/settings/profile', access: 'signed-in', handler: getProfile },
  { method: 'post', path: '/settings/profile', access: 'signed-in', handler: postProfile },
];

/** Adds the pages about one's own profile. */
export function mountUsers(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountAvatars(web);
  mountPeople(web);
}

function getSettings(c: WebContext): Response {
  return c.redirect('/settings/profile', 302);
}

function getProfile(c: WebContext): Promise<Response> {
  return answerProfile(c, undefined, {}, 200);
}

async function postProfile(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { userId } = requireUserActor(c.var.actor);
  try {
    await changeProfile(c.var.app, c.var.actor, userId, parseProfile(form));
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerProfile(c, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, '/settings/profile', 'Your profile was saved.');
}
