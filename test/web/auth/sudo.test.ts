// Dangerous acts ask again who one is after a while, and nothing typed before is lost.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../src/base/time.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { readForm, readFormValues } from '../../../src/platform/web/forms.ts';
import { accountGate } from '../../../src/platform/web/gates.ts';
import { mountRoutes } from '../../../src/platform/web/routes.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { codeAt, enrolTotp } from '../../support/totp.ts';
import { type Browser, eventKinds, movableClock, newBrowser } from './browsers.ts';

const clock = movableClock();
const ACT = '/settings/dangerous';
const PAGE = '/settings/two-factor/totp?tab=1';

let t: TestApp;
let userId: number;
let done: Record<string, unknown>[];
beforeEach(async () => {
  t = await testApp({ accounts: { sudo_minutes: 60 } }, { clock });
  userId = (await t.actor('ada')).userId;
  done = [];
  mountRoutes(t.web, accountGate, [
    {
      method: 'post',
      path: ACT,
      access: 'signed-in',
      sudo: true,
      async handler(c) {
        done.push({ ...(await readForm(c)), all: await readFormValues(c, 'many') });
        return c.text('done');
      },
    },
  ]);
});
afterEach(() => t.close());

async function signedIn(): Promise<Browser> {
  const browser = newBrowser(t);
  await browser.post('/login', { login: 'ada', password: PASSWORD });
  return browser;
}

/** The hidden fields of the page that asks, as a browser would send them again. */
function fieldsOf(html: string): [string, string][] {
  const inputs = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const plain = (text: string) =>
    text
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  return inputs.map(([, name = '', value = '']): [string, string] => [plain(name), plain(value)]);
}

describe('a dangerous act', () => {
  it('asks nothing for an hour after the sign-in, and then again', async () => {
    const browser = await signedIn();
    clock.move(59 * MINUTE);
    expect((await browser.post(ACT, { a: '1' })).status).toBe(200);
    clock.move(2 * MINUTE);
    const asked = await browser.post(ACT, { a: '1' });
    expect(asked.status).toBe(403);
    expect(await asked.text()).toContain('Confirm that it is you');
    expect(done).toHaveLength(1);
  });

  it('goes on with all that was typed once the password is given', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const typed = new URLSearchParams([
      ['text', '<b>"ünï" & \'co\'</b>'],
      ['many', 'one'],
      ['many', 'two'],
    ]);
    const asked = await browser.send(`${ACT}?x=1`, typed);
    const html = await asked.text();
    expect(html).toContain(`action="${ACT}?x=1"`);
    const again = new URLSearchParams([...fieldsOf(html), ['prove_password', PASSWORD]]);
    const answer = await browser.send(`${ACT}?x=1`, again);
    expect(answer.status).toBe(200);
    expect(done).toEqual([
      { text: '<b>"ünï" & \'co\'</b>', many: 'two', csrf: expect.any(String), all: ['one', 'two'] },
    ]);
    expect((await eventKinds(t)).at(-1)).toBe('user.proved_again');
    expect((await browser.post(ACT, { a: '2' })).status, 'for the next hour').toBe(200);
  });

  it('stays undone while the password is wrong, and keeps what was typed', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const answer = await browser.post(ACT, { text: 'kept', prove_password: 'wrong' });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('This is not your password.');
    expect(fieldsOf(html)).toContainEqual(['text', 'kept']);
    expect(html).not.toContain('value="wrong"');
    expect(done).toEqual([]);
  });

  it('cannot be had by guessing', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    let status = 0;
    for (let n = 0; n < 15 && status !== 429; n++) {
      status = (await browser.post(ACT, { prove_password: `wrong ${n}` })).status;
    }
    expect(status).toBe(429);
    expect((await browser.post(ACT, { prove_password: PASSWORD })).status).toBe(429);
    expect(done).toEqual([]);
  });

  it('leaves an entry for each wrong password and code', async () => {
    const own = await t.as('bob');
    clock.move(HOUR + MINUTE);
    const failed = async () => {
      await t.app.jobs.drain();
      return (await eventKinds(t)).filter((kind) => kind === 'user.sign_in_failed').length;
    };
    await own.post(ACT, { prove_password: 'wrong' });
    expect(await failed()).toBe(1);
    await own.post('/settings/account/password', { current: 'wrong', next: 'a wholly new phrase' });
    expect(await failed()).toBe(2);
    await enrolTotp(t.app, (await t.actor('bob')).userId);
    const again = await t.as('bob');
    clock.move(HOUR + MINUTE);
    await again.post(ACT, { prove_code: '000000' });
    expect(await failed()).toBe(3);
  });

  it('never carries passwords or secrets through a page', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const asked = await browser.post(ACT, {
      password: 'hunter2',
      next: 'hunter3',
      secret: 'hunter4',
      a: '1',
    });
    const html = await asked.text();
    expect(html).not.toMatch(/hunter/);
    expect(fieldsOf(html)).toContainEqual(['a', '1']);
  });

  it('with more than can be carried leads back to its page', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const referer = 'http://127.0.0.1:3000/settings/profile?x=1';
    const asked = await browser.post(ACT, { big: 'x'.repeat(300_000) }, { referer });
    const html = await asked.text();
    expect(html.length).toBeLessThan(50_000);
    expect(fieldsOf(html)).toContainEqual(['prove_return', '/settings/profile?x=1']);
    const back = await browser.post(ACT, { prove_return: '/settings/profile?x=1', prove_password: PASSWORD });
    expect(back.headers.get('location')).toBe('/settings/profile?x=1');
    expect(done).toEqual([]);
  });

  it('behind a link is come back to', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const asked = await browser.get(PAGE);
    expect(asked.status).toBe(403);
    const back = await browser.post(PAGE, {
      ...Object.fromEntries(fieldsOf(await asked.text())),
      prove_password: PASSWORD,
    });
    expect(back.headers.get('location')).toBe(PAGE);
    expect(done).toEqual([]);
    expect((await browser.get(PAGE)).status).toBe(200);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'leads to no other site: open redirect by %j',
    async (wanted) => {
      const browser = await signedIn();
      const answer = await browser.post(ACT, { prove_return: wanted, prove_password: PASSWORD });
      expect(answer.headers.get('location')).toBe('/');
    },
  );

  it('posts its page to no other site, whatever address was asked for', async () => {
    const browser = await signedIn();
    const html = await (await browser.post('//evil.example/x', { prove_password: 'wrong' })).text();
    expect(html).toContain('action="/evil.example/x"');
  });

  it('asked for by a script answers a script', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const asked = await browser.post(ACT, {}, { accept: 'application/json' });
    expect(asked.status).toBe(403);
    expect(await asked.json()).toMatchObject({ prove: true });
  });

  it('from another site is refused before any proof is looked at', async () => {
    const browser = await signedIn();
    clock.move(HOUR + MINUTE);
    const forged = await browser.post(ACT, { prove_password: PASSWORD }, { 'sec-fetch-site': 'cross-site' });
    expect(forged.status).toBe(403);
    expect(await forged.text()).not.toContain('Confirm that it is you');
    expect((await browser.post(ACT)).status).toBe(403);
  });
});

