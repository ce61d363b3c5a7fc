// Mails through the queue to a real SMTP server: encrypted, signed in, retried, sealed while they wait.
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/time.ts';
import type { MailMessage } from '../../../src/platform/mail/mail.ts';
import { mailMessage } from '../../../src/platform/mail/mail-message.ts';
import { mailSettings, openSmtp, type SmtpOptions, type TestSmtp } from '../../support/smtp.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { movableClock } from '../auth/browsers.ts';

const clock = movableClock();
let smtp: TestSmtp;
let t: TestApp | undefined;
afterEach(async () => {
  await t?.close();
  await smtp.close();
});

async function open(options: SmtpOptions = {}, settings: Record<string, unknown> = {}): Promise<TestApp> {
  smtp = await openSmtp(options);
  t = await testApp({ mail: mailSettings(smtp, settings) }, { clock });
  return t;
}

const message = (more: Partial<MailMessage> = {}): MailMessage => ({
  to: 'ada@example.net',
  subject: 'Grüße, Ada',
  text: 'plain: ü',
  html: '<p>rich: ü</p>',
  ...more,
});

async function send(app: TestApp['app'], mail: MailMessage): Promise<void> {
  await app.db.write((tx) => app.mail.sendLater(tx, mail));
  await app.jobs.drain();
}

describe('a mail', () => {
  it('arrives in both parts, from the configured sender, marked as automatic', async () => {
    const { app } = await open();
    await send(app, message());
    const [mail] = smtp.mails();
    expect(mail).toMatchObject({
      from: 'code@example.org',
      to: 'ada@example.net',
      subject: 'Grüße, Ada',
      text: 'plain: ü',
      html: '<p>rich: ü</p>',
    });
    expect(mail?.headers).toMatchObject({
      from: 'OpenCodeHub <code@example.org>',
      'auto-submitted': 'auto-generated',
    });
    expect(mail?.headers['message-id']).toMatch(/^<[\w-]{22}@example\.org>$/);
  });

  it('is written by the template with links to the configured address only', async () => {
    const { app } = await open();
    const written = mailMessage(app, {
      to: 'ada@example.net',
      subject: 'Hello',
      name: 'ada',
      paragraphs: ['<b>One</b> & two'],
      facts: [['When', 'today']],
      action: { label: 'Open it', path: '/x?token=a' },
    });
    expect(written.text).toContain(
      `Hello ada,\n\n<b>One</b> & two\n\nWhen: today\n\nOpen it:\n${HOST}/x?token=a`,
    );
    expect(written.html).toContain('&lt;b&gt;One&lt;/b&gt; &amp; two');
    expect(written.html).toContain(`href="${HOST}/x?token=a"`);
  });

  it('is not queued at all without a server, and a test says what to set', async () => {
    smtp = await openSmtp();
    t = await testApp();
    await send(t.app, message());
    expect(t.app.mail.isConfigured()).toBe(false);
    expect(await t.app.jobs.list({ limit: 10 })).toEqual([]);
    await expect(t.app.mail.send(message())).rejects.toThrow('set mail.host and mail.from');
  });

  it('waits sealed, and nothing of it is left once it is sent', async () => {
    const { app } = await open();
    await app.db.write((tx) => app.mail.sendLater(tx, message({ text: 'the secret link' })));
    const { outgoingMails } = await import('../../../src/platform/db/tables/platform.ts');
    const [row] = await app.db.read.select().from(outgoingMails);
    expect(row?.sealed.toString('latin1')).not.toMatch(/secret|ada/);
    expect(JSON.stringify(await app.jobs.list({ limit: 10 }))).not.toMatch(/secret|ada@/);
    await app.jobs.drain();
    expect(smtp.mails()).toHaveLength(1);
    expect(await app.db.read.select().from(outgoingMails)).toEqual([]);
  });
});

