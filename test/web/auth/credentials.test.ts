// Passwords and sessions: for their own person, and for nobody else.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { DAY, MINUTE } from '../../../src/base/time.ts';
import { renewHash } from '../../../src/features/auth/passwords.service.ts';
import {
  actorOfSession,
  listSessions,
  openSession,
  purgeSessions,
} from '../../../src/features/auth/sessions.service.ts';
import { signIn } from '../../../src/features/auth/sign-in.service.ts';
import { hashPassword } from '../../../src/features/users/password-hashes.service.ts';
import { findUserById, storePasswordHash } from '../../../src/features/users/users.service.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
let t: TestApp;
beforeAll(async () => {
  t = await testApp({ limits: { logins_per_network: 1000 } }, { clock });
});
afterAll(() => t.close());

let ada: Browser;
let serial = 0;
let name = '';
let userId = 0;
beforeEach(async () => {
  name = `ada${serial++}`;
  userId = (await t.actor(name)).userId;
  ada = await signedIn(name);
});

async function signedIn(
  login: string,
  password = PASSWORD,
  address = '127.0.0.1',
  agent = 'curl/8',
): Promise<Browser> {
  const browser = newBrowser(t, address, agent);
  expect((await browser.post('/login', { login, password })).status).toBe(303);
  return browser;
}

const PAGES = [
  '/settings/profile',
  '/settings/account',
  '/settings/sessions',
  '/settings/keys',
  '/settings/tokens',
];

describe('the pages', () => {
  it('ask anonymous people to sign in, to read and to change', async () => {
    for (const path of PAGES) {
      expect((await newBrowser(t).get(path)).headers.get('location')).toBe(
        `/login?${new URLSearchParams({ return_to: path })}`,
      );
    }
    for (const path of [
      '/settings/profile',
      '/settings/account/password',
      '/settings/keys',
      '/settings/tokens',
      '/settings/sessions/others/removal',
      '/settings/sessions/removal',
    ]) {
      expect((await newBrowser(t).post(path, {})).status, path).toBe(401);
    }
  });

  it('are not kept in shared caches', async () => {
    for (const path of PAGES) {
      expect((await ada.get(path)).headers.get('cache-control'), path).toMatch(/private|no-store/);
    }
  });
});

describe('changing the password', () => {
  const change = (browser: Browser, current: string, next: string) =>
    browser.post('/settings/account/password', { current, next });

  it('ends every other session, keeps this one, and is recorded', async () => {
    const elsewhere = await signedIn(name);
    expect((await change(ada, PASSWORD, 'a wholly new phrase')).status).toBe(303);
    expect((await ada.get('/settings/account')).status).toBe(200);
    expect((await elsewhere.get('/settings/account')).status).toBe(303);
    expect((await eventKinds(t)).slice(-2)).toEqual(['session.ended', 'user.password_changed']);
    expect((await newBrowser(t).post('/login', { login: name, password: PASSWORD })).status).toBe(422);
    await signedIn(name, 'a wholly new phrase');
  });

  it('needs the old one and a good new one', async () => {
    for (const [current, next, field] of [
      ['wrong', 'a wholly new phrase', 'current'],
      [PASSWORD, 'short', 'next'],
      [PASSWORD, PASSWORD, 'next'],
      [PASSWORD, `${name}@example.org`, 'next'],
    ] as const) {
      const answer = await change(ada, current, next);
      expect(answer.status).toBe(422);
      const text = await answer.text();
      expect(text).toContain(`id="field-${field}-error"`);
      expect(text).not.toContain('a wholly new phrase');
    }
    await signedIn(name);
  });
});