describe('a code as proof', () => {
  it('works once, and never beside a sign-in with the same code', async () => {
    const { secret } = await enrolTotp(t.app, userId);
    clock.move(30 * SECOND);
    const browser = await signedIn();
    await browser.post('/login/two-factor', { code: codeAt(secret, clock.now()) });
    clock.move(HOUR + MINUTE);
    expect(await (await browser.post(ACT)).text()).toContain('name="prove_code"');
    const prove_code = codeAt(secret, clock.now());
    expect((await browser.post(ACT, { prove_code })).status).toBe(200);
    clock.move(HOUR + MINUTE);
    expect((await browser.post(ACT, { prove_code })).status).toBe(422);
    expect((await browser.post(ACT, { prove_code: codeAt(secret, clock.now()) })).status).toBe(200);
    const other = await signedIn();
    const replay = await other.post('/login/two-factor', { code: codeAt(secret, clock.now()) });
    expect(replay.status).toBe(422);
  });
});

describe('an account with nothing to prove with', () => {
  it('is told to sign in again', async () => {
    const browser = await signedIn();
    await t.app.db.write((tx) => updateUser(tx, userId, { passwordHash: null }));
    clock.move(HOUR + MINUTE);
    const html = await (await browser.post(ACT, { a: '1' })).text();
    expect(html).toContain('sign in again');
    expect(html).not.toContain('name="prove_password"');
    expect((await browser.post(ACT, { prove_password: '' })).status).toBe(422);
    expect(done).toEqual([]);
  });
});

describe('the fields of a proof', () => {
  it('reach no handler, also where no proof is needed', async () => {
    const browser = await signedIn();
    await browser.post(ACT, { a: '1', prove_password: PASSWORD, prove_code: '' });
    expect(done).toEqual([{ a: '1', all: [] }]);
  });
});
