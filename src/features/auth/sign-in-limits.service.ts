// Slows down guessing of passwords, second factors and the like. Failures count, successes do not; nobody is locked out
// by what others do elsewhere, nor at a browser they have signed in from.
import { sha256Hex } from '../../base/crypto.ts';
import { HOUR, MINUTE, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { type Bucket, type Limit, lineOf, networkOf } from '../../platform/cache/rate-limiter.ts';

/** What is guessed at; each has a count of its own, and all share those of the address and its network. */
export type AttemptKind = 'login' | 'second-factor';

/** Where an attempt comes from. `deviceId` only if the account has signed in from this browser before. */
export type AttemptOrigin = string | { address: string; deviceId?: number | undefined };

const WINDOW = 15 * MINUTE;
const RISE = { first: 15 * SECOND, longest: 15 * MINUTE };

/**
 * Runs one attempt at a secret; `undefined` means that it was wrong. It is counted before it begins, so that attempts
 * made at the same moment count as well, and given back unless it was wrong. Throws AppError rate_limited without
 * trying when too many were wrong.
 *
 * `account` is a user's id, or what was typed where there is no such account: both count alike. After a few failures
 * at an account from an address each further one waits longer; at a known browser only that browser's own failures count.
 */
export async function limitedAttempt<T>(
  app: App,
  account: number | string,
  from: AttemptOrigin,
  attempt: () => Promise<T | undefined>,
  kind: AttemptKind = 'login',
): Promise<T | undefined> {
  const limits = limitsOf(app, account, from, kind);
  const [own, ...shared] = limits;
  app.limits.take(...limits);
  try {
    const result = await attempt();
    if (result === undefined) return undefined;
    app.limits.give(...shared);
    if (own) app.limits.reset(own.key);
    return result;
  } catch (error) {
    app.limits.give(...limits);
    throw error;
  }
}

/** Throws AppError rate_limited when another attempt at this account from there would be refused. */
export function checkAttempts(
  app: App,
  account: number | string,
  from: AttemptOrigin,
  kind: AttemptKind = 'login',
): void {
  app.limits.check(...limitsOf(app, account, from, kind));
}

/** The account's own limit first, then those shared with everybody at the address. */
function limitsOf(app: App, account: number | string, from: AttemptOrigin, kind: AttemptKind): Limit[] {
  const { address, deviceId } = typeof from === 'string' ? { address: from } : from;
  const place = deviceId === undefined ? lineOf(address) : `device:${deviceId}`;
  const { logins_per_account: free } = app.config.limits;
  const own = { key: `${kind}:${keyOf(account)}:${place}`, free, ...RISE };
  if (deviceId !== undefined) return [own];
  const everywhere = { key: `${kind}:${keyOf(account)}`, ...CODES_PER_ACCOUNT };
  return [own, ...sharedLimits(app, address), ...(kind === 'second-factor' ? [everywhere] : [])];
}

/** Codes are short. Whoever tries them knows the password already, so wrong ones count from all networks together. */
const CODES_PER_ACCOUNT = { burst: 30, per: HOUR };

function keyOf(account: number | string): string {
  if (typeof account === 'number') return String(account);
  return `?${sha256Hex(account.trim().toLowerCase()).slice(0, 24)}`;
}

/** One address (an IPv6 line is a /64), and the IPv4 /24 around it, whose addresses are often one person's. */
function sharedLimits(app: App, address: string): Bucket[] {
  const { logins_per_address: perAddress, logins_per_network: perNetwork } = app.config.limits;
  return [
    { key: `guesses:address:${lineOf(address)}`, burst: perAddress, per: WINDOW },
    { key: `guesses:network:${networkOf(address)}`, burst: perNetwork, per: WINDOW },
  ];
}

/** Counts a secret that no password check was needed for to refuse, such as an unknown access token. */
export function noteFailure(app: App, address: string): void {
  app.limits.take(...sharedLimits(app, address));
}

/** Counts an account made from this address; throws AppError rate_limited when there were too many. */
export function limitRegistration(app: App, address: string): void {
  const key = `register:network:${networkOf(address)}`;
  app.limits.take({ key, burst: app.config.limits.registrations_per_network, per: HOUR });
}

/**
 * Counts a filled-in form whose answer tells whether an address is taken, as it does where no mail can: whoever asks for one
 * address after another is stopped by AppError rate_limited.
 */
export function limitRegistrationForms(app: App, address: string): void {
  app.limits.take({ key: `register-forms:network:${networkOf(address)}`, ...FORMS_PER_NETWORK });
}

const FORMS_PER_NETWORK = { burst: 60, per: HOUR };

/** Counts a request that sends a mail; throws AppError rate_limited when the network asked for too many. */
export function limitMailRequests(app: App, address: string): void {
  const key = `mails:network:${networkOf(address)}`;
  app.limits.take({ key, burst: app.config.limits.mails_per_network, per: HOUR });
}

/** Whether one more mail of a kind may go to an address; beyond it mails are left out in silence, telling nobody anything. */
export function mayMail(app: App, kind: string, emailKey: string): boolean {
  const key = `mails:${kind}:${sha256Hex(emailKey).slice(0, 24)}`;
  try {
    app.limits.take({ key, burst: MAILS_PER_ADDRESS, per: HOUR });
    return true;
  } catch {
    return false;
  }
}

/** Mails of one kind to one address within an hour. */
const MAILS_PER_ADDRESS = 4;
