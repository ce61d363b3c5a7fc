// The page of one's sessions: where one is signed in, and ending that.
import { notFound } from '../../base/errors.ts';
import { clearSessionCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { idOf } from './ids.input.ts';
import { sessionItem } from './sessions.present.ts';
import { listSessions, revokeSession, revokeSessions } from './sessions.service.ts';

const BASE = '/settings/sessions';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getSessions },
  { method: 'post', path: `${BASE}/removal`, access: 'signed-in', handler: postAllRemoval },
  { method: 'post', path: `${BASE}/others/removal`, access: 'signed-in', handler: postOthersRemoval },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', handler: postRemoval },
];

/** Adds the page of one's sessions. */
export function mountSessions(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function getSessions(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const rows = await listSessions(c.var.app, c.var.actor, userId);
  const sessions = rows.map((row) => sessionItem(row, c.var.session?.id));
  return page(c, 'auth/sessions', { title: 'Sessions', sessions });
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('session');
  await revokeSession(c.var.app, c.var.actor, userId, id);
  if (id === c.var.session?.id) return redirectWithMessage(c, '/', 'You are signed out.');
  return redirectWithMessage(c, BASE, 'The session has ended.');
}

async function postOthersRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  await revokeSessions(c.var.app, c.var.actor, userId, c.var.session?.id);
  return redirectWithMessage(c, BASE, 'All other sessions have ended.');
}

async function postAllRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  await revokeSessions(c.var.app, c.var.actor, userId, undefined);
  clearSessionCookie(c);
  return redirectWithMessage(c, '/', 'You are signed out everywhere.');
}
