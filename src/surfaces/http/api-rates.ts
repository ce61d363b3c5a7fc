// How many calls of the API an account or an address may make, told with every answer.
import { MINUTE, SECOND } from '../../base/time.ts';
import type { Bucket } from '../../platform/cache/rate-limiter.ts';
import { lineOf } from '../../platform/cache/rate-limiter.ts';
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

/** Of deploy keys and the like there are none here; who failed to sign in counts as anonymous. */
function bucketOf(c: WebContext): Bucket | undefined {
  const { actor, address, app } = c.var;
  const { requests_per_minute, anonymous_per_minute } = app.config.api;
  const isKnown = actor.kind === 'user';
  const burst = isKnown ? requests_per_minute : anonymous_per_minute;
  if (burst === 0) return undefined;
  const key = isKnown ? `api:account:${actor.userId}` : `api:line:${lineOf(address)}`;
  return { key, burst, per: MINUTE };
}
