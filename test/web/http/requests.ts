// Requests as browsers of any age and proxies send them, without sockets.
import type { TestApp } from '../../support/test-app.ts';
import { HOST } from '../../support/test-app.ts';

export interface RawRequest {
  method?: string;
  headers?: Record<string, string>;
  form?: Record<string, string>;
  body?: BodyInit;
  /** The address at the other end of the connection. */
  peer?: string;
  encrypted?: boolean;
}

/** Sends a request exactly as given: no Sec-Fetch-Site, no cookie unless named. */
export async function send(t: TestApp, path: string, request: RawRequest = {}): Promise<Response> {
  const { method = 'GET', headers = {}, peer = '192.0.2.1', encrypted = false } = request;
  const body = request.form ? new URLSearchParams(request.form) : request.body;
  const lowered = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const incoming = {
    socket: { remoteAddress: peer, encrypted },
    headers: { host: new URL(HOST).host, ...lowered },
  };
  const init = { method, headers: lowered, ...(body === undefined ? {} : { body }) };
  return t.web.request(`${HOST}${path}`, init, { incoming, outgoing: {} });
}

/** The cookies an answer sets, by name, with their attributes. */
export function cookiesOf(response: Response): Map<string, { value: string; attributes: string }> {
  return new Map(
    response.headers.getSetCookie().map((line) => {
      const [pair = '', ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      return [pair.slice(0, at), { value: pair.slice(at + 1), attributes: attributes.join('; ') }];
    }),
  );
}
