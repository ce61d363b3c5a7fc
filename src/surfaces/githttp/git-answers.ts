// What git clients are told over HTTP when a request is refused: a status, and a sentence that git prints.
import type { ServerResponse } from 'node:http';
import type { Actor } from '../../base/actor.ts';
import { AppError, type ErrorCode, isAppError, notFound } from '../../base/errors.ts';

/** The HTTP status of each way to fail. */
export const STATUS: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
};

/** What asks a client for credentials. */
export const CHALLENGE = 'Basic realm="OpenCodeHub", charset="UTF-8"';

/** Headers of every answer to a git client (gitprotocol-http(5): they must not be cached). */
export const NEVER_CACHED = {
  'Cache-Control': 'no-cache, max-age=0, must-revalidate',
  Expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
  Pragma: 'no-cache',
};

/**
 * What somebody signed out is told: missing and invisible repositories alike ask for credentials, because signing in
 * could help; nothing else does.
 */
export function errorFor(actor: Actor, error: unknown): unknown {
  if (actor.kind !== 'anonymous' || !isAppError(error, 'not_found')) return error;
  return new AppError('unauthenticated', 'Sign in to reach this repository, if it exists.');
}

/** The refusal of a URL that no repository can have. */
export function noSuchRepository(): AppError {
  return notFound('repository');
}

/** Sends a refusal; once the answer has begun, the connection is cut instead. Returns the status. */
export function refuse(response: ServerResponse, error: unknown): number {
  if (response.headersSent) {
    response.destroy();
    return 499;
  }
  const status = isAppError(error) ? STATUS[error.code] : 500;
  const headers: Record<string, string> = {};
  if (status === 401) headers['WWW-Authenticate'] = CHALLENGE;
  if (isAppError(error) && error.retryAfter !== undefined) headers['Retry-After'] = String(error.retryAfter);
  const text = isAppError(error) ? error.message : 'Something went wrong on the server.';
  sendText(response, status, text, headers);
  return status;
}

/** Sends one sentence as plain text, which git prints to its user. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    ...NEVER_CACHED,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(body.length),
    ...headers,
  });
  response.end(body);
}
