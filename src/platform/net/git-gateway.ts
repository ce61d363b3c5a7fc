// How git reaches other servers on behalf of people: not at all by itself. It speaks plain HTTP to this gateway on the
// loopback interface, which asks the one repository a run is for, by connections that are judged (outgoing.ts). So git
// neither resolves names nor follows redirects, and never sees credentials. Bytes and services are bounded per run.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { randomToken } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { Outgoing, OutgoingAnswer } from './outgoing.ts';

export type RemoteService = 'upload-pack' | 'receive-pack';

export interface GatewayRun {
  /** The repository's address without credentials. */
  url: string;
  /** The header Authorization for its host, if any. */
  authorization?: string | undefined;
  service: RemoteService;
  /** Most bytes that are taken from the other side. */
  maxBytes: number;
  /** Ends every connection of the run. */
  signal: AbortSignal;
}

export interface GatewaySession {
  /** What git takes for the repository's address. */
  readonly url: string;
  /** Configuration for the git process that may use it. */
  readonly config: readonly (readonly [key: string, value: string])[];
  /** Why a request of the run failed, in words; undefined as long as none did. */
  failure(): AppError | undefined;
  close(): void;
}

export interface GitGateway {
  open(run: GatewayRun): Promise<GatewaySession>;
  close(): Promise<void>;
}

/** Names the run; in a header, because addresses are seen in the list of processes. */
const RUN_HEADER = 'x-opencodehub-run';

interface Run extends GatewayRun {
  /** Where the repository is after redirects. */
  base: string;
  bytes: number;
  failure: AppError | undefined;
}

/** Makes the gateway; it listens from the first run on. */
export function openGitGateway(outgoing: Outgoing): GitGateway {
  const runs = new Map<string, Run>();
  let listening: Promise<Server> | undefined;
  return {
    async open(run) {
      listening ??= listen((request, response) => void serve(outgoing, runs, request, response));
      const { port } = (await listening).address() as AddressInfo;
      const token = randomToken();
      const known: Run = { ...run, base: baseOf(run.url), bytes: 0, failure: undefined };
      runs.set(token, known);
      return {
        url: `http://127.0.0.1:${port}/remote`,
        config: configOf(token),
        failure: () => known.failure,
        close: () => void runs.delete(token),
      };
    },
    async close() {
      const server = await listening;
      server?.closeAllConnections();
      server?.close();
    },
  };
}

function configOf(token: string): GatewaySession['config'] {
  return [
    ['protocol.http.allow', 'always'],
    ['http.extraHeader', `${RUN_HEADER}: ${token}`],
    ['http.proxy', ''],
    ['http.followRedirects', 'false'],
    ['credential.helper', ''],
    ['core.askPass', ''],
    // What is sent is passed on as it comes.
    ['http.postBuffer', '1048576'],
  ];
}

function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer({ requestTimeout: 0 }, handler);
  server.on('error', () => {});
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Git asks below the address as typed, without slashes at its end. */
function baseOf(url: string): string {
  return url.replace(/\/+$/, '');
}

async function serve(
  outgoing: Outgoing,
  runs: Map<string, Run>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.on('error', () => {});
  response.on('error', () => {});
  const run = runs.get(String(request.headers[RUN_HEADER] ?? ''));
  try {
    if (!run) throw new AppError('not_found', 'There is no such run.');
    await pass(outgoing, run, request, response);
  } catch (error) {
    if (run) run.failure ??= asFailure(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(run ? 502 : 404, { Connection: 'close' }).end();
  }
}

function asFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('unavailable', 'The connection to the other server broke off.', { cause: error });
}

async function pass(
  outgoing: Outgoing,
  run: Run,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isAdvertisement = request.url === `/remote/info/refs?service=git-${run.service}`;
  const isExchange = request.url === `/remote/git-${run.service}`;
  if (request.method === 'GET' && isAdvertisement) {
    const suffix = `/info/refs?service=git-${run.service}`;
    const answer = await ask(outgoing, run, request, run.base + suffix);
    run.base = movedBase(answer, suffix);
    await hand(run, answer, response, `application/x-git-${run.service}-advertisement`);
  } else if (request.method === 'POST' && isExchange) {
    const answer = await ask(outgoing, run, request, `${run.base}/git-${run.service}`);
    await hand(run, answer, response, `application/x-git-${run.service}-result`);
  } else
    throw new AppError('unavailable', 'There is no git repository at this address that speaks smart HTTP.');
}

const PASSED_ON = ['accept', 'git-protocol', 'content-type', 'content-encoding', 'content-length'] as const;

function ask(outgoing: Outgoing, run: Run, request: IncomingMessage, url: string): Promise<OutgoingAnswer> {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])),
  );
  // Credentials are for the host they were given for, wherever it redirects to.
  const isHome = new URL(url).origin === new URL(run.url).origin;
  return outgoing.fetch(url, {
    method: request.method ?? 'GET',
    headers: { ...headers, 'accept-encoding': 'identity' },
    ...(run.authorization && isHome ? { secretHeaders: { authorization: run.authorization } } : {}),
    ...(request.method === 'POST' ? { body: request, redirects: 0 } : {}),
    signal: run.signal,
  });
}

/** As git does (http.followRedirects): a redirect of the first request moves the repository. */
function movedBase({ url }: OutgoingAnswer, suffix: string): string {
  if (url.endsWith(suffix)) return url.slice(0, -suffix.length);
  throw new AppError('unavailable', 'The address leads to a page that is no git repository.');
}

async function hand(run: Run, answer: OutgoingAnswer, response: ServerResponse, type: string): Promise<void> {
  const failure = failureOf(answer, type, run.authorization !== undefined);
  if (failure) {
    answer.body.destroy();
    throw failure;
  }
  response.writeHead(200, { 'Content-Type': type, Connection: 'close' });
  await pipeline(answer.body, (chunks) => counted(run, chunks), response, { signal: run.signal });
}

async function* counted(run: Run, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    run.bytes += chunk.length;
    if (run.bytes > run.maxBytes)
      throw new AppError('too_large', `The repository is larger than ${run.maxBytes} bytes, the limit here.`);
    yield chunk;
  }
}

function failureOf(
  { status, headers }: OutgoingAnswer,
  type: string,
  hasCredentials: boolean,
): AppError | undefined {
  if (status === 401 || (status === 403 && hasCredentials))
    return new AppError(
      'unauthenticated',
      hasCredentials
        ? 'The server does not accept these credentials.'
        : 'The server asks for credentials: give a user name and a password or token.',
    );
  if (status === 403) return new AppError('forbidden', 'The server refuses access to this repository.');
  if (status === 404 || status === 410)
    return new AppError('not_found', 'The server has no repository at this address, or does not show it.');
  if (status !== 200) return new AppError('unavailable', `The server answered with the status ${status}.`);
  if (headers['content-type']?.split(';')[0]?.trim() !== type || headers['content-encoding'] !== undefined)
    return new AppError('unavailable', 'There is no git repository at this address that speaks smart HTTP.');
  return undefined;
}
