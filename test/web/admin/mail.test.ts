// The mail test and the reset link of administrators, against a real SMTP server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSmtp, type TestSmtp } from '../../support/smtp.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let smtp: TestSmtp;
let t: TestApp;
let olga: Visitor;

beforeAll(async () => {
  smtp = await openSmtp();
  t = await testApp({
    mail: { host: '127.0.0.1', port: smtp.port, security: 'none', from: 'OpenCodeHub <code@example.org>' },
  });
  olga = await t.as('olga', { isAdmin: true });
});
afterAll(async () => {
  await t.close();
  await smtp.close();
});

test('a test mail arrives, and is in the audit log', async () => {
  expect(await (await olga.get('/admin/mail')).text()).toContain('value="olga@example.org"');
  expect((await olga.post('/admin/mail', { to: 'olga@example.org' })).status).toBe(303);
  const mail = await smtp.waitFor(({ subject }) => subject === 'Test mail');
  expect(mail.to).toContain('olga@example.org');
  const [event] = await t.app.events.recent({ limit: 1 });
  expect(event).toMatchObject({ kind: 'mail.tested', to: 'olga@example.org' });
});

test('what the mail server refuses is shown with its own words', async () => {
  smtp.refuse(550);
  const answer = await olga.post('/admin/mail', { to: 'gone@example.org' });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('550');
});

test('an administrator has the reset link sent', async () => {
  await t.actor('bob');
  const answer = await olga.post('/admin/users/bob/password-reset');
  expect(answer.headers.get('set-cookie')).toContain('flash=success');
  await t.app.jobs.drain();
  const mail = await smtp.waitFor(({ to }) => to.includes('bob@example.org'));
  expect(mail.text).toMatch(/\/password-reset\/new\?token=/);
});
