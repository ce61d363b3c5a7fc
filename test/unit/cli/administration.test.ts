// The commands of administrators in both forms, on real data without a server. Beside one: test/e2e/administration.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCommand } from '../../support/command-line.ts';
import { runHere } from '../../support/in-process.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: string;
let data: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'och-administration-'));
  data = join(directory, 'data');
  await ok(['user', 'create', ...named('ada'), '--email', 'ada@example.org', '--random-password', '--admin']);
  await ok(['user', 'create', ...named('bob'), '--email', 'bob@example.org', '--random-password']);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const named = (name: string) => ['--username', name];

const admin = (args: string[]) => runHere(['admin', ...args, '--data', data]);

async function ok(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await admin(args);
  expect([args, code, stderr]).toEqual([args, 0, '']);
  return stdout;
}

const json = async (args: string[]) => JSON.parse(await ok([...args, '--json']));

async function fails(args: string[], code: number, message: RegExp): Promise<void> {
  const outcome = await admin(args);
  expect([args, outcome.code, outcome.stdout]).toEqual([args, code, '']);
  expect(outcome.stderr).toMatch(/^opencodehub: [^\n]+\n$/);
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).not.toContain('unexpected');
}

test('an account is shown with what hangs on it', async () => {
  expect(await json(['user', 'show', ...named('ada')])).toMatchObject({
    username: 'ada',
    kind: 'user',
    email: 'ada@example.org',
    addresses: [{ email: 'ada@example.org', verified: true }],
    admin: true,
    hasPassword: true,
    secondFactors: [],
    sessions: 0,
    repositories: 0,
    lastLoginAt: null,
  });
  const text = await ok(['user', 'show', ...named('ada')]);
  expect(text).toContain('ada@example.org verified');
  expect(text).not.toMatch(/argon2/);
  await fails(
    ['user', 'show', ...named('eve')],
    1,
    /There is no account "eve": `opencodehub admin user list`/,
  );
  await fails(['user', 'show'], 2, /required option '--username/);
});

test('an account is suspended and let in again; the last administrator is not', async () => {
  expect(await ok(['user', 'suspend', ...named('bob')])).toContain('bob is suspended');
  expect(await json(['user', 'show', ...named('bob')])).toMatchObject({ suspended: true });
  expect(await json(['user', 'suspend', ...named('bob'), '--undo'])).toEqual({
    username: 'bob',
    suspended: false,
  });
  await fails(['user', 'suspend', ...named('ada')], 1, /only administrator who can sign in/);
});

test('a password change is asked for, second factors are reset', async () => {
  expect(await ok(['user', 'must-change-password', ...named('bob')])).toContain('must choose a new password');
  expect(await json(['user', 'show', ...named('bob')])).toMatchObject({ mustChangePassword: true });
  expect(await json(['user', 'disable-2fa', ...named('bob')])).toEqual({
    username: 'bob',
    secondFactors: [],
  });
  expect(await ok(['user', 'disable-2fa', ...named('bob')])).toContain('no second factor any more');
});

test('sessions are listed and ended', async () => {
  expect(await ok(['user', 'sessions', ...named('bob')])).toBe('bob is signed in nowhere.\n');
  expect(await json(['user', 'sessions', ...named('bob')])).toEqual([]);
  expect(await ok(['user', 'sessions', ...named('bob'), '--revoke', 'all'])).toContain('All sessions of bob');
  await fails(['user', 'sessions', ...named('bob'), '--revoke', '7'], 1, /session/);
  await fails(['user', 'sessions', ...named('bob'), '--revoke', 'some'], 2, /--revoke takes a number from 1/);
});

test('bots have tokens and nothing else', async () => {
  expect(await json(['user', 'create', ...named('builder'), '--bot'])).toMatchObject({ kind: 'bot' });
  await fails(['user', 'create', ...named('other'), '--bot', '--admin'], 2, /A --bot has no address/);
  await fails(['user', 'create', ...named('other'), '--random-password'], 2, /--email, or make a --bot/);
  const token = ['user', 'generate-access-token', ...named('builder'), '--scopes', 'write:repository'];
  expect(await ok([...token, '--name', 'ci', '--raw', '--expires', '30'])).toMatch(/^och_/);
  const made = await json([...token, '--name', 'release', '--expires', '2999-12-31']);
  expect(made.expiresAt).toBe('2999-12-31T23:59:59Z');
  await fails([...token, '--name', 'x', '--expires', 'soon'], 2, /--expires takes a day such as/);
  await fails([...token, '--name', 'x', '--expires', '2001-01-01'], 1, /future/);
  await fails([...token, '--name', 'x', '--repositories', 'no/where'], 1, /There is no repository no\/where/);
});

test('an account is deleted when that is meant', async () => {
  await ok(['user', 'create', ...named('zoe'), '--email', 'zoe@example.org', '--random-password']);
  await fails(['user', 'delete', ...named('zoe')], 2, /add --yes/);
  expect(await json(['user', 'delete', ...named('zoe'), '--yes'])).toEqual({
    username: 'zoe',
    deleted: true,
  });
  await fails(['user', 'show', ...named('zoe')], 1, /There is no account "zoe"/);
  await fails(['user', 'delete', ...named('ada'), '--yes'], 1, /only administrator/);
});

test('organizations are created and listed', async () => {
  expect(await ok(['org', 'list'])).toContain('There are no organizations yet');
  expect(await ok(['org', 'create', '--name', 'engines', '--owner', 'ada'])).toContain('owned by ada');
  const hidden = ['org', 'create', '--name', 'secret-lab', '--owner', 'ada', '--visibility', 'private'];
  expect(await json(hidden)).toMatchObject({ name: 'secret-lab', visibility: 'private', owner: 'ada' });
  expect(await json(['org', 'list'])).toMatchObject([
    { name: 'secret-lab', members: 1, repositories: 0 },
    { name: 'engines', visibility: 'public', members: 1 },
  ]);
  await fails(['org', 'create', '--name', 'engines', '--owner', 'ada'], 1, /taken/);
  await fails(['org', 'create', '--name', 'x1', '--owner', 'nobody'], 1, /There is no account/);
  await fails(['org', 'create', '--name', 'x1', '--owner', 'ada', '--visibility', 'odd'], 1, /visib|public/i);
});

test('repositories are created, listed, maintained and deleted', async () => {
  expect(await ok(['repo', 'create', 'bob/wheel', '--visibility', 'public'])).toBe(
    'Created the repository bob/wheel.\n',
  );
  expect(await json(['repo', 'create', 'engines/motor'])).toMatchObject({
    owner: 'engines',
    visibility: 'private',
  });
  const listed = await json(['repo', 'list']);
  expect(listed).toMatchObject([
    { owner: 'engines', name: 'motor' },
    { owner: 'bob', name: 'wheel' },
  ]);
  expect(await ok(['repo', 'list', '--sort', 'size', '--search', 'bob/'])).toContain('bob/wheel');
  await fails(['repo', 'list', '--sort', 'colour'], 2, /--sort takes updated or size/);
  await fails(['repo', 'create', 'wheel'], 2, /written owner\/name/);
  await fails(['repo', 'create', 'bob/wheel'], 1, /already/);
  await fails(['repo', 'create', 'nobody/wheel'], 1, /./);
  expect(await ok(['repo', 'maintain', 'bob/wheel'])).toContain('next for maintenance');
  expect((await json(['jobs', 'list', '--state', 'waiting']))[0]).toMatchObject({ kind: 'repos.repack' });
  await fails(['repo', 'delete', 'bob/wheel'], 2, /add --yes/);
  expect(await json(['repo', 'delete', 'bob/wheel', '--yes'])).toMatchObject({ deleted: true });
  await fails(['repo', 'delete', 'bob/wheel', '--yes'], 1, /does not exist/);
  await fails(['repo', 'maintain', 'bob/wheel'], 1, /does not exist/);
});

test('a job is removed, and never shows what it was given', async () => {
  const jobs: { id: number }[] = await json(['jobs', 'list']);
  expect(jobs.length).toBeGreaterThan(0);
  expect(jobs.every((job) => !('payload' in job))).toBe(true);
  const id = String(jobs[0]?.id);
  expect(await ok(['jobs', 'remove', id])).toBe(`Job ${id} was deleted.\n`);
  await fails(['jobs', 'remove', id], 1, /job/);
  await fails(['jobs', 'remove', 'seven'], 2, /takes a number from 1/);
});

test('mails say what is missing', async () => {
  await fails(['sendmail'], 2, /either --to with an address, or --username/);
  await fails(['sendmail', '--to', 'a@b', '--username', 'ada'], 2, /either --to/);
  await fails(['sendmail', '--to', 'nobody'], 1, /not an e-mail address/);
  await fails(['sendmail', '--username', 'ada'], 1, /mail\.host/);
  const written = ['sendmail', '--to', 'ada@example.org', '--subject', 'Hello', '--data', data];
  const { code, stderr } = await runCommand(['admin', ...written], { input: '' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('standard input, which was empty')]);
});

test('secrets are random and as long as asked', async () => {
  const run = (...args: string[]) => runHere(['secret', 'generate', ...args]);
  const first = (await run()).stdout;
  expect(first).toMatch(/^[0-9A-Za-z]{32}\n$/);
  expect((await run()).stdout).not.toBe(first);
  expect(JSON.parse((await run('--length', '64', '--json')).stdout).secret).toHaveLength(64);
  for (const length of ['8', '5000', 'x']) {
    const { code, stderr } = await run('--length', length);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^opencodehub: --length takes a number from 16/),
    ]);
  }
});
