// The cron parser: fields, ranges, steps, the either-day rule, and what it refuses.
import { expect, test } from 'vitest';
import { nextTime, parseCron } from '../../../src/platform/jobs/cron.ts';

const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
const next = (expression: string, after: string) => iso(nextTime(parseCron(expression), Date.parse(after)));

test.each([
  ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00.000Z'],
  ['* * * * *', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00.000Z'],
  ['17 * * * *', '2026-01-01T00:17:00Z', '2026-01-01T01:17:00.000Z'],
  ['*/15 * * * *', '2026-01-01T00:31:00Z', '2026-01-01T00:45:00.000Z'],
  ['5/20 * * * *', '2026-01-01T00:26:00Z', '2026-01-01T00:45:00.000Z'],
  ['0 3 * * *', '2026-12-31T03:00:00Z', '2027-01-01T03:00:00.000Z'],
  ['30 22-23,1 * * *', '2026-01-01T23:30:00Z', '2026-01-02T01:30:00.000Z'],
  ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['0 0 31 * *', '2026-04-01T00:00:00Z', '2026-05-31T00:00:00.000Z'],
  ['0 0 * * 0', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00.000Z'],
  ['0 0 * * 7', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00.000Z'],
  ['0 0 * * 1-5', '2026-01-02T00:00:00Z', '2026-01-05T00:00:00.000Z'],
  ['0 0 13 * 5', '2026-01-03T00:00:00Z', '2026-01-09T00:00:00.000Z'],
  ['0 0 13 * 5', '2026-01-09T00:00:00Z', '2026-01-13T00:00:00.000Z'],
  ['0 0 1 1,7 *', '2026-01-01T00:00:00Z', '2026-07-01T00:00:00.000Z'],
])('%s after %s is %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('a day that never comes has no next time', () => {
  expect(next('0 0 30 2 *', '2026-01-01T00:00:00Z')).toBeUndefined();
});

test.each([
  ['* * * *', 'five'],
  ['* * * * * *', 'five'],
  ['60 * * * *', 'minute'],
  ['* 24 * * *', 'hour'],
  ['* * 0 * *', 'day of month'],
  ['* * * 13 *', 'month'],
  ['* * * * 8', 'day of week'],
  ['*/0 * * * *', 'minute'],
  ['5-1 * * * *', 'minute'],
  ['a * * * *', 'minute'],
  ['1,,2 * * * *', 'minute'],
  ['-1 * * * *', 'minute'],
])('%s is refused, naming the %s', (expression, field) => {
  expect(() => parseCron(expression)).toThrow(field);
});
