// Backoff grows, is spread and bounded; kept errors are short and hold no credentials.
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { describeError, retryDelay } from '../../../src/platform/jobs/retry-delay.ts';

test('the delay doubles, is spread by a quarter, and ends at six hours', () => {
  const failure = new Error('x');
  expect([1, 2, 3].map((attempt) => retryDelay(attempt, failure, 0.5))).toStrictEqual([
    5_000, 10_000, 20_000,
  ]);
  expect(retryDelay(1, failure, 0)).toBe(3_750);
  expect(retryDelay(1, failure, 0.999999)).toBe(6_250);
  expect(retryDelay(1_000, failure, 0.5)).toBe(6 * 3_600_000);
});

test('an error that says when to come back is heeded', () => {
  expect(retryDelay(1, new AppError('unavailable', 'busy', { retryAfter: 120 }), 0.5)).toBe(120_000);
});

test.each([
  ['fetch https://ann:hunter2@example.org/x failed', 'hunter2'],
  ['Authorization: Bearer abcdef1234567890', 'abcdef1234567890'],
  ['got {"password":"hunter2","user":"x"}', 'hunter2'],
  ['POST /hook?api_key=hunter2&x=1', 'hunter2'],
  ['token q1w2e3r4t5y6u7i8o9p0-A1S2D3F4G5H6J7K8L9M0N refused', 'q1w2e3r4t5y6u7i8o9p0'],
])('%s is kept without its secret', (message, secret) => {
  expect(describeError(new Error(message))).not.toContain(secret);
});

test('object ids, paths and causes are kept, and the whole is short', () => {
  const oid = '0123456789abcdef0123456789abcdef01234567';
  const error = new Error('outer', { cause: new Error(`missing object ${oid} in /srv/x.git`) });
  expect(describeError(error)).toBe(`outer: missing object ${oid} in /srv/x.git`);
  expect(describeError(new Error('long word '.repeat(1000))).length).toBe(500);
  expect(describeError('just a string')).toBe('just a string');
});
