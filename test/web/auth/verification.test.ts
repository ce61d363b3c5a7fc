// Registering where mails can be sent: the address is proved first, and nothing tells which addresses have accounts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { DAY, HOUR, MINUTE } from '../../../src/base/time.ts';
import { actorOfBasic } from '../../../src/features/auth/basic.service.ts';
import { actorOfSshKey, addSshKey } from '../../../src/features/auth/ssh-keys.service.ts';
import { forgetUnproved } from '../../../src/features/users/addresses.service.ts';
import { findUserByName } from '../../../src/features/users/users.service.ts';
import { linkIn, mailSettings, openSmtp, type TestSmtp } from '../../support/smtp.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
let smtp: TestSmtp;
let t: TestApp;
beforeAll(async () => {
  smtp = await openSmtp();
});
afterAll(() => smtp.close());
beforeEach(async () => {
  t = await testApp({ mail: mailSettings(smtp), limits: { registrations_per_network: 1000 } }, { clock });
  await t.actor('ada');
});
afterEach(() => t.close());

let serial = 0;
const fresh = () => `person${serial++}@example.net`;
const form = (name: string, email: string) => ({ name, email, password: PASSWORD });

async function mailTo(email: string) {
  await t.app.jobs.drain();
  return smtp.mails().filter((mail) => mail.to === email);
}

async function linkTo(email: string): Promise<string> {
  const mail = (await mailTo(email)).at(-1);
  if (!mail) throw new Error(`No mail to ${email}`);
  const link = linkIn(mail);
  return link.pathname + link.search;
}

const tokenIn = (link: string) => new URLSearchParams(link.split('?')[1]).get('token') ?? '';
const confirm = (browser: Browser, link: string) => browser.post('/verify-email', { token: tokenIn(link) });
const signIn = (browser: Browser, login: string) => browser.post('/login', { login, password: PASSWORD });

describe('registering', () => {
  it('signs nobody in before the address is proved, and the same browser afterwards', async () => {
    const [browser, email] = [newBrowser(t), fresh()];
    const answer = await browser.post('/register', form('bob', email));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Check your mail');
    expect(browser.session()).toBeUndefined();
    const link = await linkTo(email);
    expect(await (await browser.get(link)).text()).toContain('Confirm the address');
    const confirmed = await confirm(browser, link);
    expect([confirmed.status, confirmed.headers.get('location')]).toEqual([303, '/']);
    expect((await browser.get('/settings/profile')).status).toBe(200);
    expect((await eventKinds(t)).slice(-3)).toEqual(['user.created', 'email.verified', 'user.signed_in']);
  });

  it('leads any other browser to the sign-in: a link sent to somebody signs them into nothing', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('bob', email));
    const other = newBrowser(t);
    const confirmed = await confirm(other, await linkTo(email));
    expect(confirmed.headers.get('location')).toBe('/login');
    expect(other.session()).toBeUndefined();
    expect((await signIn(other, 'bob')).status).toBe(303);
  });

  it('a session known from before is worth nothing after the link (session fixation)', async () => {
    const [browser, email] = [newBrowser(t), fresh()];
    await browser.post('/register', form('bob', email));
    browser.plant('A'.repeat(43));
    await confirm(browser, await linkTo(email));
    expect(browser.session()).toMatch(/^[\w-]{43}$/);
    expect(browser.session()).not.toBe('A'.repeat(43));
  });
});

