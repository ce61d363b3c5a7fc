// Knows which requests run on a server, so that stopping lets them finish and nothing new begins.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface RequestTracker {
  /** Requests being answered now. */
  running(): number;
  isDraining(): boolean;
  /**
   * Takes no new connections, ends idle ones, and resolves when the last answer is sent or `graceMs` have passed;
   * then every connection is cut. Returns how many requests were cut.
   */
  drain(graceMs: number): Promise<number>;
}

/** Follows the requests of `server`, whose handler must also listen to `checkContinue`. */
export function trackRequests(server: Server): RequestTracker {
  const responses = new Set<ServerResponse>();
  let draining: Promise<number> | undefined;
  let onEmpty: (() => void) | undefined;

  function follow(_request: IncomingMessage, response: ServerResponse): void {
    responses.add(response);
    if (draining) response.shouldKeepAlive = false;
    response.once('close', () => {
      responses.delete(response);
      if (draining) server.closeIdleConnections();
      if (responses.size === 0) onEmpty?.();
    });
  }

  async function finish(graceMs: number): Promise<number> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const response of responses) response.shouldKeepAlive = false;
    server.closeIdleConnections();
    if (responses.size > 0) await within(graceMs, new Promise<void>((resolve) => (onEmpty = resolve)));
    const cut = responses.size;
    server.closeAllConnections();
    await closed;
    return cut;
  }

  server.prependListener('request', follow);
  server.prependListener('checkContinue', follow);
  return {
    running: () => responses.size,
    isDraining: () => draining !== undefined,
    drain(graceMs) {
      draining ??= finish(graceMs);
      return draining;
    },
  };
}

function within(milliseconds: number, done: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    void done.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
