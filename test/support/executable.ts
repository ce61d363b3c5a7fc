// Runs dist/opencodehub as its users do: in an empty environment, on a data directory of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
export const EXECUTABLE = join(ROOT, 'dist', 'opencodehub');

const ADDRESS = /\bhttps?:\/\/(?:\[[0-9a-f:]+\]|[\w.-]+):\d+(?=\D)/;
const READY_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 45_000;

/** The least a program that starts git needs. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin' };
/** Most tests are about something else than the second factor that administrators need by default. */
const SETTINGS = { OPENCODEHUB_ACCOUNTS_TWO_FACTOR: 'off' };

export interface StartOptions {
  /** Default: a new directory, removed by `stop`. */
  data?: string;
  /** More arguments of `serve`. */
  args?: string[];
  /** In place of an environment with nothing but PATH. */
  env?: Record<string, string>;
  cwd?: string;
  /** Default: dist/opencodehub. */
  executable?: string;
  /** Runs it as somebody else; for root only. */
  uid?: number;
  gid?: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT`, as it was printed. */
  url: string;
  data: string;
  process: ChildProcess;
  /** Everything written to standard output and standard error so far. */
  output(): string;
  /** SIGTERM, then waits for the end and returns the exit code; SIGKILL when it hangs. */
  stop(): Promise<number | null>;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Builds dist/opencodehub unless it is fresh. */
export function buildExecutable(): void {
  const build = join(ROOT, 'scripts', 'build', 'build.ts');
  const result = spawnSync(process.execPath, [build, '--if-stale'], { cwd: ROOT, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`The build failed:\n${result.stdout}${result.stderr}`);
}

/** Runs one command of the executable to its end in an empty environment. */
export function runExecutable(
  args: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Outcome {
  const result = spawnSync(EXECUTABLE, args, {
    env: { ...SETTINGS, ...(options.env ?? ENVIRONMENT) },
    cwd: options.cwd ?? tmpdir(),
    encoding: 'utf8',
    timeout: READY_MILLISECONDS,
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** Starts `serve` on free ports and waits until it prints its address. */
export async function startExecutable(options: StartOptions = {}): Promise<RunningServer> {
  const work = mkdtempSync(join(tmpdir(), 'och-e2e-'));
  const data = options.data ?? join(work, 'data');
  const args = ['serve', '--data', data, '--port', '0', '--ssh-port', '0', ...(options.args ?? [])];
  const child = spawn(options.executable ?? EXECUTABLE, args, {
    env: { ...SETTINGS, ...(options.env ?? ENVIRONMENT) },
    cwd: options.cwd ?? work,
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const giveUp = (why: string) => reject(new Error(`dist/opencodehub ${why}:\n${output}`));
    const timer = setTimeout(() => giveUp('printed no address'), READY_MILLISECONDS);
    child.once('exit', (code) => giveUp(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = ADDRESS.exec(output);
        if (!found) return;
        clearTimeout(timer);
        resolve(found[0]);
      });
    }
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    rmSync(work, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    data,
    process: child,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
      await ended;
      clearTimeout(timer);
      rmSync(work, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}
