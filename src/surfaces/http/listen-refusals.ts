// Answers to what is no proper HTTP, which no handler sees: node's own would come without the security headers.
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { securityHeaders } from './security-headers.ts';

/** By the code of the failure; all others are 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers requests that cannot be parsed, or whose headers do not end, and hangs up. */
export function answerMalformed(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const { _httpMessage: underWay } = socket as Socket & { _httpMessage?: { headersSent: boolean } };
    if (socket.writable && !underWay?.headersSent)
      socket.write(refusal(STATUS[error.code ?? ''] ?? 400, socket));
    socket.destroy(error);
  });
}

/** Refuses requests of HTTP/1.1 that do not name their host, and what is expected of us and not known. */
export function refuseOdd(server: Server, handler: RequestListener): RequestListener {
  server.on('checkExpectation', (request, response) => refuse(request, response, 417));
  return (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === '1.1') refuse(request, response, 400);
    else handler(request, response);
  };
}

function refuse({ socket }: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status, Object.fromEntries(headersOf(socket))).end();
}

function refusal(status: number, socket: Socket): string {
  const lines = headersOf(socket).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', ''].join('\r\n');
}

function headersOf(socket: Socket & { encrypted?: boolean }): (readonly [name: string, value: string])[] {
  return [...securityHeaders(socket.encrypted === true), ['content-length', '0'], ['connection', 'close']];
}
