// Git's answer on its way to an HTTP client: no faster than the client reads, headers with the first byte.
import type { ServerResponse } from 'node:http';
import { AppError } from '../../base/errors.ts';
import { freeSpent } from '../../base/spent-buffers.ts';
import type { GitProcess } from '../../platform/git/git.types.ts';
import { NEVER_CACHED } from './git-answers.ts';

export interface Sending {
  /** The Content-Type. */
  type: string;
  /** Sent before git's first byte. */
  preamble: string;
  onProgress(): void;
}

/**
 * Sends everything git writes and ends the response once git has exited. Returns the bytes sent. Rejects when git fails
 * before its first byte, so that the caller can send a status, or is ended in the middle.
 */
export async function send(child: GitProcess, response: ServerResponse, sending: Sending): Promise<number> {
  let bytes = 0;
  const begin = () => {
    response.writeHead(200, { ...NEVER_CACHED, 'Content-Type': sending.type });
    if (sending.preamble !== '') response.write(sending.preamble);
  };
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('end', resolve);
    child.stdout.once('error', reject);
    child.stdout.once('close', resolve);
    response.once('close', resolve);
    response.on('drain', () => child.stdout.resume());
    child.stdout.on('data', (chunk: Buffer) => {
      if (bytes === 0) begin();
      bytes += chunk.length;
      sending.onProgress();
      if (response.writable && !response.write(chunk, () => freeSpent(chunk))) child.stdout.pause();
    });
  });
  // A client that hung up leaves output behind, which nobody waits for.
  child.stdout.resume();
  const { code, signal, stderr } = await child.exited;
  if (code === null) throw new Error(`git was ended by ${signal}: ${stderr.trim()}`);
  if (bytes === 0 && code !== 0) throw misunderstood(stderr);
  if (bytes === 0) begin();
  response.end();
  return bytes;
}

/** What git says of a request it cannot read names no files of ours when it is about the protocol. */
export function misunderstood(stderr: string): Error {
  const line =
    /^fatal: ((?:protocol error|bad line|unknown|expected|invalid|git upload-pack:).{0,200})$/m.exec(
      stderr,
    )?.[1];
  const message = `git did not understand this request${line === undefined ? '' : ` (${line})`}.`;
  return new AppError('invalid', message, { cause: new Error(stderr.trim().slice(-2000)) });
}

/** Calls `onIdle` when no progress is made for a time. */
export function idleWatch(milliseconds: number, onIdle: () => void): { progress(): void; end(): void } {
  const timer = setTimeout(onIdle, milliseconds).unref();
  return { progress: () => void timer.refresh(), end: () => clearTimeout(timer) };
}
