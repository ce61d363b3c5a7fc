// The repositories of teams and the teams of repositories in the REST API, and teams that are in every repository.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf, makeSite } from '../orgs/site.ts';

let t: TestApp;
const tokens = new Map<string, string>();
beforeEach(async () => {
  t = await testApp();
  tokens.clear();
  await makeSite(t);
  for (const name of ['rockets', 'glue']) await make(name);
  await call('the-owner', 'PATCH', '/orgs/acme', { default_repository_permission: 'none' });
});
afterEach(() => t.close());

async function make(name: string): Promise<void> {
  const input = parseNewRepository({ owner: 'acme', name, visibility: 'private', readme: true });
  await createRepository(t.app, await t.actor('the-owner'), input);
}

async function call(name: string, method: string, path: string, body?: unknown, scopes = 'all') {
  const key = `${name} ${scopes}`;
  const token = tokens.get(key) ?? (await t.token(name, scopes));
  tokens.set(key, token);
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  const answer = await t.web.request(
    `${HOST}/api/v1${path}`,
    { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    { incoming: { socket: { remoteAddress: '127.0.0.1' }, headers: {} }, outgoing: {} },
  );
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? {} : JSON.parse(text), headers: answer.headers };
}

const team = async (body: Record<string, unknown>): Promise<number> => {
  const { json } = await call('the-owner', 'POST', '/orgs/acme/teams', body);
  await call('the-owner', 'PUT', `/teams/${json.id}/members/the-member`);
  return json.id;
};
const names = (json: unknown) => (json as { name: string }[]).map(({ name }) => name);
const mayOf = async (repository: string) => {
  const { status, json } = await call('the-member', 'GET', `/repos/acme/${repository}`);
  return status === 200 ? json.permissions : status;
};

