// Browsers with a cookie jar and an address of their own, and a clock that tests move.
import type { Clock } from '../../../src/base/time.ts';
import { HOST, type TestApp } from '../../support/test-app.ts';

export interface Browser {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** As `post`, for forms with repeated fields. */
  send(path: string, form: URLSearchParams, headers?: Record<string, string>): Promise<Response>;
  /** The session token it holds, if any. */
  session(): string | undefined;
  /** The value of a cookie it holds. */
  cookie(name: string): string | undefined;
  /** Puts a session token, or another cookie, into its jar, as an attacker would. */
  plant(token: string, name?: string): void;
}

/** A browser at `address` that is not signed in. */
export function newBrowser(t: TestApp, address = '127.0.0.1', userAgent = 'Firefox/140.0 Linux'): Browser {
  const jar = new Map<string, string>();

  async function request(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', 'same-origin');
    if (headers.get('sec-fetch-site') === 'absent') headers.delete('sec-fetch-site');
    headers.set('user-agent', userAgent);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const incoming = { socket: { remoteAddress: address, encrypted: false }, headers: {} };
    const answer = await t.web.request(`${HOST}${path}`, { ...init, headers }, { incoming, outgoing: {} });
    for (const cookie of answer.headers.getSetCookie()) keep(jar, cookie);
    return answer;
  }

  return {
    get: (path, headers = {}) => request(path, { headers }),
    post: (path, form = {}, headers = {}) =>
      request(path, { method: 'POST', headers, body: new URLSearchParams(form) }),
    send: (path, form, headers = {}) => request(path, { method: 'POST', headers, body: form }),
    session: () => jar.get('session'),
    cookie: (name) => jar.get(name),
    plant: (token, name = 'session') => void jar.set(name, token),
  };
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
  if (/max-age=0(?:;|$)/i.test(cookie)) jar.delete(name);
  else jar.set(name, value);
}

/** A clock that stands still until a test moves it. */
export function movableClock(): Clock & { move(milliseconds: number): void } {
  let now = 1_800_000_000_000;
  return {
    now: () => now,
    move: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** The kinds of the events recorded so far, oldest first. */
export async function eventKinds(t: TestApp): Promise<string[]> {
  return (await t.app.events.recent({ limit: 1000 })).map((event) => event.kind).reverse();
}
