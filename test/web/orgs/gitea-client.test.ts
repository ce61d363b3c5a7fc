// Gitea's own JavaScript client manages organizations, teams and accounts here, without knowing that this is another server.
import { giteaApi } from 'gitea-js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let boss: ReturnType<typeof giteaApi>;
let grace: ReturnType<typeof giteaApi>;

beforeAll(async () => {
  t = await testApp();
  await t.actor('boss', { isAdmin: true });
  await t.actor('grace');
  const customFetch = ((input: unknown, init?: RequestInit) =>
    t.web.request(String(input), init, {
      incoming: { socket: { remoteAddress: '127.0.0.1' }, headers: {} },
      outgoing: {},
    })) as unknown as typeof fetch;
  const as = async (name: string) => giteaApi(HOST, { token: await t.token(name), customFetch });
  boss = await as('boss');
  grace = await as('grace');
});
afterAll(() => t.close());

const logins = (people: readonly { login?: string }[]) => people.map(({ login }) => login);

it('an organization with its people', async () => {
  const { data: made, status } = await grace.orgs.orgCreate({ username: 'mill', full_name: 'The Mill' });
  expect([status, made.name, made.visibility]).toEqual([201, 'mill', 'public']);
  const change = { description: 'Grinds', email: 'mill@example.org', website: 'https://mill.example' };
  expect((await grace.orgs.orgEdit('mill', change)).data).toMatchObject({ ...change, full_name: 'The Mill' });
  expect((await grace.orgs.orgGetAll()).data.map(({ name }) => name)).toEqual(['mill']);
  expect((await grace.user.orgListCurrentUserOrgs()).data.map(({ name }) => name)).toEqual(['mill']);
  expect((await grace.orgs.orgIsMember('mill', 'grace')).status).toBe(204);
  await expect(grace.orgs.orgIsMember('mill', 'boss')).rejects.toMatchObject({ status: 404 });
  expect((await grace.orgs.orgPublicizeMember('mill', 'grace')).status).toBe(204);
  expect(logins((await boss.orgs.orgListPublicMembers('mill')).data)).toEqual(['grace']);
  expect((await grace.users.orgGetUserPermissions('grace', 'mill')).data.is_owner).toBe(true);
  expect((await grace.orgs.orgListActivityFeeds('mill')).data).toEqual([]);
});

it('teams, their people and their repositories', async () => {
  const units = ['repo.code', 'repo.issues', 'repo.pulls', 'repo.releases'];
  const option = { name: 'crank', permission: 'write' as const, units, can_create_org_repo: true };
  const { data: team } = await grace.orgs.orgCreateTeam('mill', option);
  expect(team).toMatchObject(option);
  const id = team.id ?? 0;
  await grace.orgs.createOrgRepo('mill', { name: 'wheel', private: true });
  expect((await grace.teams.orgAddTeamRepository(id, 'mill', 'wheel')).status).toBe(204);
  expect((await grace.teams.orgListTeamRepos(id)).data.map(({ name }) => name)).toEqual(['wheel']);
  expect((await grace.repos.repoListTeams('mill', 'wheel')).data.map(({ name }) => name)).toEqual(['crank']);
  expect((await boss.teams.orgAddTeamMember(id, 'boss')).status).toBe(204);
  expect(logins((await grace.teams.orgListTeamMembers(id)).data)).toEqual(['boss']);
  expect((await boss.user.userListTeams()).data.map(({ name }) => name)).toEqual(['crank']);
  expect((await grace.orgs.teamSearch('mill', { q: 'cra' })).data.data?.map(({ name }) => name)).toEqual([
    'crank',
  ]);
  expect((await grace.teams.orgEditTeam(id, { name: 'crank', permission: 'read' })).data.permission).toBe(
    'read',
  );
  expect((await grace.teams.orgRemoveTeamMember(id, 'boss')).status).toBe(204);
  expect((await grace.teams.orgRemoveTeamRepository(id, 'mill', 'wheel')).status).toBe(204);
  expect((await grace.teams.orgDeleteTeam(id)).status).toBe(204);
});

it('accounts, and what runs in the background', async () => {
  const option = { username: 'mary', email: 'mary@example.org', password: 'calculating with paper' };
  const { data: mary, status } = await boss.admin.adminCreateUser(option);
  expect([status, mary.login, mary.email]).toEqual([201, 'mary', 'mary@example.org']);
  const change = { login_name: 'mary', source_id: 0, full_name: 'Mary', prohibit_login: true };
  expect((await boss.admin.adminEditUser('mary', change)).data).toMatchObject({
    full_name: 'Mary',
    prohibit_login: true,
  });
  expect(logins((await boss.admin.adminSearchUsers({ limit: 2 })).data)).toEqual(['boss', 'grace']);
  expect((await boss.admin.adminCreateOrg('grace', { username: 'forge' })).data.name).toBe('forge');
  expect((await boss.admin.adminGetAllOrgs()).data.map(({ name }) => name)).toEqual(['mill', 'forge']);
  expect((await boss.admin.adminCreateRepo('grace', { name: 'gift' })).data.full_name).toBe('grace/gift');
  expect((await boss.admin.adminSearchEmails({ q: 'mary' })).data).toMatchObject([
    { username: 'mary', primary: true },
  ]);
  expect((await boss.admin.adminCronList()).data.length).toBeGreaterThan(5);
  expect((await boss.admin.adminCronRun('jobs.purge')).status).toBe(204);
  expect((await boss.admin.adminDeleteUser('mary')).status).toBe(204);
  await expect(grace.admin.adminSearchUsers()).rejects.toMatchObject({ status: 404 });
  expect((await grace.orgs.orgDelete('mill')).status).toBe(204);
});
