// The commands of administrators beside a running server: what they do holds there at once, and the server goes on.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { executableSite } from '../support/executable-site.ts';
import { gitEnvironment } from '../support/people.ts';

const site = executableSite();

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await site.admin(...args);
  expect([args, code, stderr]).toEqual([args, 0, '']);
  return stdout;
}

const doctor = () => runCommand(['doctor', 'check', '--json', '--data', site.data], { built: true });

test('accounts and repositories are administered beside the server, which serves pushes all the while', async () => {
  const server = await site.serve();
  const token = await site.createAda();
  await ok('user', 'create', '--username', 'bob', '--email', 'bob@example.org', '--random-password');
  const secret = (
    await ok(
      ...['user', 'generate-access-token', '--username', 'bob', '--name', 'ci', '--scopes', 'all', '--raw'],
    )
  ).trim();
  const bob = () => fetch(`${server.url}/api/v1/user`, { headers: { authorization: `token ${secret}` } });
  expect((await bob()).status).toBe(200);
  await ok('user', 'suspend', '--username', 'bob');
  expect((await bob()).status).toBe(401);
  await ok('user', 'suspend', '--username', 'bob', '--undo');
  expect((await bob()).status).toBe(200);

  await ok('repo', 'create', 'ada/engine', '--visibility', 'public');
  const work = join(site.directory, 'work');
  const git = (...args: string[]) => execFileSync('git', args, { env: gitEnvironment(), stdio: 'pipe' });
  const remote = `${server.url.replace('://', `://ada:${token}@`)}/ada/engine.git`;
  git('clone', '-q', remote, work);
  writeFileSync(join(work, 'README.md'), '# Engine\n');
  git('-C', work, 'add', '.');
  git('-C', work, 'commit', '-qm', 'Begin');
  git('-C', work, 'push', '-q', 'origin', 'HEAD:main');

  await ok('repo', 'maintain', 'ada/engine');
  // The server does it; the job leaves the list of waiting ones by itself.
  await expect
    .poll(async () => JSON.parse(await ok('jobs', 'list', '--state', 'done', '--json')), {
      timeout: 60_000,
      interval: 1000,
    })
    .toContainEqual(expect.objectContaining({ kind: 'repos.repack' }));

  const checked = await doctor();
  expect(checked.stderr).toBe('');
  expect([checked.code, JSON.parse(checked.stdout).wrong]).toEqual([0, 0]);
  // Its hooks are in order after all these commands.
  git('-C', work, 'commit', '-q', '--allow-empty', '-m', 'Go on');
  git('-C', work, 'push', '-q', 'origin', 'HEAD:main');

  server.signal('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(JSON.parse(await ok('user', 'show', '--username', 'ada', '--json'))).toMatchObject({
    repositories: 1,
  });
  expect((await doctor()).code).toBe(0);
});
