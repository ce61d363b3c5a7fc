// Answers that are streamed within their client's turn, which is taken before anything of them is sent.
import { streamInTurn, takeTurn } from '../../platform/web/expensive.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { bodyOf } from './streams.service.ts';

/**
 * A body of the chunks that `make` yields. Throws what `takeTurn` throws, as long as that can still be answered, and
 * AppError rate_limited when the visitor has no place left.
 */
export async function bodyInTurn(
  c: WebContext,
  make: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  const leave = await takeTurn(c);
  // Also of a client that leaves before the first chunk is asked for.
  c.req.raw.signal.addEventListener('abort', leave, { once: true });
  try {
    return bodyOf(c.var, (signal) => {
      signal.addEventListener('abort', leave, { once: true });
      return streamInTurn(c, signal, () => make(signal), leave);
    });
  } catch (error) {
    leave();
    throw error;
  }
}
