// Renovate, as people run it for Gitea: it finds what is out of date in a repository here, proposes the update as a pull
// request, follows when a newer version comes out, and merges nothing by itself.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { executableSite } from '../support/executable-site.ts';

const site = executableSite();
const RENOVATE = new URL('../clients/renovate/node_modules/renovate/dist/renovate.js', import.meta.url)
  .pathname;

/** Dependencies are lines such as `ada/engine 1.0.0`, and their versions the tags of repositories of this very site. */
const configFor = (url: string) => ({
  platform: 'gitea',
  endpoint: url,
  repositories: ['ada/app'],
  onboarding: false,
  requireConfig: 'optional',
  gitAuthor: 'Renovate <renovate@example.org>',
  enabledManagers: ['custom.regex'],
  labels: ['dependencies'],
  customManagers: [
    {
      customType: 'regex',
      managerFilePatterns: ['deps.txt'],
      matchStrings: ['(?<depName>\\S+) (?<currentValue>\\S+)'],
      datasourceTemplate: 'gitea-tags',
      registryUrlTemplate: url,
    },
  ],
});

interface Pull {
  number: number;
  title: string;
  state: string;
  user: { login: string };
  head: { ref: string; sha: string };
  labels: { name: string }[];
}

it('opens a pull request, updates it, and leaves it alone when nothing changed', async () => {
  const server = await site.serve();
  const token = await site.createAda();
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
    return text === '' ? undefined : JSON.parse(text);
  };
  for (const name of ['app', 'engine']) await ask('POST', '/user/repos', { name, auto_init: true });
  const content = Buffer.from('ada/engine 1.0.0\n').toString('base64');
  await ask('POST', '/repos/ada/app/contents/deps.txt', { content, message: 'Need the engine' });
  await ask('POST', '/repos/ada/app/labels', { name: 'dependencies', color: '#0366d6' });
  const publish = (tag: string) => ask('POST', '/repos/ada/engine/tags', { tag_name: tag, target: 'main' });
  const pulls = async () => (await ask('GET', '/repos/ada/app/pulls?state=all')) as Pull[];
  const proposed = async ({ head }: Pull) => {
    const file = await ask('GET', `/repos/ada/app/contents/deps.txt?ref=${encodeURIComponent(head.ref)}`);
    return Buffer.from(file.content, 'base64').toString();
  };
  const run = () => runRenovate(configFor(server.url), token, join(site.directory, 'renovate'));

  await publish('1.0.0');
  await publish('1.1.0');
  await run();
  const [first, ...others] = await pulls();
  expect(others).toEqual([]);
  expect(first).toMatchObject({ state: 'open', user: { login: 'ada' }, labels: [{ name: 'dependencies' }] });
  expect(first?.title).toContain('ada/engine');
  expect(first && (await proposed(first))).toBe('ada/engine 1.1.0\n');

  await run();
  expect(await pulls()).toEqual([first]);

  await publish('1.2.0');
  await run();
  const [second, ...more] = await pulls();
  expect(more).toEqual([]);
  expect(second?.number).toBe(first?.number);
  expect(second?.head.sha).not.toBe(first?.head.sha);
  expect(second && (await proposed(second))).toBe('ada/engine 1.2.0\n');
}, 600_000);

/** Runs it to its end; what it complains of fails the test. */
async function runRenovate(config: object, token: string, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const { stdout } = await promisify(execFile)(process.execPath, [RENOVATE], {
    cwd: directory,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      RENOVATE_BASE_DIR: directory,
      RENOVATE_CONFIG: JSON.stringify(config),
      RENOVATE_TOKEN: token,
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'debug',
    },
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const entries = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
  const WARNING = 40;
  const complaints = entries.filter(({ level }) => level >= WARNING);
  expect(complaints.map((entry) => JSON.stringify(entry)).filter((text) => !HARMLESS.test(text))).toEqual([]);
}

/** What it says of this machine, not of the server. */
const HARMLESS = /RE2 not usable|global config|No cache|github\.com token/i;
