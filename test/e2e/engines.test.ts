// The executable on PostgreSQL and MariaDB: accounts, repositories, pushes, pages and jobs as on SQLite.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startMariadb, startPostgres } from '../support/engines.ts';
import { buildExecutable, EXECUTABLE, type RunningServer, startExecutable } from '../support/executable.ts';
import { ADMIN, callApi, createAdmin, gitEnvironment } from '../support/people.ts';

const ENGINES = [
  { name: 'PostgreSQL', start: startPostgres },
  { name: 'MariaDB', start: startMariadb },
];

beforeAll(() => buildExecutable(), 180_000);

describe.each(ENGINES)('on $name', ({ start }) => {
  let engine: Engine;
  let server: RunningServer;
  let work: string;
  let token: string;
  let environment: Record<string, string>;
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: work, env: gitEnvironment(), encoding: 'utf8' });

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'och-engine-'));
    engine = await start();
    environment = { PATH: '/usr/bin:/bin', OPENCODEHUB_DATABASE_URL: engine.url };
    const data = join(work, 'data');
    token = createAdmin(data, environment);
    server = await startExecutable({ data, env: environment });
  }, 180_000);
  afterAll(async () => {
    await server?.stop();
    await engine?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  it('takes a push, shows it, and keeps it over a restart', async () => {
    await callApi(server, token, 'POST', '/user/repos', { name: 'engine', private: true });
    git('init', '-q', '-b', 'main', 'source');
    writeFileSync(join(work, 'source', 'a.txt'), 'one\n');
    git('-C', 'source', 'add', '.');
    git('-C', 'source', 'commit', '-qm', 'First');
    const url = (base: string) =>
      `${base.replace('http://', `http://${ADMIN.name}:${token}@`)}/ada/engine.git`;
    git('-C', 'source', 'push', '-q', url(server.url), 'main');
    const commits = (await callApi(server, token, 'GET', '/repos/ada/engine/commits')) as { sha: string }[];
    expect(commits.map((commit) => commit.sha)).toEqual([git('-C', 'source', 'rev-parse', 'main').trim()]);
    expect((await fetch(`${server.url}/ada/engine`)).status).toBe(404);

    const { data } = server;
    server.process.kill('SIGKILL');
    await new Promise((done) => server.process.once('exit', done));
    server = await startExecutable({ data, env: environment });
    expect(await callApi(server, token, 'GET', '/repos/ada/engine')).toMatchObject({
      empty: false,
      private: true,
    });
    git('clone', '-q', url(server.url), 'clone');
  });

  it('lists its jobs by the command line', () => {
    const listed = execFileSync(EXECUTABLE, ['admin', 'jobs', 'list', '--json', '--data', server.data], {
      env: environment,
      encoding: 'utf8',
    });
    expect(listed).toContain('repos.maintain');
  });
});
