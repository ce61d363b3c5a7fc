// Starts the built executable for measuring, runs its subcommands, and reads its use of memory and processor.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';

export const EXECUTABLE = resolve('dist/opencodehub');
/** The administrator of the measurements has no second factor. */
const ENVIRONMENT = { PATH: process.env.PATH ?? '', OPENCODEHUB_ACCOUNTS_TWO_FACTOR: 'off' };
const START_LIMIT = 60_000;
/** Milliseconds per clock tick of /proc. */
const TICK = 10;

export interface Server {
  pid: number;
  url: string;
  sshPort: number;
  /** Milliseconds from the start of the process to the first 200. */
  startMs: number;
  /** Milliseconds of processor time until then. */
  startCpuMs: number;
  stop(): Promise<void>;
}

/** Starts `serve` on free ports and waits for the first 200. Rejects when the server ends or takes a minute. */
export async function startServer(data: string, settings: NodeJS.ProcessEnv = {}): Promise<Server> {
  const [port, sshPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const child = spawn(
    EXECUTABLE,
    ['serve', '--data', data, '--port', String(port), '--ssh-port', String(sshPort)],
    {
      env: { ...ENVIRONMENT, ...settings },
      // Requests are logged as in production, but not onto this report.
      stdio: 'ignore',
    },
  );
  const pid = child.pid ?? 0;
  const url = `http://127.0.0.1:${port}`;
  await firstAnswer(child, `${url}/healthz`);
  const startMs = performance.now() - began;
  const stop = () =>
    new Promise<void>((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once('exit', () => done());
      child.kill('SIGTERM');
    });
  return { pid, url, sshPort, startMs, startCpuMs: cpuMs(pid), stop };
}

/** Runs a subcommand of the executable on a data directory; its standard output, trimmed. */
export function admin(data: string, ...args: string[]): string {
  return execFileSync(EXECUTABLE, [...args, '--data', data], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  }).trim();
}

/** Resident memory of a process in MiB: all of it, and the part that is not the executable's own file. */
export function residentMiB(pid: number): { all: number; own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { all: read('VmRSS'), own: read('RssAnon') };
}

/** Milliseconds of processor time a process has taken. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Milliseconds of processor time a process, its descendants and those that have ended have taken. */
export function treeCpuMs(pid: number): number {
  const fields = statOf(pid);
  if (!fields) return 0;
  const own = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * TICK;
  return childrenOf(pid).reduce((sum, child) => sum + treeCpuMs(child), own);
}

/** Resident memory of a process and its descendants in MiB; what they share is counted more than once. */
export function treeResidentMiB(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + treeResidentMiB(child), memoryOf(pid));
}

function memoryOf(pid: number): number {
  try {
    return residentMiB(pid).all;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

/** Environment for git that uses one key and asks nothing. */
export function sshEnvironment(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, GIT_SSH_COMMAND: `ssh ${sshOptions(directory).join(' ')}` };
}

/** What ssh needs to be told for that. */
export function sshOptions(directory: string): string[] {
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
  ];
  return ['-i', join(directory, 'id'), ...settings.flatMap((setting) => ['-o', setting])];
}

async function firstAnswer(child: ChildProcess, url: string): Promise<void> {
  const until = performance.now() + START_LIMIT;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended at once with ${child.exitCode}`);
    if (await answers(url)) return;
    await new Promise((done) => setTimeout(done, 2));
  }
  child.kill('SIGKILL');
  throw new Error('the server did not answer within a minute');
}

function answers(url: string): Promise<boolean> {
  return new Promise((done) => {
    http
      .get(url, { agent: false }, (answer) =>
        answer.resume().on('end', () => done(answer.statusCode === 200)),
      )
      .on('error', () => done(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
