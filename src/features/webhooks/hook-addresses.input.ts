// Where webhooks are sent, as people give it: an address, or a token and what belongs to it. What is a secret in an address
// moves to where secrets are.
import { invalid } from '../../base/errors.ts';
import { TELEGRAM } from './hook-formats.data.ts';
import type { HookFormat } from './hooks.types.ts';

interface Given {
  url?: string | undefined;
  token?: string | undefined;
  authorization?: string | undefined;
}

interface Parsed {
  /** Undefined leaves those that are there. */
  url?: string | undefined;
  authorization?: string | undefined;
  /** What the address said of a chat. */
  options: Record<string, string>;
}

const LONGEST_URL = 2000;
const NOT_AN_ADDRESS = 'Give an address that begins with https:// or http://.';

/** Throws AppError invalid on `url`, `token` or `authorization`. */
export function parseAddress(format: HookFormat, asked: Given): Parsed {
  if (format === 'telegram') return telegramAddress(asked);
  if (format === 'matrix') return matrixAddress(asked);
  if (asked.url === undefined) return { authorization: asked.authorization, options: {} };
  const url = requireUrl(asked.url);
  return { url: withoutCredentials(url), authorization: authorizationOf(url, asked), options: {} };
}

function requireUrl(text: string): URL {
  const typed = text.trim();
  const url = /^https?:\/\//i.test(typed) && !/[\x00-\x20\x7f]/.test(typed) ? URL.parse(typed) : null;
  if (!url || url.hostname === '') throw invalid({ url: NOT_AN_ADDRESS });
  if (url.href.length > LONGEST_URL) throw invalid({ url: 'An address has 2,000 characters at most.' });
  url.hash = '';
  return url;
}

function withoutCredentials(given: URL): string {
  const url = new URL(given);
  url.username = '';
  url.password = '';
  return url.href;
}

/** A name and a password in the address are sent as the header that they stand for, and lie with the secrets. */
function authorizationOf(url: URL, { authorization }: Given): string | undefined {
  if (url.username === '' && url.password === '') return authorization;
  if (authorization) throw invalid({ authorization: 'The address names a user already: give one of both.' });
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid({ url: NOT_AN_ADDRESS });
  }
}

/** The token is part of the address; tools that speak Gitea's API give the address with everything in it. */
function telegramAddress({ url, token }: Given): Parsed {
  if (token) {
    if (!/^[\w:-]{1,200}$/.test(token)) throw invalid({ token: 'A token looks like 123456:ABC-DEF1234.' });
    return { url: `${TELEGRAM}/bot${token}/sendMessage`, options: {} };
  }
  if (!url) {
    if (token === '') throw invalid({ token: 'Give the token of a bot.' });
    return { options: {} };
  }
  const whole = requireUrl(url);
  if (!/\/bot[\w:-]{1,200}\/sendMessage$/.test(whole.pathname))
    throw invalid({ url: `Give an address of the form ${TELEGRAM}/bot<token>/sendMessage.` });
  const [chat, thread] = [whole.searchParams.get('chat_id'), whole.searchParams.get('message_thread_id')];
  whole.search = '';
  return {
    url: withoutCredentials(whole),
    options: { ...(chat ? { chat_id: chat } : {}), ...(thread ? { thread_id: thread } : {}) },
  };
}

/** The homeserver alone is kept; an address that sends to a room names the room as well. */
function matrixAddress({ url, token, authorization }: Given): Parsed {
  const header = token ? `Bearer ${requireToken(token)}` : authorization || undefined;
  if (url === undefined) return { authorization: header, options: {} };
  if (token === '' && header === undefined) throw invalid({ token: 'Give an access token.' });
  const whole = requireUrl(url);
  const [before = '', after] = whole.pathname.split('/_matrix/');
  const room = after === undefined ? undefined : /^client\/[^/]+\/rooms\/([^/]+)/.exec(after)?.[1];
  const home = `${whole.origin}${before.replace(/\/{1,20}$/, '')}`;
  return {
    url: home,
    authorization: header,
    options: room === undefined ? {} : { room_id: decoded(room) },
  };
}

function requireToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw invalid({ token: 'A token holds no spaces and only plain signs.' });
}
