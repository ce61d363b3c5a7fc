// Connections that the server makes on behalf of people. A name is resolved once, each address it has is judged, and
// the connection goes to exactly the address that was judged; redirects are followed here, each judged like the first.
import { lookup } from 'node:dns/promises';
import {
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request,
} from 'node:http';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls';
import { AppError } from '../../base/errors.ts';
import { mayConnectTo } from '../../base/network-guard.ts';
import type { KeptConnection } from './kept-connection.ts';

export interface OutgoingRequest {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Uint8Array | Readable;
  /** Headers for the host of the first address only: never sent on where a redirect leads elsewhere. */
  secretHeaders?: OutgoingHttpHeaders;
  signal: AbortSignal;
  /** Redirects followed; a body that is a stream is never sent twice. Default 5. */
  redirects?: number;
  /** Whether a redirect is an answer like any other, in place of being followed. */
  keepsRedirects?: boolean;
  /** False: any certificate will do, where whoever asks has chosen so. */
  verifiesTls?: boolean;
  /** Used again for requests to one origin, as long as the other side leaves it open. */
  connection?: KeptConnection;
}

export interface OutgoingAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  /** Must be read to its end or destroyed. */
  body: IncomingMessage;
  /** The address that answered, after redirects. */
  url: string;
}

export interface Outgoing {
  /** Throws AppError forbidden when the address is none that may be connected to, unavailable when nobody answers. */
  fetch(url: string, request: OutgoingRequest): Promise<OutgoingAnswer>;
}

/** Thrown where no connection came about at all: a name that is unknown, nobody who answers. */
export class Unreachable extends AppError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', message, { cause });
  }
}

/** Milliseconds without a byte after which a connection is given up. */
const IDLE = 180_000;
/** Milliseconds in which one address must answer. */
const DIAL = 15_000;
const MOST_ADDRESSES = 4;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<string[]>;

/** How connections are judged. */
interface Judgement {
  allowed: readonly string[];
  resolve: Resolve;
}

/** `allowed` tells the networks inside one's own that may be connected to, at the time of each connection. */
export function openOutgoing(allowed: () => readonly string[], resolve: Resolve = resolveByName): Outgoing {
  return { fetch: (url, asked) => follow(url, asked, { allowed: allowed(), resolve }) };
}

async function follow(start: string, asked: OutgoingRequest, judgement: Judgement): Promise<OutgoingAnswer> {
  let url = requireWebUrl(start);
  const home = url.origin;
  let current = asked;
  for (let left = asked.redirects ?? 5; ; left--) {
    const secret = url.origin === home ? asked.secretHeaders : {};
    const body = await connect(url, { ...current, headers: { ...current.headers, ...secret } }, judgement);
    const status = body.statusCode ?? 0;
    const location = REDIRECTS.has(status) ? body.headers.location : undefined;
    if (location === undefined || asked.keepsRedirects)
      return { status, headers: body.headers, body, url: url.href };
    body.destroy();
    if (left <= 0) throw new AppError('unavailable', 'The server redirects too often.');
    url = requireWebUrl(location, url);
    current = redirected(current, status);
  }
}

function requireWebUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password)
    return url;
  throw new AppError('forbidden', 'Only http and https addresses are connected to.');
}

/** As browsers do: 303, and 301 and 302 after a POST, are asked for with GET; a stream cannot be sent again. */
function redirected(request: OutgoingRequest, status: number): OutgoingRequest {
  const { method = 'GET' } = request;
  const asGet = status === 303 || (status < 303 && method === 'POST');
  if (asGet && method !== 'HEAD') {
    const { body: _, ...rest } = request;
    return { ...rest, method: 'GET' };
  }
  if (!maySendAgain(request))
    throw new AppError('unavailable', 'The server redirects what was sent to it: use its new address.');
  return request;
}

async function connect(url: URL, asked: OutgoingRequest, judgement: Judgement): Promise<IncomingMessage> {
  try {
    return await exchange(url, asked, () => open(url, asked, judgement));
  } catch (cause) {
    asked.signal.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    throw new AppError('unavailable', describeFailure(url, cause), { cause });
  }
}

/** A connection to one of the judged addresses of a host. */
async function open(
  url: URL,
  { signal, verifiesTls = true }: OutgoingRequest,
  judgement: Judgement,
): Promise<Socket> {
  const addresses = await judgedAddresses(url.hostname, judgement);
  const socket = await dial(url, addresses, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Unreachable(describeFailure(url, cause), cause);
  });
  return url.protocol === 'https:' ? secured(socket, bare(url.hostname), verifiesTls) : socket;
}

