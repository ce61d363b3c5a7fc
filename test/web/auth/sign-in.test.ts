// Signing in and out: what works, and what attackers try.
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorOfSession } from '../../../src/features/auth/sessions.service.ts';
import { findUserById } from '../../../src/features/users/users.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { type Browser, eventKinds, newBrowser } from './browsers.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
  for (const name of ['ada', 'bob', 'gone']) await t.actor(name);
  const gone = await t.actor('gone');
  await t.app.db.write((tx) => updateUser(tx, gone.userId, { isSuspended: true }));
});
afterAll(() => t.close());

const signIn = (browser: Browser, login: string, password = PASSWORD, more: Record<string, string> = {}) =>
  browser.post('/login', { login, password, ...more });

describe('signing in', () => {
  it.each(['ada', 'ADA', ' ada ', 'ada@example.org', 'Ada@Example.ORG'])('works as %j', async (login) => {
    const browser = newBrowser(t);
    const answer = await signIn(browser, login);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    expect((await browser.get('/settings/profile')).status).toBe(200);
  });

  it('records the event and the time', async () => {
    await signIn(newBrowser(t, '192.0.2.7'), 'bob');
    const [event] = await t.app.events.recent({ limit: 1 });
    expect(event).toMatchObject({ kind: 'user.signed_in', address: '192.0.2.7' });
  });

  it('records wrong passwords, at the attempt with the same work whether there is such an account or not', async () => {
    const failures = async () =>
      (await eventKinds(t)).filter((kind) => kind === 'user.sign_in_failed').length;
    const jobs = async () => (await t.app.jobs.list({ kind: 'auth.note_failed_sign_in', limit: 9 })).length;
    const before = [await failures(), await jobs()] as const;
    await signIn(newBrowser(t, '192.0.2.8'), 'nobody', 'wrong');
    expect([await failures(), await jobs()]).toEqual([before[0], before[1] + 1]);
    const { userId } = await t.actor('bob');
    await signIn(newBrowser(t, '192.0.2.8'), 'bob', 'wrong');
    expect([await failures(), await jobs()]).toEqual([before[0], before[1] + 2]);
    await t.app.jobs.drain();
    expect(await failures()).toBe(before[0] + 1);
    const [event] = await t.app.events.recent({ limit: 1 });
    expect(event).toMatchObject({ kind: 'user.sign_in_failed', userId, reason: 'password' });
  });

  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await signIn(newBrowser(t), 'ada');
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('session=')) ?? '';
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(cookie).toMatch(/; Max-Age=(?:2592000|2591999)/);
  });

  it('shows the form again with the name, never the password, when it fails', async () => {
    const answer = await signIn(newBrowser(t), 'ada', 'not my pass-phrase');
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('Wrong username or password.');
    expect(text).toContain('value="ada"');
    expect(text).not.toContain('not my pass-phrase');
  });

  it('tells nobody whether an account exists, is suspended, or lacks a password', async () => {
    const texts = [];
    for (const login of [
      'ada',
      'nobody',
      'gone',
      'no@example.org',
      'gone@example.org',
      '',
      '\u212A',
      '../x',
    ]) {
      const answer = await signIn(newBrowser(t, `198.51.${texts.length}.1`), login, 'wrong password');
      texts.push([answer.status, /Wrong username or password\./.test(await answer.text())]);
    }
    expect(new Set(texts.map(String))).toEqual(new Set([String([422, true])]));
  });

  it('keeps suspended people out, and says so only to who knows the password', async () => {
    const browser = newBrowser(t);
    const answer = await signIn(browser, 'gone');
    expect(await answer.text()).toContain('This account is suspended');
    expect(browser.session()).toBeUndefined();
  });

  it('makes a hash with weak parameters anew', async () => {
    const { userId } = await t.actor('old');
    const weak = { algorithm: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 };
    const passwordHash = await hash(PASSWORD, weak);
    await t.app.db.write((tx) => updateUser(tx, userId, { passwordHash }));
    expect((await signIn(newBrowser(t), 'old')).status).toBe(303);
    const renewed = (await findUserById(t.app, userId))?.passwordHash;
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await signIn(newBrowser(t), 'old')).status).toBe(303);
    expect((await findUserById(t.app, userId))?.passwordHash).toBe(renewed);
  });

  it('ends sessions of people suspended later', async () => {
    const browser = newBrowser(t);
    await t.actor('late');
    await signIn(browser, 'late');
    const late = await t.actor('late');
    await t.app.db.write((tx) => updateUser(tx, late.userId, { isSuspended: true }));
    expect((await browser.get('/settings/profile')).headers.get('location')).toMatch(/^\/login/);
  });
});

