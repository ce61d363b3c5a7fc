// Settings that work but are probably not what was wanted.
import { expect, test } from 'vitest';
import { type Config, configSchema } from '../../../src/platform/config/config.schema.ts';
import { doubtsAbout } from '../../../src/surfaces/http/lifecycle-warnings.ts';

test.each<[Partial<Config['server']>, string[]]>([
  [{}, []],
  [{ listen: '0.0.0.0' }, ['unencrypted', 'server.public_url']],
  [{ listen: '::', public_url: 'http://code.example.org' }, ['unencrypted']],
  [{ listen: '0.0.0.0', public_url: 'https://code.example.org', tls_cert: 'a', tls_key: 'b' }, []],
  [{ public_url: 'https://code.example.org' }, ['server.trusted_proxies']],
  [{ unix_socket: '/run/web.sock', public_url: 'https://code.example.org' }, ['server.trusted_proxies']],
  [{ public_url: 'https://code.example.org', trusted_proxies: ['127.0.0.1'] }, []],
  [{ public_url: 'http://localhost:3000' }, []],
  [{ listen: '::1', public_url: 'http://[::1]:3000' }, []],
])('%j', (server, expected) => {
  const doubts = doubtsAbout(configSchema.parse({ server }));
  expect(doubts).toHaveLength(expected.length);
  for (const [index, part] of expected.entries()) expect(doubts[index]).toContain(part);
});

test.each<[Partial<Config['mail']>, string[]]>([
  [{ host: 'mail.example.org' }, ['mail.from']],
  [{ from: 'code@example.org' }, ['mail.host']],
  [{ host: 'mail.example.org', from: 'code@example.org', username: 'a', password: 'b' }, []],
  [{ host: 'mail.example.org', from: 'code@example.org', security: 'none', password: 'b' }, ['unencrypted']],
  [{ host: '127.0.0.1', from: 'code@example.org', security: 'none', password: 'b' }, []],
])('mail: %j', (mail, expected) => {
  const doubts = doubtsAbout(configSchema.parse({ mail }));
  expect(doubts).toHaveLength(expected.length);
  for (const [index, part] of expected.entries()) expect(doubts[index]).toContain(part);
});
