// Kill -9 at random moments of pushes: every acknowledged push is kept, recorded, and nothing is left broken.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildExecutable, type RunningServer, startExecutable } from '../support/executable.ts';
import { ADMIN, callApi, createAdmin, gitEnvironment } from '../support/people.ts';

const KILLS = 50;
let work: string;
let data: string;
let token: string;
const env = gitEnvironment();

beforeAll(async () => {
  buildExecutable();
  work = mkdtempSync(join(tmpdir(), 'och-kill-'));
  data = join(work, 'data');
  token = createAdmin(data);
  const server = await startExecutable({ data });
  await callApi(server, token, 'POST', '/user/repos', { name: 'tough', private: false });
  await server.stop();
  git('init', '-q', '-b', 'main', join(work, 'clone'));
}, 180_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

function git(...args: string[]): string {
  return execFileSync('git', args, { env, cwd: work, encoding: 'utf8' });
}

interface Push {
  branch: string;
  oid: string;
  acknowledged: boolean;
}

/** Commits something and pushes it to a branch of its own while the server lives. */
async function push(server: RunningServer, branch: string): Promise<Push> {
  const clone = join(work, 'clone');
  execFileSync('git', ['commit', '-q', '--allow-empty', '-m', branch], { env, cwd: clone });
  const oid = execFileSync('git', ['rev-parse', 'HEAD'], { env, cwd: clone, encoding: 'utf8' }).trim();
  const url = `${server.url.replace('http://', `http://${ADMIN.name}:${token}@`)}/ada/tough.git`;
  const child = spawn('git', ['push', '-q', url, `HEAD:refs/heads/${branch}`], {
    env,
    cwd: clone,
    stdio: 'ignore',
  });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  return { branch, oid, acknowledged: code === 0 };
}

it(`keeps every acknowledged push through ${KILLS} kills`, async () => {
  const pushes: Push[] = [];
  // Moments are measured in pushes, so that a slow machine is killed in the middle of them as well.
  let usual = 200;
  for (let round = 0; round < KILLS; round++) {
    const server = await startExecutable({ data });
    for (let i = 0; i < round % 3; i++) {
      const began = performance.now();
      pushes.push(await push(server, `round-${round}-${i}`));
      usual = performance.now() - began;
    }
    const gone = new Promise((done) => server.process.once('exit', done));
    setTimeout(() => server.process.kill('SIGKILL'), Math.random() * usual * 1.2);
    for (let i = 0; server.process.exitCode === null && server.process.signalCode === null; i++) {
      pushes.push(await push(server, `last-${round}-${i}`));
    }
    await gone;
  }
  const acknowledged = pushes.filter((one) => one.acknowledged);
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS / 2);

  const server = await startExecutable({ data });
  const refs = git('ls-remote', `${server.url}/ada/tough.git`);
  for (const { branch, oid } of acknowledged) expect(refs).toContain(`${oid}\trefs/heads/${branch}`);
  expect(await server.stop()).toBe(0);

  const recorded = recordedUpdates();
  for (const { branch, oid } of acknowledged) {
    expect(recorded.get(`refs/heads/${branch}`), `event of ${branch}`).toBe(oid);
  }
  for (const line of refs
    .trim()
    .split('\n')
    .filter((one) => one.includes('refs/heads/'))) {
    const [oid, ref] = line.split('\t');
    expect(recorded.get(ref ?? ''), `event of ${ref}`).toBe(oid);
  }
  expectSound();
}, 600_000);

/** What the events say each ref was moved to last. */
function recordedUpdates(): Map<string, string> {
  const db = new Database(join(data, 'opencodehub.db'), { readonly: true });
  const rows = db.prepare(`select data from events where kind = 'push' order by id`).all() as {
    data: string;
  }[];
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.prepare('select count(*) as n from push_intents').get()).toEqual({ n: 0 });
  db.close();
  const last = new Map<string, string>();
  for (const row of rows) {
    const { updates } = JSON.parse(row.data) as { updates: { ref: string; newOid: string }[] };
    for (const update of updates) last.set(update.ref, update.newOid);
  }
  return last;
}

function expectSound(): void {
  const files = readdirSync(join(data, 'repositories'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.endsWith('.lock'))).toEqual([]);
  const head = files.find((name) => name.endsWith('.git/HEAD')) ?? '';
  const dir = join(data, 'repositories', head, '..');
  const fsck = spawnSync('git', ['fsck', '--full', '--strict', '--no-dangling'], {
    cwd: dir,
    env,
    encoding: 'utf8',
  });
  expect(fsck.stderr.replace(/^Checking.*$/gm, '').trim()).toBe('');
  expect(fsck.status).toBe(0);
}
