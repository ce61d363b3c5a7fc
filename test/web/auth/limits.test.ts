// Guessing is slowed, and nobody can lock somebody else out.
import { verify } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { sha256Hex } from '../../../src/base/crypto.ts';
import { isAppError } from '../../../src/base/errors.ts';
import { MINUTE } from '../../../src/base/time.ts';
import { actorOfBasic } from '../../../src/features/auth/basic.service.ts';
import { insertPasskey } from '../../../src/features/auth/passkeys.store.ts';
import { setPassword } from '../../../src/features/auth/passwords.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { movableClock, newBrowser } from './browsers.ts';

// The real one, counted.
vi.mock('@node-rs/argon2', async (load) => {
  const real = await load<typeof import('@node-rs/argon2')>();
  return { ...real, verify: vi.fn(real.verify) };
});

const clock = movableClock();
let t: TestApp;
beforeEach(async () => {
  const limits = { logins_per_account: 3, logins_per_network: 6, registrations_per_network: 2 };
  t = await testApp({ limits }, { clock });
  await t.actor('chief', { isAdmin: true });
  await t.actor('ada');
});
afterEach(() => t.close());

const ATTACKER = '203.0.113.9';

async function attempt(login: string, password: string, address = ATTACKER): Promise<number> {
  return (await newBrowser(t, address).post('/login', { login, password })).status;
}

