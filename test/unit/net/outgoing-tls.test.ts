// HTTPS to other servers: certificates are checked against the host that was asked for, though an address is dialled.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../../support/certificates.ts';

const MODULE = join(import.meta.dirname, '../../../src/platform/net/outgoing.ts');
let folder: string;
let certificate: string;
let port: number;
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'och-tls-'));
  const pair = makeCertificate(folder, 'far');
  certificate = pair.cert;
  const options = { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  server = createServer(options, (_request, response) => response.end('far'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  writeFileSync(
    join(folder, 'ask.mjs'),
    `import { openOutgoing } from ${JSON.stringify(MODULE)};
     const outgoing = openOutgoing(() => ['127.0.0.1', '::1']);
     try {
       const answer = await outgoing.fetch(process.argv[2], {
         signal: AbortSignal.timeout(20000), verifiesTls: process.argv[3] !== 'any' });
       for await (const chunk of answer.body) process.stdout.write(chunk);
     } catch (error) {
       process.stdout.write(error.message);
     }`,
  );
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process of its own: what it trusts is read at its start. */
function ask(host: string, env: Record<string, string> = {}, trust = 'known'): Promise<string> {
  return new Promise((resolve) => {
    const args = [join(folder, 'ask.mjs'), `https://${host}:${port}/`, trust];
    execFile(process.execPath, args, { env: { ...env, PATH: process.env.PATH } }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

test('an unknown authority is refused, one named by the administrator is not', async () => {
  expect(await ask('127.0.0.1')).toContain('is not trusted');
  expect(await ask('127.0.0.1', { NODE_EXTRA_CA_CERTS: certificate })).toBe('far');
});

test('a certificate for another host is refused, also at the same address', async () => {
  expect(await ask('localhost', { NODE_EXTRA_CA_CERTS: certificate })).toContain('is not trusted');
});

test('who asks for no check of the certificate is served, whatever it says', async () => {
  expect(await ask('localhost', {}, 'any')).toBe('far');
});
