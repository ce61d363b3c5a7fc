// The configuration: order of the sources, every mistake at once, and where values came from.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigSources, loadConfig } from '../../../src/platform/config/load-config.ts';
import { showConfig } from '../../../src/platform/config/show-config.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-config-'));
  file = join(directory, 'some.toml');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function load(sources: Partial<ConfigSources>) {
  const nowhere = { OPENCODEHUB_DATA_DIRECTORY: join(directory, 'data') };
  return loadConfig({ flags: [], ...sources, environment: { ...nowhere, ...sources.environment } });
}

function mistakesOf(sources: Partial<ConfigSources>): string[] {
  try {
    load(sources);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('order of the sources', () => {
  test('the file covers the default, the environment the file, a flag the environment', () => {
    writeFileSync(file, '[server]\nport = 1\nlisten = "::1"\n[ssh]\nport = 1\n[git]\nbinary = "git2"\n');
    const { config, origins } = load({
      file,
      environment: { OPENCODEHUB_SERVER_PORT: '2', OPENCODEHUB_SSH_PORT: '2' },
      flags: [{ flag: '--port', key: 'server.port', value: '3' }],
    });
    expect([config.server.port, config.ssh.port, config.git.binary, config.jobs.workers]).toEqual([
      3,
      2,
      'git2',
      2,
    ]);
    expect(origins.get('server.port')).toEqual({ kind: 'flag', flag: '--port' });
    expect(origins.get('ssh.port')).toEqual({ kind: 'environment', variable: 'OPENCODEHUB_SSH_PORT' });
    expect(origins.get('server.listen')).toEqual({ kind: 'file', path: file });
    expect(origins.get('jobs.workers')).toEqual({ kind: 'default' });
  });

  test('the file is the named one, else the one of OPENCODEHUB_CONFIG, else the one in the data directory', () => {
    const data = join(directory, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'opencodehub.toml'), '[server]\nport = 11\n');
    writeFileSync(join(directory, 'env.toml'), '[server]\nport = 12\n');
    writeFileSync(file, '[server]\nport = 13\n');
    const environment = { OPENCODEHUB_CONFIG: join(directory, 'env.toml') };
    expect(load({}).config.server.port).toBe(11);
    expect(load({ environment }).config.server.port).toBe(12);
    expect(load({ environment, file }).config.server.port).toBe(13);
  });

  test('lists and booleans are read from the environment', () => {
    const { config } = load({
      environment: {
        OPENCODEHUB_SERVER_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        OPENCODEHUB_SSH_ENABLED: 'false',
      },
    });
    expect(config.server.trusted_proxies).toEqual(['10.0.0.0/8', '::1']);
    expect(config.ssh.enabled).toBe(false);
  });
});

describe('mistakes', () => {
  test('all of them are told at once, each with where it came from and what is expected', () => {
    writeFileSync(
      file,
      '[server]\nport = "abc"\nlissten = "x"\ntrusted_proxies = ["10.0.0.0/99"]\n[servr]\n[log]\nlevel = "loud"\n',
    );
    const mistakes = mistakesOf({
      file,
      environment: { OPENCODEHUB_SERVER_PROT: '1', OPENCODEHUB_SSH_ENABLED: 'yes' },
      flags: [{ flag: '--port', key: 'server.port', value: '99999' }],
    });
    expect(mistakes).toEqual([
      'The configuration has 8 mistakes:',
      '  OPENCODEHUB_SERVER_PROT in the environment is not a setting (did you mean OPENCODEHUB_SERVER_PORT?).',
      `  ${file}: server.lissten is not a setting (did you mean listen?).`,
      `  ${file}: [servr] is not a section (did you mean server?).`,
      `  ${file}: server.port must be a whole number from 0 to 65535, not "abc".`,
      `  ${file}: server.trusted_proxies must hold IP addresses or CIDR networks such as 10.0.0.0/8, not ["10.0.0.0/99"].`,
      `  ${file}: log.level must be one of trace, debug, info, warn, error, not "loud".`,
      '  OPENCODEHUB_SSH_ENABLED (ssh.enabled) must be true or false, not "yes".',
      '  --port (server.port) must be a whole number from 0 to 65535, not 99999.',
    ]);
  });

  test.each([
    ['server.public_url', 'code.example.org'],
    ['server.public_url', 'https://example.org/git'],
    ['server.public_url', 'ftp://example.org'],
    ['server.listen', ' '],
    ['server.trusted_proxies', 'everywhere'],
    ['maintenance.quiet_hours', '22'],
    ['maintenance.quiet_hours', '22-25'],
    ['database.url', 'postgres://'],
    ['database.url', 'sqlite://x/y'],
    ['accounts.min_password_length', '4'],
    ['server.port', '-1'],
    ['server.port', '1.5'],
    ['server.port', ''],
  ])('%s refuses "%s"', (key, value) => {
    expect(mistakesOf({ flags: [{ flag: '--set', key, value }] }).join()).toContain(`--set (${key}) `);
  });

  test('certificate and key belong together', () => {
    const flags = [{ flag: '--set', key: 'server.tls_cert', value: '/a.pem' }];
    expect(mistakesOf({ flags }).join()).toContain('server.tls_cert and server.tls_key belong together');
  });

  test('a secret that is wrong is not repeated', () => {
    const environment = { OPENCODEHUB_DATABASE_URL: 'postgres://app:hunter2@' };
    const told = mistakesOf({ environment }).join();
    expect(told).toContain('OPENCODEHUB_DATABASE_URL (database.url)');
    expect(told).not.toContain('hunter2');
  });

  test('a file that is missing, or not TOML, is told with the other mistakes', () => {
    const flags = [{ flag: '--port', key: 'server.port', value: 'x' }];
    expect(mistakesOf({ file: join(directory, 'none.toml'), flags })).toHaveLength(3);
    writeFileSync(file, '[server]\nport = = 3\n');
    expect(mistakesOf({ file }).join()).toContain(`${file}:2:`);
  });

  test('the file in the data directory cannot move the data directory', () => {
    mkdirSync(join(directory, 'data'));
    writeFileSync(join(directory, 'data', 'opencodehub.toml'), '[data]\ndirectory = "/elsewhere"\n');
    expect(mistakesOf({}).join()).toContain('data.directory cannot be set in the file');
  });
});

test('config show hides passwords and tokens, and tells origins', () => {
  const environment = {
    OPENCODEHUB_DATABASE_URL: 'postgres://app:hunter2@db.example.org/forge',
    OPENCODEHUB_METRICS_TOKEN: 'sesame',
  };
  const shown = showConfig(load({ environment }));
  const byKey = new Map(shown.map((setting) => [setting.key, setting]));
  expect(byKey.get('database.url')).toMatchObject({
    value: 'postgres://app:********@db.example.org/forge',
    origin: 'OPENCODEHUB_DATABASE_URL',
  });
  expect(byKey.get('metrics.token')?.value).toBe('********');
  expect(byKey.get('server.port')).toMatchObject({ value: 3000, origin: 'default' });
  expect(JSON.stringify(shown)).not.toMatch(/hunter2|sesame/);
});
