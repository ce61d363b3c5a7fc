// Authenticator applications and recovery codes: set-up, signing in with them, and everything that must not work.
import { hash } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { MINUTE, SECOND } from '../../../src/base/time.ts';
import { setPassword } from '../../../src/features/auth/passwords.service.ts';
import { secondFactorsOf } from '../../../src/features/auth/second-factors.service.ts';
import { actorOfSession } from '../../../src/features/auth/sessions.service.ts';
import { findUserById } from '../../../src/features/users/users.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { codeAt, enrolTotp } from '../../support/totp.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
let t: TestApp;
let userId: number;
beforeEach(async () => {
  t = await testApp({}, { clock });
  userId = (await t.actor('ada')).userId;
});
afterEach(() => t.close());

async function withPassword(browser: Browser, returnTo = ''): Promise<Response> {
  return browser.post('/login', { login: 'ada', password: PASSWORD, return_to: returnTo });
}

/** A browser whose password was right, and an account whose next code is fresh. */
async function begun(): Promise<{ browser: Browser; secret: string; recoveryCodes: string[] }> {
  const enrolled = await enrolTotp(t.app, userId);
  clock.move(30 * SECOND);
  const browser = newBrowser(t);
  await withPassword(browser);
  return { browser, ...enrolled };
}

const finish = (browser: Browser, form: Record<string, string>) => browser.post('/login/two-factor', form);
const hasFlag = async () => (await findUserById(t.app, userId))?.hasSecondFactor;

describe('setting an application up', () => {
  it('shows the secret, and keeps it only once its code was typed back', async () => {
    const browser = newBrowser(t);
    await withPassword(browser);
    const shown = await (await browser.get('/settings/two-factor/totp')).text();
    expect(shown).toContain('<svg class="qr-code"');
    const secret = /<code>([A-Z2-7 ]{32,})<\/code>/.exec(shown)?.[1] ?? '';
    const offer = /name="offer" value="([^"]+)"/.exec(shown)?.[1] ?? '';
    expect(offer).not.toContain(secret.replaceAll(' ', ''));
    const wrong = await browser.post('/settings/two-factor/totp', { offer, code: '000000' });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain(secret);
    expect(await hasFlag()).toBe(false);
    const code = codeAt(secret, clock.now());
    const right = await browser.post('/settings/two-factor/totp', { offer, code });
    expect(right.status).toBe(201);
    expect(right.headers.get('cache-control')).toBe('no-store');
    const codes = [...(await right.text()).matchAll(/^[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}$/gm)];
    expect(codes.length).toBeGreaterThanOrEqual(10);
    expect(await hasFlag()).toBe(true);
    expect((await eventKinds(t)).slice(-2)).toEqual(['totp.enabled', 'recovery_codes.made']);
  });

  it('refuses an offer made to somebody else, made up, or too old', async () => {
    const ada = newBrowser(t);
    await withPassword(ada);
    const page = await (await ada.get('/settings/two-factor/totp')).text();
    const offer = /name="offer" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const secret = /<code>([A-Z2-7 ]{32,})<\/code>/.exec(page)?.[1] ?? '';
    const bob = await t.as('bob');
    const code = () => codeAt(secret, clock.now());
    expect((await bob.post('/settings/two-factor/totp', { offer, code: code() })).status).toBe(422);
    const madeUp = `${offer.slice(0, -4)}AAAA`;
    expect((await ada.post('/settings/two-factor/totp', { offer: madeUp, code: code() })).status).toBe(422);
    clock.move(31 * MINUTE);
    expect((await ada.post('/settings/two-factor/totp', { offer, code: code() })).status).toBe(422);
    expect(await hasFlag()).toBe(false);
  });

  it('stores the secret sealed and the codes hashed', async () => {
    const { secret, recoveryCodes } = await enrolTotp(t.app, userId);
    const { findTotp } = await import('../../../src/features/auth/totp.store.ts');
    const row = await findTotp(t.app.db.read, userId);
    expect(Buffer.from(row?.sealedSecret ?? []).toString('latin1')).not.toContain(secret);
    const { recoveryCodes: table } = await import('../../../src/platform/db/tables/auth.ts');
    const hashes = await t.app.db.read.select().from(table);
    expect(hashes).toHaveLength(12);
    expect(JSON.stringify(hashes)).not.toContain(recoveryCodes[0]);
  });
});

