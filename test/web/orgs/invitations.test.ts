// Inviting people by name and by address, with and without mail; answering, revoking, and what must not leak.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { DAY } from '../../../src/base/time.ts';
import { findInvitation, inviteToOrganization } from '../../../src/features/orgs/invitations.service.ts';
import { addMember, setMemberRole } from '../../../src/features/orgs/members.service.ts';
import { membershipOf } from '../../../src/features/orgs/memberships.service.ts';
import { findTeamMembership } from '../../../src/features/orgs/team-members.store.ts';
import { teamsOf } from '../../../src/features/orgs/teams.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { insertAddress, markVerified } from '../../../src/features/users/emails.store.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { linkIn, mailSettings, openSmtp, type TestSmtp } from '../../support/smtp.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { eventsOf, makeSite, plain, type Site } from './site.ts';

const BASE = '/orgs/acme/people/invitations';
let smtp: TestSmtp;
let clock: ManualClock;
let t: TestApp;
let site: Site;
beforeAll(async () => {
  smtp = await openSmtp();
});
afterAll(() => smtp.close());
afterEach(() => t.close());

async function open(settings: Record<string, unknown>): Promise<void> {
  clock = manualClock();
  t = await testApp(settings, { clock });
  site = await makeSite(t, 'private');
}

const invite = (form: Record<string, string>) => site.as('owner').post(BASE, { role: 'member', ...form });
const isMember = async (name: string) =>
  (await membershipOf(t.app, site.organizationId, await site.idOf(name)))?.role;
const change = (name: string, changes: Parameters<typeof updateUser>[2]) =>
  site.idOf(name).then((id) => t.app.db.write((tx) => updateUser(tx, id, changes)));

