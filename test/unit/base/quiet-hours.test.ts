// Quiet hours, also those that cross midnight.
import { describe, expect, it } from 'vitest';
import { inQuietHours, isQuietHours } from '../../../src/base/quiet-hours.ts';

const at = (hour: number) => new Date(2026, 0, 1, hour, 30);

describe('quiet hours', () => {
  it('are always without a setting', () => expect(inQuietHours('', at(12))).toBe(true));
  it.each([
    [22, true],
    [23, true],
    [0, true],
    [5, true],
    [6, false],
    [12, false],
    [21, false],
  ])('from 22 to 6 hold %i: %s', (hour, quiet) => expect(inQuietHours('22-6', at(hour))).toBe(quiet));
  it('end before the last hour begins', () => {
    expect(inQuietHours('1-3', at(2))).toBe(true);
    expect(inQuietHours('1-3', at(3))).toBe(false);
  });
  it.each(['x', '25-3', '1', '1-2-3'])('do not understand %s', (text) =>
    expect(isQuietHours(text)).toBe(false),
  );
});