describe('signing in', () => {
  it('asks for the code after the password, and only then opens a session', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    const browser = newBrowser(t);
    const first = await withPassword(browser, '/settings/keys');
    expect(first.headers.get('location')).toBe('/login/two-factor?return_to=%2Fsettings%2Fkeys');
    expect(browser.session()).toBeUndefined();
    expect((await browser.get('/settings/profile')).headers.get('location')).toMatch(/^\/login/);
    const page = await (await browser.get('/login/two-factor?return_to=%2Fsettings%2Fkeys')).text();
    expect(page).toContain('autocomplete="one-time-code"');
    const code = codeAt(secret, clock.now());
    const second = await finish(browser, { code, return_to: '/settings/keys' });
    expect(second.headers.get('location')).toBe('/settings/keys');
    expect((await browser.get('/settings/profile')).status).toBe(200);
    expect(await actorOfSession(t.app, browser.session() ?? '')).toMatchObject({ hasSecondFactor: true });
    expect(await (await browser.get('/settings/sessions')).text()).toContain('Second factor');
  });

  it('takes the codes of one step around now, written with spaces too', async () => {
    const { browser, secret } = await begun();
    clock.move(60 * SECOND);
    expect((await finish(browser, { code: codeAt(secret, clock.now() - 61 * SECOND) })).status).toBe(422);
    expect((await finish(browser, { code: codeAt(secret, clock.now() + 61 * SECOND) })).status).toBe(422);
    const late = codeAt(secret, clock.now() - 30 * SECOND);
    expect((await finish(browser, { code: `${late.slice(0, 3)} ${late.slice(3)}` })).status).toBe(303);
  });

  it.each(['', '12345', '1234567', 'abcdef', '０１２３４５', '-12345', '1e5000'])(
    'refuses %j',
    async (code) => {
      const { browser } = await begun();
      expect((await finish(browser, { code })).status).toBe(422);
    },
  );

  it('without a begun sign-in leads back to the sign-in page', async () => {
    const browser = newBrowser(t);
    expect((await browser.get('/login/two-factor')).headers.get('location')).toBe('/login');
    expect((await finish(browser, { code: '123456' })).headers.get('location')).toBe('/login');
  });
});

describe('TOTP replay', () => {
  it('no code works twice, nor an earlier one after it', async () => {
    const { browser, secret } = await begun();
    const code = codeAt(secret, clock.now());
    expect((await finish(browser, { code })).status).toBe(303);
    const other = newBrowser(t);
    await withPassword(other);
    expect((await finish(other, { code })).status).toBe(422);
    expect((await finish(other, { code: codeAt(secret, clock.now() - 30 * SECOND) })).status).toBe(422);
    clock.move(30 * SECOND);
    expect((await finish(other, { code: codeAt(secret, clock.now()) })).status).toBe(303);
  });

  it('of two at the same moment one wins', async () => {
    const { browser, secret } = await begun();
    const other = newBrowser(t);
    await withPassword(other);
    const code = codeAt(secret, clock.now());
    const answers = await Promise.all([finish(browser, { code }), finish(other, { code })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
  });

  it('the code that set the application up signs nobody in', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    const browser = newBrowser(t);
    await withPassword(browser);
    expect((await finish(browser, { code: codeAt(secret, clock.now()) })).status).toBe(422);
  });
});

describe('session fixation', () => {
  it('what a browser holds before the second factor is worth nothing after it, and opens nothing before', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    const victim = newBrowser(t);
    const planted = 'A'.repeat(43);
    victim.plant(planted);
    await withPassword(victim);
    const pending = victim.cookie('sign-in') ?? '';
    expect(pending).toMatch(/^[\w-]{43}$/);
    expect(await actorOfSession(t.app, pending)).toBeUndefined();
    const thief = newBrowser(t);
    thief.plant(pending);
    expect((await thief.get('/settings/profile')).status).toBe(303);
    await finish(victim, { code: codeAt(secret, clock.now()) });
    expect(victim.session()).not.toBe(planted);
    expect(victim.session()).not.toBe(pending);
    expect(victim.cookie('sign-in')).toBeUndefined();
    clock.move(30 * SECOND);
    const late = newBrowser(t);
    late.plant(pending, 'sign-in');
    const again = await finish(late, { code: codeAt(secret, clock.now()) });
    expect(again.headers.get('location')).toBe('/login');
    expect(late.session()).toBeUndefined();
  });

  it('a session the browser came with ends', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    await t.actor('bob');
    const browser = newBrowser(t);
    await browser.post('/login', { login: 'bob', password: PASSWORD });
    const before = browser.session() ?? '';
    await withPassword(browser);
    await finish(browser, { code: codeAt(secret, clock.now()) });
    expect(await actorOfSession(t.app, before)).toBeUndefined();
  });
});

