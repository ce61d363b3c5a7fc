// Runs a process to its end and keeps its output, within bounds of time and size.
import type { Readable } from 'node:stream';
import { AppError } from '../../base/errors.ts';
import type { GitProcess, RunOptions, RunResult } from './git.types.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT = 60_000;

/** Starts a process with a signal that also fires on timeout. */
export type Starter = (signal: AbortSignal) => Promise<GitProcess>;

/** Runs a process to its end; see RunOptions for the bounds. `command` names it in errors. */
export async function runProcess(
  start: Starter,
  command: string,
  options: Pick<RunOptions, 'input' | 'maxBytes' | 'timeout' | 'okCodes' | 'signal'>,
): Promise<RunResult> {
  const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const child = await start(signal);
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
    const stdout = await collect(child, command, options.maxBytes ?? MAX_BYTES);
    const { code, stderr } = await child.exited;
    signal.throwIfAborted();
    return accepted({ code: code ?? -1, stdout, stderr }, command, options.okCodes ?? [0]);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (timeout.aborted) throw new AppError('unavailable', `${command} took too long.`, { cause: error });
    throw error;
  }
}

async function collect(child: GitProcess, command: string, maxBytes: number): Promise<Buffer> {
  try {
    return await readAll(child.stdout, maxBytes);
  } catch (cause) {
    child.kill();
    const { stderr } = await child.exited;
    if (cause instanceof RangeError)
      throw new AppError('too_large', `The output of ${command} is too large.`, { cause });
    throw new Error(`${command} was interrupted: ${stderr.trim()}`, { cause });
  }
}

async function readAll(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}

function accepted(result: RunResult, command: string, okCodes: number[]): RunResult {
  if (okCodes.includes(result.code)) return result;
  throw new Error(`${command} failed with code ${result.code}: ${result.stderr.trim().slice(-2000)}`);
}
