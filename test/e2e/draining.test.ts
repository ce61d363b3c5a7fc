// The end of a server: pushes under way finish, nothing new is taken. The executable, real signals, real git and ssh.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { executableSite } from '../support/executable-site.ts';
import { openGate } from '../support/gate.ts';
import type { Serving } from '../support/serving.ts';

const run = promisify(execFile);
const site = executableSite();

test.each(['http', 'ssh'] as const)(
  'a push over %s finishes after SIGTERM, nothing new is taken',
  async (by) => {
    const server = await site.serve();
    const token = await site.createAda();
    await callApi(server, token, '/user/repos', { name: 'slow' });
    const key = await addKey(server, token);
    const work = await commitOf(3_000_000);
    const gate = await openGate(portOf(by === 'http' ? server.url : (server.ssh ?? '')), 1_000_000);
    const remote =
      by === 'http'
        ? `http://ada:${token}@127.0.0.1:${gate.port}/ada/slow.git`
        : `ssh://git@127.0.0.1:${gate.port}/ada/slow.git`;
    const push = run('git', ['-C', work, 'push', remote, 'main'], { env: gitEnvironment(key) });
    await gate.reached;
    server.signal('SIGTERM');
    await server.logged('stopping');
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    gate.open();
    expect((await push).stderr).toContain('main -> main');
    expect(await server.ended).toBe(0);
    gate.close();

    const again = await site.serve();
    const url = `http://ada:${token}@${new URL(again.url).host}/ada/slow.git`;
    const { stdout: there } = await run('git', ['ls-remote', url, 'refs/heads/main']);
    const { stdout: here } = await run('git', ['-C', work, 'rev-parse', 'HEAD']);
    expect(there.split('\t')[0]).toBe(here.trim());
  },
);

async function addKey(server: Serving, token: string): Promise<string> {
  const key = join(site.directory, 'key');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await callApi(server, token, '/user/keys', { title: 'test', key: readFileSync(`${key}.pub`, 'utf8') });
  return key;
}

function gitEnvironment(key: string): Record<string, string> {
  const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes';
  return {
    PATH: process.env.PATH ?? '',
    HOME: site.directory,
    GIT_SSH_COMMAND: `ssh -F none -i ${key} ${options}`,
  };
}

async function callApi(server: Serving, token: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([answer.status, path]).toEqual([201, path]);
}

test('what lasts longer than server.drain_seconds is cut, and a second signal ends at once', async () => {
  const stuck = async (server: Serving) => {
    // Past the headers, so that the server is in the middle of a request and not of a greeting.
    const gate = await openGate(portOf(server.url), 2000);
    const request = fetch(`http://127.0.0.1:${gate.port}/login`, {
      method: 'POST',
      body: 'a'.repeat(5000),
    });
    const outcome = request.then(
      () => 'answered',
      () => 'cut',
    );
    await gate.reached;
    // An answer to somebody later tells that what came before was read.
    await fetch(`${server.url}/healthz`);
    return { outcome, gate };
  };
  const patient = await site.serve(['--set', 'server.drain_seconds=1']);
  const first = await stuck(patient);
  patient.signal('SIGTERM');
  expect(await patient.ended).toBe(0);
  first.gate.close();
  expect(await first.outcome).toBe('cut');

  const hasty = await site.serve(['--set', 'server.drain_seconds=600']);
  const second = await stuck(hasty);
  hasty.signal('SIGINT');
  await hasty.logged('stopping');
  hasty.signal('SIGINT');
  expect(await hasty.ended).toBe(130);
  second.gate.close();
  await second.outcome;
});

async function commitOf(bytes: number): Promise<string> {
  const work = join(site.directory, 'work');
  await run('git', ['init', '-q', '-b', 'main', work]);
  writeFileSync(join(work, 'random'), randomBytes(bytes));
  await run('git', ['-C', work, 'add', '.']);
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  await run('git', ['-C', work, ...who, 'commit', '-q', '-m', 'Much']);
  return work;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
