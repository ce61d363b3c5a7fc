// What machines ask: health, readiness, and readings that are not for the public.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addProcessReadings } from '../../../src/platform/observability/process-readings.ts';
import { beginStopping } from '../../../src/surfaces/http/lifecycle-state.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';

let site: TestApp;

beforeAll(async () => {
  site = await testApp();
  addProcessReadings(site.app);
});

afterAll(() => site.close());

interface Caller {
  address?: string;
  headers?: Record<string, string>;
  httpVersion?: string;
}

// A request as node gives it, since these answers depend on the connection itself.
async function ask(path: string, caller: Caller = {}): Promise<Response> {
  const { address = '127.0.0.1', httpVersion = '1.1' } = caller;
  const headers: Record<string, string> = { host: new URL(HOST).host, ...caller.headers };
  const incoming = { socket: { remoteAddress: address, encrypted: false }, headers, httpVersion };
  return site.web.request(`${HOST}${path}`, { headers }, { incoming, outgoing: {} });
}

describe('/metrics', () => {
  test('is read from this machine, and holds what the server knows of itself', async () => {
    await ask('/healthz');
    const answer = await ask('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const body = await answer.text();
    expect(body).toMatch(/opencodehub_http_request_seconds_count\{[^}]*route="\/healthz"/);
    for (const name of [
      'nodejs_eventloop_lag_seconds',
      'process_resident_memory_bytes',
      'opencodehub_build_info',
    ]) {
      expect(body).toContain(name);
    }
  });

  test.each<[string, Caller]>([
    ['another machine', { address: '10.1.2.3' }],
    [
      'another machine that says otherwise',
      { address: '10.1.2.3', headers: { 'x-forwarded-for': '127.0.0.1' } },
    ],
    ['a proxy on this machine', { headers: { 'x-forwarded-for': '1.2.3.4' } }],
    ['a proxy that names itself', { headers: { via: '1.1 proxy' } }],
    ['a proxy that keeps the public name', { headers: { host: 'code.example.org' } }],
    ['nginx with nothing configured', { httpVersion: '1.0' }],
    ['a page that rebound its name', { headers: { host: 'evil.example:3000' } }],
    ['somebody guessing tokens', { address: '10.1.2.3', headers: { authorization: 'Bearer ' } }],
  ])('does not exist for %s', async (_, caller) => {
    expect((await ask('/metrics', caller)).status).toBe(404);
  });

  test('with a token, only the token counts', async () => {
    site.app.config.metrics.token = 'sesame';
    const bearing = (authorization: string) => ({ address: '10.1.2.3', headers: { authorization } });
    expect((await ask('/metrics', bearing('Bearer sesame'))).status).toBe(200);
    expect((await ask('/metrics', bearing('Bearer sesam'))).status).toBe(404);
    expect((await ask('/metrics', bearing('sesame'))).status).toBe(404);
    expect((await ask('/metrics')).status).toBe(404);
    site.app.config.metrics.token = '';
  });

  test('names patterns of routes, never what somebody typed', async () => {
    await ask('/secret-owner/secret-repository');
    await ask('/a/b/c/d?e=secret-query');
    const body = await (await ask('/metrics')).text();
    expect(body).not.toContain('secret-');
  });
});

test('/readyz answers 200 while all is well and 503 once the server is stopping; /healthz stays 200', async () => {
  const ready = await ask('/readyz');
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'ready', checks: { database: true, git: true, accepting: true } },
  ]);
  beginStopping(site.app);
  const stopping = await ask('/readyz', { address: '10.1.2.3' });
  expect([stopping.status, await stopping.json()]).toMatchObject([503, { checks: { accepting: false } }]);
  expect((await ask('/healthz')).status).toBe(200);
});
