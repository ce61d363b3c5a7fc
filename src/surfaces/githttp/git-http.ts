// Git over HTTP, the smart protocol only (gitprotocol-http(5)), on node's own server: bytes go from socket to process
// and back without a framework in between.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Actor, ANONYMOUS, seenFrom } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import { hasBundle } from '../../features/repos/bundles.service.ts';
import { openForPush } from '../../features/repos/push-transport.service.ts';
import { type OpenTransport, openTransport } from '../../features/repos/transport.service.ts';
import type { App } from '../../platform/app.types.ts';
import { takePlace } from '../../platform/cache/places.ts';
import type { GitProcess } from '../../platform/git/git.types.ts';
import { advertiseReceivePack } from '../../platform/git/receive.ts';
import { protocolOf, runUploadPack, tellsOfBundles } from '../../platform/git/upload.ts';
import { clientOf } from '../../platform/web/client-address.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { sendBundle } from './bundle-answer.ts';
import { errorFor, noSuchRepository, refuse, sendText } from './git-answers.ts';
import { actorOfAuthorization } from './git-credentials.ts';
import { type GitRoute, gitRouteOf } from './git-route.ts';
import { startGitService } from './git-service.ts';
import { lfsHttpHandler } from './lfs-http.ts';
import { awaitsContinue, bodyOf, discardRest, feed } from './request-body.ts';
import { idleWatch, type Sending, send } from './response-body.ts';
import { beginningOf, isClone, isWorthSharing, sendClone } from './shared-clones.ts';

/** Requests of clones and fetches hold ids, not content. */
const MAX_UPLOAD_REQUEST = 64 * 1024 * 1024;
/** Ref updates and push options come on top of the pack. */
const BESIDE_THE_PACK = 64 * 1024 * 1024;

interface Call {
  app: App;
  route: GitRoute;
  request: IncomingMessage;
  response: ServerResponse;
  id: string;
  actor: Actor;
  address: string;
  bytesIn: number;
  bytesOut: number;
}

/**
 * Makes the handler of git's and git-lfs' requests, to be asked before the web. It returns false, having done nothing, when
 * the URL is not one of git's. Attach it to `checkContinue` too, so that refusals precede uploads.
 */
export function gitHttpHandler(app: App): (request: IncomingMessage, response: ServerResponse) => boolean {
  const serveLfs = lfsHttpHandler(app);
  return (request, response) => {
    const route = gitRouteOf(request.url ?? '');
    if (!route) return serveLfs(request, response);
    const { address, secure } = clientOf(request, app.config.server);
    const call: Call = {
      app,
      route,
      request,
      response,
      id: randomToken(9),
      actor: ANONYMOUS,
      address,
      bytesIn: 0,
      bytesOut: 0,
    };
    for (const [name, value] of securityHeaders(secure)) response.setHeader(name, value);
    response.setHeader('X-Request-Id', call.id);
    void answer(call);
    return true;
  };
}

async function answer(call: Call): Promise<void> {
  const begun = performance.now();
  const { request, response } = call;
  // Transfers may stand still while git counts: they have an idle limit of their own.
  request.socket.setTimeout(0);
  const stop = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) stop.abort();
  });
  response.on('error', () => stop.abort());
  request.on('error', () => stop.abort());
  let failure: unknown;
  try {
    await serve(call, stop);
  } catch (error) {
    failure = stop.signal.aborted ? undefined : errorFor(call.actor, error);
    if (stop.signal.aborted) response.destroy();
    else refuse(response, failure);
  }
  // What the client still sends is not wanted: take a little, so that it reads the answer, then hang up.
  if (!request.complete) discardRest(request, response);
  note(call, performance.now() - begun, failure);
}

async function serve(call: Call, stop: AbortController): Promise<void> {
  const { app, route, request, response } = call;
  if (!methodAllowed(route, request.method)) {
    sendText(response, 405, 'This method is not allowed here.', {
      Allow: route.kind === 'rpc' ? 'POST' : 'GET',
    });
    return;
  }
  const actor = await actorOfAuthorization(app, request.headers.authorization, call.address);
  call.actor = seenFrom(actor, call.address);
  if (route.repository === undefined) throw noSuchRepository();
  const transport = await openFor(call, route.repository);
  refuseOldProtocol(route);
  const giveBack = takePlace(call, 'git');
  try {
    if (route.kind === 'bundle') await giveBundle(call, transport, stop);
    else if (route.kind === 'advertisement') await advertise(call, transport, stop);
    else await exchange(call, transport, stop);
  } finally {
    giveBack();
  }
}

