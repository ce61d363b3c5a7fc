// Who acts: pages believe the session cookie only, the API the Authorization header only; what programs fetch beside it
// (feeds, files of releases) the header where one came.
import { type Actor, seenFrom } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { actorOfSession } from '../../features/auth/sessions.service.ts';
import { actAs } from '../../features/auth/sudo.service.ts';
import { clearSessionCookie, sessionCookie, setSessionCookie } from '../../platform/web/cookies.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { actorOfAuthorization } from '../githttp/git-credentials.ts';

/** Whether a request is for the API, which knows no cookies and so needs no protection against forgery. */
export function isApi(c: WebContext): boolean {
  return isApiPath(c.req.path);
}

/** Whether a path is of the API itself, not of the pages that explain it. */
export function isApiPath(path: string): boolean {
  return path.startsWith('/api/') && !/^\/api\/reference(?:\/|$)/.test(path);
}

const SAME_FOR_ALL = /^\/(?:assets\/|(?:healthz|readyz|metrics|robots\.txt|favicon\.ico)$)/;

/** Whether a request reads what is the same for everybody, so that nobody need be signed in for it. */
export function isSameForAll(c: WebContext): boolean {
  return c.req.method === 'GET' && SAME_FOR_ALL.test(c.req.path);
}

/** Feeds and files of releases: programs fetch them, which know no cookies. */
const FOR_PROGRAMS =
  /^\/[^/]+\.(?:atom|rss)$|^\/[^/]+\/[^/]+\.(?:atom|rss)$|^\/[^/]+\/[^/]+\/(?:.+\.(?:atom|rss)|(?:atom|rss)\/branch\/.+|releases\/(?:latest\/)?download\/.+)$/s;

function bringsCredentials(c: WebContext): boolean {
  if (isApi(c)) return true;
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  return reads && c.req.header('authorization') !== undefined && FOR_PROGRAMS.test(c.req.path);
}

/** Finds the actor of a request; throws AppError where credentials were given and are wrong. */
export async function signInRequest(c: WebContext): Promise<void> {
  if (bringsCredentials(c)) {
    const { app, address } = c.var;
    if (isApi(c)) refuseTokenInAddress(c);
    const code = isApi(c) ? c.req.header('x-gitea-otp') : undefined;
    const actor = await actorOfAuthorization(app, c.req.header('authorization'), address, code);
    c.set('actor', seenFrom(isApi(c) ? await asked(c, actor) : actor, address));
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

const TOKEN_PARAMETERS = ['token', 'access_token', 'private_token'];

/** Addresses end up in logs and histories, and tokens in them with these. */
function refuseTokenInAddress(c: WebContext): void {
  const found = TOKEN_PARAMETERS.find((name) => c.req.query(name) !== undefined);
  if (found === undefined) return;
  throw new AppError(
    'unauthenticated',
    `Tokens in addresses (?${found}=) are not accepted. Send the header "Authorization: token …" instead.`,
  );
}

/** The account that an administrator asks to act as, by `Sudo: name` or `?sudo=name`; without one, who came. */
async function asked(c: WebContext, actor: Actor): Promise<Actor> {
  const name = c.req.header('sudo') ?? c.req.query('sudo');
  if (name === undefined || name === '') return actor;
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to act as somebody else (sudo).');
  return actAs(c.var.app, actor, name);
}
