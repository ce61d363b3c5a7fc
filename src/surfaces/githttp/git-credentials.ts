// Who a git client says it is: a password or an access token by Basic, or a token by Bearer.
import { type Actor, ANONYMOUS } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { actorOfBasic } from '../../features/auth/basic.service.ts';
import { actorOfToken } from '../../features/auth/tokens.service.ts';
import type { App } from '../../platform/app.types.ts';

const LONGEST = 4096;

/** The actor of an Authorization header; `code` is the one of an authenticator application. Throws AppError unauthenticated or rate_limited. */
export async function actorOfAuthorization(
  app: App,
  header: string | undefined,
  address: string,
  code?: string,
): Promise<Actor> {
  if (header === undefined || header === '') return ANONYMOUS;
  const match = /^(\S+) +(\S+) *$/.exec(header);
  if (!match?.[1] || !match[2] || header.length > LONGEST) throw refused();
  const scheme = match[1].toLowerCase();
  if (scheme === 'basic') return actorOfPair(app, match[2], address, code);
  if (scheme !== 'bearer' && scheme !== 'token') throw refused();
  const actor = await actorOfToken(app, match[2]);
  if (!actor) throw refused();
  return actor;
}

async function actorOfPair(app: App, encoded: string, address: string, code?: string): Promise<Actor> {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0 || pair.includes('\0')) throw refused();
  return actorOfBasic(app, pair.slice(0, colon), pair.slice(colon + 1), address, code);
}

function refused(): AppError {
  return new AppError('unauthenticated', 'These credentials are not valid.');
}
