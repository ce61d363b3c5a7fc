// What ssh-audit says of the SSH port: no failure, and no warning but those named here with their reason.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, type TransportServer, transportServer } from './support/transport-server.ts';

let server: TransportServer;
beforeAll(async () => {
  server = await transportServer();
});
afterAll(() => server.close());

const KNOWN_LIMITS = [
  // The mark of the countermeasure against Terrapin (CVE-2023-48795), which ssh-audit before 3.1 has not heard of.
  /^\(kex\) kex-strict-s-v00@openssh\.com +-- \[warn\] unknown algorithm$/,
  // Asked for by ssh-audit from 3.4 on; the SSH library has no key exchange that quantum computers cannot break.
  /^\(kex\) \S+ +-- \[warn\] does not provide protection against post-quantum attacks$/,
];

test('ssh-audit finds no failure, and no warning but the known limits', async () => {
  const { stdout } = await command('ssh-audit', ['-n', '-v', '-p', String(server.sshPort), '127.0.0.1']);
  expect(stdout).toContain('(key) ssh-ed25519');
  const complaints = stdout.split('\n').filter((line) => /\[(?:fail|warn)\]/.test(line));
  expect(complaints.filter((line) => !KNOWN_LIMITS.some((known) => known.test(line.trim())))).toEqual([]);
  expect(stdout).not.toContain('(rec) -');
});
