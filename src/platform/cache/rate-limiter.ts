// Token buckets that slow guessing and flooding. In memory now; the interface allows a shared store.
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

export interface RateLimiter {
  /** Takes one token from each bucket, or none and throws AppError rate_limited with the seconds to wait. */
  take(...buckets: Bucket[]): void;
  /** Throws as `take` does when a bucket is empty, but takes nothing. */
  check(...buckets: Bucket[]): void;
  /** Puts one token back into each bucket: what was taken ahead turned out not to count. */
  give(...buckets: Bucket[]): void;
  /** Fills the bucket again, e.g. after a successful sign-in. */
  reset(key: string): void;
}

interface Level {
  tokens: number;
  at: number;
}

/** Opens a limiter that remembers the `capacity` most recently touched buckets. */
export function openRateLimiter(clock: Clock, capacity = 100_000): RateLimiter {
  // Bounded by a size of 1 each and not by `max`, which would allocate room for all of them at once.
  const levels = new LRUCache<string, Level>({ maxSize: capacity, sizeCalculation: () => 1 });

  function levelOf(bucket: Bucket): number {
    const level = levels.get(bucket.key);
    if (!level) return bucket.burst;
    return Math.min(bucket.burst, level.tokens + ((clock.now() - level.at) * bucket.burst) / bucket.per);
  }

  function check(...buckets: Bucket[]): void {
    for (const bucket of buckets) {
      const missing = 1 - levelOf(bucket);
      if (missing <= 0) continue;
      const seconds = Math.max(1, Math.ceil((missing * bucket.per) / bucket.burst / 1000));
      throw new AppError('rate_limited', `Too many attempts. Try again in ${describeWait(seconds)}.`, {
        retryAfter: seconds,
      });
    }
  }

  return {
    check,
    take(...buckets) {
      check(...buckets);
      for (const bucket of buckets) {
        levels.set(bucket.key, { tokens: levelOf(bucket) - 1, at: clock.now() });
      }
    },
    give(...buckets) {
      for (const bucket of buckets) {
        levels.set(bucket.key, { tokens: Math.min(bucket.burst, levelOf(bucket) + 1), at: clock.now() });
      }
    },
    reset: (key) => void levels.delete(key),
  };
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
