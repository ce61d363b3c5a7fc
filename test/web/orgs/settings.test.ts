// The settings of an organization: what it says, who sees it, what members may, the second factor, blocked people.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { requireOrganizationAbility } from '../../../src/features/orgs/orgs.policy.ts';
import { findOrganizationByName, setBasePermission } from '../../../src/features/orgs/orgs.service.ts';
import { isBlocked } from '../../../src/features/users/blocks.service.ts';
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

const save = (path: string, form: Record<string, string>) =>
  site.as('owner').post(`/orgs/acme/settings${path}`, form);
const organization = () => findOrganizationByName(t.app, SYSTEM, 'ACME');
const change = (name: string, changes: Parameters<typeof updateUser>[2]) =>
  site.idOf(name).then((id) => t.app.db.write((tx) => updateUser(tx, id, changes)));

describe('general', () => {
  const form = {
    displayName: 'Acme Ltd',
    bio: 'Anvils',
    website: 'https://acme.example',
    location: 'Desert',
  };

  it('is saved, once each with what changed', async () => {
    expect((await save('', form)).status).toBe(303);
    expect(await organization()).toMatchObject(form);
    await save('', { ...form, bio: 'Rockets' });
    await save('', { ...form, bio: 'Rockets' });
    expect((await eventsOf(t, 'organization.updated')).map(({ changes }) => changes)).toEqual(
      [['displayName', 'bio', 'location', 'website'].sort(), ['bio']].map((changes) =>
        expect.arrayContaining(changes),
      ),
    );
  });

  it.each([
    [{ website: 'javascript:alert(1)' }, 'A website begins with'],
    [{ website: 'https://user:pass@acme.example' }, 'A website begins with'],
    [{ bio: 'x'.repeat(251) }, 'at most 250'],
    [{ displayName: '<b>' }, 'cannot hold'],
  ])('refuses %j and keeps what was typed', async (wrong, reason) => {
    const answer = await save('', { ...form, ...wrong } as Record<string, string>);
    const text = await answer.text();
    expect(answer.status).toBe(422);
    expect(text).toContain(reason);
    expect(text).toContain('value="Desert"');
    expect(await organization()).toMatchObject({ location: '' });
  });

  it('hides the organization when it is made private: from strangers, in every list', async () => {
    expect((await site.as('stranger').get('/orgs/acme/people')).status).toBe(200);
    expect((await save('/visibility', { visibility: 'private' })).status).toBe(303);
    expect((await site.as('stranger').get('/orgs/acme/people')).status).toBe(404);
    expect((await site.as('stranger').get('/acme')).status).toBe(404);
    expect((await site.as('member').get('/acme')).status).toBe(200);
    expect(await findOrganizationByName(t.app, await t.actor('the-stranger'), 'acme')).toBeUndefined();
    expect((await save('/visibility', { visibility: 'internal' })).status).toBe(303);
    expect((await site.as('stranger').get('/orgs/acme/people')).status).toBe(200);
    expect((await t.anonymous.get('/orgs/acme/people')).status).toBe(404);
    await change('the-stranger', { isRestricted: true });
    expect((await site.as('stranger').get('/orgs/acme/people')).status).toBe(404);
    expect((await save('/visibility', { visibility: 'secret' })).status).toBe(422);
  });
});

describe('a repository that more people see than its organization', () => {
  const repository = (name: string, visibility: string) =>
    site.as('owner').post('/new', { owner: 'acme', name, visibility });

  it('would betray it: it is neither created, nor opened up, nor left behind', async () => {
    await repository('open', 'public');
    await repository('closed', 'private');
    const refused = await save('/visibility', { visibility: 'private' });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('One repository is seen by more people than that');
    await site.as('owner').post('/acme/open/settings/visibility', { visibility: 'internal' });
    expect((await save('/visibility', { visibility: 'private' })).status).toBe(422);
    expect((await save('/visibility', { visibility: 'internal' })).status).toBe(303);
    expect((await repository('another', 'public')).status).not.toBe(303);
    const opened = await site.as('owner').post('/acme/closed/settings/visibility', { visibility: 'public' });
    expect(opened.status).toBe(422);
    expect(await opened.text()).toContain('An internal organization has no public repositories.');
    expect((await t.anonymous.get('/acme/closed')).status).toBe(404);
  });
});

