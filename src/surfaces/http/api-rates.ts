// How many calls of the API an account or an address may make, told with every answer.
import type { UserActor } from '../../base/actor.ts';
import { MINUTE, SECOND } from '../../base/time.ts';
import { type Bucket, lineOf } from '../../platform/cache/rate-limiter.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

/** Counts a call; throws AppError rate_limited when there were too many. */
export function takeApiCall(c: WebContext): void {
  const bucket = bucketOf(c);
  if (bucket) c.var.app.limits.take(bucket);
}

/** X-RateLimit-Limit, -Remaining, and -Reset: seconds since 1970 when the full number may be made again. */
export function setRateHeaders(c: WebContext, headers: Headers): void {
  const bucket = bucketOf(c);
  if (!bucket) return;
  const { left, fullIn } = c.var.app.limits.left(bucket);
  headers.set('x-ratelimit-limit', String(bucket.burst));
  headers.set('x-ratelimit-remaining', String(left));
  headers.set('x-ratelimit-reset', String(Math.ceil((c.var.app.clock.now() + fullIn) / SECOND)));
}

/**
 * Of deploy keys and the like there are none here; who failed to sign in counts as anonymous. Calls that an administrator makes
 * as somebody else are the administrator's own, and leave that person's as they are.
 */
function bucketOf(c: WebContext): Bucket | undefined {
  const { actor, address, app } = c.var;
  const { requests_per_minute, anonymous_per_minute } = app.config.api;
  const isKnown = actor.kind === 'user';
  const burst = isKnown ? requests_per_minute : anonymous_per_minute;
  if (burst === 0) return undefined;
  const key = isKnown ? keyOfAccount(actor) : `api:line:${lineOf(address)}`;
  return { key, burst, per: MINUTE };
}

function keyOfAccount({ userId, sudoBy }: UserActor): string {
  return sudoBy === undefined ? `api:account:${userId}` : `api:sudo:${sudoBy}`;
}