describe('a begun sign-in', () => {
  it('ends after ten minutes', async () => {
    const { browser, secret } = await begun();
    clock.move(11 * MINUTE);
    const answer = await finish(browser, { code: codeAt(secret, clock.now()) });
    expect(answer.headers.get('location')).toBe('/login');
    expect(browser.session()).toBeUndefined();
  });

  it('ends when the password changes', async () => {
    const { browser, secret } = await begun();
    await setPassword(t.app, SYSTEM, userId, 'a wholly new phrase');
    const answer = await finish(browser, { code: codeAt(secret, clock.now()) });
    expect(answer.headers.get('location')).toBe('/login');
  });

  it('outlives a hash that is made anew on the way', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    const weak = { algorithm: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 };
    const passwordHash = await hash(PASSWORD, weak);
    await t.app.db.write((tx) => updateUser(tx, userId, { passwordHash }));
    const browser = newBrowser(t);
    await withPassword(browser);
    expect((await findUserById(t.app, userId))?.passwordHash).not.toBe(passwordHash);
    expect((await finish(browser, { code: codeAt(secret, clock.now()) })).status).toBe(303);
  });

  it('ends after five wrong codes', async () => {
    const { browser, secret } = await begun();
    for (let n = 0; n < 4; n++) expect((await finish(browser, { code: `00000${n}` })).status).toBe(422);
    expect((await finish(browser, { code: '000009' })).headers.get('location')).toBe('/login');
    expect((await finish(browser, { code: codeAt(secret, clock.now()) })).headers.get('location')).toBe(
      '/login',
    );
    const failed = (await eventKinds(t)).filter((kind) => kind === 'user.sign_in_failed');
    expect(failed).toHaveLength(5);
  });

  it('guesses are limited, however often the password is typed again', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    let refused: Response | undefined;
    for (let n = 0; n < 4 && refused?.status !== 429; n++) {
      const browser = newBrowser(t);
      await withPassword(browser);
      for (let k = 0; k < 4; k++) refused = await finish(browser, { code: '000000' });
    }
    expect(refused?.status).toBe(429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    const elsewhere = newBrowser(t, '198.51.100.7');
    await withPassword(elsewhere);
    expect((await finish(elsewhere, { code: codeAt(secret, clock.now()) })).status).toBe(303);
  });
});

describe('open redirect', () => {
  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/login'])(
    'to %j is not taken from the second step',
    async (wanted) => {
      const { browser, secret } = await begun();
      const query = new URLSearchParams({ return_to: wanted });
      expect(await (await browser.get(`/login/two-factor?${query}`)).text()).not.toContain('evil.example');
      const answer = await finish(browser, { code: codeAt(secret, clock.now()), return_to: wanted });
      expect(answer.headers.get('location')).toBe('/');
    },
  );
});

describe('recovery codes', () => {
  it('sign in once each, also typed in capitals and without hyphens', async () => {
    const { browser, recoveryCodes } = await begun();
    const typed = recoveryCodes[0]?.toUpperCase().replaceAll('-', ' ') ?? '';
    expect((await finish(browser, { recovery: typed })).status).toBe(303);
    const other = newBrowser(t);
    await withPassword(other);
    expect((await finish(other, { recovery: recoveryCodes[0] ?? '' })).status).toBe(422);
    expect((await secondFactorsOf(t.app, SYSTEM, userId)).unusedRecoveryCodes).toBe(11);
    expect(await eventKinds(t)).toContain('recovery_code.used');
  });

  it('of one code used twice at the same moment one wins', async () => {
    const { browser, recoveryCodes } = await begun();
    const other = newBrowser(t);
    await withPassword(other);
    const form = { recovery: recoveryCodes[3] ?? '' };
    const answers = await Promise.all([finish(browser, form), finish(other, form)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
  });

  it('of another account are worth nothing', async () => {
    const bob = await t.actor('bob');
    const { recoveryCodes } = await enrolTotp(t.app, bob.userId);
    const { browser } = await begun();
    expect((await finish(browser, { recovery: recoveryCodes[0] ?? '' })).status).toBe(422);
  });

  it('are warned of when few are left, and made anew', async () => {
    const { browser, secret, recoveryCodes } = await begun();
    await finish(browser, { code: codeAt(secret, clock.now()) });
    let last = browser;
    for (const recovery of recoveryCodes.slice(0, 9)) {
      last = newBrowser(t);
      await withPassword(last);
      await finish(last, { recovery });
    }
    expect(await (await last.get('/explore')).text()).toContain('You have 3 recovery codes left');
    expect(await (await browser.get('/settings/two-factor')).text()).toContain(
      'You have 3 recovery codes left',
    );
    const made = await browser.post('/settings/two-factor/recovery-codes');
    expect(made.status).toBe(201);
    expect(await made.text()).toContain('download="opencodehub-recovery-codes.txt"');
    const other = newBrowser(t);
    await withPassword(other);
    expect((await finish(other, { recovery: recoveryCodes[11] ?? '' })).status).toBe(422);
  });

  it('go with the last second factor', async () => {
    const { browser, secret } = await begun();
    await finish(browser, { code: codeAt(secret, clock.now()) });
    await browser.post('/settings/two-factor/totp/removal');
    expect(await hasFlag()).toBe(false);
    expect((await secondFactorsOf(t.app, SYSTEM, userId)).unusedRecoveryCodes).toBe(0);
    const other = newBrowser(t);
    expect((await withPassword(other)).headers.get('location')).toBe('/');
  });
});
