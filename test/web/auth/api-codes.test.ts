// The code of an authenticator application beside a password, as clients of Gitea send it to the API (X-Gitea-OTP).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/base/time.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { codeAt, enrolTotp } from '../../support/totp.ts';
import { eventKinds, movableClock } from './browsers.ts';

const clock = movableClock();
let t: TestApp;
let secret: string;
beforeEach(async () => {
  t = await testApp({}, { clock });
  const { userId } = await t.actor('ada', { isAdmin: true });
  ({ secret } = await enrolTotp(t.app, userId));
  clock.move(30 * SECOND);
});
afterEach(() => t.close());

async function statusOf(code: string | undefined, password = PASSWORD, path = '/api/v1/users/ada/tokens') {
  const authorization = `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
  const headers = { authorization, ...(code === undefined ? {} : { 'x-gitea-otp': code }) };
  return (await t.anonymous.request(path, { headers })).status;
}
const code = () => codeAt(secret, clock.now());

it('opens to a password what needs a second factor, for the calls of a minute', async () => {
  expect(await statusOf(undefined)).toBe(401);
  const now = code();
  expect(await statusOf(now)).toBe(200);
  expect(await statusOf(now)).toBe(200);
  clock.move(2 * MINUTE);
  expect(await statusOf(now)).toBe(401);
  expect(await statusOf(code())).toBe(200);
});

it('opens nothing without the right password, and nothing but the API', async () => {
  const now = code();
  expect(await statusOf(now, 'a wrong password')).toBe(401);
  expect(await statusOf(now)).toBe(200);
  expect(await statusOf(now, 'a wrong password')).toBe(401);
  expect(await statusOf(now, PASSWORD, '/ada/none.git/info/refs?service=git-upload-pack')).not.toBe(200);
});

it('that was used elsewhere is not taken again (whoever looked over a shoulder has it too)', async () => {
  const now = code();
  expect(await statusOf(now)).toBe(200);
  const browser = await t.anonymous.post('/login', { login: 'ada', password: PASSWORD, return_to: '' });
  const cookie = browser.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const again = await t.anonymous.request('/login/two-factor', {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: `code=${now}`,
  });
  expect([403, 422]).toContain(again.status);
});

it.each(['000000', 'abc', '', '1'.repeat(50)])('that is wrong is refused: %s', async (wrong) => {
  expect(await statusOf(wrong)).toBe(401);
});

it('is not to be guessed: wrong ones are kept and slow down', async () => {
  const statuses: number[] = [];
  for (let index = 0; index < 40; index++) statuses.push(await statusOf(String(100000 + index)));
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect(await eventKinds(t)).toContain('user.sign_in_failed');
  expect(await statusOf(code())).toBe(429);
});
