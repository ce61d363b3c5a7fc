// A network between the program and a server that can be made to swallow everything: no data, no end, no error.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface StallingProxy {
  port: number;
  /** Connections that were made so far. */
  accepted(): number;
  /** From now on nothing passes, on connections old and new. */
  stall(): void;
  /** What was held back is lost with its connections; new ones work. */
  heal(): void;
  close(): Promise<void>;
}

/** Forwards a TCP port to the unix socket of a server. */
export async function openStallingProxy(target: string): Promise<StallingProxy> {
  const sockets = new Set<Socket>();
  let stalled = false;
  let accepted = 0;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  const server = createServer((near) => {
    accepted += 1;
    keep(near);
    if (stalled) return;
    const far = connect(target);
    keep(far);
    near.on('data', (data) => void (stalled || far.write(data)));
    far.on('data', (data) => void (stalled || near.write(data)));
    near.on('close', () => void (stalled || far.destroy()));
    far.on('close', () => void (stalled || near.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    stall: () => {
      stalled = true;
    },
    heal: () => {
      for (const socket of sockets) socket.destroy();
      stalled = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
