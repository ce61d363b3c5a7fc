// The body of a git client's request: inflated, counted, and fed to git no faster than it reads.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../base/errors.ts';

/** After git has made up its mind, this much of what a client still sends is read so that it sees the answer. */
const DISCARDED = 256 * 1024 * 1024;

export interface Feeding {
  /** Resolves when everything was passed on or git stopped reading; rejects when the body is broken or too large. */
  done: Promise<void>;
  bytes(): number;
}

/** The body with its content encoding taken off. Throws AppError invalid for encodings git never uses. */
export function bodyOf(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return request;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new AppError('invalid', 'Only gzip is understood as Content-Encoding.');
  const gunzip = createGunzip();
  // A body may turn out to be damaged before anybody listens; `feed` looks at `errored`.
  gunzip.on('error', () => {});
  request.once('error', (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

/** Feeds a body to git. `onProgress` is called whenever bytes have moved. */
export function feed(body: Readable, stdin: Writable, maxBytes: number, onProgress: () => void): Feeding {
  let count = 0;
  let open = true;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = () => {
    open = false;
    body.resume();
    resolve();
  };
  stdin.on('error', closed);
  stdin.once('close', closed);
  stdin.on('drain', () => body.resume());
  body.on('data', (chunk: Buffer) => {
    count += chunk.length;
    onProgress();
    if (open && count > maxBytes) reject(tooLarge(maxBytes));
    else if (open && !stdin.write(chunk)) body.pause();
    else if (!open && count > maxBytes + DISCARDED) body.destroy();
  });
  body.once('end', () => {
    if (open) stdin.end();
    resolve();
  });
  const damaged = (cause: Error) =>
    reject(new AppError('invalid', 'The request body is damaged.', { cause }));
  body.once('error', damaged);
  if (body.errored) damaged(body.errored);
  return { done: promise, bytes: () => count };
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `The request is larger than ${maxBytes} bytes.`);
}

/** With a listener for `checkContinue` node leaves it to us to ask for the body; else it has done so. */
export function awaitsContinue(request: IncomingMessage): boolean {
  const { server } = request.socket as unknown as { server?: { listenerCount(event: string): number } };
  const expects = request.headers.expect?.toLowerCase() === '100-continue';
  return expects && (server?.listenerCount('checkContinue') ?? 0) > 0;
}

const PATIENCE = 10_000;

/** What a client still sends is not wanted: takes a little, so that it reads the answer, then hangs up. */
export function discardRest(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const timer = setTimeout(() => request.destroy(), PATIENCE);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  response.shouldKeepAlive = false;
}
