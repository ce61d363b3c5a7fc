// Mails about what happened to an account, and invitations to make one.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { sendMailNow } from '../../../src/features/admin/settings.service.ts';
import { setPassword } from '../../../src/features/auth/passwords.service.ts';
import {
  inviteToRegister,
  listRegistrationInvitations,
  revokeRegistrationInvitation,
} from '../../../src/features/auth/registration-invitations.service.ts';
import { addSshKey } from '../../../src/features/auth/ssh-keys.service.ts';
import { findUserByName } from '../../../src/features/users/users.service.ts';
import type { DomainEvent } from '../../../src/platform/events/events.types.ts';
import { linkIn, mailSettings, openSmtp, type TestSmtp } from '../../support/smtp.ts';
import { PASSWORD, type TestApp, testApp } from '../../support/test-app.ts';
import { eventKinds, newBrowser } from './browsers.ts';

let smtp: TestSmtp;
let t: TestApp;
let userId = 0;
let serial = 0;
let name = '';
let email = '';
beforeAll(async () => {
  smtp = await openSmtp();
});
afterAll(() => smtp.close());
afterEach(() => t.close());

async function open(settings: Record<string, unknown> = {}): Promise<void> {
  t = await testApp({ mail: mailSettings(smtp), ...settings });
  name = `kim${serial++}`;
  email = `${name}@example.org`;
  ({ userId } = await t.actor(name));
}

async function subjectsTo(address = email): Promise<string[]> {
  await t.app.jobs.drain();
  return smtp
    .mails()
    .filter((mail) => mail.to === address)
    .map((mail) => mail.subject);
}

const happens = (event: DomainEvent) => t.app.db.write((tx) => t.app.events.record(tx, event));
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