describe('a team', () => {
  it('has on its repositories what it was made with, and less when that is taken back', async () => {
    const id = await team({ name: 'valves', permission: 'write' });
    expect(await mayOf('rockets')).toBe(404);
    expect((await call('the-owner', 'PUT', `/teams/${id}/repos/acme/rockets`)).status).toBe(204);
    expect(await mayOf('rockets')).toMatchObject({ push: true, admin: false });
    const { json, headers } = await call('the-member', 'GET', `/teams/${id}/repos`);
    expect([names(json), headers.get('x-total-count')]).toEqual([['rockets'], '1']);
    expect((await call('the-member', 'GET', `/teams/${id}/repos/acme/rockets`)).status).toBe(200);
    expect((await call('the-owner', 'GET', `/teams/${id}/repos/acme/glue`)).status).toBe(404);
    await call('the-owner', 'PATCH', `/teams/${id}`, { permission: 'read' });
    expect(await mayOf('rockets')).toMatchObject({ push: false, pull: true });
    expect((await eventsOf(t, 'team.updated')).at(-1)).toMatchObject({ changes: ['permission'] });
    expect((await call('the-owner', 'DELETE', `/teams/${id}/repos/acme/rockets`)).status).toBe(204);
    expect(await mayOf('rockets')).toBe(404);
    expect((await eventsOf(t, 'team_repository')).map(({ kind }) => kind)).toEqual([
      'team_repository.set',
      'team_repository.removed',
    ]);
  });

  it('is held to less in parts, and reaches nothing outside of them', async () => {
    const id = await team({ name: 'valves', permission: 'write', units_map: { 'repo.issues': 'write' } });
    await call('the-owner', 'PUT', `/teams/${id}/repos/acme/rockets`);
    expect((await call('the-member', 'GET', '/repos/acme/rockets/issues')).status).toBe(200);
    expect((await call('the-member', 'GET', '/repos/acme/rockets/branches')).status).toBeGreaterThan(400);
  });

  it('is given repositories by those who administer them alone', async () => {
    const id = await team({ name: 'valves' });
    const path = `/teams/${id}/repos/acme/rockets`;
    expect((await call('the-member', 'PUT', path)).status).toBe(404);
    expect((await call('the-stranger', 'PUT', path)).status).toBe(404);
    expect((await call('the-owner', 'PUT', path, undefined, 'write:organization')).status).toBe(403);
    expect((await call('the-owner', 'PUT', path, { permission: 'maintain' })).status).toBe(204);
    expect((await call('the-member', 'DELETE', path)).status).toBe(403);
    const input = parseNewRepository({ name: 'mine', visibility: 'public' });
    await createRepository(t.app, await t.actor('the-owner'), input);
    expect((await call('the-owner', 'PUT', `/teams/${id}/repos/the-owner/mine`)).status).toBe(404);
  });

  it('that is everywhere is in every repository, in new ones too, and stays when it is no longer', async () => {
    const id = await team({ name: 'valves', permission: 'read', includes_all_repositories: true });
    expect(names((await call('the-member', 'GET', `/teams/${id}/repos`)).json)).toEqual(['glue', 'rockets']);
    await make('new');
    expect(await mayOf('new')).toMatchObject({ pull: true, push: false });
    await call('the-owner', 'PATCH', `/teams/${id}`, { includes_all_repositories: false });
    await make('newer');
    expect(await mayOf('newer')).toBe(404);
    expect(await mayOf('new')).toMatchObject({ pull: true });
  });

  it('that creates repositories lets its people do so where members may not', async () => {
    await call('the-owner', 'PATCH', '/orgs/acme', { members_can_create_repositories: 'none' });
    const permissions = async () =>
      (await call('the-member', 'GET', '/users/the-member/orgs/acme/permissions')).json.can_create_repository;
    const input = parseNewRepository({ owner: 'acme', name: 'theirs', visibility: 'public' });
    const member = await t.actor('the-member');
    await expect(createRepository(t.app, member, input)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await permissions()).toBe(false);
    const id = await team({ name: 'makers', can_create_org_repo: true });
    expect(await permissions()).toBe(true);
    await createRepository(t.app, member, input);
    await call('the-owner', 'DELETE', `/teams/${id}/members/the-member`);
    const another = { ...input, name: 'another' };
    await expect(createRepository(t.app, member, another)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a team’s settings page', () => {
  it('shows and changes what the API does, and changes nothing where nothing is changed', async () => {
    const id = await team({ name: 'valves', units_map: { 'repo.issues': 'read' } });
    await call('the-owner', 'PUT', `/teams/${id}/repos/acme/rockets`, { permission: 'maintain' });
    const owner = await t.as('the-owner');
    const page = '/orgs/acme/teams/valves/settings';
    const html = await (await owner.get(page)).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(html).toMatch(/<option value="read" selected>/);
    const before = (await call('the-owner', 'GET', `/teams/${id}`)).json;
    const form = { csrf, name: 'valves', permission: 'read' };
    expect((await owner.post(page, form)).status).toBe(303);
    expect((await call('the-owner', 'GET', `/teams/${id}`)).json).toEqual(before);
    expect((await call('the-owner', 'GET', '/repos/acme/rockets/teams')).json).toMatchObject([
      { permission: 'write' },
    ]);
    await owner.post(page, { ...form, permission: 'admin', takesAll: 'on', createsRepositories: 'on' });
    expect((await call('the-owner', 'GET', `/teams/${id}`)).json).toMatchObject({
      permission: 'admin',
      includes_all_repositories: true,
      can_create_org_repo: true,
    });
    expect((await owner.post(page, { ...form, permission: 'all' })).status).toBe(422);
    // A permission alone opens no part that the team was kept out of.
    const patched = (await call('the-owner', 'PATCH', `/teams/${id}`, { permission: 'write' })).json;
    expect(patched.units_map).toMatchObject({ 'repo.code': 'none', 'repo.issues': 'read' });
  });
});

describe('the teams of a repository', () => {
  it('are listed with what they have there, added and removed by its administrators', async () => {
    const path = '/repos/acme/rockets/teams';
    expect((await call('the-owner', 'PUT', `${path}/engine`, { permission: 'admin' })).status).toBe(204);
    expect((await call('the-owner', 'PUT', `${path}/engine`)).status).toBe(422);
    expect((await call('the-owner', 'GET', path)).json).toMatchObject([
      { name: 'engine', permission: 'admin' },
    ]);
    expect((await call('the-owner', 'GET', `${path}/ENGINE`)).json).toMatchObject({ name: 'engine' });
    expect((await call('the-owner', 'GET', `${path}/vault`)).status).toBe(404);
    expect((await call('the-owner', 'PUT', `${path}/vault`)).status).toBe(204);
    // Who administers the repository through the team, and does not own the organization, is told of no secret team.
    expect(names((await call('the-maintainer', 'GET', path)).json)).toEqual(['engine']);
    expect((await call('the-maintainer', 'DELETE', `${path}/vault`)).status).toBe(404);
    expect((await call('the-member', 'GET', path)).status).toBe(404);
    expect((await call('the-owner', 'DELETE', `${path}/engine`)).status).toBe(204);
    expect((await call('the-owner', 'DELETE', `${path}/engine`)).status).toBe(422);
  });

  it('are none where the owner is a person', async () => {
    const input = parseNewRepository({ name: 'mine', visibility: 'public' });
    await createRepository(t.app, await t.actor('the-owner'), input);
    expect((await call('the-owner', 'GET', '/repos/the-owner/mine/teams')).status).toBe(405);
  });
});
