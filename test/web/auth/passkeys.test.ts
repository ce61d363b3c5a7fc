// Passkeys in a real browser, by Chromium's virtual authenticator.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { CDPSession, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { HOUR, SECOND } from '../../../src/base/time.ts';
import { listPasskeysOf, notePasskeyUse } from '../../../src/features/auth/passkeys.store.ts';
import { secondFactorsOf } from '../../../src/features/auth/second-factors.service.ts';
import { findUserById } from '../../../src/features/users/users.service.ts';
import { openBrowser, type TestBrowser } from '../../support/browser.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { codeAt, enrolTotp } from '../../support/totp.ts';
import { ensureAssets } from '../http/assets.ts';
import { eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
let t: TestApp;
let server: Server;
let port: number;
let origin: string;
let browser: TestBrowser;
let page: Page;
let userId: number;

beforeEach(async () => {
  await ensureAssets();
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  origin = `http://localhost:${port}`;
  t = await testApp({ server: { public_url: origin } }, { clock });
  server.on('request', getRequestListener(t.web.fetch, { overrideGlobalObjects: false }));
  userId = (await t.actor('ada')).userId;
  browser = await openBrowser();
  page = await browser.page();
  page.setDefaultTimeout(15_000);
}, 60_000);
afterEach(async () => {
  // Refused forms are complaints too; tests of pages that must have none say so themselves.
  await browser.close().catch(() => undefined);
  server.closeAllConnections();
  server.close();
  await t.close();
});

interface Authenticator {
  cdp: CDPSession;
  id: string;
}

async function plugIn(options: Record<string, unknown> = {}): Promise<Authenticator> {
  const cdp = await browser.context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  return { cdp, id: authenticatorId };
}

async function signIn(): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.fill('input[name="login"]', 'ada');
  await page.fill('input[name="password"]', PASSWORD);
  await page.click('form[action="/login"] button[type="submit"]');
}

async function addPasskey(name: string): Promise<void> {
  await page.goto(`${origin}/settings/two-factor/passkeys/new`);
  await page.fill('input[name="name"]', name);
  await page.click('button[data-passkey="create"]');
  await page.waitForURL(/two-factor(\/passkeys)?$/);
  await page.getByText(name, { exact: true }).first().waitFor();
}

async function signOut(): Promise<void> {
  await page.context().clearCookies();
}

const isSignedIn = async () => (await page.context().cookies()).some(({ name }) => name === 'session');

describe('a passkey', () => {
  it('is added, shows recovery codes, and signs in alone', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    expect(await page.locator('.command code').textContent()).toMatch(/^(?:[2-9a-z]{4}-){2}[2-9a-z]{4}\n/);
    expect((await findUserById(t.app, userId))?.hasSecondFactor).toBe(true);
    await signOut();
    await page.goto(`${origin}/login?return_to=%2Fsettings%2Ftwo-factor`);
    await page.click('form[action="/login/passkey"] button[data-passkey]');
    await page.waitForURL(`${origin}/settings/two-factor`);
    await page.getByText('Signs in alone').waitFor();
    const [row] = await listPasskeysOf(t.app.db.read, userId);
    expect(row).toMatchObject({ name: 'Laptop', isDiscoverable: true, lastUsedAt: clock.now() });
    await page.goto(`${origin}/settings/sessions`);
    await page.locator('.label', { hasText: 'Second factor' }).first().waitFor();
    expect((await eventKinds(t)).slice(-2)).toEqual(['recovery_codes.made', 'user.signed_in']);
    expect(browser.complaints()).toEqual([]);
  });

  it('is the second factor after the password, as is a code', async () => {
    await plugIn();
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    await signIn();
    await page.waitForURL(`${origin}/login/two-factor`);
    await page.fill('input[name="code"]', codeAt(secret, clock.now()));
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.waitForURL(`${origin}/`);
    await addPasskey('Blue key');
    await signOut();
    await signIn();
    await page.waitForURL(`${origin}/login/two-factor`);
    expect(await isSignedIn()).toBe(false);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${origin}/`);
    expect(await isSignedIn()).toBe(true);
    expect(browser.complaints()).toEqual([]);
  });

  it('proves again who one is, and goes on with what was asked', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    clock.move(2 * HOUR);
    await page.goto(`${origin}/settings/two-factor`);
    await page.getByText('Make new codes').first().click();
    await page.getByRole('button', { name: 'Make new codes' }).click();
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    expect(await eventKinds(t)).toContain('user.proved_again');
  });

  it('of a key that verifies nobody is a second factor, and no sign-in by itself', async () => {
    await plugIn({
      transport: 'usb',
      hasResidentKey: false,
      hasUserVerification: false,
      isUserVerified: false,
    });
    await signIn();
    await addPasskey('Old key');
    expect((await listPasskeysOf(t.app.db.read, userId))[0]).toMatchObject({ isDiscoverable: false });
    await signOut();
    await page.goto(`${origin}/login`);
    await page.click('form[action="/login/passkey"] button[data-passkey]');
    await page.locator('[data-passkey-note]:not([hidden])').waitFor();
    expect(await isSignedIn()).toBe(false);
    await signIn();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${origin}/`);
  });

  it('is not added twice from one authenticator', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    await page.goto(`${origin}/settings/two-factor/passkeys/new`);
    await page.fill('input[name="name"]', 'Again');
    await page.click('button[data-passkey="create"]');
    await page.getByText('This passkey is yours already.').waitFor();
    expect(await listPasskeysOf(t.app.db.read, userId)).toHaveLength(1);
  });

  it('is renamed and removed', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    await page.goto(`${origin}/settings/two-factor`);
    await page.getByText('Rename').first().click();
    await page.fill('input[aria-label="New name of Laptop"]', 'Desktop');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('Desktop', { exact: true }).waitFor();
    await page.locator('summary', { hasText: 'Remove' }).last().click();
    await page.getByRole('button', { name: 'Remove this passkey' }).click();
    await page.getByText('The passkey was removed.').waitFor();
    expect((await findUserById(t.app, userId))?.hasSecondFactor).toBe(false);
    expect((await secondFactorsOf(t.app, SYSTEM, userId)).unusedRecoveryCodes).toBe(0);
  });
});

