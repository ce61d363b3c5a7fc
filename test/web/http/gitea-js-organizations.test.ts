// Gitea's own JavaScript client keeps organizations and teams here.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, type ClientSite, clientSite, idOf, PIXEL, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let boss: Client;
let ada: Client;
let ben: Client;

beforeAll(async () => {
  site = await clientSite();
  [boss, ada, ben] = [await site.as('boss'), await site.as('ada'), await site.as('ben')];
});
afterAll(() => site.close(import.meta.url));

const logins = (list: readonly { login?: string }[]) => list.map(({ login }) => login);
const names = (list: readonly { name?: string }[] | undefined) => list?.map(({ name }) => name);

it('organizations are founded, changed, listed and given a picture', async () => {
  const option = {
    username: 'mill',
    full_name: 'The Mill',
    visibility: 'public' as const,
    description: 'Grinds',
  };
  const made = await ada.orgs.orgCreate(option);
  expect([made.status, made.data]).toEqual([201, expect.objectContaining({ ...option, name: 'mill' })]);
  expect((await refusal(ada.orgs.orgCreate({ username: 'MILL' }))).status).toBe(422);
  expect((await ben.orgs.orgGet('Mill')).data.id).toBe(made.data.id);
  expect((await refusal(ada.orgs.orgGet('nothing'))).status).toBe(404);
  const change = { website: 'https://mill.example', location: 'River', full_name: 'Mill' };
  expect((await ada.orgs.orgEdit('mill', change)).data).toMatchObject({ ...change, description: 'Grinds' });
  expect((await refusal(ben.orgs.orgEdit('mill', change))).status).toBe(403);
  await ada.orgs.orgCreate({ username: 'hush', visibility: 'private' });
  expect(names((await ben.orgs.orgGetAll()).data)).toEqual(['mill']);
  expect((await refusal(ben.orgs.orgGet('hush'))).status).toBe(404);
  expect(names((await ada.user.orgListCurrentUserOrgs()).data)).toEqual(['hush', 'mill']);
  expect(names((await ada.users.orgListUserOrgs('ada')).data)).toEqual(['hush', 'mill']);
  const picture = (await ada.orgs.orgGet('mill')).data.avatar_url;
  expect((await ada.orgs.orgUpdateAvatar('mill', { image: PIXEL })).status).toBe(204);
  expect((await ada.orgs.orgGet('mill')).data.avatar_url).not.toBe(picture);
  expect((await ada.orgs.orgDeleteAvatar('mill')).status).toBe(204);
  expect((await ada.orgs.orgGet('mill')).data.avatar_url).toBe(picture);
});

it('repositories and labels of an organization', async () => {
  const made = await ada.orgs.createOrgRepo('mill', { name: 'wheel', private: true, auto_init: true });
  expect([made.status, made.data.full_name, made.data.owner?.login]).toEqual([201, 'mill/wheel', 'mill']);
  expect((await ada.org.createOrgRepoDeprecated('mill', { name: 'stone' })).status).toBe(201);
  expect((await refusal(ben.orgs.createOrgRepo('mill', { name: 'x' }))).status).toBe(403);
  const listed = await ada.orgs.orgListRepos('mill', { limit: 1 });
  expect([listed.data.length, listed.headers.get('x-total-count')]).toEqual([1, '2']);
  expect(names((await ben.orgs.orgListRepos('mill')).data)).toEqual(['stone']);
  const label = await ada.orgs.orgCreateLabel('mill', { name: 'shared', color: '#112233' });
  expect([label.status, label.data.color]).toEqual([201, '112233']);
  const id = idOf(label);
  expect((await ben.orgs.orgGetLabel('mill', id)).data.name).toBe('shared');
  expect((await ada.orgs.orgEditLabel('mill', id, { name: 'common' })).data.name).toBe('common');
  expect(names((await ben.orgs.orgListLabels('mill')).data)).toContain('common');
  const issue = await ada.repos.issueCreateIssue('mill', 'wheel', { title: 'Squeaks', labels: [id] });
  expect(names(issue.data.labels)).toEqual(['common']);
  expect((await ada.orgs.orgDeleteLabel('mill', id)).status).toBe(204);
  expect((await refusal(ben.orgs.orgGetLabel('mill', id))).status).toBe(404);
});