async function basic(username: string, secret: string, address = ATTACKER): Promise<string> {
  try {
    return (await actorOfBasic(t.app, username, secret, address)).name;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

describe('wrong passwords', () => {
  it('lock the guesser out of the account, with the right password too, and tell how long', async () => {
    for (let n = 0; n < 3; n++) expect(await attempt('ada', `wrong ${n}`)).toBe(422);
    const answer = await newBrowser(t, ATTACKER).post('/login', { login: 'ada', password: PASSWORD });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.text()).toContain('Too many attempts');
    clock.move(16 * MINUTE);
    expect(await attempt('ada', PASSWORD)).toBe(303);
  });

  it('count alike by name and by e-mail address, and for accounts that do not exist', async () => {
    expect(await attempt('ada', 'wrong')).toBe(422);
    expect(await attempt('ADA@example.org', 'wrong')).toBe(422);
    expect(await attempt('Ada', 'wrong')).toBe(422);
    expect(await attempt('ada@example.org', PASSWORD)).toBe(429);
    for (const name of ['nobody', 'NOBODY', ' nobody']) expect(await attempt(name, 'wrong')).toBe(422);
    expect(await attempt('nobody', 'wrong')).toBe(429);
  });

  it('never lock the administrator out elsewhere, nor others in the same place', async () => {
    for (let n = 0; n < 5; n++) await attempt('chief', 'wrong');
    expect(await attempt('chief', PASSWORD)).toBe(429);
    expect(await attempt('ada', PASSWORD)).toBe(303);
    expect(await attempt('chief', PASSWORD, '198.51.100.1')).toBe(303);
  });

  it('lock a network that sprays one password over many accounts', async () => {
    for (let n = 0; n < 6; n++) expect(await attempt(`user${n}`, 'Summer2026!', `203.0.113.${n}`)).toBe(422);
    expect(await attempt('user7', 'Summer2026!', '203.0.113.200')).toBe(429);
    expect(await attempt('ada', PASSWORD, '203.0.114.1')).toBe(303);
  });

  it('make each further one wait longer', async () => {
    for (let n = 0; n < 3; n++) await attempt('ada', 'wrong');
    const waits: (string | null)[] = [];
    for (let n = 0; n < 3; n++) {
      const answer = await newBrowser(t, ATTACKER).post('/login', { login: 'ada', password: PASSWORD });
      waits.push(answer.headers.get('retry-after'));
      clock.move(Number(waits.at(-1)) * 1000);
      expect(await attempt('ada', 'wrong')).toBe(422);
    }
    expect(waits).toEqual(['15', '30', '60']);
  });

  it('do not keep the owner out at a browser they have signed in from, even beside the guesser', async () => {
    const own = newBrowser(t, ATTACKER);
    expect((await own.post('/login', { login: 'ada', password: PASSWORD })).status).toBe(303);
    for (let n = 0; n < 20; n++) await attempt(`user${n % 3}`, 'wrong');
    for (let n = 0; n < 20; n++) await attempt('ada', 'wrong');
    expect(await attempt('ada', PASSWORD)).toBe(429);
    expect((await own.post('/login', { login: 'ada', password: PASSWORD })).status).toBe(303);
  });

  it('count at a known browser too, for its own account and no other', async () => {
    const own = newBrowser(t, ATTACKER);
    await own.post('/login', { login: 'ada', password: PASSWORD });
    for (let n = 0; n < 3; n++) await own.post('/login', { login: 'ada', password: 'wrong' });
    expect((await own.post('/login', { login: 'ada', password: PASSWORD })).status).toBe(429);
    for (let n = 0; n < 3; n++) await own.post('/login', { login: 'chief', password: 'wrong' });
    expect((await own.post('/login', { login: 'chief', password: PASSWORD })).status).toBe(429);
  });

  it('sent all at once are not more', async () => {
    const statuses = await Promise.all(Array.from({ length: 12 }, (_, n) => attempt('ada', `wrong ${n}`)));
    expect(statuses.filter((status) => status === 422)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(9);
  });

  it('are the only ones that count: right ones never do', async () => {
    for (let n = 0; n < 10; n++) expect(await attempt('ada', PASSWORD)).toBe(303);
    for (let n = 0; n < 2; n++) expect(await attempt('ada', 'wrong')).toBe(422);
    expect(await attempt('ada', PASSWORD)).toBe(303);
  });

  it('count in the form that changes the password', async () => {
    const browser = newBrowser(t, ATTACKER);
    await browser.post('/login', { login: 'ada', password: PASSWORD });
    const change = (current: string) =>
      browser.post('/settings/account/password', { current, next: 'a wholly new phrase' });
    for (let n = 0; n < 3; n++) expect((await change(`wrong ${n}`)).status).toBe(422);
    expect((await change(PASSWORD)).status).toBe(429);
  });
});

describe('basic authentication', () => {
  it('takes passwords by name and address, and tokens under the names clients use', async () => {
    const token = await t.token('ada');
    expect(await basic('ada', PASSWORD)).toBe('ada');
    expect(await basic('Ada@example.org', PASSWORD)).toBe('ada');
    for (const name of ['ada', 'ADA', 'ada@example.org', '', 'x-access-token', 'oauth2', 'git', 'token']) {
      expect(await basic(name, token), name).toBe('ada');
    }
    expect(await basic(token, '')).toBe('ada');
    expect(await basic(token, 'x-oauth-basic')).toBe('ada');
    expect(await basic('chief', token)).toBe('unauthenticated');
    expect(await basic(token, 'something')).toBe('unauthenticated');
  });

  it('marks how somebody proved who they are', async () => {
    const token = await t.token('ada', 'read:repository');
    expect(await actorOfBasic(t.app, 'ada', PASSWORD, ATTACKER)).toMatchObject({ via: 'password' });
    expect(await actorOfBasic(t.app, 'ada', token, ATTACKER)).toMatchObject({
      via: 'token',
      scopes: ['read:repository'],
    });
  });

  it('is limited as the sign-in page is; a right token passes all the same', async () => {
    const token = await t.token('ada');
    for (let n = 0; n < 3; n++) expect(await basic('ada', `wrong ${n}`)).toBe('unauthenticated');
    expect(await basic('ada', PASSWORD)).toBe('rate_limited');
    for (let n = 0; n < 3; n++) expect(await basic('ada', `och_${'x'.repeat(43)}`)).toBe('unauthenticated');
    expect(await basic('ada', `och_${'x'.repeat(43)}`)).toBe('rate_limited');
    expect(await basic('ada', token)).toBe('ada');
  });

  it('remembers no password for guessers: a locked network stays locked', async () => {
    expect(await basic('ada', PASSWORD)).toBe('ada');
    for (let n = 0; n < 3; n++) await basic('ada', `wrong ${n}`);
    expect(await basic('ada', PASSWORD)).toBe('rate_limited');
  });

  it('serves many clients of one account at once', async () => {
    vi.mocked(verify).mockClear();
    const names = await Promise.all(Array.from({ length: 40 }, () => basic('ada', PASSWORD)));
    expect(new Set(names)).toEqual(new Set(['ada']));
    expect(verify).toHaveBeenCalledTimes(1);
    clock.move(2 * MINUTE);
    await basic('ada', PASSWORD);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it('forgets a proven password when it changes, and people when they are suspended', async () => {
    const { userId } = await t.actor('ada');
    expect(await basic('ada', PASSWORD)).toBe('ada');
    await setPassword(t.app, SYSTEM, userId, 'a wholly new phrase');
    expect(await basic('ada', PASSWORD)).toBe('unauthenticated');
    expect(await basic('ada', 'a wholly new phrase')).toBe('ada');
    const token = await t.token('ada');
    await t.app.db.write((tx) => updateUser(tx, userId, { isSuspended: true }));
    expect(await basic('ada', 'a wholly new phrase')).toBe('unauthenticated');
    expect(await basic('ada', token)).toBe('unauthenticated');
  });
});

describe('refused passkeys', () => {
  it('are limited, so that nobody fills the audit log of somebody whose credential they know', async () => {
    const { userId } = await t.actor('ada');
    const id = 'AAAA';
    const row = { userId, name: 'Key', credentialId: id, credentialHash: sha256Hex(id), signCount: 0 };
    const more = { publicKey: Buffer.of(1), transports: [], isDiscoverable: true, isBackedUp: false };
    await t.app.db.write((tx) => insertPasskey(tx, { ...row, ...more, createdAt: 0, lastUsedAt: null }));
    const response = { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' };
    const passkey = JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      response,
      clientExtensionResults: {},
    });
    const post = async (address: string) =>
      (await newBrowser(t, address).post('/login/passkey', { passkey })).status;
    for (let n = 0; n < 6; n++) expect(await post(ATTACKER)).toBe(303);
    expect(await post(ATTACKER)).toBe(429);
    expect(await post('198.51.100.1')).toBe(303);
    const kinds = (await t.app.events.recent({ limit: 100 })).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'user.sign_in_failed')).toHaveLength(7);
  });
});

describe('registrations', () => {
  it('are limited per network; mistakes in the form are not counted', async () => {
    const register = (name: string, address = ATTACKER) =>
      newBrowser(t, address).post('/register', { name, email: `${name}@example.net`, password: PASSWORD });
    for (let n = 0; n < 4; n++) expect((await register('ada')).status).toBe(422);
    expect((await register('one')).status).toBe(303);
    expect((await register('two')).status).toBe(303);
    const refused = await register('three');
    expect(refused.status).toBe(429);
    expect(await refused.text()).toContain('value="three@example.net"');
    expect((await register('three', '198.51.100.1')).status).toBe(303);
  });

  it('user enumeration: do not tell of one address after another which are taken', async () => {
    const ask = async (email: string) =>
      (await newBrowser(t, ATTACKER).post('/register', { name: 'ada', email, password: PASSWORD })).status;
    for (let n = 0; n < 60; n++) expect(await ask(`probe${n}@example.net`)).toBe(422);
    expect(await ask('ada@example.org')).toBe(429);
    expect(await ask('nobody@example.net')).toBe(429);
  });
});
