// How failures are answered: statuses, pages that look like the site, JSON for programs, and nothing that should be hidden.
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { mountRoutes } from '../../../src/platform/web/routes.ts';
import type { WebContext } from '../../../src/platform/web/web.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { cookiesOf, send } from './requests.ts';

let t: TestApp;
const OURS = { 'sec-fetch-site': 'same-origin' };
const FAILURES: Record<string, () => never> = {
  bug: () => {
    throw new Error('the password is hunter2');
  },
  busy: () => {
    throw new AppError('unavailable', 'The database is busy.', { retryAfter: 3 });
  },
  wrong: () => {
    throw new AppError('invalid', 'Choose a name.', { fields: { name: 'Choose a name.' } });
  },
};

beforeAll(async () => {
  t = await testApp({ server: { max_body_bytes: 2000 } });
  const handler = (c: WebContext) => FAILURES[c.req.param('kind') ?? '']?.() ?? c.text('fine');
  mountRoutes(t.web, async () => undefined, [
    { method: 'get', path: '/-/failure/:kind/:none', access: 'anyone', handler },
    { method: 'get', path: '/api/failure/:kind', access: 'anyone', handler },
  ]);
});
afterAll(() => t.close());
afterEach(() => vi.restoreAllMocks());

describe('pages', () => {
  it('of what is missing look like the site and offer to sign in', async () => {
    const answer = await send(t, '/no/such/thing/at-all?x=1');
    const html = await answer.text();
    expect(answer.status).toBe(404);
    expect(html).toContain('Page not found');
    expect(html).toContain('app-header');
    expect(html).toContain('/login?return_to=%2Fno%2Fsuch%2Fthing%2Fat-all%3Fx%3D1');
    expect(answer.headers.has('etag')).toBe(false);
  });

  it('hide the message of a bug, log it once with its id, and show that id', async () => {
    const logged = vi.spyOn(t.app.log, 'error');
    const answer = await send(t, '/-/failure/bug/x');
    const html = await answer.text();
    expect(answer.status).toBe(500);
    expect(html).not.toContain('hunter2');
    const id = answer.headers.get('x-request-id') ?? 'none';
    expect(html).toContain(id);
    expect(logged).toHaveBeenCalledTimes(1);
    expect(logged.mock.calls[0]?.[0]).toMatchObject({ requestId: id, route: '/-/failure/:kind/:none' });
  });

  it('say when to try again', async () => {
    const answer = await send(t, '/-/failure/busy/x');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(await answer.text()).toContain('The database is busy.');
  });

  it('send those not signed in to sign in, and back to pages of this site only', async () => {
    const answer = await send(t, '/new?template=1');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/login?return_to=%2Fnew%3Ftemplate%3D1');
    const form = await send(t, '/new', { method: 'POST', headers: OURS, form: { name: 'x' } });
    expect(form.status).toBe(401);
    expect(await form.text()).toContain('href="/login"');
  });

  it('forgive a slash too much, without leading elsewhere', async () => {
    const answer = await send(t, '/explore/?q=a');
    expect(answer.status).toBe(301);
    expect(answer.headers.get('location')).toBe('/explore?q=a');
    const other = await send(t, '//evil.example/');
    expect(other.headers.get('location') ?? '').not.toMatch(/^\/\//);
  });

  it('name the methods an address answers', async () => {
    const answer = await send(t, '/explore', { method: 'DELETE', headers: OURS });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toContain('GET');
  });
});

describe('the API', () => {
  it('answers JSON in Gitea’s shape', async () => {
    const url = `${t.app.publicUrl()}/api/reference`;
    const missing = await send(t, '/api/v1/no/such/thing');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ message: expect.stringContaining('does not exist'), url });
    const wrong = await send(t, '/api/failure/wrong');
    expect(wrong.status).toBe(422);
    expect(await wrong.json()).toEqual({ message: 'Choose a name.', url, errors: ['name: Choose a name.'] });
    const bug = await send(t, '/api/failure/bug');
    expect(bug.status).toBe(500);
    expect(await bug.text()).not.toContain('hunter2');
    const anonymous = await send(t, '/api/v1/user/repos', { method: 'POST', body: '{}' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});

describe('bodies', () => {
  it('beyond the limit are refused, whether they tell their length or not', async () => {
    const long = 'x'.repeat(3000);
    const told = await send(t, '/login', {
      method: 'POST',
      headers: { ...OURS, 'content-length': '3000', 'content-type': 'application/x-www-form-urlencoded' },
      body: `username=${long}`,
    });
    expect(told.status).toBe(413);
    expect(await told.text()).toContain('That is too large');
    const streamed = await send(t, '/login', {
      method: 'POST',
      headers: {
        ...OURS,
        'transfer-encoding': 'chunked',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `username=${long}`,
    });
    expect(streamed.status).toBe(413);
  });

  it('in pieces arrive whole', async () => {
    const streamed = await send(t, '/-/theme', {
      method: 'POST',
      headers: {
        ...OURS,
        'transfer-encoding': 'chunked',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'mode=dark&contrast=colorblind',
    });
    expect(streamed.status).toBe(303);
    expect(cookiesOf(streamed).get('theme')?.value).toBe('dark-colorblind');
  });

  it('with too many fields or none that can be read are refused', async () => {
    const many = await send(t, '/-/theme', {
      method: 'POST',
      headers: { ...OURS, 'content-type': 'application/x-www-form-urlencoded' },
      body: '&'.repeat(1500),
    });
    expect(many.status).toBe(413);
    const broken = await send(t, '/-/theme', {
      method: 'POST',
      headers: { ...OURS, 'content-type': 'multipart/form-data; boundary=x' },
      body: 'not multipart',
    });
    expect(broken.status).toBe(422);
    const file = new FormData();
    file.set('mode', new File(['x'], 'x.txt'));
    const answer = await send(t, '/-/theme', { method: 'POST', headers: OURS, body: file });
    expect(answer.status).toBe(422);
  });
});

describe('the log', () => {
  it.each(['{"password": "hunter2" oops}', 'hunter2', '{"a":"hunter2'])(
    'holds nothing of a body that is no JSON: %s',
    async (body) => {
      const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
      const spies = levels.map((level) => vi.spyOn(t.app.log, level).mockImplementation(() => undefined));
      const headers = { authorization: `token ${await t.token('ada')}`, 'content-type': 'application/json' };
      const answer = await send(t, '/api/v1/user/repos', { method: 'POST', headers, body });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ message: 'The body is not valid JSON.' });
      const lines = spies.flatMap((spy) => spy.mock.calls.map((call) => inspect(call, { depth: 10 })));
      expect(lines.join('\n')).not.toMatch(/hunt/);
      for (const spy of spies) spy.mockRestore();
    },
  );

  it('names route, status and id, and never the query', async () => {
    const logged = vi.spyOn(t.app.log, 'info').mockImplementation(() => undefined);
    vi.spyOn(t.app.log, 'isLevelEnabled').mockReturnValue(true);
    await send(t, '/login?token=secret', { peer: '192.0.2.77' });
    const line = logged.mock.calls.at(-1)?.[0];
    expect(line).toMatchObject({
      method: 'GET',
      path: '/login',
      route: '/login',
      status: 200,
      address: '192.0.2.77',
    });
    expect(JSON.stringify(line)).not.toContain('secret');
    const text = await t.app.metrics.registry.metrics();
    expect(text).toMatch(
      /opencodehub_http_request_seconds_count\{route="\/login",method="GET",status="200"\}/,
    );
  });
});
