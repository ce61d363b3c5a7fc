// A server that webhooks are sent to: it remembers what came and answers as a test says.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As they were sent, name after value. */
  rawHeaders: string[];
  body: Buffer;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Nothing is answered at all. */
  silent?: true;
}

export interface Sink {
  url: string;
  received: Received[];
  /** What everything is answered with from now on. */
  reply(how: Reply | ((received: Received) => Reply)): void;
  /** How many connections were made to it. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts one on the loopback interface. */
export async function openSink(port = 0): Promise<Sink> {
  const received: Received[] = [];
  let answer: (one: Received) => Reply = () => ({ status: 204 });
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers, rawHeaders } = request;
    const one = { method, path, headers, rawHeaders, body: Buffer.concat(chunks) };
    received.push(one);
    const { status, headers: sent = {}, body = '', silent } = answer(one);
    if (!silent) response.writeHead(status, sent).end(body);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    reply(how) {
      answer = typeof how === 'function' ? how : () => how;
    },
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
