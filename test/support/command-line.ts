// Runs the command line, from its sources or as the executable, as a process of its own in an otherwise empty environment.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EXECUTABLE } from './executable.ts';

/** Most tests are about something else than the second factor that administrators need by default. */
const SERVING = { OPENCODEHUB_ACCOUNTS_TWO_FACTOR: 'off' };
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export interface CommandOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** Runs dist/opencodehub in place of the sources. */
  built?: boolean;
  env?: Record<string, string>;
  input?: string;
}

/** Starts `opencodehub <args>` with its output on pipes. */
export function startCommand(args: string[], options: CommandOptions = {}): ChildProcess {
  const [program, ...first] = options.built ? [EXECUTABLE] : [process.execPath, MAIN];
  return spawn(program, [...first, ...args], {
    env: { PATH: process.env.PATH, ...(args[0] === 'serve' ? SERVING : {}), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs `opencodehub <args>` to its end. */
export async function runCommand(args: string[], options: CommandOptions = {}): Promise<CommandOutcome> {
  const child = startCommand(args, options);
  child.stdin?.end(options.input ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
