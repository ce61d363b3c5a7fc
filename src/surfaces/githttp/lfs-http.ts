// Git LFS over HTTP on node's own server, beside git: large bodies go from socket to disk and back.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { clientOf } from '../../platform/web/client-address.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { errorFor } from './git-answers.ts';
import { answerBatch } from './lfs-batch.ts';
import { type LfsCall, refuseLfs } from './lfs-call.ts';
import { answerCreateLock, answerListLocks, answerUnlock, answerVerifyLocks } from './lfs-locking.ts';
import { type LfsRoute, lfsRouteOf } from './lfs-route.ts';
import { answerVerify, sendObject, takeObject } from './lfs-transfer.ts';
import { discardRest } from './request-body.ts';

const HANDLERS: Record<LfsRoute['kind'], (call: LfsCall, stop: AbortController) => Promise<void>> = {
  batch: answerBatch,
  download: sendObject,
  upload: takeObject,
  verify: answerVerify,
  'list-locks': answerListLocks,
  'create-lock': answerCreateLock,
  'verify-locks': answerVerifyLocks,
  unlock: answerUnlock,
  unknown: async () => {
    throw notFound('page');
  },
};

/** Makes the handler of git-lfs' requests; it returns false, having done nothing, when the URL is not one of them. */
export function lfsHttpHandler(app: App): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const route = lfsRouteOf(request.method ?? '', request.url ?? '');
    if (!route) return false;
    const { address, secure } = clientOf(request, app.config.server);
    const id = randomToken(9);
    for (const [name, value] of securityHeaders(secure)) response.setHeader(name, value);
    response.setHeader('X-Request-Id', id);
    const stop = new AbortController();
    const call = { app, route, request, response, id, actor: ANONYMOUS, address, signal: stop.signal };
    void answer(call, stop);
    return true;
  };
}

async function answer(call: LfsCall, stop: AbortController): Promise<void> {
  const begun = performance.now();
  const { request, response } = call;
  // Transfers may be slow: they have an idle limit of their own.
  request.socket.setTimeout(0);
  response.once('close', () => {
    if (!response.writableFinished) stop.abort();
  });
  for (const stream of [request, response]) stream.on('error', () => stop.abort());
  stop.signal.addEventListener('abort', () => request.destroy());
  let failure: unknown;
  try {
    await HANDLERS[call.route.kind](call, stop);
  } catch (error) {
    failure = stop.signal.aborted ? undefined : errorFor(call.actor, error);
    if (stop.signal.aborted) response.destroy();
    else refuseLfs(call, failure);
  }
  if (!request.complete && !request.destroyed) discardRest(request, response);
  note(call, performance.now() - begun, failure);
}

function note(call: LfsCall, milliseconds: number, failure: unknown): void {
  const { app, route, request, response, actor } = call;
  const status = response.statusCode;
  app.metrics.requests
    .labels({
      route: `/:owner/:repo/info/lfs/${route.kind}`,
      method: request.method ?? '',
      status: String(status),
    })
    .observe(milliseconds / 1000);
  const line = {
    requestId: call.id,
    address: call.address,
    user: actor.kind === 'user' ? actor.name : undefined,
    repository: `/${route.owner}/${route.name}`,
    kind: route.kind,
    status,
    ms: Math.round(milliseconds),
  };
  if (failure !== undefined && !isAppError(failure))
    app.log.error({ ...line, err: failure }, 'git LFS failed');
  else app.log.info(line, 'git LFS');
}
