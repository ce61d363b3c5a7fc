// One request of a git-lfs client: who it is, what it sends as JSON, and what it is told.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Actor, seenFrom } from '../../base/actor.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import { openPass } from '../../features/lfs/lfs-tokens.service.ts';
import { openRepository } from '../../features/repos/access.service.ts';
import type { OpenRepository } from '../../features/repos/repos.types.ts';
import type { App } from '../../platform/app.types.ts';
import { identityOfKey } from '../ssh/ssh-authentication.ts';
import { CHALLENGE, STATUS } from './git-answers.ts';
import { actorOfAuthorization } from './git-credentials.ts';
import type { LfsRoute } from './lfs-route.ts';
import { awaitsContinue, bodyOf } from './request-body.ts';

export const LFS_JSON = 'application/vnd.git-lfs+json';

/** A batch of a thousand objects has about 130 KB. */
const MOST_JSON = 1024 * 1024;

export interface LfsCall {
  app: App;
  route: LfsRoute;
  request: IncomingMessage;
  response: ServerResponse;
  id: string;
  actor: Actor;
  address: string;
  signal: AbortSignal;
}

/** The scheme of tokens that git-lfs-authenticate gives out. */
export const PASS_SCHEME = 'RemoteAuth';

/**
 * Opens the repository for one operation by whatever the client brought. A pass given out over SSH holds for its
 * repository and operation only, and the key behind it is looked up anew each time.
 */
export async function openForLfs(call: LfsCall, operation: 'download' | 'upload'): Promise<OpenRepository> {
  const { app, request, route } = call;
  const ability = operation === 'upload' ? 'code:write' : 'code:read';
  const token = new RegExp(`^${PASS_SCHEME} (\\S+)$`, 'i').exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    const actor = await actorOfAuthorization(app, request.headers.authorization, call.address);
    call.actor = seenFrom(actor, call.address);
    return openRepository(app, call.actor, route.owner, route.name, ability);
  }
  const pass = openPass(app, token);
  const identity = pass && (await identityOfKey(app, pass.fingerprint));
  if (!pass || identity?.keyId !== pass.keyId || (operation === 'upload' && pass.operation !== 'upload'))
    throw new AppError(
      'unauthenticated',
      'This pass is not valid here, or has run out: ask for another over SSH.',
    );
  call.actor = seenFrom(identity.actor, call.address);
  const open = await openRepository(app, call.actor, route.owner, route.name, ability);
  if (open.repository.id !== pass.repositoryId)
    throw new AppError('unauthenticated', 'This pass was given for another repository.');
  return open;
}

/** The body as a JSON object. Throws AppError invalid or too_large. */
export async function readLfsJson(call: LfsCall): Promise<Record<string, unknown>> {
  const { request, response } = call;
  if (Number(request.headers['content-length'] ?? 0) > MOST_JSON) throw tooLarge();
  const body = bodyOf(request);
  if (awaitsContinue(request)) response.writeContinue();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_JSON) throw tooLarge();
    chunks.push(chunk);
  }
  return parsed(Buffer.concat(chunks).toString('utf8'));
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Answered below.
  }
  throw new AppError('invalid', 'The body must be a JSON object.');
}

function tooLarge(): AppError {
  return new AppError(
    'too_large',
    `A request may have ${MOST_JSON} bytes at most: ask for fewer objects at once.`,
  );
}

/** Answers with JSON of git-lfs' own type. */
export function sendLfsJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'Content-Type': LFS_JSON,
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(body);
}

/** The status of a failure in the words of the batch specification: what cannot be read is 422. */
export function lfsStatus(error: unknown): number {
  if (!isAppError(error)) return 500;
  return error.code === 'invalid' ? 422 : STATUS[error.code];
}

/** Answers with a failure; once the answer has begun, the connection is cut instead. */
export function refuseLfs(call: LfsCall, error: unknown): void {
  const { response } = call;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = lfsStatus(error);
  const headers: Record<string, string> = {};
  if (status === 401) {
    headers['WWW-Authenticate'] = CHALLENGE;
    headers['LFS-Authenticate'] = CHALLENGE;
  }
  if (isAppError(error) && error.retryAfter !== undefined) headers['Retry-After'] = String(error.retryAfter);
  const message = isAppError(error) ? error.message : 'Something went wrong on the server.';
  sendLfsJson(response, status, { message, request_id: call.id }, headers);
}
