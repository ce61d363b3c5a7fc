// Hands what git writes to the client no faster than it is taken, and ends git when nobody takes it any more.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { AppError, isAppError } from '../../base/errors.ts';
import { type PlaceSeeker, takePlace } from '../../platform/cache/places.ts';
import { isExhausted } from '../../platform/git/exhaustion.ts';
import type { GitProcess } from '../../platform/git/git.types.ts';

/**
 * A response body of the chunks that `make` yields on demand; it takes one of the visitor's places until it ends. Its
 * signal is aborted when the client goes away: a generator that waits for git's first byte cannot be ended in another
 * way. Throws AppError rate_limited when the visitor has no place left.
 */
export function bodyOf(
  visitor: PlaceSeeker,
  make: (signal: AbortSignal) => AsyncGenerator<Uint8Array>,
): ReadableStream<Uint8Array> {
  const giveBack = takePlace(visitor, 'download');
  const gone = new AbortController();
  const chunks = make(gone.signal);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = await chunks.next();
          if (!done) return controller.enqueue(value);
          giveBack();
          controller.close();
        } catch (error) {
          giveBack();
          if (!gone.signal.aborted && !isAppError(error, 'too_large'))
            visitor.app.log.error({ err: error }, 'an answer broke off');
          // Its message reaches the client; git's own words name our directories.
          throw new Error('the answer could not be completed');
        }
      },
      async cancel() {
        gone.abort();
        await chunks.return(undefined).finally(giveBack);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Everything a git process writes. It is started when the first chunk is asked for; a failure after that breaks the
 * answer off, so that nobody takes a part for the whole.
 */
export async function* outputOf(
  start: () => Promise<GitProcess>,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const process = await start();
  const kill = () => process.kill();
  signal?.addEventListener('abort', kill, { once: true });
  try {
    if (signal?.aborted) return;
    process.stdin.end();
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) yield chunk;
    const exit = await process.exited;
    if (isExhausted(exit)) throw new AppError('too_large', 'This is too large to be sent.');
    if (exit.code !== 0) throw new Error(`git ended with ${exit.code}: ${exit.stderr}`);
  } finally {
    signal?.removeEventListener('abort', kill);
    process.kill();
  }
}

/** Compresses chunks as they come: each leaves at once, and is not kept for the next. */
export async function* gzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const packer = createGzip({ level: 4, flush: constants.Z_SYNC_FLUSH });
  const source = Readable.from(chunks, { objectMode: false });
  const done = pipeline(source, packer);
  // Whoever reads is told by the packer.
  done.catch(() => undefined);
  try {
    yield* packer as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    packer.destroy();
  }
}
