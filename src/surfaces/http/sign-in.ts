// Who acts: pages believe the session cookie only, the API the Authorization header only; what programs fetch beside it
// (feeds, files of releases) the header where one came.
import { seenFrom } from '../../base/actor.ts';
import { actorOfSession } from '../../features/auth/sessions.service.ts';
import { clearSessionCookie, sessionCookie, setSessionCookie } from '../../platform/web/cookies.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { actorOfAuthorization } from '../githttp/git-credentials.ts';

/** Whether a request is for the API, which knows no cookies and so needs no protection against forgery. */
export function isApi(c: WebContext): boolean {
  return c.req.path.startsWith('/api/');
}

const SAME_FOR_ALL = /^\/(?:assets\/|(?:healthz|readyz|metrics|robots\.txt|favicon\.ico)$)/;

/** Whether a request reads what is the same for everybody, so that nobody need be signed in for it. */
export function isSameForAll(c: WebContext): boolean {
  return c.req.method === 'GET' && SAME_FOR_ALL.test(c.req.path);
}

/** Feeds and files of releases: programs fetch them, which know no cookies. */
const FOR_PROGRAMS = /^\/[^/]+\.atom$|^\/[^/]+\/[^/]+\/(?:.+\.atom|releases\/(?:latest\/)?download\/.+)$/s;

function bringsCredentials(c: WebContext): boolean {
  if (isApi(c)) return true;
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  return reads && c.req.header('authorization') !== undefined && FOR_PROGRAMS.test(c.req.path);
}

/** Finds the actor of a request; throws AppError where credentials were given and are wrong. */
export async function signInRequest(c: WebContext): Promise<void> {
  if (bringsCredentials(c)) {
    const { app, address } = c.var;
    const actor = await actorOfAuthorization(app, c.req.header('authorization'), address);
    c.set('actor', seenFrom(actor, address));
  } else {
    await signInByCookie(c);
  }
}

async function signInByCookie(c: WebContext): Promise<void> {
  const token = sessionCookie(c);
  if (token === undefined) return;
  const open = await actorOfSession(c.var.app, token);
  if (!open) return clearSessionCookie(c);
  c.set('actor', seenFrom(open.actor, c.var.address));
  const { sessionId: id, provenAt, hasSecondFactor } = open;
  c.set('session', { id, provenAt, hasSecondFactor });
  if (open.renewed) setSessionCookie(c, token, open.expiresAt);
}
