// Requests that another site makes a browser send change nothing; those of our own pages do, in any browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { cookiesOf, send } from './requests.ts';

let t: TestApp;
const THEME = { mode: 'dark', contrast: 'default' };

beforeAll(async () => {
  t = await testApp({ server: { trusted_proxies: ['10.0.0.1'] } });
});
afterAll(() => t.close());

function postTheme(
  headers: Record<string, string>,
  form: Record<string, string> = THEME,
  peer = '192.0.2.1',
) {
  return send(t, '/-/theme', { method: 'POST', headers, form, peer });
}

describe('a form from another site', () => {
  it.each([
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that says same-site', { 'sec-fetch-site': 'same-site' }],
    [
      'a browser that says cross-site, with a forged origin',
      { 'sec-fetch-site': 'cross-site', origin: HOST },
    ],
    ['an older browser with its origin', { origin: 'https://evil.example' }],
    ['an older browser with a hidden origin', { origin: 'null' }],
    ['our host under another scheme', { origin: HOST.replace('http:', 'https:') }],
    ['a browser that says nothing', {}],
  ])('is refused: %s', async (_name, headers) => {
    const answer = await postTheme(headers);
    expect(answer.status).toBe(403);
    expect(cookiesOf(answer).has('theme')).toBe(false);
    expect(await answer.text()).toContain('did not come from a page of this site');
  });

  it('is refused whatever token it made up', async () => {
    const made = await postTheme({}, { ...THEME, csrf: 'A'.repeat(43) });
    expect(made.status).toBe(403);
    const crossWithToken = await postTheme({ 'sec-fetch-site': 'cross-site', 'x-csrf-token': 'x' });
    expect(crossWithToken.status).toBe(403);
  });

  it('cannot be sent through a proxy header that is not believed', async () => {
    const headers = {
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    expect((await postTheme(headers, THEME, '192.0.2.1')).status).toBe(403);
  });
});

describe('a form from our own page', () => {
  it.each([
    ['a browser of today', { 'sec-fetch-site': 'same-origin' }],
    ['an address typed by a person', { 'sec-fetch-site': 'none' }],
    ['an older browser', { origin: HOST }],
  ])('is taken: %s', async (_name, headers) => {
    const answer = await postTheme(headers);
    expect(answer.status).toBe(303);
    expect(cookiesOf(answer).get('theme')?.value).toBe('dark');
  });

  it('is taken behind a trusted proxy under the name people use', async () => {
    const headers = {
      origin: 'https://code.example',
      'x-forwarded-host': 'code.example',
      'x-forwarded-proto': 'https',
    };
    expect((await postTheme(headers, THEME, '10.0.0.1')).status).toBe(303);
  });

  it('is taken from the oldest browsers by its token and cookie together, and by neither alone', async () => {
    const form = await send(t, '/-/theme');
    const csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
    const visitor = cookiesOf(form).get('visitor');
    expect(visitor?.attributes).toMatch(/HttpOnly/);
    const cookie = `visitor=${visitor?.value}`;
    expect((await postTheme({ cookie }, { ...THEME, csrf })).status).toBe(303);
    expect((await postTheme({ cookie, 'x-csrf-token': csrf })).status).toBe(303);
    expect((await postTheme({}, { ...THEME, csrf })).status).toBe(403);
    expect((await postTheme({ cookie })).status).toBe(403);
    expect((await postTheme({ cookie: 'visitor=another-value-here' }, { ...THEME, csrf })).status).toBe(403);
  });

  it('does not carry one person’s token over to another', async () => {
    const ada = await t.as('csrf-ada');
    const csrf = /name="csrf" value="([^"]+)"/.exec(await (await ada.get('/explore')).text())?.[1] ?? '';
    const form = await send(t, '/-/theme');
    const cookie = `visitor=${cookiesOf(form).get('visitor')?.value}`;
    expect((await postTheme({ cookie }, { ...THEME, csrf })).status).toBe(403);
  });
});

describe('the API', () => {
  it('knows no cookies, so that a forged request has no rights', async () => {
    const ada = await t.as('csrf-api');
    const answer = await ada.request('/api/v1/user/repos', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'forged' }),
    });
    expect(answer.status).toBe(401);
  });

  it('takes tokens, refuses wrong ones, and needs no origin', async () => {
    const token = await t.token('csrf-token-owner');
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'made-by-token' });
    const made = await send(t, '/api/v1/user/repos', { method: 'POST', headers, body });
    expect(made.status).toBe(201);
    const wrong = await send(t, '/api/v1/user', { headers: { authorization: 'token 0123456789abcdef' } });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toHaveProperty('message');
  });

  it('lets no token act on pages', async () => {
    const token = await t.token('csrf-page-owner');
    const page = await send(t, '/new', { headers: { authorization: `token ${token}` } });
    // Not led to the sign-in: a program could do nothing with that.
    expect(page.status).toBe(401);
    expect(await page.text()).not.toContain('Create repository');
  });
});
