// Sends one message and says what came of it. Writes nothing.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AppError, isAppError } from '../../base/errors.ts';
import { HOUR, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { KeptConnection } from '../../platform/net/kept-connection.ts';
import { type OutgoingAnswer, Unreachable } from '../../platform/net/outgoing.ts';
import { HOOK_FORMATS } from './hook-formats.data.ts';
import type { DeliveryRow, Hook } from './hooks.types.ts';
import { addressOf } from './messages.service.ts';
import { requestHeaders, type StoredRequest, secretHeaders } from './request-headers.service.ts';

/** What one try came to. */
export interface Try {
  /** `again`: it failed for a reason that may pass. */
  outcome: 'delivered' | 'refused' | 'failed' | 'again';
  requestHeaders: Record<string, string>;
  status: number | null;
  error: string | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  /** Milliseconds. */
  duration: number;
  triedAt: number;
  /** Milliseconds for which the other side asks to be left alone. */
  asksToWait: number;
  /** No connection came about: nothing else reaches that host now either. */
  isUnreachable: boolean;
}

const MOST_RESPONSE = 64 * 1024;
const MOST_HEADERS = 60;
const LONGEST_HEADER = 1024;
const LONGEST_ERROR = 500;
/** What is shorter stands everywhere by chance. */
const SHORTEST_SECRET = 6;
const LONGEST_WAIT = 6 * HOUR;
/** Refusals that may pass: the server had no time, or got too much. */
const PASSING = new Set([408, 425, 429]);

/** Sends a delivery. Rejects only when the server stops, by the signal's reason. */
export async function send(
  app: App,
  hook: Hook,
  delivery: DeliveryRow,
  stored: StoredRequest,
  { connection, signal }: { connection?: KeptConnection; signal: AbortSignal },
): Promise<Try> {
  const headers = requestHeaders(hook, delivery, stored);
  const limit = AbortSignal.timeout(app.config.webhooks.timeout_seconds * SECOND);
  const began = performance.now();
  const triedAt = app.clock.now();
  const done = (came: Partial<Try> & Pick<Try, 'outcome'>): Try => ({
    ...{ status: null, error: null, responseHeaders: null, responseBody: null },
    ...{ asksToWait: 0, isUnreachable: false },
    ...came,
    ...{ requestHeaders: headers, triedAt, duration: Math.round(performance.now() - began) },
  });
  try {
    const { url, method } = addressOf(hook, delivery.uuid);
    const answer = await app.outgoing.fetch(url, {
      ...{ method, headers, secretHeaders: secretHeaders(hook), body: stored.body },
      ...{ keepsRedirects: true, verifiesTls: hook.verifiesTls },
      ...(connection ? { connection } : {}),
      signal: AbortSignal.any([signal, limit]),
    });
    return done(await judge(answer, (text) => withoutSecrets(hook, url, text)));
  } catch (error) {
    signal.throwIfAborted();
    return done(failure(app, error, limit.aborted));
  }
}

async function judge(
  answer: OutgoingAnswer,
  clean: (text: string) => string,
): Promise<Partial<Try> & Pick<Try, 'outcome'>> {
  const { status, headers } = answer;
  const responseHeaders = headersOf(headers, clean);
  const responseBody = clean(storableText(await beginningOf(answer.body)));
  const came = { status, responseHeaders, responseBody };
  if (status >= 200 && status < 300) return { ...came, outcome: 'delivered' };
  if (status >= 300 && status < 400)
    return {
      ...came,
      outcome: 'refused',
      error: 'It redirects, which is not followed: set its new address.',
    };
  const error = `It answered with the status ${status}.`;
  if (status >= 400 && status < 500 && !PASSING.has(status)) return { ...came, outcome: 'refused', error };
  return { ...came, outcome: 'again', error, asksToWait: retryAfter(headers['retry-after']) };
}

/** What is longer than is kept is not read. The status has decided: that the rest never comes changes nothing. */
async function beginningOf(body: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_RESPONSE) break;
    }
  } catch {
    body.destroy();
  }
  return Buffer.concat(chunks).subarray(0, MOST_RESPONSE);
}

function headersOf(headers: IncomingHttpHeaders, clean: (text: string) => string): Record<string, string> {
  const found = Object.entries(headers).slice(0, MOST_HEADERS);
  return Object.fromEntries(
    found.map(([name, value]) => [
      name.slice(0, LONGEST_HEADER),
      clean(storableText(Buffer.from([value].flat().join(', ').slice(0, LONGEST_HEADER), 'latin1'))),
    ]),
  );
}

/** What came back, where it repeats what was sent in confidence: a chat's address, the header, the secret. */
function withoutSecrets(hook: Hook, url: string, text: string): string {
  const { pathname, search } = new URL(url);
  const address = HOOK_FORMATS[hook.format].isChat ? [pathname + search, pathname] : [];
  const credential = hook.authorization.split(' ').slice(1).join(' ');
  return [...address, hook.authorization, credential, hook.secret]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
}

/** Seconds alone are understood; a date would trust the other side's clock. */
function retryAfter(value: string | undefined): number {
  if (value === undefined || !/^\d{1,7}$/.test(value.trim())) return 0;
  return Math.min(Number(value) * SECOND, LONGEST_WAIT);
}

function failure(app: App, error: unknown, isLate: boolean): Partial<Try> & Pick<Try, 'outcome'> {
  if (isLate) {
    const seconds = app.config.webhooks.timeout_seconds;
    return { outcome: 'again', error: `It did not answer within ${seconds} seconds.` };
  }
  // An address inside stays one: whoever chose it learns nothing by asking again.
  if (isAppError(error, 'forbidden')) return { outcome: 'failed', error: error.message };
  const message =
    error instanceof AppError ? error.message : 'The connection broke off before there was a whole answer.';
  return {
    outcome: 'again',
    error: message.slice(0, LONGEST_ERROR),
    isUnreachable: error instanceof Unreachable,
  };
}

/** Bytes as text that every database keeps: what is no UTF-8 is replaced, and so is NUL. */
function storableText(bytes: Buffer): string {
  return bytes.toString('utf8').toWellFormed().replaceAll('\0', '\uFFFD');
}
