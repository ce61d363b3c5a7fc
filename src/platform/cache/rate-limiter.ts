// Token buckets that slow flooding, and delays that rise with each failure and slow guessing. In memory now; the
// interface allows a shared store.
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/time.ts';

export interface Bucket {
  /** What is limited, e.g. `login:account:7`. */
  key: string;
  /** How many may happen at once. */
  burst: number;
  /** Milliseconds in which an empty bucket fills again. */
  per: number;
}

/** A wait after failures: none for the first few, then twice as long for each further one. */
export interface RisingDelay {
  key: string;
  /** How many may fail before there is a wait at all. */
  free: number;
  /** Milliseconds of the first wait. */
  first: number;
  /** Milliseconds of the longest wait; in each such time without a failure one of them is forgiven. */
  longest: number;
}

export type Limit = Bucket | RisingDelay;

export interface RateLimiter {
  /** Counts one against each limit, or none and throws AppError rate_limited with the seconds to wait. */
  take(...limits: Limit[]): void;
  /** Throws as `take` does when a limit is reached, but counts nothing. */
  check(...limits: Limit[]): void;
  /** Takes back what was counted ahead and turned out not to count. */
  give(...limits: Limit[]): void;
  /** How often something may happen right now, and in how many milliseconds its bucket is full again. */
  left(bucket: Bucket): { left: number; fullIn: number };
  /** Forgets what was counted, e.g. after a successful sign-in. */
  reset(key: string): void;
}

interface Level {
  /** What is left of a bucket, or the failures of a delay. */
  amount: number;
  at: number;
}

/** Opens a limiter that remembers the `capacity` most recently touched buckets. */
export function openRateLimiter(clock: Clock, capacity = 100_000): RateLimiter {
  // Bounded by a size of 1 each and not by `max`, which would allocate room for all of them at once.
  const levels = new LRUCache<string, Level>({ maxSize: capacity, sizeCalculation: () => 1 });

  function tokensOf(bucket: Bucket): number {
    const level = levels.get(bucket.key);
    if (!level) return bucket.burst;
    return Math.min(bucket.burst, level.amount + ((clock.now() - level.at) * bucket.burst) / bucket.per);
  }

  function failuresOf(delay: RisingDelay): number {
    const level = levels.get(delay.key);
    return level ? Math.max(0, level.amount - Math.floor((clock.now() - level.at) / delay.longest)) : 0;
  }

  function waitOf(limit: Limit): number {
    if ('burst' in limit) return ((1 - tokensOf(limit)) * limit.per) / limit.burst;
    const level = levels.get(limit.key);
    return level ? level.at + delayAfter(limit, failuresOf(limit)) - clock.now() : 0;
  }

  function check(...limits: Limit[]): void {
    const wait = Math.max(0, ...limits.map(waitOf));
    if (wait <= 0) return;
    const seconds = Math.max(1, Math.ceil(wait / 1000));
    throw new AppError('rate_limited', `Too many attempts. Try again in ${describeWait(seconds)}.`, {
      retryAfter: seconds,
    });
  }

  function count(limit: Limit, by: 1 | -1): void {
    const at = clock.now();
    if ('burst' in limit) {
      levels.set(limit.key, { amount: Math.min(limit.burst, tokensOf(limit) - by), at });
      return;
    }
    // Beyond the longest wait more failures change nothing, and would take longer to be forgiven.
    const most = limit.free + Math.ceil(Math.log2(limit.longest / limit.first)) + 1;
    levels.set(limit.key, { amount: Math.min(most, Math.max(0, failuresOf(limit) + by)), at });
  }

  return {
    check,
    take(...limits) {
      check(...limits);
      for (const limit of limits) count(limit, 1);
    },
    give(...limits) {
      for (const limit of limits) count(limit, -1);
    },
    left(bucket) {
      const tokens = tokensOf(bucket);
      const fullIn = ((bucket.burst - tokens) * bucket.per) / bucket.burst;
      return { left: Math.max(0, Math.floor(tokens)), fullIn };
    },
    reset: (key) => void levels.delete(key),
  };
}

function delayAfter({ free, first, longest }: RisingDelay, failures: number): number {
  return failures < free ? 0 : Math.min(longest, first * 2 ** (failures - free));
}

/** What one visitor is taken for: an IPv4 address, or the /64 network that a single IPv6 line has to itself. */
export function lineOf(address: string): string {
  return address.includes(':') && !address.toLowerCase().startsWith('::ffff:') ? networkOf(address) : address;
}

/** The network an address is limited by: an IPv4 /24 or an IPv6 /64. */
export function networkOf(address: string): string {
  const mapped = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address;
  if (!isIPv6(mapped)) return mapped.split('.').slice(0, 3).join('.');
  const [head = '', tail] = mapped.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].slice(0, 4).join(':');
}

function describeWait(seconds: number): string {
  if (seconds < 90) return `${seconds} second${seconds === 1 ? '' : 's'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
