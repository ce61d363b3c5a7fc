// `admin` commands on real data, without a server. What they do beside one is in test/e2e/lifecycle.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CommandOptions, runCommand } from '../../support/command-line.ts';

// Each command is a process that loads the sources.
vi.setConfig({ testTimeout: 60_000 });

let directory: string;
let data: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-admin-'));
  data = join(directory, 'data');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function admin(args: string[], options: CommandOptions = {}) {
  return runCommand(['admin', ...args, '--data', data], options);
}

function create(name: string, ...more: string[]) {
  return admin(['user', 'create', '--username', name, '--email', `${name}@example.org`, ...more]);
}

test('accounts are created, listed, and given passwords and tokens', async () => {
  const ada = await create('ada', '--random-password', '--admin', '--json');
  expect(JSON.parse(ada.stdout)).toMatchObject({ username: 'ada', admin: true });
  expect(JSON.parse(ada.stdout).password).toMatch(/^[\w-]{20}$/);
  expect((await create('bob', '--password', 'a long enough secret')).stdout).toBe(
    'Created the account bob.\n',
  );

  const listed = JSON.parse((await admin(['user', 'list', '--json'])).stdout);
  expect(listed).toMatchObject([
    { username: 'ada', admin: true, lastLoginAt: null },
    { username: 'bob', admin: false, suspended: false },
  ]);

  const token = ['user', 'generate-access-token', '--username', 'bob', '--scopes', 'all', '--name'];
  expect((await admin([...token, 'ci', '--raw'])).stdout).toMatch(/^och_[0-9A-Za-z]{49}\n$/);
  expect((await admin([...token, 'ci', '--raw'])).code).toBe(1);

  const change = ['user', 'change-password', '--username', 'bob', '--password', '-'];
  expect((await admin(change, { input: 'another long secret\n' })).code).toBe(0);
  expect((await admin(change, { input: '' })).code).toBe(2);
});

test('failures end with 1 and one line; nothing secret is printed', async () => {
  await create('ada', '--random-password');
  const failures = [
    await create('ADA', '--random-password'),
    await create('bob', '--password', 'short'),
    await admin(['user', 'change-password', '--username', 'eve', '--random-password']),
    await admin([
      'user',
      'generate-access-token',
      '--username',
      'ada',
      '--name',
      'x',
      '--scopes',
      'everything',
    ]),
    await admin(['jobs', 'retry', '99']),
  ];
  for (const { code, stdout, stderr } of failures) {
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^opencodehub: [^\n]+\n$/);
    expect(stderr).not.toContain('unexpected');
  }
});

test('where there is no data, only the first account creates it', async () => {
  const commands = [
    ['user', 'list'],
    ['user', 'change-password', '--username', 'ada', '--random-password'],
    ['user', 'generate-access-token', '--username', 'ada', '--name', 'ci', '--scopes', 'all'],
    ['jobs', 'list'],
    ['jobs', 'run'],
    ['jobs', 'retry', '1'],
    ['user', 'list', '--set', 'database.url=postgres://127.0.0.1:1/none'],
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = await admin(command);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `opencodehub: There is no data in ${data}: name the data directory of the server with --data.\n`,
    );
    expect(existsSync(data)).toBe(false);
  }
  mkdirSync(data);
  expect((await admin(['user', 'list'])).code).toBe(1);
  expect(readdirSync(data)).toEqual([]);
});

test('jobs are run and listed', async () => {
  await create('ada', '--random-password');
  expect((await admin(['jobs', 'run', '--json'])).code).toBe(0);
  expect(JSON.parse((await admin(['jobs', 'list', '--json'])).stdout)).toEqual([]);
});

test('everything it creates is closed to others', async () => {
  await create('ada', '--random-password');
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    expect([entry.name, statSync(join(entry.parentPath, entry.name)).mode & 0o077]).toEqual([entry.name, 0]);
  }
  expect(statSync(data).mode & 0o777).toBe(0o700);
});

test.runIf(process.getuid?.() === 0)(
  'run by root, it leaves no files of root in the data of another',
  async () => {
    chmodSync(directory, 0o755);
    mkdirSync(data);
    chownSync(data, 65534, 65534);
    // The sources must be readable by that user: only where they are can this be tried.
    const { code, stderr } = await create('ada', '--random-password');
    expect([code, stderr]).toEqual([0, '']);
    for (const name of readdirSync(data))
      expect([name, statSync(join(data, name)).uid]).toEqual([name, 65534]);
  },
);
