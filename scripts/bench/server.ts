// Starts the built executable for measuring: a data directory, an administrator, a token, an SSH key.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';

export const EXECUTABLE = resolve('dist/opencodehub');

export interface Server {
  process: ChildProcess;
  url: string;
  sshPort: number;
  /** Milliseconds from the start of the process to the first 200. */
  startMs: number;
  stop(): Promise<void>;
}

/** Starts `serve` on free ports and waits for the first 200. */
export async function startServer(data: string): Promise<Server> {
  const [port, sshPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const child = spawn(
    EXECUTABLE,
    ['serve', '--data', data, '--port', String(port), '--ssh-port', String(sshPort)],
    {
      env: { PATH: process.env.PATH ?? '' },
      // Requests are logged as in production, but not onto this report.
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await firstAnswer(`${url}/healthz`);
  const startMs = performance.now() - began;
  const stop = () =>
    new Promise<void>((done) => {
      child.once('exit', () => done());
      child.kill('SIGTERM');
    });
  return { process: child, url, sshPort, startMs, stop };
}

/** Runs a subcommand of the executable on a data directory; its standard output, trimmed. */
export function admin(data: string, ...args: string[]): string {
  return execFileSync(EXECUTABLE, [...args, '--data', data], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  }).trim();
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** Environment for git that uses one key and asks nothing. */
export function sshEnvironment(directory: string): NodeJS.ProcessEnv {
  const options =
    '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes';
  return { ...process.env, GIT_SSH_COMMAND: `ssh -i ${join(directory, 'id')} ${options}` };
}

async function firstAnswer(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((done) => setTimeout(done, 2));
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
