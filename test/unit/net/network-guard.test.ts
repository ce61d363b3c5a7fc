// Which addresses the server connects to on behalf of people, in every form an address comes in.
import { expect, test } from 'vitest';
import { mayConnectTo, parseRemoteUrl } from '../../../src/base/network-guard.ts';

const INSIDE = [
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...[
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.19.255.255',
  ],
  ...['198.51.100.1', '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::2',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    'fec0::1',
    '100::1',
  ],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
  ],
  ...[
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2002:808:808::1',
  ],
  ...[
    '2001::1',
    '2001:0:53aa:64c::1',
    '2001:db8::1',
    '3fff::1',
    '::127.0.0.1',
    '::8.8.8.8',
    '4000::1',
    '5f00::1',
  ],
  ...['', 'localhost', 'example.org', '1.2.3', '0x7f.1', '2130706433', '::1::'],
];

test.each(INSIDE)('%s is refused', (address) => {
  expect(mayConnectTo(address, [])).toBe(false);
});

test.each([
  ...['8.8.8.8', '1.1.1.1', '172.32.0.1', '172.15.0.1', '100.128.0.1', '11.0.0.1', '223.255.255.255'],
  ...['2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '64:ff9b::808:808', '2001:4860:4860::8888'],
])('%s is public', (address) => {
  expect(mayConnectTo(address, [])).toBe(true);
});

test('what the administrator names is allowed, in whatever form it comes, and nothing beside it', () => {
  const allowed = ['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32'];
  for (const address of ['10.1.255.255', '127.0.0.1', '::ffff:127.0.0.1', '64:ff9b::10.1.0.1', 'fd00:1::7'])
    expect(mayConnectTo(address, allowed)).toBe(true);
  for (const address of ['10.2.0.1', '127.0.0.2', '::1', 'fd00:2::7', '169.254.169.254'])
    expect(mayConnectTo(address, allowed)).toBe(false);
});

test.each([
  ...[
    'file:///etc/passwd',
    'ext::sh -c id',
    'ssh://git@example.org/a',
    'git://example.org/a',
    'git@example.org:a/b',
  ],
  ...['--upload-pack=touch /tmp/x', '-u', '/etc/passwd', './a', 'ftp://example.org/a', 'http://'],
  ...[
    'http://exa mple.org/',
    'http://example.org/\nHost: x',
    'http:/\\example.org',
    'javascript:alert(1)',
    '',
  ],
  ...['http://user%0a:x@example.org/', 'http://%zz@example.org/', `https://example.org/${'a'.repeat(3000)}`],
  ...['http::http://example.org/a', 'http://[::1', 'http://999.1.1.1/', 'https://example.org/a?b=c'],
])('%j is no address to fetch from', (text) => {
  expect(parseRemoteUrl(text)).toBeUndefined();
});

test('credentials are taken out of an address, and odd numbers become plain ones', () => {
  expect(parseRemoteUrl(' https://ada:s%40cret@example.org/a/b.git#x ')).toEqual({
    url: 'https://example.org/a/b.git',
    username: 'ada',
    password: 's@cret',
  });
  expect(parseRemoteUrl('http://2130706433/a')?.url).toBe('http://127.0.0.1/a');
  expect(parseRemoteUrl('http://0x7f.1/a')?.url).toBe('http://127.0.0.1/a');
  expect(parseRemoteUrl('http://0177.0.0.1/a')?.url).toBe('http://127.0.0.1/a');
  expect(parseRemoteUrl('http://①②⑦.0.0.1/a')?.url).toBe('http://127.0.0.1/a');
});