describe('the link', () => {
  it('is not used up by looking at it, works once, and for a day', async () => {
    const [browser, email] = [newBrowser(t), fresh()];
    await browser.post('/register', form('bob', email));
    const link = await linkTo(email);
    for (let n = 0; n < 3; n++) expect((await newBrowser(t).get(link)).status).toBe(200);
    clock.move(DAY - MINUTE);
    expect((await confirm(browser, link)).status).toBe(303);
    expect((await confirm(newBrowser(t), link)).status).toBe(404);
    expect((await newBrowser(t).get(link)).status).toBe(404);
    const late = fresh();
    await newBrowser(t).post('/register', form('late', late));
    const old = await linkTo(late);
    clock.move(DAY + MINUTE);
    expect((await confirm(newBrowser(t), old)).status).toBe(404);
  });

  it('is worth nothing for another purpose, nor the hash that is stored', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('bob', email));
    const token = tokenIn(await linkTo(email));
    const reset = await newBrowser(t).post('/password-reset/new', { token, password: 'a wholly new phrase' });
    expect(reset.status).toBe(404);
    const { oneTimeTokens } = await import('../../../src/platform/db/tables/auth.ts');
    const [row] = await t.app.db.read.select().from(oneTimeTokens);
    expect(JSON.stringify(row)).not.toContain(token);
    expect((await newBrowser(t).post('/verify-email', { token: row?.tokenHash ?? '' })).status).toBe(404);
  });

  it('used by many at once works once', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('bob', email));
    const link = await linkTo(email);
    const answers = await Promise.all(Array.from({ length: 5 }, () => confirm(newBrowser(t), link)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 404, 404, 404, 404]);
  });

  it('can be refused by whoever reads the address: it is free again at once', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('squatter', email));
    const token = tokenIn(await linkTo(email));
    expect((await newBrowser(t).post('/verify-email/refusal', { token })).status).toBe(303);
    expect((await newBrowser(t).post('/verify-email', { token })).status).toBe(404);
    const browser = newBrowser(t);
    await browser.post('/register', form('owner', email));
    expect((await confirm(browser, await linkTo(email))).headers.get('location')).toBe('/');
    expect(await findUserByName(t.app, 'owner')).toMatchObject({ email });
    expect(await findUserByName(t.app, 'squatter')).toMatchObject({ email: '' });
  });

  it('keeps its token out of caches, of the referrer and of the log (token in URL)', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('bob', email));
    const lines: string[] = [];
    const { log } = t.app;
    const write = (...line: unknown[]) => void lines.push(JSON.stringify(line));
    const spied = new Proxy(log, {
      get: (target, name) =>
        ['info', 'warn', 'error', 'debug'].includes(String(name))
          ? write
          : name === 'isLevelEnabled'
            ? () => true
            : Reflect.get(target, name),
    });
    Object.defineProperty(t.app, 'log', { value: spied, configurable: true });
    const link = await linkTo(email);
    const answer = await newBrowser(t).get(link);
    Object.defineProperty(t.app, 'log', { value: log });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(lines.some((line) => line.includes('/verify-email'))).toBe(true);
    expect(lines.join('\n')).not.toContain(tokenIn(link));
  });
});

describe('an account that has not proved its address', () => {
  it('can be used by no credential, and is told so only once the password is right', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('bob', email));
    const bob = await findUserByName(t.app, 'bob');
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk5JH2Y6ZgKN+mTzqOJwH1Pc8gB8N0zGr8Yh2ZC1VqC';
    const row = await addSshKey(t.app, SYSTEM, bob?.id ?? 0, { title: 'x', key }).catch(() => undefined);
    const token = await t.token('bob');
    const wrong = await newBrowser(t).post('/login', { login: 'bob', password: 'wrong password' });
    expect(await wrong.text()).toContain('Wrong username or password.');
    const right = await signIn(newBrowser(t), 'bob');
    expect(right.status).toBe(422);
    expect(await right.text()).toContain('Confirm your e-mail address first');
    await expect(actorOfBasic(t.app, 'bob', PASSWORD, '192.0.2.1')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(actorOfBasic(t.app, 'bob', token, '192.0.2.1')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    if (row) expect(await actorOfSshKey(t.app, row.fingerprint)).toBeUndefined();
    await confirm(newBrowser(t), await linkTo(email));
    expect((await signIn(newBrowser(t), 'bob')).status).toBe(303);
    expect((await actorOfBasic(t.app, 'bob', token, '192.0.2.1')).name).toBe('bob');
  });

  it('is sent another link when it signs in or asks, but not for ever', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('bob', email));
    await signIn(newBrowser(t), 'bob');
    await newBrowser(t).post('/verify-email/mail', { email });
    expect(await mailTo(email)).toHaveLength(3);
    for (let n = 0; n < 10; n++) await newBrowser(t).post('/verify-email/mail', { email });
    expect(await mailTo(email)).toHaveLength(4);
    expect((await confirm(newBrowser(t), await linkTo(email))).status).toBe(303);
  });

  it('is forgotten after a week, and its name free; others stay', async () => {
    await newBrowser(t).post('/register', form('bob', fresh()));
    await t.actor('quiet');
    clock.move(6 * DAY);
    await newBrowser(t).post('/register', form('cyd', fresh()));
    clock.move(2 * DAY);
    await forgetUnproved(t.app);
    const left = await Promise.all(['ada', 'quiet', 'bob', 'cyd'].map((name) => findUserByName(t.app, name)));
    expect(left.map((user) => user?.name)).toEqual(['ada', 'quiet', undefined, 'cyd']);
    expect((await eventKinds(t)).at(-1)).toBe('user.deleted');
    expect((await newBrowser(t).post('/register', form('bob', fresh()))).status).toBe(200);
  });

  it('cannot keep an address from its owner for longer than a day', async () => {
    const email = fresh();
    await newBrowser(t).post('/register', form('squatter', email));
    const squatters = await linkTo(email);
    clock.move(DAY + HOUR);
    const browser = newBrowser(t);
    await browser.post('/register', form('owner', email));
    expect((await confirm(browser, await linkTo(email))).headers.get('location')).toBe('/');
    expect(await findUserByName(t.app, 'owner')).toMatchObject({ email });
    expect((await confirm(newBrowser(t), squatters)).status).toBe(404);
  });
});

