// `doctor check`: finds each kind of damage, mends what is safe, and tells what it did.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runHere } from '../../support/in-process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Finding {
  check: string;
  state: string;
  text: string;
}

let directory: string;
let data: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'och-doctor-'));
  data = join(directory, 'data');
  const user = ['--username', 'ada', '--email', 'ada@example.org', '--random-password', '--admin'];
  await runHere(['admin', 'user', 'create', ...user, '--data', data]);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function doctor(
  ...args: string[]
): Promise<{ code: number | null; wrong: number; findings: Finding[] }> {
  const { code, stdout, stderr } = await runHere(['doctor', 'check', '--json', ...args, '--data', data]);
  if (stdout === '') throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
}

const notFine = ({ findings }: { findings: Finding[] }) => findings.filter(({ state }) => state !== 'fine');

function sql(statement: string): void {
  const database = new Database(join(data, 'opencodehub.db'));
  database.exec(statement);
  database.close();
}

async function makeRepository(name: string): Promise<string> {
  const before = keysOnDisk();
  const { code, stderr } = await runHere(['admin', 'repo', 'create', `ada/${name}`, '--data', data]);
  expect([code, stderr]).toEqual([0, '']);
  const [made] = keysOnDisk().filter((path) => !before.includes(path));
  if (made === undefined) throw new Error('nothing was made');
  return made;
}

function keysOnDisk(): string[] {
  return readdirSync(join(data, 'repositories'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^..\/..\/[a-z0-9]{32}\.git$/.test(path))
    .map((path) => join(data, 'repositories', path));
}

const longAgo = new Date(Date.now() - 86_400_000);

test('sound data: exit code 0, a line for each check', async () => {
  await makeRepository('engine');
  const { code, stdout, stderr } = await runHere(['doctor', 'check', '--data', data]);
  expect([code, stderr]).toEqual([0, '']);
  for (const check of [
    'permissions',
    'disk space',
    'git version',
    'migrations',
    'secrets key',
    'SSH host keys',
  ]) {
    expect(stdout).toContain(`ok      ${check}: `);
  }
  for (const check of ['hooks', 'data on disk', 'repositories', 'pushes', 'rows', 'audit log', 'jobs']) {
    expect(stdout).toContain(`ok      ${check}: `);
  }
});

test('where there is no data it says so and creates nothing', async () => {
  const none = join(directory, 'none');
  const { code, stderr } = await runHere(['doctor', 'check', '--data', none]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('There is no data in')]);
  expect(existsSync(none)).toBe(false);
});

test('what is open to others is found and closed', async () => {
  chmodSync(join(data, 'keys', 'secrets.key'), 0o644);
  chmodSync(join(data, 'opencodehub.db'), 0o666);
  const found = await doctor();
  expect([found.code, found.wrong]).toEqual([1, 2]);
  const mended = await doctor('--fix');
  expect([mended.code, notFine(mended).map(({ state }) => state)]).toEqual([0, ['mended', 'mended']]);
  expect(statSync(join(data, 'keys', 'secrets.key')).mode & 0o777).toBe(0o600);
  expect(notFine(await doctor())).toEqual([]);
});

test('a missing key is told, and none is made in its place', async () => {
  renameSync(join(data, 'keys', 'secrets.key'), join(directory, 'secrets.key'));
  for (const args of [[], ['--fix']]) {
    const found = await doctor(...args);
    expect(found.code).toBe(1);
    expect(notFine(found)[0]?.text).toContain('restore it from the backup');
    expect(existsSync(join(data, 'keys', 'secrets.key'))).toBe(false);
  }
});

test('another key is told apart from the right one', async () => {
  writeFileSync(join(data, 'keys', 'secrets.key'), Buffer.alloc(32, 7), { mode: 0o600 });
  const found = await doctor();
  expect(notFine(found).map(({ check }) => check)).toEqual(['secrets key', 'audit log']);
});

test('damaged host keys are set aside, new ones are made', async () => {
  const { openHostKeys } = await import('../../../src/surfaces/ssh/host-keys.ts');
  await openHostKeys(join(data, 'keys'));
  writeFileSync(join(data, 'keys', 'ssh_host_ed25519_key'), 'nonsense', { mode: 0o600 });
  rmSync(join(data, 'keys', 'ssh_host_rsa_key'));
  expect((await doctor()).wrong).toBe(2);
  const mended = await doctor('--fix');
  expect(notFine(mended).map(({ check, state }) => `${check} ${state}`)).toEqual([
    'SSH host keys mended',
    'SSH host keys mended',
  ]);
  const names = readdirSync(join(data, 'keys'));
  expect(names.filter((name) => name.startsWith('ssh_host_ed25519_key.unreadable-'))).toHaveLength(1);
  expect(notFine(await doctor())).toEqual([]);
});

