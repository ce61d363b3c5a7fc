// Runs one command of the command line and turns its outcome into an exit code: 0 done, 1 failed, 2 called wrongly.
import { CommanderError } from 'commander';
import { isAppError } from '../../base/errors.ts';
import type { CliHost } from './cli.types.ts';
import { createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

/** Runs the command named by `args`; errors go to standard error in one line with the remedy. */
export async function runCli(args: string[], host: CliHost): Promise<number> {
  // Whatever is written from here on belongs to this user alone.
  process.umask(0o077);
  try {
    await createProgram(host).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, host);
  }
}

function report(error: unknown, host: CliHost): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const usage = error instanceof UsageError;
  process.stderr.write(
    `opencodehub: ${usage || isAppError(error) ? error.message : describeBug(error, host)}\n`,
  );
  return usage ? 2 : 1;
}

function describeBug(error: unknown, host: CliHost): string {
  const message = error instanceof Error ? error.message : String(error);
  if (host.environment.OPENCODEHUB_LOG_LEVEL === 'debug' && error instanceof Error)
    return error.stack ?? message;
  return `${message} (unexpected; OPENCODEHUB_LOG_LEVEL=debug shows where)`;
}
