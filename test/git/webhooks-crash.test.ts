// Webhooks of a real server that is killed by SIGKILL again and again, while changes are made and deliveries run: each change
// that was acknowledged arrives at least once, under one id, and in the order of the changes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { openSink, type Received, type Sink } from '../support/sink.ts';

const KILLS = 12;
/** What a process that died had begun is taken back after its lease of a minute. */
const PATIENCE = 120_000;
const ENV = { OPENCODEHUB_NETWORK_ALLOW_PRIVATE: '127.0.0.1', OPENCODEHUB_ACCOUNTS_TWO_FACTOR: 'off' };

let work: string;
let data: string;
let token: string;
let server: Serving;
let sink: Sink;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'och-hooks-'));
  data = join(work, 'data');
  sink = await openSink();
  const who = ['--username', 'ada', '--data', data];
  const person = ['--email', 'ada@example.org', '--password', 'a long enough passphrase', '--admin'];
  await runCommand(['admin', 'user', 'create', ...who, ...person]);
  const scopes = ['--name', 'hooks', '--scopes', 'all', '--raw'];
  const made = await runCommand(['admin', 'user', 'generate-access-token', ...who, ...scopes]);
  token = made.stdout.trim();
  await start();
});
afterAll(async () => {
  server.signal('SIGKILL');
  await server.ended;
  await sink.close();
  rmSync(work, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = await startServing(['--data', data], { env: ENV });
}

async function api(method: string, path: string, body: unknown): Promise<boolean> {
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  return fetch(`${server.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function nameIn({ body }: Received): string {
  return (JSON.parse(body.toString()) as { label: { name: string } }).label.name;
}

const idOf = ({ headers }: Received) => String(headers['x-gitea-delivery']);
const ofHook = (path: string) => sink.received.filter((one) => one.path === path);

test(`every change arrives, once by its id and in order, through ${KILLS} kills`, async () => {
  expect(await api('POST', '/user/repos', { name: 'tools' })).toBe(true);
  for (const path of ['/one', '/two']) {
    const config = { url: `${sink.url}${path}`, content_type: 'json' };
    const hook = { type: 'gitea', config, events: ['label'], active: true };
    expect(await api('POST', '/repos/ada/tools/hooks', hook)).toBe(true);
  }
  // Some are answered late or badly, so that kills meet requests under way and webhooks that wait.
  let count = 0;
  sink.reply(() => ({ status: ++count % 17 === 0 ? 500 : 204 }));
  const acknowledged: string[] = [];
  const attempted: string[] = [];
  for (let round = 0; round < KILLS; round++) {
    setTimeout(() => server.signal('SIGKILL'), 50 + Math.random() * 1200);
    let isUp = true;
    void server.ended.then(() => {
      isUp = false;
    });
    while (isUp) {
      const name = `label ${String(attempted.length).padStart(5, '0')}`;
      attempted.push(name);
      if (await api('POST', '/repos/ada/tools/labels', { name, color: '#d73a4a' })) acknowledged.push(name);
    }
    await server.ended;
    await start();
  }
  sink.reply({ status: 204 });
  expect(acknowledged.length).toBeGreaterThan(KILLS);
  await untilAll(acknowledged);
  for (const path of ['/one', '/two']) judge(ofHook(path), acknowledged, attempted);
}, 600_000);

async function untilAll(acknowledged: string[]): Promise<void> {
  const until = Date.now() + PATIENCE;
  const arrived = (path: string) => new Set(ofHook(path).map(nameIn));
  while (Date.now() < until) {
    const there = ['/one', '/two'].map(arrived);
    if (acknowledged.every((name) => there.every((names) => names.has(name)))) return;
    await wait(500);
  }
}

function judge(received: Received[], acknowledged: string[], attempted: string[]): void {
  const firsts = new Map<string, string>();
  for (const one of received) {
    const known = firsts.get(nameIn(one));
    expect(known ?? idOf(one), `id of ${nameIn(one)}`).toBe(idOf(one));
    firsts.set(nameIn(one), idOf(one));
  }
  const names = [...firsts.keys()];
  expect(acknowledged.filter((name) => !firsts.has(name))).toEqual([]);
  expect(names).toEqual(attempted.filter((name) => firsts.has(name)));
  expect(new Set(firsts.values()).size).toBe(names.length);
}