it('teams give people access, and take it away', async () => {
  const option = {
    name: 'crank',
    description: 'Turns',
    permission: 'write' as const,
    units: ['repo.code', 'repo.issues', 'repo.pulls'],
    includes_all_repositories: false,
  };
  const made = await ada.orgs.orgCreateTeam('mill', option);
  expect([made.status, made.data.name, made.data.permission]).toEqual([201, 'crank', 'write']);
  const id = idOf(made);
  expect(names((await ada.orgs.orgListTeams('mill')).data)).toContain('crank');
  expect(names((await ada.orgs.teamSearch('mill', { q: 'ran' })).data.data)).toEqual(['crank']);
  expect((await ada.teams.orgGetTeam(id)).data.description).toBe('Turns');
  expect((await boss.teams.orgAddTeamMember(id, 'ben')).status).toBe(204);
  expect(logins((await ada.teams.orgListTeamMembers(id)).data)).toEqual(['ben']);
  expect((await ada.teams.orgListTeamMember(id, 'ben')).data.login).toBe('ben');
  expect((await refusal(ada.teams.orgListTeamMember(id, 'boss'))).status).toBe(404);
  expect(names((await ben.user.userListTeams()).data)).toEqual(['crank']);
  expect((await ben.repos.repoGet('mill', 'wheel')).data.permissions?.push).toBe(false);
  expect((await ada.teams.orgAddTeamRepository(id, 'mill', 'wheel')).status).toBe(204);
  expect((await ben.repos.repoGet('mill', 'wheel')).data.permissions).toMatchObject({
    push: true,
    admin: false,
  });
  expect(names((await ada.teams.orgListTeamRepos(id)).data)).toEqual(['wheel']);
  expect((await ada.teams.orgListTeamRepo(id, 'mill', 'wheel')).data.name).toBe('wheel');
  expect((await refusal(ada.teams.orgListTeamRepo(id, 'mill', 'stone'))).status).toBe(404);
  expect(names((await ada.repos.repoListTeams('mill', 'wheel')).data)).toEqual(['crank']);
  expect((await ada.teams.orgListTeamActivityFeeds(id)).data).toEqual(expect.any(Array));
  expect((await ada.teams.orgRemoveTeamRepository(id, 'mill', 'wheel')).status).toBe(204);
  expect((await ada.repos.repoAddTeam('mill', 'wheel', 'crank')).status).toBe(204);
  expect((await ada.repos.repoCheckTeam('mill', 'wheel', 'crank')).data.id).toBe(id);
  expect((await ada.repos.repoDeleteTeam('mill', 'wheel', 'crank')).status).toBe(204);
  expect((await refusal(ada.repos.repoCheckTeam('mill', 'wheel', 'crank'))).status).toBe(404);
  const edited = await ada.teams.orgEditTeam(id, { name: 'handle', description: '' });
  expect([edited.status, edited.data.name, edited.data.description]).toEqual([200, 'handle', '']);
  expect((await ada.teams.orgRemoveTeamMember(id, 'ben')).status).toBe(204);
  expect((await ada.teams.orgDeleteTeam(id)).status).toBe(204);
  expect((await refusal(ada.teams.orgGetTeam(id))).status).toBe(404);
});

it('members, who show themselves or not, and whom an organization keeps out', async () => {
  expect((await ada.orgs.orgIsMember('mill', 'ben')).status).toBe(204);
  expect(logins((await ada.orgs.orgListMembers('mill')).data)).toEqual(['ada', 'ben']);
  expect((await refusal(ada.orgs.orgIsPublicMember('mill', 'ben'))).status).toBe(404);
  expect((await ben.orgs.orgPublicizeMember('mill', 'ben')).status).toBe(204);
  expect((await refusal(ada.orgs.orgPublicizeMember('mill', 'boss'))).status).toBe(403);
  expect((await site.anonymous.orgs.orgIsPublicMember('mill', 'ben')).status).toBe(204);
  expect(logins((await site.anonymous.orgs.orgListPublicMembers('mill')).data)).toEqual(['ben']);
  expect((await ben.orgs.orgConcealMember('mill', 'ben')).status).toBe(204);
  expect((await site.anonymous.orgs.orgListPublicMembers('mill')).data).toEqual([]);
  expect((await ben.users.orgGetUserPermissions('ben', 'mill')).data).toMatchObject({
    is_owner: false,
    is_admin: false,
  });
  expect((await ada.orgs.orgDeleteMember('mill', 'ben')).status).toBe(204);
  expect((await refusal(ada.orgs.orgIsMember('mill', 'ben'))).status).toBe(404);
  expect((await ada.orgs.organizationBlockUser('mill', 'ben')).status).toBe(204);
  expect((await ada.orgs.organizationCheckUserBlock('mill', 'ben')).status).toBe(204);
  expect(logins((await ada.orgs.organizationListBlocks('mill')).data)).toEqual(['ben']);
  expect((await ada.orgs.organizationUnblockUser('mill', 'ben')).status).toBe(204);
  expect((await refusal(ada.orgs.organizationCheckUserBlock('mill', 'ben'))).status).toBe(404);
});

it('what happened in it, and its end', async () => {
  const { data } = await ada.orgs.orgListActivityFeeds('mill', { limit: 50 });
  expect(data.map(({ op_type }) => op_type)).toContain('create_repo');
  const seen = await ben.orgs.orgListActivityFeeds('mill');
  expect(seen.data.every(({ repo }) => repo?.name !== 'wheel')).toBe(true);
  for (const name of ['wheel', 'stone']) expect((await ada.repos.repoDelete('mill', name)).status).toBe(204);
  expect((await ada.orgs.orgDelete('mill')).status).toBe(204);
  expect((await refusal(ada.orgs.orgGet('mill'))).status).toBe(404);
});
