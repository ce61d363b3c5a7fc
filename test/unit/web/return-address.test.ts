// After signing in nobody is led away from this site.
import { describe, expect, it } from 'vitest';
import { localReturnAddress, signInAddress } from '../../../src/platform/web/return-address.ts';

describe('localReturnAddress', () => {
  it.each([
    '/',
    '/ada/engine',
    '/ada/engine/tree/main/src?plain=1',
    '/a?next=https://evil.example',
    '/%2F%2Fevil',
  ])('keeps %s', (address) => expect(localReturnAddress(address)).toBe(address));

  it.each([
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/a\\b',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/a\nb',
    ' /a',
    '/.//evil.example',
    '/a/..//evil.example',
    '/login?return_to=/x',
    '/logout',
    `/${'a'.repeat(3000)}`,
  ])('answers / for %j', (address) => expect(localReturnAddress(address)).toBe('/'));

  it('is part of the sign-in address', () => {
    expect(signInAddress('/ada/engine?x=1')).toBe('/login?return_to=%2Fada%2Fengine%3Fx%3D1');
    expect(signInAddress('//evil.example')).toBe('/login');
  });
});
