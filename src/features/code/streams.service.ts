// Hands what git writes to the client no faster than it is taken, and ends git when nobody takes it any more.
import type { GitProcess } from '../../platform/git/git.types.ts';

/** A response body of chunks made on demand; cancelling it ends the generator, and with it the process behind it. */
export function bodyOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Everything a git process writes. It is started when the first chunk is asked for; a failure after that breaks the
 * answer off, so that nobody takes a part for the whole.
 */
export async function* outputOf(start: () => Promise<GitProcess>): AsyncGenerator<Buffer> {
  const process = await start();
  try {
    process.stdin.end();
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) yield chunk;
    const { code, stderr } = await process.exited;
    if (code !== 0) throw new Error(`git ended with ${code}: ${stderr}`);
  } finally {
    process.kill();
  }
}