describe('user enumeration by registering', () => {
  /** What differs by request only: the token against forgery is of the browser, the rest must not differ. */
  const bodyOf = async (answer: Response, ...own: string[]) =>
    own.reduce(
      (text, one) => text.replaceAll(one, '…'),
      (await answer.text()).replace(/name="csrf" value="[^"]+"/g, ''),
    );

  it('is impossible: a taken address is answered as a free one, and its owner told by mail', async () => {
    const free = fresh();
    const one = await newBrowser(t).post('/register', form('bob', free));
    const two = await newBrowser(t).post('/register', form('cyd', 'ADA@example.org'));
    expect(two.status).toBe(one.status);
    expect([...two.headers.keys()]).toEqual([...one.headers.keys()]);
    expect(await bodyOf(two, 'ADA@example.org')).toBe(await bodyOf(one, free));
    const [mail] = await mailTo('ada@example.org');
    expect(mail?.subject).toBe('You already have an account');
    expect(mail?.text).toContain('ada');
    expect(await mailTo(free)).toHaveLength(1);
  });

  it('is impossible by what comes after: the name is taken, the sign-in waits, a new link is promised', async () => {
    const free = fresh();
    await newBrowser(t).post('/register', form('bob', free));
    await newBrowser(t).post('/register', form('cyd', 'ada@example.org'));
    const texts: string[][] = [];
    for (const [name, email] of [
      ['bob', free],
      ['cyd', 'ada@example.org'],
    ] as const) {
      const browser = newBrowser(t);
      texts.push([
        await bodyOf(await browser.post('/register', form(name, 'else@example.net')), name),
        await bodyOf(await signIn(browser, name), name),
        await bodyOf(await browser.post('/verify-email/mail', { email }), name, email),
        await bodyOf(await browser.get(`/${name}`), name).then((text) => String(text.length > 0)),
      ]);
    }
    expect(texts[1]).toEqual(texts[0]);
  });

  it('is impossible by signing in with the address: a claimed one is answered as a taken one', async () => {
    const told = async (login: string) => {
      const answer = await newBrowser(t).post('/login', { login, password: 'of the new account' });
      return [answer.status, await bodyOf(answer, login)];
    };
    const own = { name: 'third-try', email: fresh(), password: 'of the new account' };
    await newBrowser(t).post('/register', own);
    await newBrowser(t).post('/register', { ...own, name: 'fourth-try', email: 'ada@example.org' });
    expect(await told(own.email)).toEqual(await told('ada@example.org'));
    expect(await told('third-try')).toEqual(await told('fourth-try'));
    expect((await told(own.email))[0]).toBe(422);
    // Once it is proved it signs in.
    await confirm(newBrowser(t), await linkTo(own.email));
    expect((await newBrowser(t).post('/login', { ...own, login: own.email })).status).toBe(303);
  });

  it('of many at once for one address gives it to one', async () => {
    const email = fresh();
    const names = ['one', 'two', 'three', 'four'];
    const answers = await Promise.all(
      names.map((name) => newBrowser(t).post('/register', form(name, email))),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    const rows = await Promise.all(names.map((name) => findUserByName(t.app, name)));
    expect(rows.filter((row) => row?.email === email)).toHaveLength(1);
  });
});

describe('the host header', () => {
  it('has no say in links of mails', async () => {
    const email = fresh();
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    await newBrowser(t).post('/register', form('bob', email), headers);
    const [mail] = await mailTo(email);
    expect(mail?.text).not.toContain('evil.example');
    expect(mail?.html).not.toContain('evil.example');
    expect(mail && linkIn(mail).origin).toBe('http://127.0.0.1:3000');
  });
});
