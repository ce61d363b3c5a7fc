// Makes what is measured: a data directory with one account, the corpus pushed into it, and all its jobs done.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeLarge } from './large.ts';
import type { Login } from './logins.ts';
import { timeCommand } from './measure.ts';
import { admin, type Server, startServer } from './server.ts';

const BRANCHES = 100;

export interface Prepared {
  data: string;
  /** The account's name and password. */
  login: Login;
  /** The repository's directory, for git without a server. */
  directory: string;
  /** A text file, for the page of one. */
  file: string;
  folder: string;
  commit: string;
  /** An access token of the account. */
  token: string;
}

/** The corpus of that size, made when it is missing. */
export function corpusOf(quick: boolean): string {
  const path = resolve(quick ? 'dist/corpus-quick.git' : 'dist/corpus.git');
  if (existsSync(path)) return path;
  mkdirSync('dist', { recursive: true });
  const size = quick ? ['--commits', '5000', '--files', '2000'] : ['--commits', '50000', '--files', '20000'];
  execFileSync(process.execPath, ['scripts/make-corpus.ts', '--out', path, ...size], { stdio: 'inherit' });
  return path;
}

/** Fills a fresh data directory below `work`; with `more`, which pushes what else is needed. */
export async function prepare(
  work: string,
  corpus: string,
  more: (server: Server, token: string) => Promise<unknown> = (server, token) =>
    pushLarge(work, server, token),
): Promise<Prepared> {
  const data = join(work, 'data');
  const person = ['--username', 'bench', '--email', 'bench@example.org'];
  const made = admin(data, 'admin', 'user', 'create', ...person, '--random-password', '--admin', '--json');
  const { password } = JSON.parse(made) as { password: string };
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(work, 'id')]);
  const naming = ['--username', 'bench', '--name', 'bench', '--scopes', 'all'];
  const token = admin(data, 'admin', 'user', 'generate-access-token', ...naming, '--raw');
  const server = await startServer(data);
  try {
    await post(server.url, token, '/user/repos', { name: 'corpus', private: false });
    const key = readFileSync(join(work, 'id.pub'), 'utf8');
    await post(server.url, token, '/user/keys', { title: 'bench', key });
    const url = `${server.url.replace('http://', `http://bench:${token}@`)}/bench/corpus.git`;
    const took = await timeCommand('git', ['-C', corpus, 'push', '--quiet', url, ...refspecs(corpus)]);
    console.log(`     pushed the corpus in ${(took / 1000).toFixed(1)} s`);
    await more(server, token);
  } finally {
    await server.stop();
  }
  runEveryJob(data);
  return { data, token, login: { name: 'bench', password }, ...placesIn(data, corpus) };
}

async function pushLarge(work: string, { url }: Server, token: string): Promise<void> {
  await post(url, token, '/user/repos', { name: 'large', private: false });
  const large = join(work, 'large.git');
  await makeLarge(large);
  const to = `${url.replace('http://', `http://bench:${token}@`)}/bench/large.git`;
  await timeCommand('git', ['-C', large, 'push', '--quiet', '--mirror', to]);
}

async function post(url: string, token: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** All refs of the corpus, and branches along its history. */
function refspecs(corpus: string): string[] {
  const count = ['-C', corpus, 'rev-list', '--first-parent', `--max-count=${BRANCHES * 10}`, 'main'];
  const ids = execFileSync('git', count, { encoding: 'utf8' }).trim().split('\n');
  const branches = Array.from({ length: BRANCHES }, (_, i) => `${ids[i * 10]}:refs/heads/topic/${i}`);
  return ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*', ...branches];
}

/** Jobs wait for pushes to pause; here they are moved to the front instead of waited for. */
function runEveryJob(data: string): void {
  for (let round = 0; round < 10; round++) {
    const waiting = admin(data, 'admin', 'jobs', 'list', '--state', 'waiting', '--json');
    const jobs = JSON.parse(waiting) as { id: number; kind: string }[];
    if (jobs.length === 0 && round > 0) return;
    for (const { id } of jobs) admin(data, 'admin', 'jobs', 'retry', String(id));
    admin(data, 'admin', 'jobs', 'run');
  }
  throw new Error('the jobs after the push do not come to an end');
}

function holds(repository: string, commit: string): boolean {
  return spawnSync('git', ['-C', repository, 'cat-file', '-e', commit]).status === 0;
}

function placesIn(data: string, corpus: string): Omit<Prepared, 'data' | 'login' | 'token'> {
  const main = execFileSync('git', ['-C', corpus, 'rev-parse', 'main'], { encoding: 'utf8' }).trim();
  const directory = globSync(join(data, 'repositories/*/*/*.git')).find((path) => holds(path, main));
  if (directory === undefined) throw new Error('the pushed repository is not on the disk');
  if (globSync(join(directory, 'objects/pack/*.bitmap')).length === 0)
    throw new Error('maintenance left the pushed repository without bitmaps');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', corpus, ...args], { encoding: 'utf8' }).trim();
  const files = git('ls-tree', '-r', '--name-only', 'main').split('\n');
  const file = files.find((name) => /^[\w-]+\/[\w/-]+\.\w+$/.test(name));
  if (file === undefined) throw new Error('the corpus has no file with a plain name in a folder');
  return { directory, file, folder: file.slice(0, file.lastIndexOf('/')), commit: git('rev-parse', 'main') };
}
