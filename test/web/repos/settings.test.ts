// The settings of repositories: who reaches what, organizations as owners, archive, features, access of people and teams.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM, type UserActor } from '../../../src/base/actor.ts';
import { addMember } from '../../../src/features/orgs/members.service.ts';
import { changeOrganization, createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository, setArchived } from '../../../src/features/repos/repos.service.ts';
import type { GivenPermission, OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { worldIn } from '../../support/standing.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let owner: UserActor;
let count = 0;
beforeAll(async () => {
  t = await testApp();
  owner = await t.actor('olga');
});
afterAll(() => t.close());

async function newRepository(more: Record<string, unknown> = {}, actor = owner): Promise<OpenRepository> {
  count += 1;
  const input = parseNewRepository({ name: `repo-${count}`, readme: true, ...more });
  const row = await createRepository(t.app, actor, input);
  return openRepository(t.app, actor, input.owner || actor.name, row.name, 'repository:see');
}

async function give(open: OpenRepository, username: string, permission: GivenPermission): Promise<Visitor> {
  const visitor = await t.as(username);
  await giveAccess(t.app, SYSTEM, open, { username, permission });
  return visitor;
}

async function newOrganization(members: Record<string, 'member' | 'owner'> = {}) {
  count += 1;
  const organization = await createOrganization(t.app, owner, { name: `org-${count}`, visibility: 'public' });
  for (const [name, role] of Object.entries(members))
    await addMember(t.app, SYSTEM, organization.id, (await t.actor(name)).userId, role);
  return organization;
}

async function kindsOf(open: OpenRepository): Promise<string[]> {
  const events = await t.app.events.recent({ repositoryId: open.repository.id, limit: 20 });
  return events.map(({ kind }) => kind);
}

describe('general settings', () => {
  it('are described by maintainers, who see no danger zone and reach none of it', async () => {
    const open = await newRepository();
    const mia = await give(open, 'mia', 'maintain');
    const page = await (await mia.get(`${open.path}/settings`)).text();
    expect(page).toContain('name="description"');
    expect(page).not.toContain('Danger zone');
    expect(page).not.toContain('name="defaultBranch"');
    expect((await mia.post(`${open.path}/settings`, { description: 'by mia', website: '' })).status).toBe(
      303,
    );
    const home = await (await mia.get(open.path)).text();
    expect(home).toContain('by mia');
    for (const path of ['name', 'visibility', 'transfer', 'archive', 'deletion', 'features', 'access'])
      expect((await mia.post(`${open.path}/settings/${path}`, { name: 'x' })).status, path).toBe(403);
    expect((await mia.post(`${open.path}/settings`, { defaultBranch: 'other' })).status).toBe(403);
  });

  it('of a person are destroyed by nobody but them, of an organization by every administrator of it', async () => {
    const personal = await newRepository();
    const organization = await newOrganization();
    const shared = await newRepository({ owner: organization.name });
    const adam = await give(personal, 'adam', 'admin');
    await give(shared, 'adam', 'admin');
    expect((await adam.post(`${personal.path}/settings/name`, { name: 'taken' })).status).toBe(403);
    expect(await (await adam.get(`${personal.path}/settings`)).text()).not.toContain('Danger zone');
    expect(await (await adam.get(`${shared.path}/settings`)).text()).toContain('Danger zone');
    expect((await adam.post(`${shared.path}/settings/name`, { name: 'renamed' })).status).toBe(303);
    expect((await adam.get(shared.path)).status).toBe(301);
  });

  it('change the visibility to each of the three, and record from what to what', async () => {
    const open = await newRepository({ visibility: 'private' });
    const [olga, ina] = [await t.as('olga'), await t.as('ina')];
    for (const [visibility, signedIn, anybody] of [
      ['internal', 200, 404],
      ['public', 200, 200],
      ['private', 404, 404],
    ] as const) {
      expect((await olga.post(`${open.path}/settings/visibility`, { visibility })).status).toBe(303);
      expect((await ina.get(open.path)).status, visibility).toBe(signedIn);
      expect((await t.anonymous.get(open.path)).status, visibility).toBe(anybody);
    }
    const [last] = await t.app.events.recent({ repositoryId: open.repository.id, limit: 1 });
    expect(last).toMatchObject({ kind: 'repository.visibility_changed', from: 'public', to: 'private' });
    expect((await olga.post(`${open.path}/settings/visibility`, { visibility: 'secret' })).status).toBe(422);
  });
});

describe('creating for an organization', () => {
  it('is for its owners, and for members as far as its rules go', async () => {
    const organization = await newOrganization({ mem: 'member' });
    const [mem, out] = [await t.as('mem'), await t.as('out')];
    const create = async (visitor: Visitor, visibility: string) => {
      count += 1;
      const form = { owner: organization.name, name: `made-${count}`, visibility };
      return (await visitor.post('/new', form)).status;
    };
    const rule = (memberCreation: 'none' | 'private' | 'all') =>
      changeOrganization(t.app, owner, organization.id, { memberCreation });
    expect(await create(mem, 'public')).toBe(303);
    await rule('private');
    expect(await create(mem, 'public')).toBe(422);
    expect(await create(mem, 'internal')).toBe(422);
    expect(await create(mem, 'private')).toBe(303);
    await rule('none');
    expect(await create(mem, 'private')).toBe(422);
    expect(await create(await t.as('olga'), 'public')).toBe(303);
    expect(await create(out, 'private')).toBe(422);
  });

  it('rule gone around: who administers a repository neither shows it to more people nor takes it away', async () => {
    const organization = await newOrganization({ mem: 'member' });
    const open = await newRepository({ owner: organization.name, visibility: 'private' });
    await giveAccess(t.app, owner, open, { username: 'mem', permission: 'admin' });
    const [mem, olga] = [await t.as('mem'), await t.as('olga')];
    const headers = { authorization: `token ${await t.token('mem')}`, 'content-type': 'application/json' };
    const patch = (visible: Record<string, boolean>) =>
      t.anonymous.request(`/api/v1/repos${open.path}`, {
        method: 'PATCH',
        headers,
        body: JSON.stringify(visible),
      });
    const show = (visitor: Visitor, visibility: string) =>
      visitor.post(`${open.path}/settings/visibility`, { visibility });
    const give = () =>
      mem.post(`${open.path}/settings/transfer`, {
        recipient: 'mem',
        transferConfirmation: open.path.slice(1),
      });
    for (const memberCreation of ['private', 'none'] as const) {
      await changeOrganization(t.app, owner, organization.id, { memberCreation });
      for (const visibility of ['public', 'internal']) {
        const answer = await show(mem, visibility);
        expect([answer.status, await answer.text()]).toEqual([
          422,
          expect.stringContaining('Only owners of'),
        ]);
      }
      expect((await patch({ private: false })).status).toBe(422);
      const answer = await give();
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('Only owners of')]);
    }
    expect((await show(olga, 'public')).status).toBe(303);
    // To fewer people is always possible, and everything is where members may create public ones themselves.
    expect((await show(mem, 'private')).status).toBe(303);
    await changeOrganization(t.app, owner, organization.id, { memberCreation: 'all' });
    expect((await patch({ private: false })).status).toBe(200);
    expect((await give()).status).toBe(303);
  });

  it('is offered where it is possible, and the one on whose page it began is chosen', async () => {
    const organization = await newOrganization();
    const form = await (await (await t.as('olga')).get(`/new?owner=${organization.name}`)).text();
    expect(form).toContain(`<option value="${organization.name}" selected>`);
    expect(await (await (await t.as('out')).get('/new')).text()).not.toContain(organization.name);
  });

  it('says the same of hidden organizations, other people and names of nobody', async () => {
    count += 1;
    const hidden = await createOrganization(t.app, owner, { name: `hidden-${count}`, visibility: 'private' });
    const out = await t.as('out');
    const answers: string[] = [];
    for (const name of [hidden.name, 'olga', 'no-such-name']) {
      const answer = await out.post('/new', { owner: name, name: 'x', visibility: 'private' });
      expect(answer.status).toBe(422);
      answers.push((await answer.text()).match(/Choose yourself[^<]*/)?.[0] ?? '');
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).not.toBe('');
  });

  it('internally is seen by whoever is signed in, and flagged in JSON', async () => {
    const organization = await newOrganization();
    const open = await newRepository({ owner: organization.name, visibility: 'internal' });
    const token = await t.token('ina');
    const answer = await t.anonymous.get(`/api/v1/repos${open.path}`, { authorization: `token ${token}` });
    expect(await answer.json()).toMatchObject({ private: true, internal: true, archived: false });
    expect((await t.anonymous.get(`/api/v1/repos${open.path}`)).status).toBe(404);
  });
});