test('rows without data are told and never mended', async () => {
  rmSync(await makeRepository('lost'), { recursive: true });
  for (const args of [[], ['--fix']]) {
    const found = await doctor(...args);
    expect([found.code, notFine(found).map(({ check }) => check)]).toEqual([1, ['data on disk']]);
    expect(notFine(found)[0]?.text).toMatch(/^ada\/lost has no data: restore/);
  }
});

test('data without rows is moved aside, never deleted; what is young is left alone', async () => {
  const path = await makeRepository('gone');
  sql("delete from repositories where name = 'gone'");
  expect(notFine(await doctor())).toEqual([]);
  utimesSync(path, longAgo, longAgo);
  expect((await doctor()).wrong).toBe(1);
  const mended = await doctor('--fix');
  expect(notFine(mended)).toMatchObject([{ check: 'data on disk', state: 'mended' }]);
  const aside = readdirSync(join(data, 'orphans'));
  expect(aside).toHaveLength(1);
  expect(existsSync(join(data, 'orphans', aside[0] ?? '', 'HEAD'))).toBe(true);
  expect(existsSync(path)).toBe(false);
});

test('a repository’s own settings and HEAD are set right, earlier settings are kept', async () => {
  const path = await makeRepository('odd');
  writeFileSync(join(path, 'config'), '[core]\n\tbare = true\n\thooksPath = /dev/null\n');
  writeFileSync(join(path, 'HEAD'), 'ref: refs/heads/elsewhere\n');
  expect((await doctor()).wrong).toBe(2);
  await doctor('--fix');
  expect(readFileSync(join(path, 'config'), 'utf8')).toContain('cache/hooks');
  expect(readFileSync(join(path, 'HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
  expect(readdirSync(path).filter((name) => name.startsWith('config.before-'))).toHaveLength(1);
  expect(notFine(await doctor())).toEqual([]);
});

test('changed hooks are written anew', async () => {
  const hooks = join(data, 'cache', 'hooks');
  mkdirSync(hooks, { recursive: true });
  writeFileSync(join(hooks, 'pre-receive'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  expect(notFine(await doctor())).toMatchObject([{ check: 'hooks', state: 'wrong' }]);
  expect(notFine(await doctor('--fix'))).toMatchObject([{ check: 'hooks', state: 'mended' }]);
  expect(readFileSync(join(hooks, 'pre-receive'), 'utf8')).toContain('OPENCODEHUB_HOOK_MARK');
});

test('a log that was tampered with is found', async () => {
  sql("update audit_entries set actor_name = 'eve' where sequence = 1");
  const found = await doctor('--fix');
  expect([found.code, notFine(found)]).toMatchObject([
    1,
    [{ check: 'audit log', state: 'wrong', text: expect.stringContaining('Entry 1 was changed') }],
  ]);
});

test('marks and counters that are not true are set right', async () => {
  await makeRepository('starred');
  sql('update users set has_second_factor = 1, follower_count = 9; update repositories set star_count = 3');
  expect((await doctor()).wrong).toBe(2);
  expect((await doctor('--fix')).wrong).toBe(0);
  expect(notFine(await doctor())).toEqual([]);
});

test('interrupted pushes, dead jobs, ownerless organizations and a missing administrator are told', async () => {
  await makeRepository('engine');
  const old = longAgo.getTime();
  sql(`
    insert into push_intents (repository_id, updates, created_at) select id, '[]', ${old} from repositories;
    insert into jobs (queue, kind, payload, state, priority, run_at, attempts, max_attempts, fairness_key, created_at)
      values ('default', 'x', '{}', 'dead', 1, 1, 8, 8, '', 1);
    insert into users (kind, name, name_key, display_name, email, email_key, is_admin, is_suspended, created_at, updated_at)
      values ('organization', 'empty', 'empty', '', '', ':empty', 0, 0, 1, 1);
    update users set is_suspended = 1 where name = 'ada';
  `);
  const found = await doctor();
  expect(notFine(found).map(({ check }) => check)).toEqual(['pushes', 'rows', 'rows', 'jobs']);
  expect(found.code).toBe(1);
});

test('a schema that is behind is told, and the rest is not looked at', async () => {
  sql("update schema_migrations set statements_done = 0 where name like '0002%'");
  const found = await doctor();
  expect(notFine(found).map(({ check }) => check)).toEqual(['migrations', 'database']);
  expect(notFine(found)[0]?.text).toContain('0002');
});
