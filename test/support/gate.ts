// A connection that stands still in the middle: passes on what a client sends up to a number of bytes, the rest when told.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Gate {
  port: number;
  /** Resolves when the client has sent more than may pass. */
  readonly reached: Promise<void>;
  open(): void;
  close(): void;
}

/** Opens a gate in front of a port of 127.0.0.1. */
export async function openGate(targetPort: number, bytes: number): Promise<Gate> {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  let passed = 0;

  async function pump(client: Socket, target: Socket): Promise<void> {
    for await (const chunk of client) {
      passed += (chunk as Buffer).length;
      if (passed > bytes) {
        reach();
        await opened;
      }
      target.write(chunk as Buffer);
    }
    target.end();
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    target.pipe(client);
    pump(client, target).catch(() => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    reached,
    open,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
