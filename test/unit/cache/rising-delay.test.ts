// Waits after failures rise, are bounded, and are forgiven in time.
import { expect, test } from 'vitest';
import { isAppError } from '../../../src/base/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/base/time.ts';
import { openRateLimiter } from '../../../src/platform/cache/rate-limiter.ts';
import { manualClock } from '../../support/manual-clock.ts';

const delay = { key: 'x', free: 3, first: 15 * SECOND, longest: 15 * MINUTE };

function open() {
  const clock = manualClock();
  const limits = openRateLimiter(clock);
  const waitNow = () => {
    try {
      limits.check(delay);
      return 0;
    } catch (error) {
      if (isAppError(error, 'rate_limited')) return error.retryAfter ?? 0;
      throw error;
    }
  };
  return { clock, limits, waitNow };
}

test('the first failures are free; each further one doubles the wait up to the longest', () => {
  const { clock, limits, waitNow } = open();
  const waits: number[] = [];
  for (let n = 0; n < 14; n++) {
    limits.take(delay);
    waits.push(waitNow());
    clock.advance(waitNow() * SECOND);
  }
  expect(waits).toEqual([0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900, 900, 900]);
});

test('what is refused meanwhile makes the wait no longer', () => {
  const { clock, limits, waitNow } = open();
  for (let n = 0; n < 3; n++) limits.take(delay);
  for (let n = 0; n < 50; n++) expect(() => limits.take(delay)).toThrow('Too many attempts');
  expect(waitNow()).toBe(15);
  clock.advance(15 * SECOND);
  expect(waitNow()).toBe(0);
});

test('quiet time forgives one failure after the other, and all of them within hours', () => {
  const { clock, limits, waitNow } = open();
  for (let n = 0; n < 20; n++) {
    limits.take(delay);
    clock.advance(waitNow() * SECOND);
  }
  clock.advance(3 * HOUR);
  for (let n = 0; n < 2; n++) limits.take(delay);
  expect(waitNow()).toBe(0);
  limits.take(delay);
  expect(waitNow()).toBe(15);
});

test('what is given back or reset does not count', () => {
  const { limits, waitNow } = open();
  for (let n = 0; n < 3; n++) limits.take(delay);
  limits.give(delay);
  expect(waitNow()).toBe(0);
  limits.take(delay);
  expect(waitNow()).toBe(15);
  limits.reset('x');
  expect(waitNow()).toBe(0);
});
