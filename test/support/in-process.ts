// Runs a command of the command line inside the test's own process: the same code without the start of a program, for
// suites that run many. What depends on a process of its own (standard input, users, signals) uses command-line.ts.
import { openApp } from '../../src/app.ts';
import { runCli } from '../../src/surfaces/cli/run-cli.ts';
import type { CommandOutcome } from './command-line.ts';

type Write = typeof process.stdout.write;

/** Runs `opencodehub <args>`; one at a time, since it takes standard output and standard error. */
export async function runHere(args: string[]): Promise<CommandOutcome> {
  const streams = { stdout: process.stdout, stderr: process.stderr };
  const written = { stdout: '', stderr: '' };
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const name of ['stdout', 'stderr'] as const) {
    streams[name].write = ((chunk: string | Uint8Array) => {
      written[name] += String(chunk);
      return true;
    }) as Write;
  }
  const umask = process.umask();
  try {
    const code = await runCli(args, { openApp, environment: { PATH: process.env.PATH } });
    return { code, ...written };
  } finally {
    process.umask(umask);
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
  }
}