describe('header injection', () => {
  it('is impossible by subject or recipient', async () => {
    const { app } = await open();
    await send(app, message({ subject: 'Hi\r\nBcc: eve@example.net\r\n\r\nbody' }));
    const [mail] = smtp.mails();
    expect(mail?.headers.bcc).toBeUndefined();
    expect(mail?.to).toBe('ada@example.net');
    expect(mail?.subject).toBe('Hi Bcc: eve@example.net body');
    for (const to of [
      'a@example.net\r\nBcc: eve@example.net',
      'a@example.net, eve@example.net',
      '"x" <a@b.c>',
      '',
    ]) {
      await expect(app.mail.send(message({ to }))).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(smtp.mails()).toHaveLength(1);
  });
});

describe('encryption', () => {
  it('begins by STARTTLS, whose certificate is checked, before the password is sent', async () => {
    const auth = { user: 'forge', password: 'mail password' };
    const { app } = await open(
      { tls: 'starttls', auth },
      { security: 'starttls', username: 'forge', password: auth.password },
    );
    const untrusted = app.mail.send(message());
    await expect(untrusted).rejects.toThrow(/self-signed certificate/);
    await expect(untrusted).rejects.not.toThrow(/mail password/);
    app.config.mail.ca_file = smtp.caFile ?? '';
    await app.mail.send(message());
    expect(smtp.mails()).toMatchObject([{ isEncrypted: true, user: 'forge' }]);
  });

  it('is insisted on: a server that offers no STARTTLS gets nothing', async () => {
    const { app } = await open({}, { security: 'starttls' });
    await expect(app.mail.send(message())).rejects.toThrow(/STARTTLS|TLS/);
    expect(smtp.mails()).toEqual([]);
  });

  it('is there from the first byte with tls', async () => {
    const { app } = await open({ tls: 'tls' }, { security: 'tls' });
    app.config.mail.ca_file = smtp.caFile ?? '';
    await app.mail.send(message());
    expect(smtp.mails()).toMatchObject([{ isEncrypted: true }]);
  });

  it('does not help a wrong password, which the error keeps to itself', async () => {
    const auth = { user: 'forge', password: 'right' };
    const { app } = await open({ auth }, { username: 'forge', password: 'wrong-password' });
    const sent = app.mail.send(message());
    await expect(sent).rejects.toThrow(/Authentication failed/);
    await expect(sent).rejects.not.toThrow(/wrong-password/);
  });
});

describe('a server that refuses', () => {
  it('for now is asked again later', async () => {
    const { app } = await open();
    smtp.refuse(451, 451);
    await send(app, message());
    expect(smtp.mails()).toEqual([]);
    const [job] = await app.jobs.list({ state: 'waiting', limit: 1 });
    expect(job).toMatchObject({ kind: 'mail.send', attempts: 1 });
    expect(job?.lastError).toContain('Not now');
    for (let n = 0; n < 2; n++) {
      clock.move(HOUR);
      await app.jobs.drain();
    }
    expect(smtp.mails()).toHaveLength(1);
  });

  it('for good is not asked again', async () => {
    const { app } = await open();
    smtp.refuse(550);
    await send(app, message());
    expect(await app.jobs.list({ state: 'dead', limit: 1 })).toMatchObject([
      { kind: 'mail.send', attempts: 1 },
    ]);
    clock.move(24 * HOUR);
    await app.jobs.drain();
    expect(smtp.mails()).toEqual([]);
  });

  it('by not being there fails the test with what happened, and keeps the mail', async () => {
    const { app } = await open();
    app.config.mail.port = 1;
    await expect(app.mail.send(message())).rejects.toThrow(
      /127\.0\.0\.1:1 did not take the mail: .*ECONNREFUSED/,
    );
    await send(app, message());
    app.config.mail.port = smtp.port;
    clock.move(HOUR);
    await app.jobs.drain();
    expect(smtp.mails()).toHaveLength(1);
  });
});
