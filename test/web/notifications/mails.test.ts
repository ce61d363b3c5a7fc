// Mails about what happened, through a real SMTP server: threading, who gets none by the time it is sent, and the end of it
// by one click.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { closeIssue } from '../../../src/features/issues/closing.service.ts';
import { hideComment } from '../../../src/features/issues/comments.service.ts';
import { chooseSubscription } from '../../../src/features/issues/subscriptions.service.ts';
import { DEFAULT_SETTINGS } from '../../../src/features/notifications/notifications.types.ts';
import { saveSettings } from '../../../src/features/notifications/settings.service.ts';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { watchOf } from '../../../src/features/repos/watches.service.ts';
import { suspendUser } from '../../../src/features/users/standing.service.ts';
import { emailAddresses, users } from '../../../src/platform/db/tables/users.ts';
import { mailSettings, openSmtp, type ReceivedMail, type TestSmtp } from '../../support/smtp.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type Site, siteOf } from './site.ts';

let smtp: TestSmtp;
let t: TestApp;
let site: Site;
beforeEach(async () => {
  smtp = await openSmtp();
  t = await testApp({ mail: mailSettings(smtp), accounts: { verify_email: false } });
  site = siteOf(t);
  await site.makeRepository('ada', 'secret', 'private');
  await site.watch('ada/secret', 'ada', 'participating');
  await site.give('ada/secret', 'bob', 'read');
  await site.give('ada/secret', 'cora', 'read');
  for (const name of ['ada', 'bob', 'cora']) await verify(name);
  await site.watch('ada/secret', 'bob', 'all');
  await t.app.jobs.drain();
});
afterEach(async () => {
  await t.close();
  await smtp.close();
});

async function verify(name: string): Promise<void> {
  const { userId } = await t.actor(name);
  const row = { userId, email: `${name}@example.org`, emailKey: `${name}@example.org`, createdAt: 1 };
  await t.app.db.write(async (tx) => {
    const { eq } = await import('drizzle-orm');
    await tx.delete(emailAddresses).where(eq(emailAddresses.userId, userId));
    await tx.insert(emailAddresses).values({ ...row, verifiedAt: 1 });
  });
}

/** Runs what waits, and says who was mailed what since the last time. */
let read = 0;
beforeEach(() => {
  read = 0;
});
async function mailed(): Promise<ReceivedMail[]> {
  await t.app.jobs.drain();
  const all = smtp.mails().filter((mail) => mail.headers['list-id'] !== undefined);
  const fresh = all.slice(read);
  read = all.length;
  return fresh;
}

/** Reacts to what happened, and leaves the mails waiting. */
async function react(): Promise<void> {
  const { tellOf } = await import('../../../src/features/notifications/delivery.service.ts');
  const { isTold } = await import('../../../src/features/notifications/occurrences.service.ts');
  for (const event of (await t.app.events.recent({ limit: 5 })).filter(isTold).toReversed())
    await tellOf(t.app, event);
}

const to = (mails: readonly ReceivedMail[]) => mails.map((mail) => `${mail.to}: ${mail.subject}`).sort();

test('the mails of an issue make one thread, each with its own id, written by whoever acted', async () => {
  await t.app.db.write(async (tx) => {
    const { eq } = await import('drizzle-orm');
    await tx.update(users).set({ displayName: 'Ada\r\nBcc: x@evil.example' }).where(eq(users.name, 'ada'));
  });
  const title = 'Looms “break” ✂';
  const issue = await site.issue(
    'ada/secret',
    'ada',
    title,
    'It **broke**: see [this](/ada/secret/issues/1) & `x`.',
  );
  const [first] = await mailed();
  const host = '127.0.0.1';
  expect(first?.to).toBe('bob@example.org');
  expect(first?.subject).toBe(`[ada/secret] ${title} (#1)`);
  expect(first?.headers['message-id']).toBe(`<issues/${issue.id}@${host}>`);
  expect(first?.headers['in-reply-to']).toBeUndefined();
  expect(first?.headers.bcc).toBeUndefined();
  expect(first?.headers.from).toContain('<code@example.org>');
  expect(first?.headers.from).toContain('via OpenCodeHub');
  expect(first?.headers['list-id']).toBe(`ada/secret <secret.ada.${host}>`);
  expect(first?.headers['x-opencodehub-reason']).toBe('subscribed');
  expect(first?.headers['auto-submitted']).toBe('auto-generated');
  expect(first?.headers.precedence).toBe('list');
  expect(first?.text).toContain('It **broke**: see [this](/ada/secret/issues/1) & `x`.');
  expect(first?.html).toContain('<strong>broke</strong>');
  expect(first?.html).toContain(`href="${t.app.publicUrl()}/ada/secret/issues/1"`);
  await site.comment('ada/secret', 'ada', issue, 'And again, @cora.');
  const second = await mailed();
  expect(to(second)).toEqual([
    `bob@example.org: Re: [ada/secret] ${title} (#1)`,
    `cora@example.org: Re: [ada/secret] ${title} (#1)`,
  ]);
  for (const mail of second) {
    expect(mail.headers['message-id']).not.toBe(first?.headers['message-id']);
    expect(mail.headers['message-id']).toMatch(new RegExp(`^<issues/${issue.id}/events/\\d+@${host}>$`));
    expect(mail.headers['in-reply-to']).toBe(`<issues/${issue.id}@${host}>`);
    expect(mail.headers.references).toBe(`<issues/${issue.id}@${host}>`);
  }
  const ada = await t.actor('ada');
  await closeIssue(t.app, ada, await site.open('ada/secret', ada), issue, { reason: 'not_planned' });
  const third = await mailed();
  expect(third.map((mail) => mail.text.split('\n')[0])).toEqual([
    'ada closed this as not planned.',
    'ada closed this as not planned.',
  ]);
});

