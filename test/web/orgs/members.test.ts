// Making organizations, and the people in them: roles, leaving, removing, and that the last owner stays.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { addMember, removeMember, setMemberRole } from '../../../src/features/orgs/members.service.ts';
import { membershipOf, organizationsOf } from '../../../src/features/orgs/memberships.service.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { findTeamMembership } from '../../../src/features/orgs/team-members.store.ts';
import { teamsOf } from '../../../src/features/orgs/teams.service.ts';
import { updateUser } from '../../../src/features/users/users.store.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf, makeSite, type Site } from './site.ts';

let t: TestApp;
let site: Site;
beforeEach(async () => {
  t = await testApp();
  site = await makeSite(t);
});
afterEach(() => t.close());

const change = (name: string, changes: Parameters<typeof updateUser>[2]) =>
  site.idOf(name).then((id) => t.app.db.write((tx) => updateUser(tx, id, changes)));
const roleOf = async (name: string) =>
  (await membershipOf(t.app, site.organizationId, await site.idOf(name)))?.role;

describe('creating an organization', () => {
  const form = { name: 'Guild', displayName: 'The Guild', visibility: 'private' };

  it('makes its creator the owner, and says so in the log', async () => {
    const ada = await t.as('ada');
    const answer = await ada.post('/organizations/new', form);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orgs/Guild/people']);
    expect(await (await ada.get('/orgs/guild/people')).text()).toContain('The Guild');
    expect((await ada.get('/orgs/guild')).headers.get('location')).toBe('/Guild');
    const [created] = (await eventsOf(t, 'organization.')).slice(-1);
    const { userId } = await t.actor('ada');
    expect(created).toMatchObject({ kind: 'organization.created', name: 'Guild', actorId: userId });
    const added = (await eventsOf(t, 'member.added')).at(-1);
    expect(added).toMatchObject({ organizationId: created?.organizationId, userId, role: 'owner' });
  });

  it.each([
    ['ACME', 'is taken'],
    ['the-member', 'is taken'],
    ['settings', 'reserved'],
    ['a--b', 'Use letters'],
    ['-a', 'Use letters'],
    ['', 'Choose a name'],
    ['a'.repeat(40), 'at most 39'],
    ['guild.git', 'reserved'],
  ])('refuses the name %j', async (name, reason) => {
    const answer = await (await t.as('ada')).post('/organizations/new', { ...form, name });
    const text = await answer.text();
    expect(answer.status).toBe(422);
    expect(text).toContain(reason);
    expect(text).toContain('value="The Guild"');
  });

  it('refuses a visibility that there is not, and a display name that hides something', async () => {
    const ada = await t.as('ada');
    expect((await ada.post('/organizations/new', { ...form, visibility: 'none' })).status).toBe(422);
    const bidi = { ...form, displayName: 'a\u202eb' };
    expect((await ada.post('/organizations/new', bidi)).status).toBe(422);
  });

  it('is not for restricted accounts', async () => {
    const ada = await t.as('ada');
    await change('ada', { isRestricted: true });
    expect((await ada.get('/organizations/new')).status).toBe(403);
    expect((await ada.post('/organizations/new', form)).status).toBe(403);
  });

  it('is done for others by administrators and the system alone', async () => {
    const ownerId = await site.idOf('ada');
    const values = { name: 'guild', visibility: 'public' };
    await expect(
      createOrganization(t.app, await t.actor('the-member'), { ...values, ownerId }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(createOrganization(t.app, SYSTEM, values)).rejects.toMatchObject({ code: 'invalid' });
    const made = await createOrganization(t.app, SYSTEM, { ...values, ownerId });
    expect((await membershipOf(t.app, made.id, ownerId))?.role).toBe('owner');
  });

  it('frees no name of a hidden organization: whoever registers it is told it is taken', async () => {
    await createOrganization(t.app, SYSTEM, {
      name: 'hush',
      visibility: 'private',
      ownerId: await site.idOf('ada'),
    });
    const answer = await t.anonymous.post('/register', {
      name: 'hush',
      email: 'x@example.net',
      password: 'a long one!',
    });
    expect(answer.status).toBe(422);
  });
});

describe('roles', () => {
  it('are changed by owners, each with its event', async () => {
    const userId = await site.idOf('the-member');
    const answer = await site.as('owner').post(`/orgs/acme/people/${userId}/role`, { role: 'owner' });
    expect(answer.status).toBe(303);
    expect(await roleOf('the-member')).toBe('owner');
    expect(await eventsOf(t, 'member.role_changed')).toMatchObject([
      { organizationId: site.organizationId, userId, role: 'owner' },
    ]);
    expect((await site.as('owner').post(`/orgs/acme/people/${userId}/role`, { role: 'god' })).status).toBe(
      422,
    );
  });

  it('never leave the organization without an owner: demoted, removed or leaving', async () => {
    const userId = await site.idOf('the-owner');
    const tries: [string, Record<string, string>][] = [
      [`/orgs/acme/people/${userId}/role`, { role: 'member' }],
      [`/orgs/acme/people/${userId}/removal`, {}],
      ['/orgs/acme/membership/removal', {}],
    ];
    for (const [path, form] of tries) {
      const answer = await site.as('owner').post(path, form);
      expect(answer.status, path).toBe(303);
      expect(answer.headers.get('set-cookie'), path).toContain('flash=error.');
      expect(await roleOf('the-owner')).toBe('owner');
    }
    expect((await site.as('admin').post(`/orgs/acme/people/${userId}/removal`)).status).toBe(303);
    expect(await roleOf('the-owner')).toBe('owner');
  });

  it('count no owner who is suspended', async () => {
    await addMember(t.app, SYSTEM, site.organizationId, await site.idOf('other'), 'owner');
    await change('other', { isSuspended: true });
    const owner = await t.actor('the-owner');
    await expect(
      setMemberRole(t.app, owner, site.organizationId, owner.userId, 'member'),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
    await change('other', { isSuspended: false });
    await setMemberRole(t.app, owner, site.organizationId, owner.userId, 'member');
    expect(await roleOf('the-owner')).toBe('member');
  });

  it('two owners who remove each other at once do not both succeed', async () => {
    const [one, two] = [await t.actor('the-owner'), await t.actor('other')];
    await addMember(t.app, SYSTEM, site.organizationId, two.userId, 'owner');
    const outcomes = await Promise.allSettled([
      removeMember(t.app, one, site.organizationId, two.userId),
      removeMember(t.app, two, site.organizationId, one.userId),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('the end of a membership', () => {
  it('takes the places in teams with it', async () => {
    const userId = await site.idOf('the-maintainer');
    const [engine] = await teamsOf(t.app, SYSTEM, site.organizationId);
    const place = () => findTeamMembership(t.app.db.read, engine?.id ?? 0, userId);
    expect(await place()).toBeDefined();
    const answer = await site.as('maintainer').post('/orgs/acme/membership/removal');
    expect(answer.headers.get('location')).toBe('/settings/organizations');
    expect(await place()).toBeUndefined();
    expect(await roleOf('the-maintainer')).toBeUndefined();
    expect((await eventsOf(t, 'member.removed')).at(-1)).toMatchObject({ userId, actorId: userId });
    expect((await site.as('maintainer').get('/orgs/acme/teams')).status).toBe(403);
  });

  it('answers as missing for who is no member', async () => {
    const stranger = await site.idOf('the-stranger');
    expect((await site.as('owner').post(`/orgs/acme/people/${stranger}/removal`)).status).toBe(404);
    expect((await site.as('owner').post('/orgs/acme/people/x/removal')).status).toBe(404);
    expect((await site.as('admin').post('/orgs/acme/membership/removal')).status).toBe(404);
  });
});

describe('adding without asking', () => {
  it('is for the system and administrators; a bot joins, but owns nothing', async () => {
    const id = site.organizationId;
    const [owner, admin] = [await t.actor('the-owner'), await t.actor('the-admin')];
    const userId = await site.idOf('ada');
    await expect(addMember(t.app, owner, id, userId, 'member')).rejects.toMatchObject({ code: 'forbidden' });
    await addMember(t.app, admin, id, userId, 'member');
    expect(await roleOf('ada')).toBe('member');
    await change('robot', { kind: 'bot' });
    const robot = await site.idOf('robot');
    await expect(addMember(t.app, admin, id, robot, 'owner')).rejects.toMatchObject({ code: 'invalid' });
    await addMember(t.app, admin, id, robot, 'member');
    await expect(setMemberRole(t.app, admin, id, robot, 'owner')).rejects.toMatchObject({ code: 'conflict' });
    await expect(addMember(t.app, admin, id, id, 'member')).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('my organizations', () => {
  it('lists them with my part in each, and of others what I may know', async () => {
    const page = await (await site.as('owner').get('/settings/organizations')).text();
    expect(page).toContain('/orgs/acme/settings');
    expect(page).toContain('Leave the organization');
    const owner = await t.actor('the-owner');
    const seenBy = async (name: string) =>
      (await organizationsOf(t.app, await t.actor(name), owner.userId)).map(
        ({ organization }) => organization.name,
      );
    expect(await seenBy('the-member')).toEqual(['acme']);
    expect(await seenBy('the-stranger')).toEqual([]);
    expect(await (await site.as('stranger').get('/settings/organizations')).text()).toContain(
      'You belong to no organization',
    );
  });
});
