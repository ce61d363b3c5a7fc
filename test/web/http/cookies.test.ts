// Cookies: how they are set with and without TLS, themes, and messages that last one page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { cookiesOf, send } from './requests.ts';

let t: TestApp;
const OURS = { 'sec-fetch-site': 'same-origin' };

beforeAll(async () => {
  t = await testApp();
  await t.actor('cookie-ada');
});
afterAll(() => t.close());

function signIn(encrypted: boolean): Promise<Response> {
  const form = { login: 'cookie-ada', password: PASSWORD };
  return send(t, '/login', { method: 'POST', headers: OURS, form, encrypted });
}

describe('the session cookie', () => {
  it('is bound to the host and to HTTPS under TLS', async () => {
    const cookie = cookiesOf(await signIn(true)).get('__Host-session');
    expect(cookie?.value).toMatch(/^[\w-]{43}$/);
    expect(cookie?.attributes).toMatch(/Path=\//);
    expect(cookie?.attributes).toMatch(/HttpOnly/);
    expect(cookie?.attributes).toMatch(/Secure/);
    expect(cookie?.attributes).toMatch(/SameSite=Lax/);
    expect(cookie?.attributes).not.toMatch(/Domain/);
  });

  it('works without TLS under its plain name, and not across', async () => {
    const value = cookiesOf(await signIn(false)).get('session')?.value;
    const plain = await send(t, '/new', { headers: { cookie: `session=${value}` } });
    expect(plain.status).toBe(200);
    const secure = await send(t, '/new', { headers: { cookie: `session=${value}` }, encrypted: true });
    expect(secure.status).toBe(303);
  });

  it('is removed when it is of no use', async () => {
    const answer = await send(t, '/explore', { headers: { cookie: `session=${'x'.repeat(43)}` } });
    expect(answer.status).toBe(200);
    expect(cookiesOf(answer).get('session')?.attributes).toMatch(/Max-Age=0/);
  });
});

describe('themes', () => {
  it('come from the cookie and are automatic otherwise', async () => {
    const html = async (theme: string) =>
      (await send(t, '/login', { headers: theme ? { cookie: `theme=${theme}` } : {} })).text();
    expect(await html('')).toContain(
      'data-color-mode="auto" data-light-theme="light" data-dark-theme="dark"',
    );
    expect(await html('dark-high-contrast')).toContain(
      'data-color-mode="dark" data-light-theme="light-high-contrast" data-dark-theme="dark-high-contrast"',
    );
    expect(await html('"><script>')).toContain('data-color-mode="auto"');
  });

  it('refuse what does not exist', async () => {
    const form = { mode: 'pink', contrast: 'default' };
    const answer = await send(t, '/-/theme', { method: 'POST', headers: OURS, form });
    expect(answer.status).toBe(422);
  });
});

describe('messages after a form', () => {
  it('are shown once, escaped, and not used up by a page fetched ahead', async () => {
    const form = { mode: 'light', contrast: 'default' };
    const saved = await send(t, '/-/theme', { method: 'POST', headers: OURS, form });
    const cookie = `flash=${cookiesOf(saved).get('flash')?.value}`;
    const ahead = await send(t, '/-/theme', { headers: { cookie, 'x-sec-purpose': 'prefetch' } });
    expect(await ahead.text()).not.toContain('Appearance saved');
    expect(cookiesOf(ahead).has('flash')).toBe(false);
    const page = await send(t, '/-/theme', { headers: { cookie } });
    expect(await page.text()).toContain('Appearance saved');
    expect(cookiesOf(page).get('flash')?.attributes).toMatch(/Max-Age=0/);
    const evil = `flash=error.${Buffer.from('<img src=x onerror=alert(1)>').toString('base64url')}`;
    expect(await (await send(t, '/-/theme', { headers: { cookie: evil } })).text()).toContain(
      '&lt;img src=x',
    );
  });
});
