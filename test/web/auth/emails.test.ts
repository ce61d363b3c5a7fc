// One's e-mail addresses: added by proof, changed at both ends, kept private.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { DAY, MINUTE } from '../../../src/base/time.ts';
import { vouchForEmail } from '../../../src/features/auth/emails.service.ts';
import {
  commitEmailOf,
  userIdOfCommitEmail,
  verifiedEmailsOf,
} from '../../../src/features/users/emails.service.ts';
import { insertAddress } from '../../../src/features/users/emails.store.ts';
import { findUserById } from '../../../src/features/users/users.service.ts';
import { linkIn, mailSettings, openSmtp, type ReceivedMail, type TestSmtp } from '../../support/smtp.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
let smtp: TestSmtp;
let t: TestApp;
let name = '';
let email = '';
let userId = 0;
let own: Browser;
let serial = 0;
beforeAll(async () => {
  smtp = await openSmtp();
});
afterAll(() => smtp.close());
afterEach(() => t.close());

async function open(settings: Record<string, unknown> = {}): Promise<void> {
  t = await testApp({ mail: mailSettings(smtp), ...settings }, { clock });
  name = `mia${serial++}`;
  email = `${name}@example.org`;
  ({ userId } = await t.actor(name));
  own = await signedIn(name);
}

async function signedIn(login: string): Promise<Browser> {
  const browser = newBrowser(t);
  expect((await browser.post('/login', { login, password: PASSWORD })).status).toBe(303);
  return browser;
}

async function mailsTo(address: string): Promise<ReceivedMail[]> {
  await t.app.jobs.drain();
  return smtp.mails().filter((mail) => mail.to === address);
}

async function tokenTo(address: string): Promise<string> {
  const mail = (await mailsTo(address)).filter((one) => one.text.includes('token=')).at(-1);
  return (mail && linkIn(mail).searchParams.get('token')) ?? '';
}

const add = (browser: Browser, address: string) => browser.post('/settings/emails', { email: address });
const pageOf = async (browser: Browser) => (await browser.get('/settings/emails')).text();

async function added(browser: Browser, address: string): Promise<number> {
  await add(browser, address);
  await browser.post('/verify-email', { token: await tokenTo(address) });
  const { listEmails } = await import('../../../src/features/auth/emails.service.ts');
  const rows = (await listEmails(t.app, SYSTEM, userId)).emails;
  return rows.find((row) => row.email === address)?.id ?? 0;
}

describe('an added address', () => {
  beforeEach(() => open());

  it('counts once its link was used', async () => {
    const other = `${name}@work.example`;
    expect((await add(own, other)).status).toBe(303);
    expect(await pageOf(own)).toContain('Waits for its link to be opened');
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email]);
    const token = await tokenTo(other);
    expect((await own.post('/verify-email', { token })).headers.get('location')).toBe('/settings/emails');
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email, other]);
    expect(await userIdOfCommitEmail(t.app, other.toUpperCase())).toBe(userId);
    expect((await eventKinds(t)).filter((kind) => kind.startsWith('email.'))).toEqual([
      'email.added',
      'email.verified',
    ]);
  });

  it.each(['nonsense', '', '1+x@users.noreply.127.0.0.1'])(
    'is refused beside the field: %j',
    async (wrong) => {
      const answer = await add(own, wrong);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('field-email-error');
    },
  );

  it('can be taken back, sent again, and removed', async () => {
    const other = `${name}@work.example`;
    await add(own, other);
    const first = await tokenTo(other);
    await own.post('/settings/emails/waiting/mail', { email: other });
    expect((await own.post('/verify-email', { token: first })).status).toBe(404);
    const second = await tokenTo(other);
    await own.post('/settings/emails/waiting/removal', { email: other });
    expect((await own.post('/verify-email', { token: second })).status).toBe(404);
    const id = await added(own, other);
    expect((await own.post(`/settings/emails/${id}/removal`)).status).toBe(303);
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email]);
  });

  it('is bounded in number and in mails', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 22; n++) statuses.push((await add(own, `${name}-${n}@work.example`)).status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(19);
  });
});

describe('user enumeration by adding an address', () => {
  beforeEach(() => open());

  it('is impossible: a taken one looks like a free one, and its owner is told', async () => {
    await t.actor('rival');
    const [free, taken] = [`${name}@free.example`, 'rival@example.org'];
    const shown: string[] = [];
    for (const address of [free, taken]) {
      const answer = await add(own, address);
      const page = (await pageOf(own)).replaceAll(address, '…').replace(/name="csrf" value="[^"]+"/g, '');
      shown.push(`${answer.status} ${page}`);
      await own.post('/settings/emails/waiting/removal', { email: address });
      await own.get('/settings/emails');
    }
    expect(shown[1]).toBe(shown[0]);
    const mails = await mailsTo(taken);
    expect(mails.map((mail) => mail.subject)).toEqual(['Somebody tried to add your e-mail address']);
    expect(mails[0]?.text).not.toContain('token=');
  });

  it('somebody else’s ids answer as if missing', async () => {
    await t.actor('rival');
    const rows = await verifiedEmailsOf(t.app, userId);
    expect(rows).toEqual([email]);
    const rival = await signedIn('rival');
    for (const act of ['primary', 'removal']) {
      for (const id of [1, 2, 999]) {
        const status = (await own.post(`/settings/emails/${id}/${act}`)).status;
        expect([404, 422]).toContain(status);
      }
    }
    expect(await pageOf(rival)).toContain('rival@example.org');
  });
});

