// The merge queue of a real server that is killed by SIGKILL again and again: what was queued is merged once, in order, and
// nothing is left half done.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { type Serving, startServing } from '../support/serving.ts';

const COUNT = 10;
const KILLS = 8;
const BAD = 4;

let work: string;
let data: string;
let token: string;
let server: Serving;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'och-queue-'));
  data = join(work, 'data');
  const who = ['--username', 'ada', '--data', data];
  const person = ['--email', 'ada@example.org', '--password', 'a long enough passphrase', '--admin'];
  await runCommand(['admin', 'user', 'create', ...who, ...person]);
  const made = await runCommand([
    ...['admin', 'user', 'generate-access-token', ...who],
    ...['--name', 'queue', '--scopes', 'all', '--raw'],
  ]);
  token = made.stdout.trim();
  server = await startServing(['--data', data]);
});
afterAll(async () => {
  server.signal('SIGKILL');
  await server.ended;
  rmSync(work, { recursive: true, force: true });
});

interface Answer {
  status: number;
  json: never;
}

async function api(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${server.url}/api/v1/repos/ada/shop${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: (text === '' ? undefined : JSON.parse(text)) as never };
}

async function prepare(): Promise<void> {
  await fetch(`${server.url}/api/v1/user/repos`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'shop', auto_init: true, default_branch: 'main' }),
  });
  for (let n = 1; n <= COUNT; n++) {
    const content = Buffer.from(`${n}\n`).toString('base64');
    const branch = { new_branch: `change-${n}`, branch: 'main', message: `Change ${n}`, content };
    expect((await api('POST', `/contents/file-${n}.txt`, branch)).status).toBe(201);
    const pull = { title: `Change ${n}`, head: `change-${n}`, base: 'main' };
    const made = await api('POST', '/pulls', pull);
    expect(made.status).toBe(201);
    const { head } = made.json as { head: { sha: string } };
    await api('POST', `/statuses/${head.sha}`, { state: 'success', context: 'ci' });
  }
  const rules = {
    name: 'Queue',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['main'], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          required_status_checks: [{ context: 'ci' }],
          strict_required_status_checks_policy: false,
        },
      },
      {
        type: 'merge_queue',
        parameters: { merge_method: 'SQUASH', max_entries_to_merge: 2, max_entries_to_build: 3 },
      },
    ],
  };
  const made = await api('POST', '/rulesets', rules);
  expect(made.status, JSON.stringify(made.json)).toBe(201);
}

interface Queue {
  groups: { state: string; sha: string | null; entries: { number: number }[] }[];
  waiting: { number: number }[];
}

/** A check outside: it fetches what is tested, and says that it is good unless the bad change is in it. */
async function check(): Promise<number> {
  const { json, status } = await api('GET', '/merge_queue/main');
  if (status !== 200) return -1;
  const queue = json as Queue;
  for (const { sha, state } of queue.groups) {
    if (state !== 'testing' || !sha) continue;
    const isBad = (await api('GET', `/contents/file-${BAD}.txt?ref=${sha}`)).status === 200;
    await api('POST', `/statuses/${sha}`, { state: isBad ? 'failure' : 'success', context: 'ci' });
  }
  return queue.waiting.length + queue.groups.length;
}

function repositoryIn(directory: string): string {
  const found = readdirSync(join(directory, 'repositories'), { recursive: true })
    .map(String)
    .find((path) => path.endsWith('.git'));
  return join(directory, 'repositories', found ?? '');
}

test('kill -9 at any moment loses nothing, merges nothing twice, and leaves nothing half done', async () => {
  await prepare();
  const first = await api('GET', '/pulls/1');
  expect(first.status).toBe(200);
  for (let n = 1; n <= COUNT; n++) expect((await api('POST', `/pulls/${n}/queue`, {})).status).toBe(201);
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  let kills = 0;
  for (let round = 0; round < 400; round++) {
    const left = await check().catch(() => -1);
    if (left === 0) break;
    await wait(100 + random(500));
    // The first ones in any case: a quick machine would be done before.
    if (kills >= KILLS || (kills > 3 && random(3) > 0)) continue;
    kills += 1;
    server.signal('SIGKILL');
    await server.ended;
    server = await startServing(['--data', data]);
  }
  expect(kills).toBeGreaterThan(3);
  const good = Array.from({ length: COUNT }, (_, at) => at + 1).filter((n) => n !== BAD);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repositoryIn(data), ...args], { encoding: 'utf8' });
  const subjects = git('log', '--first-parent', '--reverse', '--format=%s', 'main')
    .trim()
    .split('\n')
    .slice(1);
  const merged = subjects.map((subject) => Number(/#(\d+)/.exec(subject)?.[1]));
  expect(merged.toSorted((a, b) => a - b)).toEqual(good);
  for (const n of good) {
    const { json } = await api('GET', `/pulls/${n}`);
    expect(json, `#${n}`).toMatchObject({ merged: true, state: 'closed' });
    const { merge_commit_sha: oid } = json as { merge_commit_sha: string };
    git('merge-base', '--is-ancestor', oid, 'main');
  }
  expect((await api('GET', `/pulls/${BAD}`)).json).toMatchObject({ merged: false, state: 'open' });
  // They are swept behind the last step, and after a kill by the job that takes up what was left.
  await expect.poll(() => git('for-each-ref', 'refs/queue/'), { timeout: 120_000, interval: 500 }).toBe('');
  git('fsck', '--strict', '--connectivity-only');
}, 300_000);
