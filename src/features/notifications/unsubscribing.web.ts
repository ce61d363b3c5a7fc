// Where the link in a mail leads: a page with a button for people (programs that scan mails follow links too), and the
// same address for mail programs, which post to it (RFC 8058).
import type { AccountAccess } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { endingOf, unsubscribe } from './unsubscribing.service.ts';

const PATH = '/notifications/unsubscribe/:token';

export const unsubscribeRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: PATH, access: 'anyone', whilePending: true, handler: getUnsubscribe },
  { method: 'post', path: PATH, access: 'anyone', whilePending: true, handler: postUnsubscribe },
];

function getUnsubscribe(c: WebContext): Response {
  return answer(c, false);
}

/** Answers at once and leads nowhere else: mail programs follow no redirect. */
async function postUnsubscribe(c: WebContext): Promise<Response> {
  await unsubscribe(c.var.app, endingOf(c.var.app, c.req.param('token') ?? ''));
  return answer(c, true);
}

/** Names neither the issue nor its repository: the link may be in other hands, and access may be gone. */
function answer(c: WebContext, isDone: boolean): Response {
  const { of } = endingOf(c.var.app, c.req.param('token') ?? '');
  return page(c, 'notifications/unsubscribe', { title: 'Unsubscribe', of, isDone, action: c.req.path });
}
