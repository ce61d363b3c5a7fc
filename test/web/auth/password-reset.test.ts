// Choosing a new password by mail: for the owner of the account and nobody else.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/base/time.ts';
import { signIn as begin } from '../../../src/features/auth/sign-in.service.ts';
import { insertAddress } from '../../../src/features/users/emails.store.ts';
import { findUserById } from '../../../src/features/users/users.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { linkIn, mailSettings, openSmtp, type TestSmtp } from '../../support/smtp.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
const NEXT = 'a wholly new phrase';
let smtp: TestSmtp;
let t: TestApp;
let name = '';
let email = '';
let userId = 0;
let serial = 0;
beforeAll(async () => {
  smtp = await openSmtp();
});
afterAll(() => smtp.close());
beforeEach(async () => {
  t = await testApp({ mail: mailSettings(smtp), limits: { mails_per_network: 8 } }, { clock });
  name = `eve${serial++}`;
  email = `${name}@example.org`;
  ({ userId } = await t.actor(name));
});
afterEach(() => t.close());

const ask = (address: string, from = '203.0.113.9', headers = {}) =>
  newBrowser(t, from).post('/password-reset', { email: address }, headers);

async function mailsTo(address: string) {
  await t.app.jobs.drain();
  return smtp.mails().filter((mail) => mail.to === address && mail.subject === 'Choose a new password');
}

async function tokenFor(address: string): Promise<string> {
  await ask(address);
  const mail = (await mailsTo(address)).at(-1);
  return (mail && linkIn(mail).searchParams.get('token')) ?? '';
}

const choose = (token: string, password = NEXT) =>
  newBrowser(t).post('/password-reset/new', { token, password });
const signIn = (password: string) => newBrowser(t).post('/login', { login: name, password });

