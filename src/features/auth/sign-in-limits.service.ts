// Slows down guessing of passwords and second factors. Failures count, successes do not; nobody is locked out by what
// others do elsewhere.
import { sha256Hex } from '../../base/crypto.ts';
import { HOUR, MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { type Bucket, networkOf } from '../../platform/cache/rate-limiter.ts';

const WINDOW = 15 * MINUTE;

/** What is guessed at; each has a count of its own, all share the network's. */
export type AttemptKind = 'login' | 'second-factor';

/**
 * Runs one attempt at a password or a second factor; `undefined` means that it was wrong. It is counted before it begins, so that attempts
 * made at the same moment count as well, and given back unless it was wrong. Throws AppError rate_limited without
 * trying when too many were wrong.
 *
 * `account` is a user's id, or what was typed where there is no such account: both count alike. An account is limited
 * per network, so that failures from one network never lock its owner out elsewhere.
 */
export async function limitedAttempt<T>(
  app: App,
  account: number | string,
  address: string,
  attempt: () => Promise<T | undefined>,
  kind: AttemptKind = 'login',
): Promise<T | undefined> {
  const buckets = bucketsOf(app, account, address, kind);
  app.limits.take(...buckets);
  try {
    const result = await attempt();
    if (result !== undefined) app.limits.give(...buckets);
    return result;
  } catch (error) {
    app.limits.give(...buckets);
    throw error;
  }
}

/** Throws AppError rate_limited when another attempt at this account from this address would be refused. */
export function checkAttempts(app: App, account: number | string, address: string): void {
  app.limits.check(...bucketsOf(app, account, address, 'login'));
}

function bucketsOf(app: App, account: number | string, address: string, kind: AttemptKind): Bucket[] {
  const network = networkOf(address);
  const who =
    typeof account === 'number'
      ? String(account)
      : `?${sha256Hex(account.trim().toLowerCase()).slice(0, 24)}`;
  const { logins_per_account: perAccount } = app.config.limits;
  return [
    { key: `${kind}:account:${who}:${network}`, burst: perAccount, per: WINDOW },
    networkBucket(app, network),
    ...(kind === 'second-factor' ? [{ key: `${kind}:account:${who}`, ...CODES_PER_ACCOUNT }] : []),
  ];
}

/** Codes are short. Whoever tries them knows the password already, so wrong ones count from all networks together. */
const CODES_PER_ACCOUNT = { burst: 30, per: HOUR };

function networkBucket(app: App, network: string): Bucket {
  return { key: `login:network:${network}`, burst: app.config.limits.logins_per_network, per: WINDOW };
}

/** Counts a secret that no password check was needed for to refuse, such as an unknown access token. */
export function noteFailure(app: App, address: string): void {
  app.limits.take(networkBucket(app, networkOf(address)));
}

/** Counts an account made from this address; throws AppError rate_limited when there were too many. */
export function limitRegistration(app: App, address: string): void {
  const key = `register:network:${networkOf(address)}`;
  app.limits.take({ key, burst: app.config.limits.registrations_per_network, per: HOUR });
}
