// A connection to another server that serves several requests, one after the other.
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A connection that outlives a request. Whoever opened it closes it. */
export class KeptConnection extends Agent {
  /** Makes a connection, its address judged. */
  #connect: () => Promise<Socket> = () => Promise.reject(new Error('nothing was asked for yet'));

  constructor() {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
  }

  connectBy(connect: () => Promise<Socket>): void {
    this.#connect = connect;
  }

  override createConnection(
    _options: unknown,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#connect().then(
      (socket) => done?.(null, socket),
      (error: Error) => (done as ((error: Error) => void) | undefined)?.(error),
    );
  }

  close(): void {
    this.destroy();
  }
}
