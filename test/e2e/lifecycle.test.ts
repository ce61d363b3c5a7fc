// The life of a server: start, refusal of a second one, reload, sudden death. The executable and real signals.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { runCommand } from '../support/command-line.ts';
import { executableSite } from '../support/executable-site.ts';
import { startNotifySocket } from '../support/notify-socket.ts';
import { startServing } from '../support/serving.ts';

const site = executableSite();

describe('start', () => {
  test('the setup link is printed until somebody has an account; commands work beside the server', async () => {
    const server = await site.serve();
    expect(server.setup).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup\?token=[\w-]{40,}$/);
    expect((await fetch(server.setup ?? '')).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const token = await site.createAda();
    const me = await fetch(`${server.url}/api/v1/user`, { headers: { authorization: `token ${token}` } });
    expect(await me.json()).toMatchObject({ login: 'ada' });
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect((await site.serve()).setup).toBeNull();
  });

  test('a second server on the same data is refused by name, and nothing is left after kill -9', async () => {
    const server = await site.serve();
    const second = await runCommand(['serve', '--data', site.data, '--port', '0', '--ssh-port', '0'], {
      built: true,
    });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`This data directory is in use by process ${server.pid}, since 2`);
    expect((await site.admin('jobs', 'run')).stderr).toContain('A server is running on this data');
    server.signal('SIGKILL');
    await server.ended;
    const next = await site.serve();
    expect((await fetch(`${next.url}/healthz`)).status).toBe(200);
  });

  test('a bug ends it with exit code 1, so that whoever supervises it starts it again', async () => {
    // The sources, since only they can be given a bug.
    const bug = `process.on('SIGUSR2', () => { throw new Error('a bug'); })`;
    const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bug)}` };
    const server = await startServing(['--data', site.data], { env });
    server.signal('SIGUSR2');
    await server.logged('a bug ends this process');
    expect(await server.ended).toBe(1);
  });

  test('a taken port ends the start with what to do, and leaves the data free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    for (const [flag, free] of [
      ['--port', '--ssh-port'],
      ['--ssh-port', '--port'],
    ] as const) {
      const { code, stderr } = await runCommand(
        ['serve', '--data', site.data, flag, String(port), free, '0'],
        { built: true },
      );
      expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken by another program`);
      expect(code).toBe(1);
    }
    other.close();
    await site.serve();
  });

  test('a unix socket is served, and one left by kill -9 is no obstacle', async () => {
    const path = join(site.directory, 'web.sock');
    const server = await site.serve(['--set', `server.unix_socket=${path}`]);
    expect(await overSocket(path)).toContain('"ok"');
    server.signal('SIGKILL');
    await server.ended;
    expect(existsSync(path)).toBe(true);
    await site.serve(['--set', `server.unix_socket=${path}`]);
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

describe('SIGHUP', () => {
  test('puts live settings in force, says what waits for a restart, and keeps all after a mistake', async () => {
    mkdirSync(site.data);
    const file = join(site.data, 'opencodehub.toml');
    writeFileSync(file, '[metrics]\ntoken = "first"\n');
    const server = await site.serve();
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
    const pair = makeCertificate(site.directory, 'first');
    const next = makeCertificate(site.directory, 'second');
    const server = await site.serve([
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
  const server = await site.serve([], { NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '400000' });
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
