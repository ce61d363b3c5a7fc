// The command line as people and scripts meet it: help, exit codes, one-line errors, configuration commands.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../support/command-line.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-cli-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  ['serve'],
  ['config', 'show'],
  ['config', 'init'],
  ['version'],
  ['admin', 'user', 'create'],
  ['admin', 'user', 'list'],
  ['admin', 'user', 'show'],
  ['admin', 'user', 'delete'],
  ['admin', 'user', 'suspend'],
  ['admin', 'user', 'must-change-password'],
  ['admin', 'user', 'disable-2fa'],
  ['admin', 'user', 'sessions'],
  ['admin', 'user', 'change-password'],
  ['admin', 'user', 'generate-access-token'],
  ['admin', 'jobs', 'list'],
  ['admin', 'jobs', 'run'],
  ['admin', 'jobs', 'retry'],
  ['admin', 'jobs', 'remove'],
  ['admin', 'org', 'list'],
  ['admin', 'org', 'create'],
  ['admin', 'repo', 'list'],
  ['admin', 'repo', 'create'],
  ['admin', 'repo', 'delete'],
  ['admin', 'repo', 'maintain'],
  ['admin', 'sendmail'],
  ['doctor', 'check'],
  ['secret', 'generate'],
])('%s %s %s has help with an example and takes --data and --config', async (...command) => {
  const { code, stdout } = await runCommand([...command, '--help']);
  expect(code).toBe(0);
  for (const part of ['--data', '--config', '--json', `Example:\n`, `opencodehub ${command.join(' ')}`]) {
    expect(stdout).toContain(part);
  }
});

describe('wrong calls end with 2 and one line that says what to do', () => {
  test.each([
    [['srve'], "unknown command 'srve' (Did you mean serve?)"],
    [['serve', '--prot', '3'], "unknown option '--prot' (Did you mean --port?)"],
    [['serve', '--port', 'x'], '--port (server.port) must be a whole number from 0 to 65535, not "x".'],
    [['serve', '--set', 'log.level'], '--set takes section.key=value'],
    [['serve', '--set', 'log.levle=info'], '--set log.levle is not a setting (did you mean log.level?).'],
    [['serve', '--config', '/nowhere.toml'], '/nowhere.toml: there is no such file'],
    [['admin', 'user', 'create', '--username', 'a'], 'Give the e-mail address with --email'],
    [['admin', 'user', 'create', '--username', 'a', '--email', 'a@b'], 'Give either --password'],
    [['admin', 'jobs', 'retry', 'seven'], 'The job takes a number from 1, not "seven".'],
    [
      ['admin', 'jobs', 'list', '--state', 'asleep'],
      '--state takes waiting, running, done, dead, not "asleep".',
    ],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCommand([
      ...args,
      ...(args.length > 1 ? ['--data', directory] : []),
    ]);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('config', () => {
  test('init writes a sample only its owner reads, and replaces nothing without --force', async () => {
    const file = join(directory, 'opencodehub.toml');
    expect((await runCommand(['config', 'init', '--data', directory])).stdout).toContain(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('# port = 3000');
    writeFileSync(file, '# mine\n');
    const again = await runCommand(['config', 'init', '--data', directory]);
    expect([again.code, again.stderr]).toEqual([
      1,
      `opencodehub: ${file} exists already: --force replaces it.\n`,
    ]);
    expect(readFileSync(file, 'utf8')).toBe('# mine\n');
    expect((await runCommand(['config', 'init', '--data', directory, '--force'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('# port = 3000');
  });

  test('show tells values and origins, secrets hidden', async () => {
    writeFileSync(join(directory, 'opencodehub.toml'), '[server]\nport = 4000\n');
    const env = { OPENCODEHUB_METRICS_TOKEN: 'sesame' };
    const args = ['config', 'show', '--data', directory, '--set', 'jobs.workers=3', '--json'];
    const { stdout } = await runCommand(args, { env });
    const { file, settings } = JSON.parse(stdout);
    expect(file).toBe(join(directory, 'opencodehub.toml'));
    expect(settings).toContainEqual({ key: 'server.port', value: 4000, origin: file });
    expect(settings).toContainEqual({ key: 'jobs.workers', value: 3, origin: '--set' });
    expect(settings).toContainEqual({
      key: 'metrics.token',
      value: '********',
      origin: 'OPENCODEHUB_METRICS_TOKEN',
    });
    expect(stdout).not.toContain('sesame');
  });

  test('looking at the configuration creates nothing', async () => {
    const data = join(directory, 'none');
    expect((await runCommand(['config', 'show', '--data', data])).code).toBe(0);
    expect(existsSync(data)).toBe(false);
  });
});

test('the version is told, also as JSON', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
  expect((await runCommand(['--version'])).stdout).toBe(`OpenCodeHub ${version}\n`);
  expect(JSON.parse((await runCommand(['version', '--json'])).stdout)).toMatchObject({ version });
});