describe('where no mail is sent', () => {
  beforeEach(() => open({}));

  async function inviteByName(name: string, form: Record<string, string> = {}): Promise<Visitor> {
    const visitor = await t.as(name);
    expect((await invite({ who: name, ...form })).status).toBe(303);
    return visitor;
  }

  /** The addresses of the buttons that answer an invitation in the settings. */
  async function answersOf(visitor: Visitor): Promise<string[]> {
    const text = await (await visitor.get('/settings/organizations')).text();
    return [...text.matchAll(/action="(\/settings\/organizations\/invitations\/\d+\/\w+)"/g)].map(
      ([, path = '']) => path,
    );
  }

  it('an account named finds the invitation in its settings, and joins with its teams', async () => {
    const [engine] = await teamsOf(t.app, SYSTEM, site.organizationId);
    const bob = await inviteByName('bob', { teamIds: String(engine?.id) });
    expect((await bob.get('/orgs/acme/people')).status).toBe(404);
    const [accept = ''] = await answersOf(bob);
    expect((await bob.get(accept)).status).not.toBe(200);
    expect(await isMember('bob')).toBeUndefined();
    const answer = await bob.post(accept);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orgs/acme/people']);
    expect(await isMember('bob')).toBe('member');
    const userId = await site.idOf('bob');
    expect(await findTeamMembership(t.app.db.read, engine?.id ?? 0, userId)).toMatchObject({
      role: 'member',
    });
    const { organizationId } = site;
    expect(await eventsOf(t, 'invitation.')).toMatchObject([
      { kind: 'invitation.sent', organizationId, to: 'bob', invitedUserId: userId },
      { kind: 'invitation.accepted', organizationId, userId, actorId: userId },
    ]);
    expect((await bob.post(accept)).status).toBe(404);
  });

  it('is declined, revoked and expires: afterwards it is worth nothing', async () => {
    const bob = await inviteByName('bob');
    const [, decline = ''] = await answersOf(bob);
    expect((await bob.post(decline)).status).toBe(303);
    expect(await answersOf(bob)).toEqual([]);

    await inviteByName('bob', { role: 'owner' });
    const [accept = ''] = await answersOf(bob);
    const page = await (await site.as('owner').get(BASE)).text();
    const [, revoke = ''] = /action="([^"]+\/revocation)"/.exec(page) ?? [];
    expect((await site.as('owner').post(revoke)).status).toBe(303);
    expect((await site.as('owner').post(revoke)).status).toBe(404);
    expect((await bob.post(accept)).status).toBe(404);

    await inviteByName('bob');
    const [late = ''] = await answersOf(bob);
    clock.advance(7 * DAY);
    expect((await bob.post(late)).status).toBe(404);
    expect(await isMember('bob')).toBeUndefined();
    expect((await eventsOf(t, 'invitation.')).map(({ kind }) => kind)).toEqual([
      ...[
        'invitation.sent',
        'invitation.declined',
        'invitation.sent',
        'invitation.revoked',
        'invitation.sent',
      ],
    ]);
  });

  it('cannot be answered by anybody else, by its number', async () => {
    const bob = await inviteByName('bob');
    const [accept = '', decline = ''] = await answersOf(bob);
    const eve = await t.as('eve');
    const missing = await eve.post('/settings/organizations/invitations/999999/acceptance');
    for (const path of [accept, decline]) {
      const answer = await eve.post(path);
      expect(answer.status).toBe(404);
      expect(plain(await answer.text())).toBe(plain(await missing.clone().text()));
    }
    expect(await isMember('eve')).toBeUndefined();
    expect((await bob.post(accept)).status).toBe(303);
  });

  it('is not sent twice, nor to members, nor to nobody', async () => {
    await inviteByName('bob');
    for (const [who, reason] of [
      ['BOB', 'is invited already'],
      ['the-member', 'is a member already'],
      ['nobody-here', 'There is no user named'],
      ['acme', 'There is no user named'],
      ['a@b@c', 'not an e-mail address'],
      ['', 'Name somebody'],
    ] as const) {
      const answer = await invite({ who });
      expect(answer.status, who).toBe(422);
      expect(await answer.text(), who).toContain(reason);
    }
    expect((await invite({ who: 'carol', role: 'god' })).status).toBe(422);
  });

  it('refuses teams of other organizations', async () => {
    await t.as('bob');
    expect((await invite({ who: 'bob', teamIds: '999' })).status).toBe(422);
  });

  it('says the same of people who are suspended and of those who are blocked, on either side', async () => {
    const refusals: string[] = [];
    for (const name of ['idle', 'blocked', 'blocking']) {
      await t.as(name);
      if (name === 'idle') await change(name, { isSuspended: true });
      if (name === 'blocked') await site.as('owner').post('/orgs/acme/settings/blocks', { username: name });
      if (name === 'blocking')
        await blockUser(t.app, await t.actor(name), await site.idOf(name), 'the-owner');
      const answer = await invite({ who: name });
      expect(answer.status, name).toBe(422);
      const said = /<p class="form-error"[^>]*>[\s\S]*?<\/svg>([^<]+)/.exec(await answer.text())?.[1] ?? '';
      refusals.push(said.replace(name, 'X'));
    }
    expect(refusals).toEqual(Array(3).fill('X cannot be invited.'));
  });

  it('whoever is blocked meanwhile cannot join any more', async () => {
    const bob = await inviteByName('bob');
    const [accept = ''] = await answersOf(bob);
    await site.as('owner').post('/orgs/acme/settings/blocks', { username: 'bob' });
    expect((await bob.post(accept)).status).toBe(404);
    expect(await isMember('bob')).toBeUndefined();
  });

  it('ends with the power of who sent it: demoted, or suspended', async () => {
    const id = site.organizationId;
    await addMember(t.app, SYSTEM, id, await site.idOf('second'), 'owner');
    const second = await t.actor('second');
    for (const who of ['bob', 'carol']) {
      await t.as(who);
      await inviteToOrganization(t.app, second, id, { who, role: 'owner' });
    }
    const [bob, carol] = [await t.as('bob'), await t.as('carol')];
    const [accept = ''] = await answersOf(bob);
    await change('second', { isSuspended: true });
    expect((await bob.post(accept)).status).toBe(404);
    await change('second', { isSuspended: false });
    await setMemberRole(t.app, SYSTEM, id, second.userId, 'member');
    expect(await answersOf(carol)).toEqual([]);
    expect((await eventsOf(t, 'invitation.revoked')).map(({ to }) => to).sort()).toEqual(['bob', 'carol']);
  });

  it('of an administrator of the site ends when they are none any more', async () => {
    const chief = { ...(await t.actor('chief', { isAdmin: true })) };
    const bob = await t.as('bob');
    for (const isAdmin of [false, true]) {
      const who = isAdmin ? 'bob' : 'bob-again@example.org';
      const { link = '' } = await inviteToOrganization(t.app, chief, site.organizationId, {
        ...{ who, role: 'owner', teamIds: [] },
      });
      const path = isAdmin ? (await answersOf(bob))[0] : `${new URL(link).pathname}/acceptance`;
      await change('chief', { isAdmin });
      expect((await bob.post(path ?? '')).status).toBe(isAdmin ? 303 : 404);
      await change('chief', { isAdmin: true });
    }
    expect(await isMember('bob')).toBe('owner');
  });

  it('to an address shows its link once, and whoever was given it joins', async () => {
    const answer = await invite({ who: 'Bob@Example.net', role: 'owner' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [, path = ''] = /https?:\/\/[^/\s"]+(\/invitations\/[\w-]+)/.exec(await answer.text()) ?? [];
    expect(path).not.toBe('');
    expect(await (await site.as('owner').get(BASE)).text()).not.toContain(path);
    const bob = await t.as('bob');
    const signIn = await t.anonymous.get(path);
    expect([signIn.status, signIn.headers.get('location')]).toEqual([
      303,
      `/login?${new URLSearchParams({ return_to: path })}`,
    ]);
    const page = await bob.get(path);
    expect(await page.text()).toContain('as an owner');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await isMember('bob')).toBeUndefined();
    expect((await bob.post(`${path}/acceptance`)).status).toBe(303);
    expect(await isMember('bob')).toBe('owner');
    expect((await bob.post(`${path}/acceptance`)).status).toBe(404);
  });

  it('keeps the secret of its link hashed', async () => {
    const answer = await invite({ who: 'bob@example.net' });
    const [, token = ''] = /\/invitations\/([\w-]+)/.exec(await answer.text()) ?? [];
    expect(await findInvitation(t.app, token)).toMatchObject({
      organizationName: 'acme',
      email: 'bob@example.net',
      role: 'member',
    });
    const { invitations } = await import('../../../src/platform/db/tables/orgs.ts');
    expect(JSON.stringify(await t.app.db.read.select().from(invitations))).not.toContain(token);
    expect(await findInvitation(t.app, `${token}x`)).toBeUndefined();
  });

  it('raises a member to owner when the holder of the address is one already', async () => {
    const answer = await invite({ who: 'someone@example.net', role: 'owner' });
    const [, path = ''] = /(\/invitations\/[\w-]+)<|(\/invitations\/[\w-]+)/.exec(await answer.text()) ?? [];
    expect((await site.as('member').post(`${path}/acceptance`)).status).toBe(303);
    expect(await isMember('the-member')).toBe('owner');
  });

  it('is limited in a day, for the organization and for who invites', async () => {
    const owner = await t.actor('the-owner');
    const send = (index: number) =>
      inviteToOrganization(t.app, owner, site.organizationId, { who: `p${index}@example.net` });
    for (let index = 0; index < 100; index++) await send(index);
    await expect(send(100)).rejects.toMatchObject({ code: 'rate_limited' });
    expect((await invite({ who: 'late@example.net' })).status).toBe(429);
    clock.advance(DAY);
    await send(100);
  });
});