describe('member privileges', () => {
  it('are saved, and nothing that there is not', async () => {
    expect((await save('/members', { basePermission: 'write', memberCreation: 'private' })).status).toBe(303);
    expect(await organization()).toMatchObject({ basePermission: 'write', memberCreation: 'private' });
    expect((await save('/members', { basePermission: 'owner', memberCreation: 'all' })).status).toBe(422);
    await setBasePermission(t.app, await t.actor('the-owner'), site.organizationId, 'none');
    expect(await organization()).toMatchObject({ basePermission: 'none', memberCreation: 'private' });
    await expect(
      setBasePermission(t.app, await t.actor('the-member'), site.organizationId, 'admin'),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the second factor', () => {
  it('is asked of others only by owners who have one, and holds back members who have none', async () => {
    const before = await (await site.as('owner').get('/orgs/acme/settings/members')).text();
    expect(before).toContain('>the-member<');
    const refused = await save('/two-factor', {});
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('lock yourself out');
    expect((await organization())?.requiresTwoFactor).toBe(false);
    await change('the-owner', { hasSecondFactor: true });
    expect((await save('/two-factor', {})).status).toBe(303);
    expect((await site.as('owner').get('/orgs/acme/teams')).status).toBe(200);
    const held = await site.as('member').get('/orgs/acme/teams');
    expect([held.status, held.headers.get('location')]).toEqual([303, '/settings/two-factor']);
    expect((await site.as('stranger').get('/orgs/acme/people')).status).toBe(200);
    expect((await save('/two-factor/removal', {})).status).toBe(303);
    expect((await site.as('member').get('/orgs/acme/teams')).status).toBe(200);
  });
});

describe('blocked people', () => {
  it('are no members, are listed, and let go again; the log names the organization', async () => {
    const stranger = await site.idOf('the-stranger');
    const refused = await save('/blocks', { username: 'the-member' });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('Remove them from the organization first');
    expect((await save('/blocks', { username: 'nobody-here' })).status).toBe(422);
    expect((await save('/blocks', { username: 'the-stranger' })).status).toBe(303);
    expect(await isBlocked(t.app, site.organizationId, stranger)).toBe(true);
    const page = await (await site.as('owner').get('/orgs/acme/settings/blocks')).text();
    expect(page).toContain('>the-stranger<');
    expect((await save(`/blocks/${stranger}/removal`, {})).status).toBe(303);
    expect(await isBlocked(t.app, site.organizationId, stranger)).toBe(false);
    const { organizationId } = site;
    expect(await eventsOf(t, 'user.')).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'user.blocked', userId: stranger, organizationId }),
        expect.objectContaining({ kind: 'user.unblocked', userId: stranger, organizationId }),
      ]),
    );
  });
});

describe('tokens', () => {
  const judge = async (
    name: string,
    more: Record<string, unknown>,
    ability: 'members:read' | 'members:manage' | 'organization:delete',
  ) =>
    requireOrganizationAbility(
      t.app,
      { ...(await t.actor(name)), via: 'token', ...more },
      site.organizationId,
      ability,
    );

  it('do what their scopes say, never more than their owner', async () => {
    await expect(judge('the-owner', { scopes: ['read:organization'] }, 'members:read')).resolves.toBe(
      'owner',
    );
    await expect(
      judge('the-owner', { scopes: ['read:organization'] }, 'members:manage'),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(judge('the-owner', { scopes: ['write:organization'] }, 'members:manage')).resolves.toBe(
      'owner',
    );
    await expect(judge('the-owner', { scopes: ['write:repository'] }, 'members:read')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      judge('the-owner', { scopes: ['read:organization'] }, 'organization:delete'),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      judge('the-owner', { scopes: ['all'], repositoryIds: [1] }, 'organization:delete'),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(judge('the-member', { scopes: ['all'] }, 'organization:delete')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(judge('the-member', { scopes: ['all'] }, 'members:manage')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      judge('the-owner', { scopes: ['all'], repositoryIds: [1] }, 'members:read'),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      requireOrganizationAbility(t.app, SYSTEM, 999_999, 'organization:see'),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
