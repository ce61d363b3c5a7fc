// Lets in a few at once and keeps the others in a queue that is fair between clients, however much one of them asks.
import { AppError } from '../../base/errors.ts';

export interface TurnstileLimits {
  /** How many are inside at once. */
  atOnce: number;
  /** How many wait at most, all clients together. */
  waiting: number;
  /** How many one client has inside and waiting at most. */
  perClient: number;
}

export interface Turnstile {
  /**
   * Resolves when the client's turn has come; call what it gives to leave again, more than once if you like. Throws
   * AppError rate_limited when the client has enough already and unavailable when too many wait, both with the time
   * to come back; rejects with the signal's reason when the client goes away while waiting.
   */
  enter(client: string, signal?: AbortSignal): Promise<() => void>;
  /** Inside and waiting now. */
  readings(): { inside: number; waiting: number };
}

interface Waiting {
  admit(): void;
}

/** Opens a turnstile; its limits may change while it is open. */
export function openTurnstile(limits: Readonly<TurnstileLimits>): Turnstile {
  /** Clients with somebody waiting, in the order in which their turns come; each has a queue of its own. */
  const queues = new Map<string, Waiting[]>();
  const counts = new Map<string, number>();
  let inside = 0;
  let waiting = 0;

  function leave(client: string): void {
    inside -= 1;
    forget(client);
    admitNext();
  }

  function forget(client: string): void {
    const left = (counts.get(client) ?? 1) - 1;
    if (left > 0) counts.set(client, left);
    else counts.delete(client);
  }

  /** The client whose turn it is goes to the end of the row, so that everybody else's comes before its next one. */
  function admitNext(): void {
    for (const [client, queue] of queues) {
      if (inside >= limits.atOnce) return;
      queues.delete(client);
      const next = queue.shift();
      if (queue.length > 0) queues.set(client, queue);
      if (!next) continue;
      waiting -= 1;
      inside += 1;
      next.admit();
      return;
    }
  }

  function leaver(client: string): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave(client);
    };
  }

  function stand(client: string, signal: AbortSignal | undefined): Promise<() => void> {
    waiting += 1;
    return new Promise((resolve, reject) => {
      const queue = queues.get(client) ?? [];
      queues.set(client, queue);
      const gone = () => {
        const at = queue.indexOf(entry);
        if (at === -1) return;
        queue.splice(at, 1);
        if (queue.length === 0) queues.delete(client);
        waiting -= 1;
        forget(client);
        reject(signal?.reason);
      };
      const entry: Waiting = {
        admit: () => {
          signal?.removeEventListener('abort', gone);
          resolve(leaver(client));
        },
      };
      queue.push(entry);
      signal?.addEventListener('abort', gone, { once: true });
    });
  }

  return {
    readings: () => ({ inside, waiting }),
    async enter(client, signal) {
      signal?.throwIfAborted();
      const count = counts.get(client) ?? 0;
      if (count >= limits.perClient) {
        const message = 'You are asking for too many of these pages at once: let some of them load first.';
        throw new AppError('rate_limited', message, { retryAfter: 10 });
      }
      if (inside >= limits.atOnce && waiting >= limits.waiting) {
        const message = 'The server is busy with other histories and comparisons. Try again in a moment.';
        throw new AppError('unavailable', message, { retryAfter: 10 });
      }
      counts.set(client, count + 1);
      if (inside >= limits.atOnce) return stand(client, signal);
      inside += 1;
      return leaver(client);
    },
  };
}