describe('a security mail', () => {
  beforeEach(() => open());

  it('tells of a sign-in from a new browser, not of the first one nor of a known one', async () => {
    const known = newBrowser(t);
    for (let n = 0; n < 2; n++) await known.post('/login', { login: name, password: PASSWORD });
    expect(await subjectsTo()).toEqual([]);
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    await newBrowser(t, '203.0.113.9', agent).post('/login', { login: name, password: PASSWORD });
    expect(await subjectsTo()).toEqual(['A sign-in from a new device']);
    const mail = smtp.mails().find((one) => one.to === email);
    expect(mail?.text).toContain('Browser: Firefox on Linux');
    expect(mail?.text).toContain('Network address: 203.0.113.9');
    expect(mail?.html).toContain('203.0.113.9');
  });

  it('tells of new keys and tokens, and of another password', async () => {
    await addSshKey(t.app, SYSTEM, userId, { title: 'x', key: KEY });
    await t.token(name);
    await setPassword(t.app, SYSTEM, userId, 'a wholly new phrase');
    expect((await subjectsTo()).sort()).toEqual([
      'An SSH key was added to your account',
      'An access token was made for your account',
      'Your password was changed',
    ]);
  });

  it.each<[string, (id: number) => DomainEvent]>([
    [
      'A signing key was added to your account',
      (id) => ({ kind: 'signing_key.added', userId: id, fingerprint: 'SHA256:x' }),
    ],
    ['An authenticator app was set up', (id) => ({ kind: 'totp.enabled', userId: id })],
    ['Your authenticator app was removed', (id) => ({ kind: 'totp.disabled', userId: id })],
    ['A passkey was added', (id) => ({ kind: 'passkey.added', userId: id, name: '<b>key</b>' })],
    ['A passkey was removed', (id) => ({ kind: 'passkey.removed', userId: id, name: 'key' })],
    ['A recovery code was used', (id) => ({ kind: 'recovery_code.used', userId: id })],
    ['Your second factors were removed', (id) => ({ kind: 'second_factors.reset', userId: id })],
  ])('is sent: %s', async (subject, event) => {
    await happens(event(userId));
    expect(await subjectsTo()).toEqual([subject]);
    expect(smtp.mails().find((mail) => mail.to === email)?.html).not.toContain('<b>key');
  });

  it('about another primary address goes to the old and the new one', async () => {
    const [from, to] = [`${name}@old.example`, `${name}@new.example`];
    await happens({ kind: 'email.primary_changed', userId, from, to });
    for (const address of [from, to]) {
      expect(await subjectsTo(address)).toEqual(['Your primary e-mail address was changed']);
    }
  });

  it('tells the owner and whoever did it of a new deploy key', async () => {
    const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
    const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
    const owner = await t.actor(name);
    const input = parseNewRepository({ name: 'demo', visibility: 'private' });
    const repository = await createRepository(t.app, owner, input);
    const doer = await t.actor(`${name}-admin`);
    const event = { kind: 'deploy_key.added', fingerprint: 'SHA256:x', canWrite: true } as const;
    await happens({ ...event, repositoryId: repository.id, actorId: doer.userId });
    const subject = `A deploy key was added to ${name}/demo`;
    expect(await subjectsTo()).toEqual([subject]);
    expect(await subjectsTo(`${name}-admin@example.org`)).toEqual([subject]);
  });

  it('tells the owners of an organization of a new deploy key, and of a repository that is offered to it', async () => {
    const { createRepository } = await import('../../../src/features/repos/repos.service.ts');
    const { parseNewRepository } = await import('../../../src/features/repos/repos.input.ts');
    const { openRepository } = await import('../../../src/features/repos/access.service.ts');
    const { transferRepository } = await import('../../../src/features/repos/transfers.service.ts');
    const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const { addMember } = await import('../../../src/features/orgs/members.service.ts');
    const { suspendUser } = await import('../../../src/features/users/standing.service.ts');
    const owner = await t.actor(name);
    const acme = `${name}-acme`;
    const { id } = await createOrganization(t.app, owner, { name: acme, visibility: 'public' });
    const second = await t.actor(`${name}-second`);
    const gone = await t.actor(`${name}-gone`);
    const member = await t.actor(`${name}-member`);
    await addMember(t.app, SYSTEM, id, second.userId, 'owner');
    await addMember(t.app, SYSTEM, id, gone.userId, 'owner');
    await addMember(t.app, SYSTEM, id, member.userId, 'member');
    await suspendUser(t.app, SYSTEM, gone.userId);
    const input = parseNewRepository({ name: 'demo', visibility: 'private' });
    const repository = await createRepository(t.app, owner, { ...input, owner: acme });
    const doer = await t.actor(`${name}-doer`);
    const event = { kind: 'deploy_key.added', fingerprint: 'SHA256:x', canWrite: true } as const;
    await happens({ ...event, repositoryId: repository.id, actorId: doer.userId });
    const key = `A deploy key was added to ${acme}/demo`;
    await createRepository(t.app, doer, parseNewRepository({ name: 'gift', visibility: 'private' }));
    const gift = await openRepository(t.app, doer, doer.name, 'gift', 'repository:own');
    expect(await transferRepository(t.app, doer, gift, acme)).toMatchObject({ isDone: false });
    const offer = `${doer.name} wants to transfer ${doer.name}/gift to ${acme}`;
    for (const told of [email, `${second.name}@example.org`])
      expect((await subjectsTo(told)).sort()).toEqual([key, offer]);
    expect(await subjectsTo(`${doer.name}@example.org`)).toEqual([key]);
    for (const untold of [gone, member]) expect(await subjectsTo(`${untold.name}@example.org`)).toEqual([]);
  });

  it('sent twice by a reaction that ran twice carries one Message-ID', async () => {
    await happens({ kind: 'totp.enabled', userId });
    await t.app.jobs.drain();
    const { mailNotice } = await import('../../../src/features/auth/notices.service.ts');
    const [event] = await t.app.events.recent({ limit: 1 });
    if (event)
      await mailNotice(t.app, userId, event, { subject: 'An authenticator app was set up', text: '' });
    await t.app.jobs.drain();
    const ids = smtp
      .mails()
      .filter((mail) => mail.to === email)
      .map((mail) => mail.headers['message-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('registration by invitation', () => {
  beforeEach(() => open({ accounts: { registration: 'invitation' } }));
  const form = (who: string, address: string, invitation = '') => ({
    name: who,
    email: address,
    password: PASSWORD,
    invitation,
  });

  async function invited(address: string): Promise<string> {
    await inviteToRegister(t.app, await t.actor('chief', { isAdmin: true }), address);
    await t.app.jobs.drain();
    const mail = smtp
      .mails()
      .filter((one) => one.to === address)
      .at(-1);
    return (mail && linkIn(mail).searchParams.get('invitation')) ?? '';
  }

  it('takes the invited, once, without asking for another proof of the address', async () => {
    const address = `${name}-new@example.net`;
    const token = await invited(address);
    expect(await (await newBrowser(t).get(`/register?invitation=${token}`)).text()).toContain(
      `value="${address}"`,
    );
    const browser = newBrowser(t);
    const answer = await browser.post('/register', form('newcomer', address, token));
    expect(answer.status).toBe(303);
    expect((await browser.get('/settings/profile')).status).toBe(200);
    expect((await newBrowser(t).post('/register', form('second', 'x@example.net', token))).status).toBe(403);
    expect(await findUserByName(t.app, 'second')).toBeUndefined();
  });

  it('takes the invited also when somebody claims their address without proof', async () => {
    const address = `${name}-new@example.net`;
    const elsewhere = await invited(`${name}-other@example.net`);
    await newBrowser(t).post('/register', form('squatter', address, elsewhere));
    expect((await findUserByName(t.app, 'squatter'))?.email).toBe(address);
    const token = await invited(address);
    expect((await newBrowser(t).post('/register', form('newcomer', address, token))).status).toBe(303);
    expect((await findUserByName(t.app, 'newcomer'))?.email).toBe(address);
    expect((await findUserByName(t.app, 'squatter'))?.email).toBe('');
  });

  it('asks for proof of an address other than the invited one', async () => {
    const token = await invited(`${name}-new@example.net`);
    const browser = newBrowser(t);
    const answer = await browser.post('/register', form('newcomer', `${name}-else@example.net`, token));
    expect(await answer.text()).toContain('Check your mail');
    expect(browser.session()).toBeUndefined();
  });

  it('refuses everybody else, also with a made-up, replaced or revoked invitation', async () => {
    const address = `${name}-new@example.net`;
    const [old, token] = [await invited(address), await invited(address)];
    expect(old).not.toBe(token);
    const chief = await t.actor('chief', { isAdmin: true });
    for (const wrong of ['', 'x', old, `${token}x`]) {
      expect((await newBrowser(t).get(`/register?invitation=${wrong}`)).status).toBe(403);
      expect((await newBrowser(t).post('/register', form('nobody', 'n@example.net', wrong))).status).toBe(
        403,
      );
    }
    const [row] = await listRegistrationInvitations(t.app, chief);
    expect(row).toMatchObject({ email: address });
    await revokeRegistrationInvitation(t.app, chief, row?.id ?? 0);
    expect((await newBrowser(t).post('/register', form('nobody', address, token))).status).toBe(403);
    expect(await findUserByName(t.app, 'nobody')).toBeUndefined();
    expect((await eventKinds(t)).filter((kind) => kind.startsWith('registration.'))).toEqual([
      'registration.invited',
      'registration.invited',
      'registration.invitation_revoked',
    ]);
  });

  it('is the administrators’ alone, and hands them the link where no mail goes out', async () => {
    const plain = await t.actor(name);
    for (const work of [
      () => inviteToRegister(t.app, plain, 'x@example.net'),
      () => listRegistrationInvitations(t.app, plain),
      () => revokeRegistrationInvitation(t.app, plain, 1),
      () => sendMailNow(t.app, plain, { to: 'x@example.net' }),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: 'not_found' });
    }
    t.app.config.mail.host = '';
    const { link, wasMailed } = await inviteToRegister(t.app, SYSTEM, 'x@example.net');
    expect(wasMailed).toBe(false);
    const { pathname, search } = new URL(link);
    expect((await newBrowser(t).get(pathname + search)).status).toBe(200);
  });

  it('an organization’s invitation registers too, and is answered afterwards', async () => {
    const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const { inviteToOrganization } = await import('../../../src/features/orgs/invitations.service.ts');
    const owner = await t.actor(name);
    const made = await createOrganization(t.app, owner, {
      name: `${name}-org`,
      displayName: '',
      visibility: 'public',
    });
    const address = `${name}-new@example.net`;
    await inviteToOrganization(t.app, owner, made.id, { who: address, role: 'member' });
    await t.app.jobs.drain();
    const mail = smtp.mails().find((one) => one.to === address);
    const token = /[\w-]{43}/.exec(mail?.text ?? '')?.[0] ?? '';
    const login = await (await newBrowser(t).get(`/login?return_to=/invitations/${token}`)).text();
    expect(login).toContain(`/register?invitation=${token}`);
    const browser = newBrowser(t);
    const page = await (await browser.get(`/register?invitation=${token}`)).text();
    expect(page).toContain(`name="return_to" value="/invitations/${token}"`);
    await browser.post('/register', {
      ...form('joiner', address, token),
      return_to: `/invitations/${token}`,
    });
    await t.app.jobs.drain();
    const link = smtp
      .mails()
      .filter((one) => one.to === address)
      .at(-1);
    const confirmed = await browser.post('/verify-email', {
      token: (link && linkIn(link).searchParams.get('token')) ?? '',
    });
    expect(confirmed.headers.get('location')).toBe(`/invitations/${token}`);
    expect((await browser.get(`/invitations/${token}`)).status).toBe(200);
  });
});

describe('the test mail', () => {
  beforeEach(() => open());

  it('is sent at once and recorded', async () => {
    await sendMailNow(t.app, await t.actor('chief', { isAdmin: true }), { to: `${name}@test.example` });
    expect(smtp.mails().some((mail) => mail.to === `${name}@test.example`)).toBe(true);
    expect((await eventKinds(t)).at(-1)).toBe('mail.tested');
  });
});
