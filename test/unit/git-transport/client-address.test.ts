// Whose request it is, behind proxies that are trusted and behind strangers who claim to be proxies.
import { expect, test } from 'vitest';
import { clientAddress, clientOf } from '../../../src/platform/web/client-address.ts';

const request = (
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
  encrypted = false,
) => ({
  headers,
  socket: { remoteAddress, encrypted },
});

test('without trusted proxies no header counts', () => {
  const forged = request('203.0.113.9', {
    host: 'code.example',
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
  });
  expect(clientOf(forged, { trusted_proxies: [] })).toEqual({
    address: '203.0.113.9',
    secure: false,
    host: 'code.example',
  });
  expect(clientOf(forged, { trusted_proxies: ['10.0.0.0/8'] }).address).toBe('203.0.113.9');
});

test('a trusted proxy tells the client, and what the client claimed before it does not count', () => {
  const seen = request('10.0.0.2', {
    host: 'inner',
    'x-forwarded-for': '1.1.1.1, 198.51.100.7',
    'x-forwarded-proto': 'http, https',
    'x-forwarded-host': 'code.example',
  });
  expect(clientOf(seen, { trusted_proxies: ['10.0.0.0/8'] })).toEqual({
    address: '198.51.100.7',
    secure: true,
    host: 'code.example',
  });
});

test('several trusted proxies in a row are walked through', () => {
  const trusted = ['10.0.0.0/8', '2001:db8::/32'];
  const headers = { 'x-forwarded-for': '6.6.6.6, 198.51.100.7, 2001:db8::5, 10.1.1.1' };
  expect(clientAddress(request('10.0.0.2', headers), trusted)).toBe('198.51.100.7');
  expect(clientAddress(request('10.0.0.2', { 'x-forwarded-for': '10.3.3.3' }), trusted)).toBe('10.3.3.3');
});

test.each([
  ['[2001:db9::1]:4711', '2001:db9::1'],
  ['198.51.100.7:4711', '198.51.100.7'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['unknown', '10.0.0.2'],
  ['<script>', '10.0.0.2'],
  ['', '10.0.0.2'],
])('an entry written %s stands for %s', (entry, expected) => {
  expect(clientAddress(request('10.0.0.2', { 'x-forwarded-for': entry }), ['10.0.0.2'])).toBe(expected);
});

test('mapped addresses and unix sockets', () => {
  expect(clientAddress(request('::ffff:192.0.2.1'), [])).toBe('192.0.2.1');
  const local = request(undefined, { 'x-forwarded-for': '192.0.2.8' });
  expect(clientAddress(local, [])).toBe('127.0.0.1');
  expect(clientAddress(local, ['127.0.0.1'])).toBe('192.0.2.8');
});

test('the connection itself tells whether it is encrypted', () => {
  expect(clientOf(request('192.0.2.1', {}, true), { trusted_proxies: [] }).secure).toBe(true);
});