describe('sessions', () => {
  it('are listed with device, address and which one this is', async () => {
    await signedIn(
      name,
      PASSWORD,
      '2001:db8::7',
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    );
    const text = await (await ada.get('/settings/sessions')).text();
    expect(text).toContain('Firefox on Linux');
    expect(text).toContain('2001:db8::7');
    expect(text.match(/This browser/g)).toHaveLength(1);
  });

  it('show a hostile user agent as text', async () => {
    await signedIn(name, PASSWORD, '127.0.0.1', '<img/src=x>');
    expect(await (await ada.get('/settings/sessions')).text()).not.toContain('<img');
  });

  it('end one by one or all but this one', async () => {
    const [one, two] = [await signedIn(name), await signedIn(name)];
    const rows = await listSessions(t.app, await t.actor(name), userId);
    const id = (await actorOfSession(t.app, one.session() ?? ''))?.sessionId;
    expect(rows).toHaveLength(3);
    expect((await ada.post(`/settings/sessions/${id}/removal`)).status).toBe(303);
    expect((await one.get('/settings/sessions')).status).toBe(303);
    expect((await two.get('/settings/sessions')).status).toBe(200);
    expect((await ada.post('/settings/sessions/others/removal')).status).toBe(303);
    expect((await two.get('/settings/sessions')).status).toBe(303);
    expect((await ada.get('/settings/sessions')).status).toBe(200);
  });

  it('end all at once, also this one', async () => {
    const other = await signedIn(name);
    expect((await ada.post('/settings/sessions/removal')).headers.get('location')).toBe('/');
    expect(ada.session()).toBeUndefined();
    expect((await other.get('/settings/sessions')).headers.get('location')).toMatch(/^\/login/);
    expect(await listSessions(t.app, await t.actor(name), userId)).toEqual([]);
    const [last] = (await t.app.events.recent({ limit: 50 })).filter(({ kind }) => kind === 'session.ended');
    expect(last).toMatchObject({ userId, sessionId: 'all' });
  });

  it('of somebody else cannot be ended, and answer as missing ones', async () => {
    const eve = await t.as('eve');
    const id = (await actorOfSession(t.app, ada.session() ?? ''))?.sessionId;
    for (const wrong of [id, 999_999, 'x', '-1', '1e3']) {
      expect((await eve.post(`/settings/sessions/${wrong}/removal`)).status).toBe(404);
    }
    expect((await ada.get('/settings/sessions')).status).toBe(200);
    const actor = await t.actor('eve');
    await expect(listSessions(t.app, actor, userId)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('slide on while they are used and end when they are not', async () => {
    for (let day = 0; day < 3; day++) {
      clock.move(20 * DAY);
      const answer = await ada.get('/settings/profile');
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie().join()).toMatch(/session=.*Max-Age=2592000/);
    }
    const token = ada.session() ?? '';
    clock.move(30 * DAY);
    expect((await ada.get('/settings/profile')).status).toBe(303);
    expect(await actorOfSession(t.app, token)).toBeUndefined();
    await purgeSessions(t.app);
    expect(await listSessions(t.app, await t.actor(name), userId)).toEqual([]);
  });

  it('are written down at most every few minutes', async () => {
    const token = ada.session() ?? '';
    const lastUsed = async () => (await listSessions(t.app, await t.actor(name), userId))[0]?.lastUsedAt;
    const before = await lastUsed();
    clock.move(4 * MINUTE);
    expect(await actorOfSession(t.app, token)).toMatchObject({ renewed: false });
    expect(await lastUsed()).toBe(before);
    clock.move(2 * MINUTE);
    expect(await actorOfSession(t.app, token)).toMatchObject({ renewed: true });
    expect(await lastUsed()).toBe(clock.now());
  });

  it('are bounded in number: the least recently used go', async () => {
    const first = ada.session() ?? '';
    for (let n = 0; n < 50; n++) {
      clock.move(1);
      await openSession(t.app, userId, { address: '::1', userAgent: 'x'.repeat(5000) });
    }
    expect(await actorOfSession(t.app, first)).toBeUndefined();
    expect(await listSessions(t.app, await t.actor(name), userId)).toHaveLength(50);
  });
});

describe('a password that is changed while somebody signs in with the old one', () => {
  it('opens no session', async () => {
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const hash = await hashPassword(t.app, 'another good one');
    const change = t.app.db.write(async (tx) => {
      await storePasswordHash(t.app, tx, userId, hash);
      await mayCommit;
    });
    const client = { address: '127.0.0.1', userAgent: 'curl/8' };
    const attempt = signIn(t.app, { login: name, password: PASSWORD }, client);
    const refused = expect(attempt).rejects.toThrow('Wrong username or password.');
    await findUserById(t.app, userId);
    commit();
    await change;
    await refused;
    expect(await listSessions(t.app, SYSTEM, userId)).toHaveLength(1);
  });

  it('is not put back by renewing its hash', async () => {
    const read = await findUserById(t.app, userId);
    if (!read) throw new Error('no such account');
    const hash = await hashPassword(t.app, 'another good one');
    await t.app.db.write((tx) => storePasswordHash(t.app, tx, userId, hash));
    await renewHash(t.app, { ...read, passwordHash: 'made with weaker parameters' }, PASSWORD);
    expect((await findUserById(t.app, userId))?.passwordHash).toBe(hash);
  });
});
