// Teams: making, nesting and moving them, who adds people, what secret ones keep to themselves.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { findTeamMembership } from '../../../src/features/orgs/team-members.store.ts';
import { changeTeam, createTeam, teamsOf } from '../../../src/features/orgs/teams.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf, makeSite, type Site } from './site.ts';

let t: TestApp;
let site: Site;
beforeEach(async () => {
  t = await testApp();
  site = await makeSite(t);
});
afterEach(() => t.close());

const team = async (name: string) => {
  const found = (await teamsOf(t.app, SYSTEM, site.organizationId)).find((one) => one.name === name);
  if (!found) throw new Error(`no team ${name}`);
  return found;
};
const make = (form: Record<string, string>) => site.as('owner').post('/orgs/acme/teams/new', form);
const isIn = async (teamName: string, userName: string) =>
  (await findTeamMembership(t.app.db.read, (await team(teamName)).id, await site.idOf(userName)))?.role;

describe('making a team', () => {
  it('keeps what was typed, bounds its units and records who did it', async () => {
    const answer = await make({ name: 'Valves', description: 'Opens', parent: 'engine', 'cap-code': 'read' });
    expect(answer.headers.get('location')).toBe('/orgs/acme/teams/Valves');
    const made = await team('Valves');
    expect(made).toMatchObject({ parentId: (await team('engine')).id, unitCaps: { code: 'read' } });
    const { organizationId } = site;
    expect((await eventsOf(t, 'team.created')).at(-1)).toMatchObject({
      organizationId,
      teamId: made.id,
      name: 'Valves',
    });
    const page = await (await site.as('member').get('/orgs/acme/teams/valves')).text();
    expect(page).toContain('href="/orgs/acme/teams/engine"');
    const settings = await (await site.as('owner').get('/orgs/acme/teams/valves/settings')).text();
    expect(settings).toMatch(/<option value="read" selected>/);
    expect(settings).toMatch(/<option value="engine" selected>/);
  });

  it.each([
    [{ name: 'ENGINE' }, 'already a team named'],
    [{ name: 'new' }, 'reserved'],
    [{ name: 'a b' }, 'Use letters'],
    [{ name: '' }, 'Choose a name'],
    [{ name: 'x', parent: 'nothing' }, 'There is no team named'],
    [{ name: 'x', parent: 'vault' }, 'vault is secret'],
    [{ name: 'x', 'cap-code': 'all' }, 'Choose none, read or write'],
  ])('refuses %j', async (form, reason) => {
    const answer = await make(form as unknown as Record<string, string>);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(reason);
  });

  it('supports the units that have no page yet, and keeps them when the form is saved', async () => {
    const owner = await t.actor('the-owner');
    const made = await createTeam(t.app, owner, site.organizationId, {
      name: 'x',
      unitCaps: { wiki: 'none', code: 'read', issues: 'write' },
    });
    expect(made.unitCaps).toEqual({ wiki: 'none', code: 'read' });
    await site.as('owner').post('/orgs/acme/teams/x/settings', { name: 'x', 'cap-code': 'write' });
    expect((await team('x')).unitCaps).toEqual({ wiki: 'none' });
    await expect(
      createTeam(t.app, owner, site.organizationId, { name: 'y', unitCaps: { payroll: 'read' } }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('stops at ten levels', async () => {
    let parent = 'engine';
    for (let level = 2; level <= 10; level++) {
      expect((await make({ name: `level${level}`, parent })).status).toBe(303);
      parent = `level${level}`;
    }
    const answer = await make({ name: 'level11', parent });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('10 levels deep');
    await make({ name: 'root' });
    await make({ name: 'leaf', parent: 'root' });
    const moved = await site
      .as('owner')
      .post('/orgs/acme/teams/root/settings', { name: 'root', parent: 'level9' });
    expect(moved.status).toBe(422);
  });
});

describe('moving and changing a team', () => {
  const save = (name: string, form: Record<string, string>) =>
    site.as('owner').post(`/orgs/acme/teams/${name}/settings`, { name, ...form });

  it('refuses circles, at any distance', async () => {
    await make({ name: 'below', parent: 'engine' });
    await make({ name: 'deep', parent: 'below' });
    for (const parent of ['engine', 'below', 'deep']) {
      const answer = await save('engine', { parent });
      expect(answer.status, parent).toBe(422);
      expect(await answer.text()).toContain('cannot be nested in itself');
    }
    expect((await save('below', { parent: '' })).status).toBe(303);
    expect((await save('engine', { parent: 'deep', description: 'Runs' })).status).toBe(303);
    expect((await eventsOf(t, 'team.updated')).at(-1)).toMatchObject({ changes: ['parentId'] });
  });

  it('renames, and leads to the new address', async () => {
    const answer = await save('engine', { name: 'motor' });
    expect(answer.headers.get('location')).toBe('/orgs/acme/teams/motor/settings');
    expect((await site.as('member').get('/orgs/acme/teams/engine')).status).toBe(404);
  });

  it('becomes secret only when nothing below would betray it', async () => {
    await make({ name: 'below', parent: 'engine' });
    const answer = await save('engine', { isSecret: 'on' });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('would betray');
    await save('below', { parent: 'engine', isSecret: 'on' });
    expect((await save('engine', { isSecret: 'on' })).status).toBe(303);
    expect((await save('below', { parent: 'engine' })).status).toBe(422);
  });

  it('is deleted by its name typed again; those below move up', async () => {
    await make({ name: 'below', parent: 'engine' });
    const wrong = await site.as('owner').post('/orgs/acme/teams/engine/deletion', { confirmation: 'motor' });
    expect(wrong.status).toBe(422);
    const right = await site.as('owner').post('/orgs/acme/teams/engine/deletion', { confirmation: 'engine' });
    expect(right.headers.get('location')).toBe('/orgs/acme/teams');
    expect((await team('below')).parentId).toBeNull();
    expect((await eventsOf(t, 'team.deleted')).at(-1)).toMatchObject({ name: 'engine' });
  });

  it('is of its own organization: another’s owner does not reach it by its number', async () => {
    const stranger = await t.as('the-stranger');
    await stranger.post('/organizations/new', { name: 'other', visibility: 'public' });
    expect((await stranger.get('/orgs/other/teams/engine')).status).toBe(404);
    const actor = await t.actor('the-stranger');
    const { requireOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    const { id } = await requireOrganization(t.app, actor, 'other');
    const { id: engineId } = await team('engine');
    await expect(changeTeam(t.app, actor, id, engineId, { name: 'mine' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the people of a team', () => {
  const add = (username: string, role = 'member') =>
    site.as('maintainer').post('/orgs/acme/teams/engine/members', { username, role });

  it('are added and removed by its maintainers, from the members of the organization', async () => {
    expect((await add('The-Member')).status).toBe(303);
    expect(await isIn('engine', 'the-member')).toBe('member');
    for (const [username, reason] of [
      ['the-member', 'is in this team already'],
      ['the-stranger', 'No member of this organization'],
      ['nobody', 'No member of this organization'],
    ] as const) {
      const answer = await add(username);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain(reason);
    }
    const userId = await site.idOf('the-member');
    const role = await site
      .as('maintainer')
      .post(`/orgs/acme/teams/engine/members/${userId}/role`, { role: 'maintainer' });
    expect(role.status).toBe(303);
    expect(await isIn('engine', 'the-member')).toBe('maintainer');
    await site.as('maintainer').post(`/orgs/acme/teams/engine/members/${userId}/removal`);
    expect(await isIn('engine', 'the-member')).toBeUndefined();
    const { id: teamId } = await team('engine');
    expect((await eventsOf(t, 'team_member.')).slice(-3)).toMatchObject([
      { kind: 'team_member.added', teamId, userId, role: 'member', organizationId: site.organizationId },
      { kind: 'team_member.role_changed', teamId, userId, role: 'maintainer' },
      { kind: 'team_member.removed', teamId, userId },
    ]);
  });

  it('a maintainer of one team has no power over another, nor over the team’s settings', async () => {
    await make({ name: 'other' });
    const userId = await site.idOf('the-member');
    const as = site.as('maintainer');
    expect(
      (await as.post('/orgs/acme/teams/other/members', { username: 'the-member', role: 'member' })).status,
    ).toBe(403);
    expect((await as.post(`/orgs/acme/teams/other/members/${userId}/removal`)).status).toBe(403);
    expect(
      (await as.post('/orgs/acme/teams/engine/settings', { name: 'engine', 'cap-code': 'write' })).status,
    ).toBe(403);
    expect(
      (await as.post('/orgs/acme/teams/vault/members', { username: 'the-maintainer', role: 'maintainer' }))
        .status,
    ).toBe(404);
  });

  it('leave by themselves, and take nobody with them', async () => {
    await add('the-member');
    const own = await site.idOf('the-member');
    const other = await site.idOf('the-maintainer');
    expect((await site.as('member').post(`/orgs/acme/teams/engine/members/${other}/removal`)).status).toBe(
      403,
    );
    const answer = await site.as('member').post(`/orgs/acme/teams/engine/members/${own}/removal`);
    expect(answer.headers.get('location')).toBe('/orgs/acme/teams');
    expect(await isIn('engine', 'the-member')).toBeUndefined();
    expect((await site.as('member').post(`/orgs/acme/teams/engine/members/${own}/removal`)).status).toBe(404);
  });
});

describe('a secret team', () => {
  it('is known to who is in it or below it, with its place', async () => {
    await make({ name: 'deep', parent: 'vault', isSecret: 'on' });
    await site.as('owner').post('/orgs/acme/teams/deep/members', { username: 'the-member', role: 'member' });
    expect((await site.as('member').get('/orgs/acme/teams/deep')).status).toBe(200);
    expect((await site.as('member').get('/orgs/acme/teams/vault')).status).toBe(200);
    expect((await site.as('maintainer').get('/orgs/acme/teams/deep')).status).toBe(404);
    const names = async (name: string) =>
      (await teamsOf(t.app, await t.actor(name), site.organizationId)).map((one) => one.name);
    expect(await names('the-member')).toEqual(['deep', 'engine', 'vault']);
    expect(await names('the-maintainer')).toEqual(['engine']);
    await expect(names('the-stranger')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is taken by no name in what others are told', async () => {
    const answer = await site.as('maintainer').post('/orgs/acme/teams/vault/members/1/removal');
    const missing = await site.as('maintainer').post('/orgs/acme/teams/vanes/members/1/removal');
    expect([answer.status, missing.status]).toEqual([404, 404]);
  });
});
