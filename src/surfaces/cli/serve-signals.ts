// What ends or reloads a running server: signals, and bugs that nothing caught.
import { constants } from 'node:os';
import type { Log } from '../../platform/observability/log.ts';

export interface End {
  reason: string;
  /** A bug ended it, nobody asked. */
  failed: boolean;
}

export interface Signals {
  /** Resolves once, when the server shall stop. A second signal ends the process at once. */
  readonly ended: Promise<End>;
}

/** Listens for the rest of the process's life; `onReload` runs at SIGHUP, never twice at the same time. */
export function listenForSignals(log: Log, onReload: () => Promise<void>): Signals {
  const { promise: ended, resolve } = Promise.withResolvers<End>();
  let ending = false;
  let reloading = Promise.resolve();

  function end(how: End): void {
    ending = true;
    resolve(how);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(128 + constants.signals[signal]);
      end({ reason: signal, failed: false });
    });
  }
  process.on('SIGHUP', () => {
    if (!ending) reloading = reloading.then(onReload);
  });
  // Both end the process: after a bug nobody knows what holds, and whoever supervises it starts it again.
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'a bug ends this process');
    end({ reason: origin, failed: true });
  });
  // Nobody reads along any more; that is no reason to stop.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  return { ended };
}