describe('a password reset', () => {
  it('sets the password, ends every session, and is recorded', async () => {
    const session = await t.as(name);
    const token = await tokenFor(email);
    const page = await newBrowser(t).get(`/password-reset/new?token=${token}`);
    expect(await page.text()).toContain(name);
    expect([page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([
      'no-store',
      'no-referrer',
    ]);
    const answer = await choose(token);
    expect(answer.headers.get('location')).toBe('/login');
    expect((await session.get('/settings/profile')).status).toBe(303);
    expect((await signIn(PASSWORD)).status).toBe(422);
    expect((await signIn(NEXT)).status).toBe(303);
    const kinds = await eventKinds(t);
    expect(kinds.slice(-4)).toEqual([
      'user.password_reset_requested',
      'session.ended',
      'user.password_changed',
      'user.signed_in',
    ]);
  });

  it('takes a good password only, and leaves the link alive until then', async () => {
    const token = await tokenFor(email);
    for (const weak of ['short', 'password1', 'StarWars', email]) {
      const answer = await choose(token, weak);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('field-password-error');
    }
    expect((await choose(token)).status).toBe(303);
  });

  it('cannot undo a change of the password that was made after the link was sent', async () => {
    const browser = newBrowser(t);
    await browser.post('/login', { login: name, password: PASSWORD });
    const token = await tokenFor(email);
    const changed = await browser.post('/settings/account/password', { current: PASSWORD, next: NEXT });
    expect(changed.status).toBe(303);
    expect((await choose(token, 'the thief’s own phrase')).status).toBe(404);
    expect((await signIn(NEXT)).status).toBe(303);
  });

  it('gets round no second factor', async () => {
    const token = await tokenFor(email);
    await t.app.db.write((tx) => updateUser(tx, userId, { hasSecondFactor: true }));
    const reset = await choose(token);
    expect(reset.headers.getSetCookie().join()).not.toMatch(/session=[\w-]{10}/);
    const outcome = await begin(
      t.app,
      { login: name, password: NEXT },
      { address: '192.0.2.1', userAgent: 'x' },
    );
    expect(outcome.kind).toBe('second-factor');
  });

  it('ends a sign-in that was half finished with the old password', async () => {
    const token = await tokenFor(email);
    await t.app.db.write((tx) => updateUser(tx, userId, { hasSecondFactor: true }));
    const browser = newBrowser(t);
    await browser.post('/login', { login: name, password: PASSWORD });
    await choose(token);
    const { oneTimeTokens } = await import('../../../src/platform/db/tables/auth.ts');
    expect(await t.app.db.read.select().from(oneTimeTokens)).toEqual([]);
  });
});

describe('reset-token reuse', () => {
  it('is impossible: a link works once, within an hour, and only the newest', async () => {
    const first = await tokenFor(email);
    const second = await tokenFor(email);
    expect(second).not.toBe(first);
    expect((await choose(first)).status).toBe(404);
    expect((await choose(second)).status).toBe(303);
    expect((await choose(second, 'yet another phrase')).status).toBe(404);
    expect((await newBrowser(t).get(`/password-reset/new?token=${second}`)).status).toBe(404);
    expect((await signIn(NEXT)).status).toBe(303);
    const late = await tokenFor(email);
    clock.move(HOUR + MINUTE);
    expect((await choose(late, 'yet another phrase')).status).toBe(404);
  });

  it('by many at once works once', async () => {
    const token = await tokenFor(email);
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((word) => choose(token, `a ${word} new phrase`)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 404, 404]);
  });
});

describe('user enumeration by asking for a new password', () => {
  it('is impossible: every address is answered alike', async () => {
    const gone = await t.actor('gone');
    await t.app.db.write((tx) => updateUser(tx, gone.userId, { isSuspended: true }));
    const unproved = {
      userId,
      email: 'unproved@example.org',
      emailKey: 'unproved@example.org',
      createdAt: 1,
      verifiedAt: null,
    };
    await t.app.db.write((tx) => insertAddress(tx, unproved));
    const bodies = new Set<string>();
    const addresses = [
      email,
      email.toUpperCase(),
      'nobody@example.org',
      'gone@example.org',
      'unproved@example.org',
      'nonsense',
    ];
    for (const address of addresses) {
      const answer = await ask(address);
      const text = (await answer.text()).replaceAll(address, '…').replace(/name="csrf" value="[^"]+"/g, '');
      bodies.add(`${answer.status} ${[...answer.headers.keys()]} ${text}`);
    }
    expect(bodies.size).toBe(1);
    await t.app.jobs.drain();
    const sent = smtp.mails().filter((mail) => addresses.includes(mail.to));
    expect(sent.map((mail) => mail.to)).toEqual([email, email]);
  });

  it('tells nothing by what a request writes either: one job, whatever the address', async () => {
    const kindsOf = async () =>
      (await t.app.jobs.list({ limit: 100 })).map((job) => [job.kind, Object.keys(job.payload)]);
    await ask(email);
    const known = await kindsOf();
    await t.app.jobs.drain();
    const { jobs } = await import('../../../src/platform/db/tables/platform.ts');
    await t.app.db.write(async (tx) => void (await tx.delete(jobs)));
    await ask('nobody@example.org');
    expect(await kindsOf()).toEqual(known);
    expect(JSON.stringify(await t.app.jobs.list({ limit: 100 }))).not.toContain('nobody@');
  });

  it('is no way to flood a mailbox, nor to keep its owner from asking', async () => {
    for (let n = 0; n < 12; n++) await ask(email, `203.0.${n}.9`);
    expect(await mailsTo(email)).toHaveLength(4);
    const statuses = [];
    for (let n = 0; n < 10; n++) statuses.push((await ask(`x${n}@example.net`)).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    expect((await ask(email, '198.51.100.1')).status).toBe(200);
  });
});

describe('the host header', () => {
  it('has no say in the link, nor has a proxy that is believed', async () => {
    t.app.config.server.trusted_proxies = ['127.0.0.1'];
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const incoming = { socket: { remoteAddress: '127.0.0.1', encrypted: false }, headers: forged };
    const headers = { ...forged, 'sec-fetch-site': 'same-origin' };
    const body = new URLSearchParams({ email });
    const init = { method: 'POST', headers, body };
    const answer = await t.web.request('http://evil.example/password-reset', init, {
      incoming,
      outgoing: {},
    });
    expect(answer.status).toBe(200);
    const [mail] = await mailsTo(email);
    expect(mail && linkIn(mail).origin).toBe('http://127.0.0.1:3000');
    expect(`${mail?.text}${mail?.html}`).not.toContain('evil');
  });
});

describe('without a mail server', () => {
  it('there is no reset, and the page says whom to ask', async () => {
    const bare = await testApp();
    try {
      const page = await newBrowser(bare).get('/password-reset');
      expect(await page.text()).toContain('Ask an administrator for a new password');
      expect((await newBrowser(bare).post('/password-reset', { email })).status).toBe(422);
      expect(await bare.app.jobs.list({ limit: 10 })).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});

describe('user enumeration by signing in', () => {
  it('is impossible by the body of the answer', async () => {
    await t.actor('keyless');
    const keyless = await findUserById(t.app, (await t.actor('keyless')).userId);
    await t.app.db.write((tx) => updateUser(tx, keyless?.id ?? 0, { passwordHash: null }));
    const bodies = new Set<string>();
    for (const login of [name, email, 'nobody', 'nobody@example.org', 'keyless', '::']) {
      const answer = await newBrowser(t, '192.0.2.9').post('/login', { login, password: 'wrong password' });
      bodies.add(
        `${answer.status} ${(await answer.text()).replaceAll(`value="${login}"`, '').replace(/name="csrf" value="[^"]+"/g, '')}`,
      );
    }
    expect(bodies.size).toBe(1);
  });
});