/** Every address of a host. One that may not be connected to condemns the name: whoever owns it plays games. */
async function judgedAddresses(hostname: string, { allowed, resolve }: Judgement): Promise<string[]> {
  const host = bare(hostname);
  const found = isIP(host) ? [host] : await resolve(host);
  if (found.length === 0) throw new Unreachable(`The host ${host} has no address.`);
  if (found.every((address) => mayConnectTo(address, allowed))) return found;
  throw new AppError(
    'forbidden',
    `The address of ${host} is not on the public internet: connections to it are not allowed here.`,
  );
}

async function resolveByName(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new Unreachable(`The host ${host} was not found.`, cause);
  }
}

/** Connects to the first of some addresses that answers; none of them is resolved again. */
async function dial(url: URL, addresses: string[], signal: AbortSignal): Promise<Socket> {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  let failure: unknown;
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    try {
      return await dialOne(address, port, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

function dialOne(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, signal });
    const timer = setTimeout(() => socket.destroy(new Error('it does not answer')), DIAL);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

async function exchange(
  url: URL,
  asked: OutgoingRequest,
  connect: () => Promise<Socket>,
): Promise<IncomingMessage> {
  const { connection } = asked;
  if (!connection) {
    const socket = await connect();
    return begin(url, asked, { createConnection: () => socket }).answered;
  }
  connection.connectBy(connect);
  const way = { agent: connection, host: url.origin };
  const { sent, answered } = begin(url, asked, way);
  return answered.catch((error: unknown) => {
    // The other side closed what was kept open just when it was used again.
    if (!sent.reusedSocket || !isReset(error) || !maySendAgain(asked)) throw error;
    return begin(url, asked, way).answered;
  });
}

function begin(
  url: URL,
  { method = 'GET', headers = {}, body, signal }: OutgoingRequest,
  way: RequestOptions,
): { sent: ClientRequest; answered: Promise<IncomingMessage> } {
  const sent = request({
    ...way,
    path: url.pathname + url.search,
    method,
    headers: { host: url.host, 'user-agent': 'OpenCodeHub', ...headers },
    signal,
    timeout: IDLE,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
    // Such as by 101 (Switching Protocols): node then ends the request without an error, and no signal would end the wait.
    sent.once('close', () => reject(new Error('The connection ended without an answer.')));
  });
  const silent = () => new AppError('unavailable', `${bare(url.hostname)} does not answer in time.`);
  sent.once('timeout', () => sent.destroy(silent()));
  transmit(sent, body);
  return { sent, answered };
}

function isReset(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function maySendAgain({ body }: OutgoingRequest): boolean {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

/** The certificate is checked against the name that was asked for. */
function secured(socket: Socket, host: string, verifies: boolean): TLSSocket {
  const name = isIP(host) ? {} : { servername: host };
  const options = { socket, host, ...name, ca: trusted(), ALPNProtocols: ['http/1.1'] };
  return connectTls({ ...options, rejectUnauthorized: verifies });
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function transmit(sent: ClientRequest, body: OutgoingRequest['body']): void {
  if (body === undefined) sent.end();
  else if (typeof body === 'string' || body instanceof Uint8Array) sent.end(body);
  else {
    body.once('error', (error) => sent.destroy(error));
    sent.once('close', () => body.destroy());
    body.pipe(sent);
  }
}

let certificates: string[] | undefined;

/** What node trusts by itself, what NODE_EXTRA_CA_CERTS adds, and what the system trusts. */
function trusted(): string[] {
  certificates ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return certificates;
}

function describeFailure(url: URL, error: unknown): string {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? '');
  if (code === 'ECONNREFUSED') return `${url.host} refuses connections.`;
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return `The certificate of ${url.host} is not trusted (${code}).`;
  return `${url.host} could not be reached${code === '' ? '' : ` (${code})`}.`;
}

/** Reads a small answer as JSON. Throws AppError unavailable for anything else. */
export async function readJsonAnswer(answer: OutgoingAnswer, maxBytes: number): Promise<unknown> {
  try {
    return JSON.parse(await readTextAnswer(answer, maxBytes));
  } catch (cause) {
    throw new AppError('unavailable', 'The server answered with something that is not JSON.', { cause });
  }
}

async function readTextAnswer({ body }: OutgoingAnswer, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new AppError('too_large', 'The answer is too large.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
