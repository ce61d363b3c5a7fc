// Two real servers for imports and mirrors: one there, whose repositories are followed, and one here, that follows them.
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findImport, importRepository } from '../../../src/features/mirrors/imports.service.ts';
import { parseNewImport } from '../../../src/features/mirrors/mirrors.input.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { gitOk, type TransportServer, transportServer, workTree } from './transport-server.ts';

export let there: TransportServer;
export let here: TransportServer;
/** An environment with git-lfs installed. */
export let home: Record<string, string>;
/** Of the repositories of the test that runs. */
export let name: string;
let serial = 0;
const closers: (() => void)[] = [];

export async function startBoth(): Promise<void> {
  there = await transportServer();
  here = await transportServer({
    network: { allow_private: ['127.0.0.1'] },
    repositories: { import_timeout_minutes: 1 },
    git: { max_push_bytes: 3_000_000 },
  });
  for (const server of [there, here]) server.app.config.server.public_url = server.url;
  home = { HOME: there.work, GIT_CONFIG_GLOBAL: join(there.work, 'gitconfig') };
  await gitOk(there.work, ['lfs', 'install', '--skip-repo'], home);
}

export async function stopBoth(): Promise<void> {
  await there.close();
  await here.close();
}

export function beginTest(): void {
  serial += 1;
  name = `engine-${serial}`;
}

export function endTest(): void {
  for (const close of closers.splice(0)) close();
}

export async function source(visibility: 'public' | 'private' = 'public') {
  const repository = await there.repository('ada', name, { visibility });
  const tree = await workTree(there.work);
  await gitOk(tree, ['tag', '-a', 'v1', '-m', 'one']);
  const url = there.url + repository.path;
  await gitOk(tree, ['push', '-q', there.urlAs('ada', repository.path), 'main', 'main:topic', 'v1']);
  return {
    ...repository,
    tree,
    url,
    push: (...refs: string[]) =>
      gitOk(tree, ['push', '-q', '-f', there.urlAs('ada', repository.path), ...refs], home),
  };
}

export async function begin(raw: Record<string, unknown>) {
  const bob = await here.person('bob');
  await importRepository(here.app, bob, parseNewImport({ name, ...raw }));
  return openBob();
}

export async function openBob() {
  return openRepository(here.app, await here.person('bob'), 'bob', name, 'settings:manage');
}

export async function imported(raw: Record<string, unknown>) {
  const open = await begin(raw);
  await here.app.jobs.drain();
  return { open: await openBob(), row: await findImport(here.app, open) };
}

export const refsOf = (dir: string) =>
  gitOk(dir, [
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    'refs/heads',
    'refs/tags',
    'refs/notes',
    'refs/pull',
  ]);

/** A server in between: its handler answers, or passes on to the source. */
export async function between(
  handler: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    if (handler(incoming, outgoing)) return;
    const passed = request(
      `${there.url}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The command lines of all processes. */
export function processesNow(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
}

export function isRemoteGit(line: string): boolean {
  return /http:\/\/127\.0\.0\.1:\d+\/remote/.test(line);
}

export async function filesHolding(directory: string, secret: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(secret)) found.push(path);
  }
  return found;
}