test('pictures of a private repository are links in mails, since nobody sees them there', async () => {
  const image = '<img width="2" height="2" alt="A loom" src="/ada/secret/attachments/abc">';
  await site.issue('ada/secret', 'ada', 'A title', `${image} and ![far](https://example.org/x.png)`);
  const [mail] = await mailed();
  expect(mail?.html).not.toMatch(/<img[^>]+attachments/);
  expect(mail?.html).toContain(`${t.app.publicUrl()}/ada/secret/attachments/abc`);
});

test('what changed while a mail waited decides: access, muting, suspension, settings, the comment itself', async () => {
  const issue = await site.issue('ada/secret', 'ada');
  await site.comment('ada/secret', 'cora', issue, 'I take part.');
  await mailed();
  const open = await site.open('ada/secret');
  const ids = { bob: await t.actor('bob'), cora: await t.actor('cora'), ada: await t.actor('ada') };

  await site.comment('ada/secret', 'ada', issue, 'Secret words.');
  await react();
  await takeAccess(t.app, SYSTEM, open, ids.bob.userId);
  expect(to(await mailed())).toEqual(['cora@example.org: Re: [ada/secret] A title (#1)']);

  await site.comment('ada/secret', 'ada', issue, 'More.');
  await react();
  await chooseSubscription(t.app, ids.cora, await site.open('ada/secret', ids.cora), issue, 'muted');
  expect(await mailed()).toEqual([]);
  await chooseSubscription(t.app, ids.cora, await site.open('ada/secret', ids.cora), issue, 'subscribed');

  const entry = await site.comment('ada/secret', 'ada', issue, 'Rude.');
  await react();
  await hideComment(t.app, ids.ada, await site.open('ada/secret', ids.ada), issue, entry, 'abuse');
  expect(await mailed()).toEqual([]);

  await site.comment('ada/secret', 'ada', issue, 'Mail off.');
  await react();
  await saveSettings(t.app, ids.cora, { ...DEFAULT_SETTINGS, mailParticipating: false });
  expect(await mailed()).toEqual([]);
  await saveSettings(t.app, ids.cora, DEFAULT_SETTINGS);

  await site.comment('ada/secret', 'ada', issue, 'Suspended.');
  await react();
  await suspendUser(t.app, SYSTEM, ids.cora.userId);
  expect(await mailed()).toEqual([]);
});

test('nobody is mailed twice, nor at an address that was not verified, nor of what they did', async () => {
  await t.app.db.write(async (tx) => {
    const { eq } = await import('drizzle-orm');
    const { userId } = await t.actor('cora');
    await tx.update(emailAddresses).set({ verifiedAt: null }).where(eq(emailAddresses.userId, userId));
  });
  await site.issue('ada/secret', 'ada', 'A title', 'For @cora.');
  await react();
  await react();
  expect(to(await mailed())).toEqual(['bob@example.org: [ada/secret] A title (#1)']);
  await react();
  expect(await mailed()).toEqual([]);
});

/** The address in a mail's header, as a path. */
function unsubscribePath(mail: ReceivedMail | undefined): string {
  const address = /^<(.+)>$/.exec(mail?.headers['list-unsubscribe'] ?? '')?.[1] ?? '';
  return new URL(address).pathname;
}

test('one click in a mail program ends a thread without a session (RFC 8058), and only that thread', async () => {
  const issue = await site.issue('ada/secret', 'ada');
  const other = await site.issue('ada/secret', 'ada', 'Another');
  const [mail] = await mailed();
  expect(mail?.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
  const path = unsubscribePath(mail);
  // Scanners follow links: looking changes nothing, and says nothing.
  const looked = await t.anonymous.get(path);
  expect(looked.status).toBe(200);
  expect(await looked.text()).not.toContain('A title');
  // As a mail program posts: no cookie, no page of ours, no header of a browser.
  const answer = await t.web.request(`http://127.0.0.1:3000${path}`, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  expect(answer.status).toBe(200);
  await site.comment('ada/secret', 'ada', issue, 'Not for @bob.');
  await site.comment('ada/secret', 'ada', other, 'For those who watch.');
  expect(to(await mailed())).toEqual(['bob@example.org: Re: [ada/secret] Another (#2)']);
  const bob = await t.actor('bob');
  expect((await watchOf(t.app, bob.userId, issue.repositoryId)).level).toBe('all');
});

test('addresses that were altered or made up end nothing, and a browser of another site cannot use one', async () => {
  const issue = await site.issue('ada/secret', 'ada');
  const [mail] = await mailed();
  const path = unsubscribePath(mail);
  const [, token = ''] = /unsubscribe\/(.+)$/.exec(path) ?? [];
  const signature = token.slice(-64);
  const ada = await t.actor('ada');
  for (const forged of [
    token.replace(/^\d+/, String(ada.userId)),
    token.replace(`-${issue.id}-`, `-${issue.id + 1}-`),
    token.replace('-issue-', '-releases-'),
    `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
    `${ada.userId}-issue-${issue.id}-${signature}`,
    'x',
  ]) {
    const answer = await t.anonymous.post(`/notifications/unsubscribe/${forged}`);
    expect(answer.status, forged).toBe(404);
  }
  const crossSite = await t.anonymous.post(path, {}, { 'sec-fetch-site': 'cross-site' });
  expect(crossSite.status).toBe(403);
  await site.comment('ada/secret', 'ada', issue, 'Still told.');
  expect(await mailed()).toHaveLength(1);
});