describe('session fixation', () => {
  it('a session known before the sign-in is worth nothing after it', async () => {
    const attacker = newBrowser(t);
    await signIn(attacker, 'bob');
    const planted = attacker.session() ?? '';
    const victim = newBrowser(t);
    victim.plant(planted);
    await signIn(victim, 'ada');
    expect(victim.session()).not.toBe(planted);
    expect(await actorOfSession(t.app, planted)).toBeUndefined();
  });

  it('a made-up token is never adopted', async () => {
    const victim = newBrowser(t);
    const planted = 'A'.repeat(43);
    victim.plant(planted);
    await signIn(victim, 'ada');
    expect(victim.session()).not.toBe(planted);
    expect(await actorOfSession(t.app, planted)).toBeUndefined();
  });
});

describe('where signing in leads', () => {
  it.each([
    ['/settings/keys', '/settings/keys'],
    ['/ada/repo/blob/main/a%20b?x=1', '/ada/repo/blob/main/a%20b?x=1'],
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/%09/evil.example', '/%09/evil.example'],
    ['javascript:alert(1)', '/'],
    ['/..//evil.example', '/'],
    ['evil', '/'],
    ['', '/'],
    ['/login', '/'],
    ['/logout', '/'],
  ])('%j leads to %j', async (wanted, location) => {
    const answer = await signIn(newBrowser(t), 'ada', PASSWORD, { return_to: wanted });
    expect(answer.headers.get('location')).toBe(location);
  });

  it('a page that needs a sign-in is come back to', async () => {
    const browser = newBrowser(t);
    const refused = await browser.get('/settings/keys');
    expect(refused.headers.get('location')).toBe('/login?return_to=%2Fsettings%2Fkeys');
    const form = await (await browser.get('/login?return_to=%2Fsettings%2Fkeys')).text();
    expect(form).toContain('name="return_to" value="/settings/keys"');
    const evil = await (await browser.get('/login?return_to=https%3A%2F%2Fevil.example')).text();
    expect(evil).not.toContain('evil.example');
  });

  it('who is signed in is sent on at once', async () => {
    const browser = await t.as('ada');
    for (const path of ['/login?return_to=/explore', '/register?return_to=/explore']) {
      expect((await browser.get(path)).headers.get('location')).toBe('/explore');
    }
  });
});

describe('signing out', () => {
  it('ends the session on the server too, and is recorded', async () => {
    const browser = newBrowser(t);
    await signIn(browser, 'ada');
    const token = browser.session() ?? '';
    const answer = await browser.post('/logout');
    expect(answer.headers.get('location')).toBe('/');
    expect(browser.session()).toBeUndefined();
    expect(await actorOfSession(t.app, token)).toBeUndefined();
    expect((await eventKinds(t)).at(-1)).toBe('session.ended');
  });

  it('cannot be caused by a link, an image or another site', async () => {
    const browser = newBrowser(t);
    await signIn(browser, 'ada');
    expect((await browser.get('/logout')).status).toBe(404);
    expect((await browser.post('/logout', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await browser.get('/settings/profile')).status).toBe(200);
  });
});

describe('forged requests', () => {
  it.each(['/login', '/register', '/logout', '/setup'])(
    'from another site to %s change nothing',
    async (path) => {
      const browser = newBrowser(t);
      const form = { login: 'ada', password: PASSWORD };
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'absent', origin: 'https://evil.example' },
        { 'sec-fetch-site': 'absent', origin: 'null' },
        { 'sec-fetch-site': 'absent' },
      ]) {
        expect((await browser.post(path, form, headers)).status).toBe(403);
      }
      expect(browser.session()).toBeUndefined();
    },
  );

  it('old browsers sign in with the token of the form', async () => {
    const browser = newBrowser(t);
    const page = await (await browser.get('/login')).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = { login: 'ada', password: PASSWORD };
    const old = { 'sec-fetch-site': 'absent' };
    expect((await browser.post('/login', { ...form, csrf: `${csrf}x` }, old)).status).toBe(403);
    expect((await browser.post('/login', { ...form, csrf }, old)).status).toBe(303);
  });
});

describe('tokens where they do not belong', () => {
  it('a session or access token in the address signs nobody in', async () => {
    const browser = newBrowser(t);
    await signIn(browser, 'ada');
    const access = await t.token('ada');
    for (const token of [browser.session(), access]) {
      for (const query of ['token', 'access_token', 'session', 'private_token']) {
        const page = await newBrowser(t).get(`/settings/profile?${query}=${token}`);
        expect(page.status).toBe(303);
        expect((await t.web.request(`http://x/api/v1/user?${query}=${token}`)).status).toBe(401);
      }
    }
  });

  it('an access token is no session cookie, a session token no access token', async () => {
    const browser = newBrowser(t);
    await signIn(browser, 'ada');
    const headers = { authorization: `token ${browser.session()}` };
    expect((await t.web.request('http://x/api/v1/user', { headers })).status).toBe(401);
    const other = newBrowser(t);
    other.plant(await t.token('ada'));
    expect((await other.get('/settings/profile')).status).toBe(303);
  });
});