describe('where mail is sent and addresses are proved', () => {
  beforeEach(() => open({ mail: mailSettings(smtp) }));

  async function mailedPath(email: string): Promise<string> {
    await t.app.jobs.drain();
    const mail = smtp
      .mails()
      .filter(({ to }) => to === email)
      .at(-1);
    if (!mail) throw new Error(`no mail to ${email}`);
    return linkIn(mail).pathname;
  }

  it('the mail says who invites whom, and its link waits for a click', async () => {
    const email = 'bob@example.org';
    const bob = await t.as('bob');
    const answer = await invite({ who: email });
    expect(answer.status).toBe(303);
    const path = await mailedPath(email);
    const mail = smtp.mails().find(({ to }) => to === email);
    expect(mail?.subject).toBe('the-owner invited you to join acme');
    expect(mail?.text).toContain('for you alone');
    expect(mail?.text).not.toContain('Hello bob');
    expect((await bob.get(path)).status).toBe(200);
    expect(await isMember('bob')).toBeUndefined();
    expect((await bob.post(`${path}/acceptance`)).status).toBe(303);
    expect(await isMember('bob')).toBe('member');
  });

  it('a forwarded link opens to nobody who does not hold the address', async () => {
    const email = 'carol@example.net';
    await invite({ who: email });
    const path = await mailedPath(email);
    const eve = await t.as('eve');
    for (const answer of [
      await eve.get(path),
      await eve.post(`${path}/acceptance`),
      await eve.post(`${path}/refusal`),
    ]) {
      expect(answer.status).toBe(403);
      const text = await answer.text();
      expect(text).not.toContain('acme');
      expect(text).not.toContain(email);
    }
    const userId = await site.idOf('eve');
    const address = { userId, email, emailKey: email, verifiedAt: null, createdAt: clock.now() };
    await t.app.db.write((tx) => insertAddress(tx, address));
    expect((await eve.get(path)).status).toBe(403);
    await t.app.db.write((tx) => markVerified(tx, userId, email, clock.now()));
    expect((await eve.post(`${path}/acceptance`)).status).toBe(303);
  });

  it('user enumeration: an address with an account, one without, a member’s and a blocked one’s answer alike', async () => {
    await t.as('bob');
    await t.as('blocked');
    await site.as('owner').post('/orgs/acme/settings/blocks', { username: 'blocked' });
    const answers: string[] = [];
    for (const name of ['bob', 'nobody', 'the-member', 'blocked']) {
      const answer = await invite({ who: `${name}@example.org` });
      answers.push(`${answer.status} ${answer.headers.get('location')}`);
      await t.app.jobs.drain();
      expect(
        smtp.mails().some(({ to, subject }) => to === `${name}@example.org` && subject.includes('acme')),
      ).toBe(true);
    }
    expect(new Set(answers)).toEqual(new Set([`303 ${BASE}`]));
  });

  it('an account named gets a mail at the address it proved, and its link is for that account', async () => {
    const bob = await t.as('bob');
    await invite({ who: 'bob' });
    const path = await mailedPath('bob@example.org');
    expect(smtp.mails().at(-1)?.text).toContain('Hello bob');
    const eve = await t.as('eve');
    const missing = await eve.get('/invitations/nothing');
    const answer = await eve.get(path);
    expect([answer.status, missing.status]).toEqual([404, 404]);
    const token = path.split('/').at(-1) ?? '';
    expect(plain(await answer.text(), token)).toBe(plain(await missing.text(), 'nothing'));
    expect((await bob.post(`${path}/refusal`)).status).toBe(303);
    expect((await bob.get(path)).status).toBe(404);
  });
});