describe('an address that somebody claims and never proved', () => {
  beforeEach(() => open());

  it('goes to whoever proves it', async () => {
    const squatter = await t.actor('squatter');
    const other = `${name}@claimed.example`;
    const row = {
      userId: squatter.userId,
      email: other,
      emailKey: other,
      createdAt: clock.now(),
      verifiedAt: null,
    };
    await t.app.db.write((tx) => insertAddress(tx, row));
    await added(own, other);
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email, other]);
  });

  it('does not go to whoever proves it once it is proved', async () => {
    const other = `${name}@claimed.example`;
    await add(own, other);
    const token = await tokenTo(other);
    const squatter = await t.actor('squatter');
    await vouchForEmail(t.app, SYSTEM, squatter.userId, other);
    expect((await own.post('/verify-email', { token })).status).toBe(409);
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email]);
  });
});

describe('another primary address', () => {
  beforeEach(() => open());
  const primaryOf = async () => (await findUserById(t.app, userId))?.email;

  it('is confirmed at both addresses, in any order', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const from = (await primaryOf()) ?? '';
      const to = `${name}-${order.join('')}@work.example`;
      const id = await added(own, to);
      expect((await own.post(`/settings/emails/${id}/primary`)).status).toBe(303);
      const tokens = [await tokenTo(from), await tokenTo(to)];
      expect(tokens[0]).not.toBe(tokens[1]);
      const [first = '', second = ''] = order.map((index) => tokens[index]);
      expect(await (await newBrowser(t).get(`/email-change?token=${first}`)).text()).toContain(to);
      await newBrowser(t).post('/email-change', { token: first });
      expect(await primaryOf()).toBe(from);
      expect(await pageOf(own)).toContain('Cancel the change');
      expect((await newBrowser(t).post('/email-change', { token: first })).status).toBe(404);
      await newBrowser(t).post('/email-change', { token: second });
      expect(await primaryOf()).toBe(to);
    }
    expect((await eventKinds(t)).filter((kind) => kind === 'email.primary_changed')).toHaveLength(2);
  });

  it('is not made so by one address alone, nor after a day, nor once cancelled or asked anew', async () => {
    const to = `${name}@work.example`;
    const id = await added(own, to);
    const ask = async () => {
      await own.post(`/settings/emails/${id}/primary`);
      return [await tokenTo(email), await tokenTo(to)] as const;
    };
    const confirm = async (token: string) => (await newBrowser(t).post('/email-change', { token })).status;
    const [, cancelled] = await ask();
    await own.post('/settings/emails/change/removal');
    expect(await confirm(cancelled)).toBe(404);
    const [stale] = await ask();
    const [, fresh] = await ask();
    expect(await confirm(stale)).toBe(404);
    expect(await confirm(fresh)).toBe(303);
    const [oldOne, oldTwo] = await ask();
    await confirm(oldOne);
    clock.move(DAY + MINUTE);
    expect(await confirm(oldTwo)).toBe(404);
    expect(await primaryOf()).toBe(email);
  });

  it('must be proved, and cannot be removed while it is primary', async () => {
    const { listEmails } = await import('../../../src/features/auth/emails.service.ts');
    const [primary] = (await listEmails(t.app, SYSTEM, userId)).emails;
    expect((await own.post(`/settings/emails/${primary?.id}/removal`)).status).toBe(422);
    const other = `${name}@x.example`;
    const row = { userId, email: other, emailKey: other, createdAt: 1, verifiedAt: null };
    const { id } = await t.app.db.write((tx) => insertAddress(tx, row));
    expect((await own.post(`/settings/emails/${id}/primary`)).status).toBe(422);
    expect(await primaryOf()).toBe(email);
  });

  it('needs a recent proof of who one is', async () => {
    clock.move(DAY);
    const before = await eventKinds(t);
    await add(own, `${name}@work.example`);
    expect(await eventKinds(t)).toEqual(before);
    expect(await mailsTo(`${name}@work.example`)).toEqual([]);
  });
});

describe('the private address', () => {
  beforeEach(() => open());

  it('stands in commits unless its owner wants otherwise', async () => {
    const before = await findUserById(t.app, userId);
    const noReply = `${userId}+${name}@users.noreply.127.0.0.1`;
    expect(before && commitEmailOf(t.app, before)).toBe(noReply);
    expect(await userIdOfCommitEmail(t.app, noReply)).toBe(userId);
    await own.post('/settings/emails/privacy', {});
    const after = await findUserById(t.app, userId);
    expect(after && commitEmailOf(t.app, after)).toBe(email);
  });
});

describe('without a mail server', () => {
  beforeEach(() => open({ mail: {} }));

  it('addresses are added unproved, count when an administrator vouches, and may become primary', async () => {
    const other = `${name}@work.example`;
    await add(own, other);
    expect(await pageOf(own)).toContain('Unconfirmed');
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email]);
    await vouchForEmail(t.app, await t.actor('chief', { isAdmin: true }), userId, other);
    expect(await verifiedEmailsOf(t.app, userId)).toEqual([email, other]);
    await expect(vouchForEmail(t.app, await t.actor(name), userId, 'x@example.net')).rejects.toMatchObject({
      code: 'not_found',
    });
    const id = /settings\/emails\/(\d+)\/primary/.exec(await pageOf(own))?.[1];
    await own.post(`/settings/emails/${id}/primary`);
    expect((await findUserById(t.app, userId))?.email).toBe(other);
  });
});