function openFor({ app, route, actor }: Call, path: string): Promise<OpenTransport> {
  if (route.service === 'receive-pack') return openForPush(app, actor, path);
  return openTransport(app, actor, path, route.service);
}

function methodAllowed(route: GitRoute, method: string | undefined): boolean {
  return method === (route.kind === 'rpc' ? 'POST' : 'GET');
}

function refuseOldProtocol(route: GitRoute): void {
  if (route.kind === 'dumb')
    throw new AppError('forbidden', 'Only the smart HTTP protocol is served: use git 1.6.6 or newer.');
  if (route.kind === 'unknown-service')
    throw new AppError('forbidden', 'Only git-upload-pack and git-receive-pack are served over HTTP.');
}

async function advertise(call: Call, transport: OpenTransport, stop: AbortController): Promise<void> {
  const { app, route, request, response } = call;
  const protocol = protocolOf(request.headers['git-protocol']);
  const bundleUri = await bundleAddress(app, transport);
  const options = { statelessRpc: true, advertise: true, protocol, bundleUri, signal: stop.signal };
  const child = await (route.service === 'upload-pack'
    ? runUploadPack(app.git, transport.dir, { ...options, hidesPulls: transport.hidesPulls })
    : advertiseReceivePack(app.git, transport.dir, options));
  child.stdin.end();
  const preamble = speaksV2(protocol) && route.service === 'upload-pack' ? '' : preambleOf(route.service);
  const type = `application/x-git-${route.service}-advertisement`;
  await transfer(call, child, stop, { type, preamble });
  if (request.method === 'GET') response.end();
}

async function exchange(call: Call, transport: OpenTransport, stop: AbortController): Promise<void> {
  const { app, route, request, response } = call;
  const expected = `application/x-git-${route.service}-request`;
  if (request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== expected) {
    sendText(response, 415, `The Content-Type must be ${expected}.`);
    return;
  }
  const maxBytes =
    route.service === 'upload-pack' ? MAX_UPLOAD_REQUEST : app.config.git.max_push_bytes + BESIDE_THE_PACK;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    throw new AppError('too_large', `The request is larger than ${maxBytes} bytes.`);
  const body = bodyOf(request);
  if (awaitsContinue(request)) response.writeContinue();
  if (route.service !== 'upload-pack') return exchangeWithGit(call, transport, stop, { body, maxBytes });
  const { bytes, isWhole } = await begin(call, stop, body);
  // What is shared was made with every ref that is for readers.
  if (!transport.hidesPulls && isWhole && isClone(bytes) && (await isWorthSharing(app, transport.dir)))
    return shareClone(call, transport, stop, bytes);
  const whole = Readable.from(isWhole ? [bytes] : continued(bytes, body));
  return exchangeWithGit(call, transport, stop, { body: whole, maxBytes });
}

/** A client that stops sending is left, as everywhere. */
async function begin({ app }: Call, stop: AbortController, body: Readable) {
  const idle = idleWatch(app.config.git.idle_timeout_seconds * 1000, () => stop.abort());
  try {
    return await beginningOf(body, { signal: stop.signal, onProgress: idle.progress });
  } finally {
    idle.end();
  }
}

async function* continued(beginning: Buffer, rest: Readable): AsyncGenerator<Buffer> {
  yield beginning;
  yield* rest as AsyncIterable<Buffer>;
}

/** The address of a bundle that lies ready. */
async function bundleAddress(app: App, { dir, repository }: OpenTransport): Promise<string | undefined> {
  const { ownerName, name, defaultBranch } = repository;
  if (!tellsOfBundles(app.git) || !(await hasBundle(app, { dir, defaultBranch }))) return undefined;
  return `${app.publicUrl()}/${ownerName}/${name}.git/clone.bundle`;
}

