// The repositories of a team: what it was given, what it has from above, and that it lists nothing one may not see.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { teamsOf } from '../../../src/features/orgs/teams.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf, makeSite, type Role, type Site } from './site.ts';

let t: TestApp;
let site: Site;
const ENGINE = '/orgs/acme/teams/engine/repositories';

beforeAll(async () => {
  t = await testApp();
  site = await makeSite(t);
  const owner = await t.actor('the-owner');
  for (const [name, visibility] of [
    ['open', 'public'],
    ['closed', 'private'],
    ['a_b', 'private'],
  ])
    await createRepository(t.app, owner, parseNewRepository({ name, visibility, owner: 'acme' }));
  await site
    .as('owner')
    .post('/orgs/acme/settings/members', { basePermission: 'none', memberCreation: 'all' });
}, 60_000);
afterAll(() => t.close());

const listed = async (role: Role, path: string) => {
  const text = await (await site.as(role).get(path)).text();
  return [...text.matchAll(/class="strong break" href="\/acme\/([^"]+)"/g)].map(([, name]) => name);
};
const permissionOf = async (name: string, repo: string) =>
  (await openRepository(t.app, await t.actor(name), 'acme', repo, 'repository:see')).permission;

it('owners give a team access, which its members and those of teams below it have', async () => {
  const give = (form: Record<string, string>) => site.as('owner').post(ENGINE, form);
  expect((await give({ repository: 'closed', permission: 'write' })).status).toBe(303);
  expect((await give({ repository: 'acme/open', permission: 'triage' })).status).toBe(303);
  expect(await permissionOf('the-maintainer', 'closed')).toBe('write');
  await expect(permissionOf('the-member', 'closed')).rejects.toMatchObject({ code: 'not_found' });
  await site.as('owner').post('/orgs/acme/teams/new', { name: 'below', parent: 'engine' });
  await site.as('owner').post('/orgs/acme/teams/below/members', { username: 'the-member', role: 'member' });
  expect(await permissionOf('the-member', 'closed')).toBe('write');
  const page = await (await site.as('member').get('/orgs/acme/teams/below/repositories')).text();
  expect(page).toContain('Write by engine');
  expect(page).not.toContain('/removal');
  expect((await eventsOf(t, 'team_repository.')).map(({ permission }) => permission)).toEqual([
    'write',
    'triage',
  ]);
});

it('caps of the team bound what it gets', async () => {
  await site.as('owner').post('/orgs/acme/teams/engine/settings', { name: 'engine', 'cap-code': 'read' });
  const actor = await t.actor('the-maintainer');
  await expect(openRepository(t.app, actor, 'acme', 'closed', 'code:write')).rejects.toMatchObject({
    code: 'forbidden',
  });
  await openRepository(t.app, actor, 'acme', 'closed', 'code:read');
  await site.as('owner').post('/orgs/acme/teams/engine/settings', { name: 'engine', 'cap-code': 'write' });
  await openRepository(t.app, actor, 'acme', 'closed', 'code:write');
});

it('refuses what there is not, and everybody but owners', async () => {
  for (const [form, status] of [
    [{ repository: 'nothing', permission: 'read' }, 422],
    [{ repository: 'open', permission: 'owner' }, 422],
    [{ repository: 'the-owner/x', permission: 'read' }, 422],
  ] as const)
    expect((await site.as('owner').post(ENGINE, form)).status).toBe(status);
  for (const role of ['stranger', 'member', 'maintainer'] as const)
    expect((await site.as(role).post(ENGINE, { repository: 'open', permission: 'admin' })).status).toBe(403);
  expect((await site.as('stranger').get(ENGINE)).status).toBe(403);
});

it('a hidden repository is not listed to a member of the organization who may not see it', async () => {
  await site.as('owner').post(ENGINE, { repository: 'a_b', permission: 'read' });
  expect(await listed('owner', ENGINE)).toEqual(['a_b', 'closed', 'open']);
  expect(await listed('owner', `${ENGINE}?q=_`)).toEqual(['a_b']);
  expect(await listed('owner', `${ENGINE}?after=a_b`)).toEqual(['closed', 'open']);
  await site.as('owner').post('/orgs/acme/teams/below/members/0/removal');
  const ids = await site.idOf('the-member');
  await site.as('owner').post(`/orgs/acme/teams/below/members/${ids}/removal`);
  expect(await listed('member', ENGINE)).toEqual(['open']);
  expect(await listed('maintainer', ENGINE)).toEqual(['a_b', 'closed', 'open']);
});

it('takes the access away again', async () => {
  const answer = await site.as('owner').post(`${ENGINE}/closed/removal`);
  expect(answer.headers.get('location')).toBe(ENGINE);
  await expect(permissionOf('the-maintainer', 'closed')).rejects.toMatchObject({ code: 'not_found' });
  expect((await eventsOf(t, 'team_repository.removed')).length).toBe(1);
});

it('ends with the membership of the organization', async () => {
  await site.as('owner').post(ENGINE, { repository: 'closed', permission: 'admin' });
  expect(await permissionOf('the-maintainer', 'closed')).toBe('admin');
  const userId = await site.idOf('the-maintainer');
  await site.as('owner').post(`/orgs/acme/people/${userId}/removal`);
  await expect(permissionOf('the-maintainer', 'closed')).rejects.toMatchObject({ code: 'not_found' });
});

it('a collaborator from outside who administers a repository learns only of teams that work in it', async () => {
  const owner = await t.actor('the-owner');
  const input = parseNewRepository({ name: 'contracted', visibility: 'private', owner: 'acme' });
  await createRepository(t.app, owner, input);
  const open = await openRepository(t.app, owner, 'acme', 'contracted', 'access:manage');
  await giveAccess(t.app, owner, open, { username: 'the-stranger', permission: 'admin' });
  const teams = await teamsOf(t.app, owner, site.organizationId);
  const idOf = (name: string) => String(teams.find((team) => team.name === name)?.id);
  const path = '/acme/contracted/settings/access';
  const page = async (role: Role) => (await site.as(role).get(path)).text();
  const give = (role: Role, team: string) =>
    site.as(role).post(`${path}/teams`, { team: idOf(team), permission: 'read' });
  expect(await page('stranger')).not.toContain('engine');
  expect((await give('stranger', 'engine')).status).toBe(422);
  expect(await page('owner')).toContain('engine');
  expect((await give('owner', 'engine')).status).toBe(303);
  expect(await page('stranger')).toContain('engine');
  expect((await site.as('stranger').post(`${path}/teams/${idOf('engine')}/removal`)).status).toBe(303);
  expect(await page('stranger')).not.toContain('engine');
});
