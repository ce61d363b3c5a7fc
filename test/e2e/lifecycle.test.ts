// The life of a server: start, refusal of a second one, reload, draining, sudden death. Real processes and signals.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { runCommand } from '../support/command-line.ts';
import { buildExecutable } from '../support/executable.ts';
import { openGate } from '../support/gate.ts';
import { startNotifySocket } from '../support/notify-socket.ts';
import { type Serving, startServing } from '../support/serving.ts';

const run = promisify(execFile);

let directory: string;
let data: string;
let servers: Serving[];

beforeAll(buildExecutable);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-life-'));
  data = join(directory, 'data');
  servers = [];
});

afterEach(async () => {
  for (const server of servers) server.signal('SIGKILL');
  await Promise.all(servers.map((server) => server.ended));
  rmSync(directory, { recursive: true, force: true });
});

async function serve(args: string[] = [], env: Record<string, string> = {}): Promise<Serving> {
  const server = await startServing(['--data', data, ...args], { env, built: true });
  servers.push(server);
  return server;
}

function command(...args: string[]) {
  return runCommand(args, { built: true });
}

function admin(...args: string[]) {
  return command('admin', ...args, '--data', data);
}

async function createAda(): Promise<string> {
  await admin(
    'user',
    'create',
    '--username',
    'ada',
    '--email',
    'ada@example.org',
    '--random-password',
    '--admin',
  );
  const made = await admin(
    'user',
    'generate-access-token',
    '--username',
    'ada',
    '--name',
    't',
    '--scopes',
    'all',
    '--raw',
  );
  return made.stdout.trim();
}

describe('start', () => {
  test('the setup link is printed until somebody has an account; commands work beside the server', async () => {
    const server = await serve();
    expect(server.setup).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup\?token=[\w-]{40,}$/);
    expect((await fetch(server.setup ?? '')).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const token = await createAda();
    const me = await fetch(`${server.url}/api/v1/user`, { headers: { authorization: `token ${token}` } });
    expect(await me.json()).toMatchObject({ login: 'ada' });
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect((await serve()).setup).toBeNull();
  });

  test('a second server on the same data is refused by name, and nothing is left after kill -9', async () => {
    const server = await serve();
    const second = await command('serve', '--data', data, '--port', '0', '--ssh-port', '0');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`This data directory is in use by process ${server.pid}, since 2`);
    expect((await admin('jobs', 'run')).stderr).toContain('A server is running on this data');
    server.signal('SIGKILL');
    await server.ended;
    const next = await serve();
    expect((await fetch(`${next.url}/healthz`)).status).toBe(200);
  });

  test('a taken port ends the start with what to do, and leaves the data free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    for (const [flag, free] of [
      ['--port', '--ssh-port'],
      ['--ssh-port', '--port'],
    ] as const) {
      const { code, stderr } = await command('serve', '--data', data, flag, String(port), free, '0');
      expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken by another program`);
      expect(code).toBe(1);
    }
    other.close();
    await serve();
  });

  test('a unix socket is served, and one left by kill -9 is no obstacle', async () => {
    const path = join(directory, 'web.sock');
    const server = await serve(['--set', `server.unix_socket=${path}`]);
    expect(await overSocket(path)).toContain('"ok"');
    server.signal('SIGKILL');
    await server.ended;
    expect(existsSync(path)).toBe(true);
    await serve(['--set', `server.unix_socket=${path}`]);
    expect(await overSocket(path)).toContain('"ok"');
  });

  function overSocket(socketPath: string): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ socketPath, path: '/healthz', agent: false }, (response) => resolve(text(response))).on(
        'error',
        reject,
      );
    });
  }
});

describe('end', () => {
  test.each(['http', 'ssh'] as const)(
    'a push over %s finishes after SIGTERM, nothing new is taken',
    async (by) => {
      const server = await serve();
      const token = await createAda();
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

      const again = await serve();
      const url = `http://ada:${token}@${new URL(again.url).host}/ada/slow.git`;
      const { stdout: there } = await run('git', ['ls-remote', url, 'refs/heads/main']);
      const { stdout: here } = await run('git', ['-C', work, 'rev-parse', 'HEAD']);
      expect(there.split('\t')[0]).toBe(here.trim());
    },
  );

  async function addKey(server: Serving, token: string): Promise<string> {
    const key = join(directory, 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await callApi(server, token, '/user/keys', { title: 'test', key: readFileSync(`${key}.pub`, 'utf8') });
    return key;
  }

  function gitEnvironment(key: string): Record<string, string> {
    const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes';
    return {
      PATH: process.env.PATH ?? '',
      HOME: directory,
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
      const gate = await openGate(portOf(server.url), 100);
      const request = fetch(`http://127.0.0.1:${gate.port}/login`, {
        method: 'POST',
        body: 'a'.repeat(5000),
      });
      const outcome = request.then(
        () => 'answered',
        () => 'cut',
      );
      await gate.reached;
      return { outcome, gate };
    };
    const patient = await serve(['--set', 'server.drain_seconds=1']);
    const first = await stuck(patient);
    patient.signal('SIGTERM');
    expect(await patient.ended).toBe(0);
    first.gate.close();
    expect(await first.outcome).toBe('cut');

    const hasty = await serve(['--set', 'server.drain_seconds=600']);
    const second = await stuck(hasty);
    hasty.signal('SIGINT');
    await hasty.logged('stopping');
    hasty.signal('SIGINT');
    expect(await hasty.ended).toBe(130);
    second.gate.close();
    await second.outcome;
  });

  async function commitOf(bytes: number): Promise<string> {
    const work = join(directory, 'work');
    await run('git', ['init', '-q', '-b', 'main', work]);
    writeFileSync(join(work, 'random'), randomBytes(bytes));
    await run('git', ['-C', work, 'add', '.']);
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    await run('git', ['-C', work, ...who, 'commit', '-q', '-m', 'Much']);
    return work;
  }
});

