// Which addresses share a limit.
import { describe, expect, it } from 'vitest';
import { lineOf, networkOf } from '../../../src/platform/cache/rate-limiter.ts';

describe('addresses', () => {
  it.each([
    ['192.0.2.7', '192.0.2'],
    ['::ffff:192.0.2.7', '192.0.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s belongs to the network %s', (address, network) => expect(networkOf(address)).toBe(network));

  it('of one IPv6 line are one visitor, and IPv4 addresses are their own', () => {
    expect(lineOf('2001:db8:1:2::1')).toBe(lineOf('2001:db8:1:2:ffff::9'));
    expect(lineOf('192.0.2.7')).not.toBe(lineOf('192.0.2.8'));
    expect(lineOf('::ffff:192.0.2.7')).toBe('::ffff:192.0.2.7');
  });
});