describe('an archived repository', () => {
  let open: OpenRepository;
  let olga: Visitor;
  beforeEach(async () => {
    open = await newRepository({ visibility: 'public' });
    olga = await t.as('olga');
    expect((await olga.post(`${open.path}/settings/archive`)).status).toBe(303);
  });

  it('is read as before, says so on its pages and in JSON', async () => {
    const home = await (await t.anonymous.get(open.path)).text();
    expect(home).toContain('>Archived</span>');
    expect(await (await t.anonymous.get('/olga?tab=repositories')).text()).toContain('>Archived</span>');
    const answer = await t.anonymous.get(`/api/v1/repos${open.path}`);
    expect(await answer.json()).toMatchObject({ archived: true });
    expect((await olga.get(`${open.path}/settings`)).status).toBe(200);
    expect((await olga.get(`${open.path}/settings/features`)).status).toBe(200);
  });

  it('refuses changes on pages and by the API, but for what its owner decides', async () => {
    for (const [path, form] of [
      ['', { description: 'new' }],
      ['/features', { code: 'on' }],
    ] as const)
      expect((await olga.post(`${open.path}/settings${path}`, form)).status, path).toBe(403);
    const token = await t.token('olga');
    const patch = (body: object) =>
      t.anonymous.request(`/api/v1/repos${open.path}`, {
        method: 'PATCH',
        headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await patch({ description: 'new' })).status).toBe(403);
    expect((await patch({ default_branch: 'main2' })).status).toBe(403);
    expect(await (await patch({ archived: false, description: 'new' })).json()).toMatchObject({
      archived: false,
      description: 'new',
    });
    expect(await (await patch({ archived: true, description: 'newer' })).json()).toMatchObject({
      archived: true,
      description: 'newer',
    });
  });

  it('is taken back into use', async () => {
    expect((await olga.post(`${open.path}/settings/archive/removal`)).status).toBe(303);
    expect((await olga.post(`${open.path}/settings`, { description: 'in use' })).status).toBe(303);
    expect(await kindsOf(open)).toEqual([
      'repository.updated',
      'repository.unarchived',
      'repository.archived',
      'repository.created',
    ]);
  });

  it('is archived by whoever is in time: a change that was judged before is refused', async () => {
    await setArchived(t.app, owner, open, false);
    const stale = await openRepository(t.app, owner, 'olga', open.repository.name, 'settings:describe');
    await setArchived(t.app, owner, open, true);
    const { changeRepository } = await import('../../../src/features/repos/repos.service.ts');
    await expect(changeRepository(t.app, owner, stale, { description: 'late' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('features', () => {
  it('that are off are gone from every page but the one that says so', async () => {
    const open = await newRepository({ visibility: 'public' });
    const olga = await t.as('olga');
    expect((await olga.post(`${open.path}/settings/features`, {})).status).toBe(303);
    for (const visitor of [t.anonymous, olga]) {
      const home = await visitor.get(open.path);
      expect(home.status).toBe(200);
      const text = await home.text();
      expect(text).not.toContain('README');
      expect(text).not.toContain('.git"');
      expect(text.includes('/settings/features')).toBe(visitor === olga);
      for (const path of ['/tree/main', '/blob/main/README.md', '/commits', '/archive/main.zip', '/branches'])
        expect((await visitor.get(open.path + path)).status, path).toBe(404);
    }
    expect((await t.anonymous.get(`/api/v1/repos${open.path}/contents`)).status).toBe(404);
    expect((await olga.post(`${open.path}/settings/features`, { code: 'on' })).status).toBe(303);
    expect((await t.anonymous.get(`${open.path}/tree/main`)).status).toBe(200);
  });

  it('that are not shown keep how they were', async () => {
    const open = await newRepository();
    const { changeRepository } = await import('../../../src/features/repos/repos.service.ts');
    await changeRepository(t.app, owner, open, { disabledUnits: 'wiki' });
    await (await t.as('olga')).post(`${open.path}/settings/features`, {});
    const now = await openRepository(t.app, owner, 'olga', open.repository.name, 'repository:see');
    expect(now.repository.disabledUnits).toBe('code,issues,pulls,wiki,releases');
  });
});

describe('access', () => {
  it('is given, changed and taken away, each recorded', async () => {
    const open = await newRepository({ visibility: 'private' });
    const [olga, ann] = [await t.as('olga'), await t.as('ann')];
    const post = (form: Record<string, string>) => olga.post(`${open.path}/settings/access`, form);
    expect((await ann.get(open.path)).status).toBe(404);
    for (const permission of ['read', 'triage', 'write', 'maintain', 'admin'])
      expect((await post({ username: 'ann', permission })).status).toBe(303);
    expect((await ann.get(`${open.path}/settings/access`)).status).toBe(200);
    expect((await post({ username: 'ann', permission: 'owner' })).status).toBe(422);
    expect((await post({ username: 'nobody', permission: 'read' })).status).toBe(422);
    const { userId } = await t.actor('ann');
    expect((await olga.post(`${open.path}/settings/access/${userId}/removal`)).status).toBe(303);
    expect((await ann.get(open.path)).status).toBe(404);
    expect((await kindsOf(open)).slice(0, 2)).toEqual(['collaborator.removed', 'collaborator.set']);
  });

  it('is not given to those the owner blocked, nor to those who blocked the owner', async () => {
    const open = await newRepository();
    const olga = await t.as('olga');
    const [bad, shy] = [await t.actor('bad'), await t.actor('shy')];
    await blockUser(t.app, owner, owner.userId, 'bad');
    await blockUser(t.app, shy, shy.userId, 'olga');
    for (const username of [bad.name, shy.name])
      expect((await olga.post(`${open.path}/settings/access`, { username, permission: 'read' })).status).toBe(
        422,
      );
  });

  it('of an organization’s repository names its rules, and gives to its teams', async () => {
    const organization = await newOrganization({ tim: 'member' });
    await changeOrganization(t.app, owner, organization.id, { basePermission: 'none' });
    const open = await newRepository({ owner: organization.name, visibility: 'private' });
    const world = worldIn(t.app.db);
    const team = await world.team(organization.id, 'crew');
    await world.teamMember(team, (await t.actor('tim')).userId);
    const [olga, tim] = [await t.as('olga'), await t.as('tim')];
    expect((await tim.get(open.path)).status).toBe(404);
    const page = await (await olga.get(`${open.path}/settings/access`)).text();
    expect(page).toContain(`The owners of <a href="/${organization.name}"`);
    const form = { team: String(team), permission: 'write' };
    expect((await olga.post(`${open.path}/settings/access/teams`, form)).status).toBe(303);
    expect((await tim.get(open.path)).status).toBe(200);
    expect((await olga.post(`${open.path}/settings/access/teams/${team}/removal`)).status).toBe(303);
    expect((await tim.get(open.path)).status).toBe(404);
    expect((await kindsOf(open)).slice(0, 2)).toEqual(['team_repository.removed', 'team_repository.set']);
  });

  it('is not given to teams of other organizations, and secret teams are named to owners alone', async () => {
    const [own, other] = [await newOrganization(), await newOrganization()];
    const open = await newRepository({ owner: own.name });
    const world = worldIn(t.app.db);
    const [foreign, secret] = [await world.team(other.id, 'foreign'), await world.team(own.id, 'hush')];
    const { teams } = await import('../../../src/platform/db/tables/orgs.ts');
    await t.app.db.write(async (tx) => void (await tx.update(teams).set({ isSecret: true })));
    const [olga, adam] = [await t.as('olga'), await give(open, 'adam', 'admin')];
    const grant = (visitor: Visitor, team: number) =>
      visitor.post(`${open.path}/settings/access/teams`, { team: String(team), permission: 'read' });
    expect((await grant(olga, foreign)).status).toBe(422);
    expect((await grant(adam, secret)).status).toBe(422);
    expect((await grant(olga, secret)).status).toBe(303);
    expect(await (await olga.get(`${open.path}/settings/access`)).text()).toContain('hush');
    const seen = await (await adam.get(`${open.path}/settings/access`)).text();
    expect(seen).not.toContain('hush');
    expect(seen).toContain('1 secret team');
    expect((await adam.post(`${open.path}/settings/access/teams/${secret}/removal`)).status).toBe(404);
  });
});