describe('what came of a passkey', () => {
  /** Signs in by passkey up to the form, whose answer is held back and returned. */
  async function heldAnswer(): Promise<string> {
    await page.goto(`${origin}/login`);
    await page.evaluate(() =>
      document.addEventListener('submit', (event) => event.preventDefault(), { once: true }),
    );
    await page.click('form[action="/login/passkey"] button[data-passkey]');
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('[data-passkey-answer]')?.value !== '',
    );
    return page.locator('form[action="/login/passkey"] [data-passkey-answer]').inputValue();
  }

  const send = async (passkey: string) => {
    const visitor = newBrowser(t);
    await visitor.post('/login/passkey', { passkey });
    return visitor.session() !== undefined;
  };

  it('passkey replay: opens one session, and no second one', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    await signOut();
    const answer = await heldAnswer();
    expect(await Promise.all([send(answer), send(answer)]).then((all) => all.sort())).toEqual([false, true]);
    expect(await send(answer)).toBe(false);
  });

  it('a changed, foreign or late answer opens none', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    await signOut();
    const changes: ((answer: { response: Record<string, string> }) => unknown)[] = [
      ({ response }) => Object.assign(response, { signature: response.authenticatorData }),
      ({ response }) => Reflect.deleteProperty(response, 'userHandle'),
      ({ response }) => Object.assign(response, { userHandle: Buffer.alloc(32).toString('base64url') }),
      (answer) => {
        const data = JSON.parse(Buffer.from(answer.response.clientDataJSON ?? '', 'base64url').toString());
        data.origin = 'https://evil.example';
        answer.response.clientDataJSON = Buffer.from(JSON.stringify(data)).toString('base64url');
      },
    ];
    for (const change of changes) {
      const answer = JSON.parse(await heldAnswer());
      change(answer);
      expect(await send(JSON.stringify(answer))).toBe(false);
    }
    const failures = async () =>
      (await t.app.events.recent({ limit: 1000 })).filter(({ kind }) => kind === 'user.sign_in_failed');
    // Each of them names a passkey that is known here, and so its owner.
    expect(await failures()).toHaveLength(changes.length);
    expect((await failures())[0]).toMatchObject({ userId, reason: 'passkey' });
    const late = await heldAnswer();
    clock.move(6 * 60 * SECOND);
    expect(await send(late)).toBe(false);
    for (const junk of ['', '{}', 'null', '[1]', '"x"', '{"id":"x"}', 'x'.repeat(100_000)]) {
      expect(await send(junk)).toBe(false);
    }
    // The late one besides, but nothing that names no passkey.
    expect(await failures()).toHaveLength(changes.length + 1);
  });

  it('cloned key: a counter that goes back is refused', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    const [row] = await listPasskeysOf(t.app.db.read, userId);
    if (!row) throw new Error('no passkey');
    const ahead = { signCount: 1000, lastUsedAt: null, isBackedUp: false, isDiscoverable: true };
    await t.app.db.write((tx) => notePasskeyUse(tx, row.id, row.signCount, ahead));
    await signOut();
    expect(await send(await heldAnswer())).toBe(false);
    expect((await listPasskeysOf(t.app.db.read, userId))[0]?.signCount).toBe(1000);
  });

  it('a challenge of one use is worth nothing for another', async () => {
    await plugIn();
    await signIn();
    await addPasskey('Laptop');
    const sessions = await page.context().cookies();
    const own = newBrowser(t);
    own.plant(sessions.find(({ name }) => name === 'session')?.value ?? '');
    await signOut();
    const alone = await heldAnswer();
    const proof = await own.post('/settings/two-factor/recovery-codes', { prove_passkey: alone });
    expect(proof.status).toBe(422);
  });
});

describe('where passkeys cannot work', () => {
  it('pages say so and lead to where they can', async () => {
    const plain = await t.as('ada');
    const html = await (await plain.get('/settings/two-factor')).text();
    expect(html).toContain(`Passkeys work at ${origin} only.`);
    expect(html).toContain(`href="${origin}/settings/two-factor"`);
    expect(html).not.toContain('href="/settings/two-factor/passkeys/new"');
  });
});
