// Devices as people recognise them, ids in addresses, and the input of access tokens.
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/base/errors.ts';
import { idOf } from '../../../src/features/auth/ids.input.ts';
import { describeDevice } from '../../../src/features/auth/sessions.present.ts';
import {
  isWellFormedToken,
  looksLikeToken,
  newTokenSecret,
} from '../../../src/features/auth/token-secrets.service.ts';
import {
  parseLifetime,
  parseNewToken,
  parseRepositoryNames,
} from '../../../src/features/auth/tokens.input.ts';

describe('devices', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16; Pixel) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8.5.0', 'curl'],
    ['', 'Unknown device'],
    ['<script>', 'Unknown device'],
  ])('%s', (userAgent, device) => expect(describeDevice(userAgent)).toBe(device));
});

describe('ids in addresses', () => {
  it('are whole positive numbers', () => {
    expect(idOf('12')).toBe(12);
    for (const text of [undefined, '', '0', '-1', '1.5', '1e3', '0x1', ' 1', '9'.repeat(16)]) {
      expect(idOf(text)).toBeUndefined();
    }
  });
});

describe('access tokens', () => {
  it('have a name and known scopes, in their own order and once each', () => {
    const token = parseNewToken({ name: ' ci ', scopes: ['write:user', 'read:repository', 'write:user'] });
    expect(token).toEqual({ name: 'ci', scopes: ['read:repository', 'write:user'] });
    for (const raw of [
      { name: '', scopes: ['all'] },
      { name: 'x', scopes: [] },
      { name: 'x', scopes: ['sudo'] },
      { name: 'x\n', scopes: ['all\n'] },
      { name: 'x'.repeat(101), scopes: ['all'] },
    ]) {
      expect(() => parseNewToken(raw)).toThrow();
    }
  });

  it('last as long as the form offers', () => {
    expect(parseLifetime('7', 0)).toEqual({ expiresAt: 7 * 86_400_000 });
    expect(parseLifetime('none', 0)).toEqual({});
    for (const raw of ['', '8', '-1', undefined, '99999999']) {
      try {
        parseLifetime(raw, 0);
        expect.unreachable();
      } catch (error) {
        expect(isAppError(error, 'invalid')).toBe(true);
      }
    }
  });

  it('last to the end of a day of one’s own choice', () => {
    const now = Date.parse('2027-01-31T10:00:00Z');
    const end = { expiresAt: Date.parse('2027-02-01T00:00:00Z') };
    expect(parseLifetime('date', now, '2027-01-31')).toEqual(end);
    expect(parseLifetime('30', now, '2027-01-31')).toEqual({ expiresAt: now + 30 * 86_400_000 });
    for (const day of [
      '',
      '2027-01-30',
      '2027-02-30',
      '31.1.2027',
      '2027-1-31',
      '2027-01-31T00:00',
      '0000-00-00',
    ])
      expect(() => parseLifetime('date', now, day), day).toThrow();
  });

  it('name repositories once each, and nothing else', () => {
    expect(parseRepositoryNames(' ada/engine\r\nbob/mill, ada/engine')).toEqual(['ada/engine', 'bob/mill']);
    const many = Array.from({ length: 101 }, (_, i) => `ada/r${i}`).join('\n');
    for (const text of ['', ' \n', 'ada', 'ada/', '/engine', 'ada/engine/x', many])
      expect(() => parseRepositoryNames(text), text.slice(0, 20)).toThrow();
  });

  it('carry a checksum that tells mistyped ones; the first ones, without, stay good', () => {
    const secret = newTokenSecret();
    expect(secret).toMatch(/^och_[0-9A-Za-z]{49}$/);
    expect(isWellFormedToken(secret)).toBe(true);
    expect(isWellFormedToken(secret.slice(0, 'och_'.length + 43))).toBe(true);
    for (const at of [5, 20, 48, 52]) {
      const other = secret[at] === 'a' ? 'b' : 'a';
      const mistyped = secret.slice(0, at) + other + secret.slice(at + 1);
      expect([isWellFormedToken(mistyped), looksLikeToken(mistyped)]).toEqual([false, true]);
    }
  });

  it('are told from passwords by their shape', () => {
    expect(looksLikeToken(`och_${'a'.repeat(43)}`)).toBe(true);
    for (const text of [
      '',
      'och_',
      `och_${'a'.repeat(42)}`,
      `och_${'a'.repeat(42)}-`,
      `och_${'a'.repeat(43)}\n`,
    ]) {
      expect(looksLikeToken(text)).toBe(false);
    }
  });
});
