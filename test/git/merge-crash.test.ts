// Merges on a real server that is killed by SIGKILL again and again in the middle of them: what the branch holds is what is
// marked as merged, each change is there once, and nothing is left half done.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { type Serving, startServing } from '../support/serving.ts';

const COUNT = 10;
const STYLES = ['merge', 'squash', 'rebase'];

let work: string;
let data: string;
let token: string;
let server: Serving;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'och-merges-'));
  data = join(work, 'data');
  const who = ['--username', 'ada', '--data', data];
  const person = ['--email', 'ada@example.org', '--password', 'a long enough passphrase', '--admin'];
  await runCommand(['admin', 'user', 'create', ...who, ...person]);
  const made = await runCommand([
    ...['admin', 'user', 'generate-access-token', ...who],
    ...['--name', 'merges', '--scopes', 'all', '--raw'],
  ]);
  token = made.stdout.trim();
  server = await startServing(['--data', data]);
}, 120_000);
afterAll(async () => {
  server.signal('SIGKILL');
  await server.ended;
  rmSync(work, { recursive: true, force: true });
});

async function api(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

const at = (path: string) => `/repos/ada/shop${path}`;

async function prepare(): Promise<void> {
  await api('POST', '/user/repos', { name: 'shop', auto_init: true, default_branch: 'main' });
  for (let n = 1; n <= COUNT; n++) {
    const content = Buffer.from(`${n}\n`).toString('base64');
    const branch = { new_branch: `change-${n}`, branch: 'main', message: `Change ${n}`, content };
    expect((await api('POST', at(`/contents/file-${n}.txt`), branch)).status).toBe(201);
    const pull = { title: `Change ${n}`, head: `change-${n}`, base: 'main' };
    expect((await api('POST', at('/pulls'), pull)).status).toBe(201);
  }
}

function git(...args: string[]): string {
  const root = join(data, 'repositories');
  const name = readdirSync(root, { recursive: true })
    .map(String)
    .find((path) => path.endsWith('.git'));
  return execFileSync('git', ['-C', join(root, name ?? ''), ...args], { encoding: 'utf8' }).trim();
}

async function mergedNumbers(): Promise<number[]> {
  const numbers: number[] = [];
  for (let n = 1; n <= COUNT; n++)
    if ((await api('GET', at(`/pulls/${n}/merge`))).status === 204) numbers.push(n);
  return numbers;
}

function presentNumbers(): number[] {
  const names = git('ls-tree', '--name-only', 'main').split('\n');
  return names.flatMap((name) => Number(/^file-(\d+)/.exec(name)?.[1]) || []).toSorted((a, b) => a - b);
}

/** What the pages say and what the branch holds are the same, soon after the start. */
async function expectNoHalfState(): Promise<void> {
  for (let left = 60; ; left--) {
    const [merged, present] = [await mergedNumbers(), presentNumbers()];
    if (String(merged) === String(present) || left === 0) return expect(merged).toEqual(present);
    await wait(250);
  }
}

test('kill -9 during merges leaves no half state', async () => {
  await prepare();
  let seed = 11;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  let kills = 0;
  for (let round = 0; round < 40; round++) {
    const merged = new Set(await mergedNumbers());
    const open = Array.from({ length: COUNT }, (_, index) => index + 1).filter((n) => !merged.has(n));
    if (open.length === 0) break;
    const tries = open
      .slice(0, 3)
      .map((n) => api('POST', at(`/pulls/${n}/merge`), { Do: STYLES[n % 3] }).catch(() => undefined));
    if (kills < 6) {
      await wait(random(350));
      server.signal('SIGKILL');
      await server.ended;
      kills += 1;
      await Promise.all(tries);
      server = await startServing(['--data', data]);
    } else await Promise.all(tries);
    await expectNoHalfState();
  }
  expect(kills).toBeGreaterThan(3);
  expect(presentNumbers()).toHaveLength(COUNT);
  // Each change came once.
  for (let n = 1; n <= COUNT; n++) {
    const commits = git('log', '--format=%H', '--first-parent', 'main', '--', `file-${n}.txt`);
    expect(commits.split('\n')).toHaveLength(1);
    const { json } = await api('GET', at(`/pulls/${n}`));
    const { merge_commit_sha: oid } = json as { merge_commit_sha: string };
    git('merge-base', '--is-ancestor', oid, 'main');
  }
  git('fsck', '--strict', '--connectivity-only');
}, 600_000);