async function giveBundle(call: Call, transport: OpenTransport, stop: AbortController): Promise<void> {
  const { app, response } = call;
  const idle = idleWatch(app.config.git.idle_timeout_seconds * 1000, () => stop.abort());
  const gone = () => response.destroy();
  stop.signal.addEventListener('abort', gone, { once: true });
  try {
    call.bytesOut = await sendBundle(app, transport, response, idle.progress);
  } finally {
    idle.end();
    stop.signal.removeEventListener('abort', gone);
  }
}

async function exchangeWithGit(
  call: Call,
  transport: OpenTransport,
  stop: AbortController,
  { body, maxBytes }: { body: Readable; maxBytes: number },
): Promise<void> {
  const { app, route, request } = call;
  const protocol = protocolOf(request.headers['git-protocol']);
  const bundleUri = route.service === 'upload-pack' ? await bundleAddress(app, transport) : undefined;
  const options = { statelessRpc: true, protocol, bundleUri, signal: stop.signal };
  const child = await startGitService(app, transport, route.service, options);
  const type = `application/x-git-${route.service}-result`;
  await transfer(call, child, stop, { type, preamble: '' }, (progress) =>
    feed(body, child.stdin, maxBytes, progress),
  );
}

async function shareClone(
  call: Call,
  { dir }: OpenTransport,
  stop: AbortController,
  asked: Buffer,
): Promise<void> {
  const { app, request, response } = call;
  const idle = idleWatch(app.config.git.idle_timeout_seconds * 1000, () => stop.abort());
  const gone = () => response.destroy();
  stop.signal.addEventListener('abort', gone, { once: true });
  try {
    const protocol = protocolOf(request.headers['git-protocol']);
    const type = 'application/x-git-upload-pack-result';
    const sending = { type, onProgress: idle.progress };
    call.bytesIn = asked.length;
    call.bytesOut = await sendClone(app, { dir, request: asked, protocol }, response, sending);
  } finally {
    idle.end();
    stop.signal.removeEventListener('abort', gone);
  }
}

type Feeder = (onProgress: () => void) => { done: Promise<void>; bytes(): number };

async function transfer(
  call: Call,
  child: GitProcess,
  stop: AbortController,
  sending: Pick<Sending, 'type' | 'preamble'>,
  feeder?: Feeder,
): Promise<void> {
  const idle = idleWatch(call.app.config.git.idle_timeout_seconds * 1000, () => stop.abort());
  const feeding = feeder?.(idle.progress);
  try {
    const sent = send(child, call.response, { ...sending, onProgress: idle.progress });
    const counted = sent.then((bytes) => {
      call.bytesOut = bytes;
    });
    await Promise.all([counted, feeding?.done]);
  } catch (error) {
    child.kill();
    child.stdout.resume();
    await child.exited;
    throw error;
  } finally {
    idle.end();
    call.bytesIn = feeding?.bytes() ?? 0;
  }
}

function speaksV2(protocol: string | undefined): boolean {
  return protocol?.split(':').includes('version=2') ?? false;
}

function preambleOf(service: string): string {
  const line = `# service=git-${service}\n`;
  return `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`;
}

function note(call: Call, milliseconds: number, failure: unknown): void {
  const { app, route, request, response, actor } = call;
  const method = request.method ?? '';
  const name = route.kind === 'advertisement' ? 'info/refs' : `git-${route.service}`;
  const status = response.statusCode;
  app.metrics.requests
    .labels({ route: `/:owner/:repo/${name}`, method, status: String(status) })
    .observe(milliseconds / 1000);
  const line = {
    requestId: call.id,
    address: call.address,
    user: actor.kind === 'user' ? actor.name : undefined,
    repository: route.repository,
    service: route.service,
    kind: route.kind,
    status,
    ms: Math.round(milliseconds),
    bytesIn: call.bytesIn,
    bytesOut: call.bytesOut,
  };
  if (failure !== undefined && !isAppError(failure))
    app.log.error({ ...line, err: failure }, 'git over HTTP failed');
  else app.log.info(line, 'git over HTTP');
}
