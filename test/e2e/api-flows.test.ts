// The calls of docs/api-flows.md, as they stand there, by bash and curl.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { executableSite } from '../support/executable-site.ts';

const site = executableSite();
const PAGE = readFileSync(new URL('../../docs/api-flows.md', import.meta.url), 'utf8');

it('every block works, one after the other', async () => {
  const server = await site.serve();
  const token = await site.createAda();
  const blocks = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(7);
  const cwd = join(site.directory, 'work');
  mkdirSync(cwd);
  // Each call on a line of its own, so that the one that fails is the last that was told.
  const script = `set -euxo pipefail\n${blocks.join('\n')}`;
  const env = { PATH: process.env.PATH, SITE: server.url, TOKEN: token };
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd, env }).catch((error) => {
    throw new Error(`${error.stdout.slice(-2000)}\n${error.stderr.slice(-2000)}`.replaceAll(token, 'TOKEN'));
  });
  expect(stdout).toContain('"merged":true');
  expect(stdout).toContain('"login":"bob"');
}, 120_000);