describe('SIGHUP', () => {
  test('puts live settings in force, says what waits for a restart, and keeps all after a mistake', async () => {
    mkdirSync(data);
    const file = join(data, 'opencodehub.toml');
    writeFileSync(file, '[metrics]\ntoken = "first"\n');
    const server = await serve();
    const metrics = async (token: string) =>
      (await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await metrics('first'), await metrics('second')]).toEqual([200, 404]);

    writeFileSync(file, '[metrics]\ntoken = "second"\n[jobs]\nworkers = 5\n');
    server.signal('SIGHUP');
    expect(await server.logged('configuration reloaded')).toMatchObject({ changed: ['metrics.token'] });
    expect(await server.logged('need a restart')).toMatchObject({ settings: ['jobs.workers'] });
    expect([await metrics('first'), await metrics('second')]).toEqual([404, 200]);

    writeFileSync(file, '[metrics]\ntoken = 3\n');
    server.signal('SIGHUP');
    expect(JSON.stringify(await server.logged('was not reloaded'))).toContain('metrics.token must be a text');
    expect([await metrics('first'), await metrics('second')]).toEqual([404, 200]);
  });

  test('takes a new certificate, keeps the old one when the new pair is bad', async () => {
    const pair = makeCertificate(directory, 'first');
    const next = makeCertificate(directory, 'second');
    const server = await serve([
      '--set',
      `server.tls_cert=${pair.cert}`,
      '--set',
      `server.tls_key=${pair.key}`,
    ]);
    expect(server.url).toMatch(/^https:/);
    expect(await peerName(server.url)).toBe('first');

    copyFileSync(next.cert, pair.cert);
    server.signal('SIGHUP');
    await server.logged('certificate was not reloaded');
    expect(await peerName(server.url)).toBe('first');

    copyFileSync(next.key, pair.key);
    server.signal('SIGHUP');
    await server.logged('certificate reloaded');
    expect(await peerName(server.url)).toBe('second');
  });

  function peerName(url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname: host, port } = new URL(url);
      const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }
});

test('systemd is told when it is ready, alive, reloading and stopping', async () => {
  const systemd = await startNotifySocket();
  const server = await serve([], { NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '400000' });
  await systemd.next('READY=1');
  await systemd.next('WATCHDOG=1');
  server.signal('SIGHUP');
  await systemd.next('RELOADING=1');
  await systemd.next('READY=1');
  server.signal('SIGTERM');
  await systemd.next('STOPPING=1');
  expect(await server.ended).toBe(0);
  systemd.close();
});

function portOf(url: string): number {
  return Number(new URL(url).port);
}
