// A message that survives one redirect, in a short-lived cookie. What comes back is bounded, and escaped when shown.

import { readCookie, writeCookie } from './cookies.ts';
import type { WebContext } from './web.types.ts';

const COOKIE = 'flash';
const KINDS = ['success', 'error', 'warn', 'info'] as const;
const MAX_LENGTH = 300;
const LIFE = 60_000;

export type FlashKind = (typeof KINDS)[number];

export interface Flash {
  kind: FlashKind;
  text: string;
}

/** Keeps a message for the next page this browser opens. */
export function setFlash(c: WebContext, kind: FlashKind, text: string): void {
  const value = `${kind}.${Buffer.from(text.slice(0, MAX_LENGTH)).toString('base64url')}`;
  writeCookie(c, COOKIE, value, c.var.app.clock.now() + LIFE);
}

/** The message kept for this page, which is forgotten now; pages fetched ahead leave it alone. */
export function takeFlash(c: WebContext): Flash | undefined {
  const value = readCookie(c, COOKIE);
  if (value === undefined || isPrefetch(c)) return undefined;
  writeCookie(c, COOKIE, '', 0);
  const [kind, encoded = ''] = value.split('.', 2);
  const text = Buffer.from(encoded, 'base64url').toString('utf8').slice(0, MAX_LENGTH);
  const known = KINDS.find((one) => one === kind);
  return known && text !== '' ? { kind: known, text } : undefined;
}

function isPrefetch(c: WebContext): boolean {
  const purpose = `${c.req.header('sec-purpose') ?? ''} ${c.req.header('x-sec-purpose') ?? ''}`;
  return purpose.includes('prefetch');
}
