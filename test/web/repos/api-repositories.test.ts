// Repositories in the REST API as clients of Gitea use them: lists, topics, people, teams, keys, transfers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/test-app.ts';

type Json = Record<string, unknown>;

let t: TestApp;

beforeAll(async () => {
  t = await testApp();
  for (const name of ['ada', 'ben', 'cleo']) await t.actor(name);
  await t.actor('grace', { isAdmin: true });
  await asked('ada', 'POST', '/user/repos', { name: 'tools', auto_init: true, license: 'MIT' });
  await asked('ada', 'POST', '/user/repos', { name: 'vault', private: true });
}, 120_000);
afterAll(() => t.close());

const tokens = new Map<string, string>();

async function ask(
  name: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (name !== undefined) {
    const token = tokens.get(name) ?? (await t.token(name));
    tokens.set(name, token);
    headers.authorization = `token ${token}`;
  }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return t.anonymous.request(`/api/v1${path}`, init);
}

/** The JSON of an answer that must have gone well. */
async function asked(name: string | undefined, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await ask(name, method, path, body);
  const text = await answer.text();
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

async function names(name: string | undefined, path: string): Promise<string[]> {
  const found = (await asked(name, 'GET', path)) as unknown as Json[] | { data: Json[] };
  const list = Array.isArray(found) ? found : found.data;
  return list.map((one) => String(one.full_name));
}

async function kinds(limit = 3): Promise<string[]> {
  return (await t.app.events.recent({ limit })).map((event) => event.kind);
}

describe('one repository', () => {
  it('is shown with what is beside its row', async () => {
    const json = await asked(undefined, 'GET', '/repos/ada/tools');
    expect(json).toMatchObject({
      full_name: 'ada/tools',
      empty: false,
      licenses: ['MIT'],
      permissions: { admin: false, push: false, pull: true },
      default_merge_style: 'merge',
      allow_squash_merge: true,
      has_pull_requests: true,
      topics: [],
      repo_transfer: null,
    });
    expect((json.owner as Json).login).toBe('ada');
    expect(await asked('ada', 'GET', `/repositories/${json.id}`)).toMatchObject({ full_name: 'ada/tools' });
  });

  it('is changed, with what other rooms keep of it', async () => {
    const changes = {
      description: 'Tools',
      has_issues: false,
      allow_rebase: false,
      default_merge_style: 'squash',
      default_delete_branch_after_merge: true,
    };
    const json = await asked('ada', 'PATCH', '/repos/ada/tools', changes);
    expect(json).toMatchObject({ ...changes, open_issues_count: 0 });
    expect(json).not.toHaveProperty('internal_tracker');
    await asked('ada', 'PATCH', '/repos/ada/tools', { has_issues: true });
  });

  it('changes nothing of a request of which a part is refused', async () => {
    const all = { allow_merge_commits: false, allow_squash_merge: false, allow_rebase_explicit: false };
    const none = { ...all, description: 'never', allow_rebase: false, allow_fast_forward_only_merge: false };
    const answer = await ask('ada', 'PATCH', '/repos/ada/tools', none);
    expect(answer.status).toBe(422);
    expect(await asked('ada', 'GET', '/repos/ada/tools')).toMatchObject({ description: 'Tools' });
    expect((await ask('ada', 'PATCH', '/repos/ada/tools', { default_merge_style: 'octopus' })).status).toBe(
      422,
    );
    expect((await ask('ada', 'PATCH', '/repos/ada/tools', { private: 'no' })).status).toBe(422);
  });

  it('answers as if it were not there to whoever may not see it', async () => {
    const { id } = await asked('ada', 'GET', '/repos/ada/vault');
    for (const name of [undefined, 'ben']) {
      expect((await ask(name, 'GET', '/repos/ada/vault')).status).toBe(404);
      expect((await ask(name, 'GET', `/repositories/${id}`)).status).toBe(404);
      for (const what of ['topics', 'stargazers', 'subscribers', 'forks', 'languages', 'collaborators'])
        expect((await ask(name, 'GET', `/repos/ada/vault/${what}`)).status).toBe(404);
    }
    expect((await ask('ada', 'GET', '/repositories/0')).status).toBe(404);
    expect((await ask('ada', 'GET', '/repositories/999999')).status).toBe(404);
  });

  it('is made for an organization by its members alone, and once of a name', async () => {
    const { createOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
    await createOrganization(t.app, await t.actor('ada'), { name: 'crew', visibility: 'public' });
    expect(await asked('ada', 'POST', '/orgs/crew/repos', { name: 'ship' })).toMatchObject({
      full_name: 'crew/ship',
      private: false,
    });
    expect(await asked('ada', 'POST', '/org/crew/repos', { name: 'boat' })).toMatchObject({ name: 'boat' });
    expect((await ask('ada', 'POST', '/orgs/crew/repos', { name: 'ship' })).status).toBe(409);
    expect((await ask('ben', 'POST', '/orgs/crew/repos', { name: 'raft' })).status).toBe(403);
    expect((await ask('ben', 'POST', '/orgs/nobody/repos', { name: 'raft' })).status).toBe(404);
    expect(await names('ben', '/orgs/crew/repos')).toEqual(['crew/ship', 'crew/boat']);
  });
});

describe('lists', () => {
  it('hold what somebody may see, with their count and the way on', async () => {
    expect(await names('ada', '/user/repos')).toEqual(['ada/tools', 'ada/vault', 'crew/boat', 'crew/ship']);
    expect(await names('ada', '/users/ada/repos')).toEqual(['ada/tools', 'ada/vault']);
    expect(await names('ben', '/users/ada/repos')).toEqual(['ada/tools']);
    expect(await names(undefined, '/users/crew/repos')).toEqual(['crew/ship', 'crew/boat']);
    expect((await ask(undefined, 'GET', '/users/nobody/repos')).status).toBe(404);
    expect((await ask(undefined, 'GET', '/user/repos')).status).toBe(401);
    const page = await ask('ada', 'GET', '/repos/search?limit=1&page=2');
    expect(page.headers.get('x-total-count')).toBe('4');
    expect(page.headers.get('link')).toContain('rel="next"');
    const anonymous = await ask(undefined, 'GET', '/repos/search');
    expect(anonymous.headers.get('x-total-count')).toBe('3');
  });

  it('are searched as Gitea does it', async () => {
    expect(await names('ada', '/repos/search?q=AUL')).toEqual(['ada/vault']);
    expect(await names('ben', '/repos/search?q=vault')).toEqual([]);
    expect(await names('ada', '/repos/search?q=crew/s')).toEqual(['crew/ship']);
    expect(await names('ada', '/repos/search?q=_')).toEqual([]);
    expect(await names('ada', '/repos/search?q=tools&includeDesc=true')).toEqual(['ada/tools']);
    expect(await names('ada', '/repos/search?is_private=true')).toEqual(['ada/vault']);
    expect(await names('ada', '/repos/search?private=false&sort=id&order=desc')).toEqual([
      'crew/boat',
      'crew/ship',
      'ada/tools',
    ]);
    const { userId } = await t.actor('ada');
    expect(await names('ada', `/repos/search?uid=${userId}&exclusive=true`)).toEqual([
      'ada/tools',
      'ada/vault',
    ]);
    expect((await ask('ada', 'GET', '/repos/search?sort=beauty')).status).toBe(422);
    expect((await ask('ada', 'GET', '/repos/search?uid=x')).status).toBe(422);
  });

  it('do not tell where somebody else was given access', async () => {
    await asked('ada', 'PUT', '/repos/ada/tools/collaborators/cleo', { permission: 'write' });
    const { userId } = await t.actor('cleo');
    expect(await names('cleo', `/repos/search?uid=${userId}`)).toEqual(['ada/tools']);
    expect(await names('ben', `/repos/search?uid=${userId}`)).toEqual([]);
    expect(await names('ben', `/repos/search?uid=${userId}&mode=collaborative`)).toEqual([]);
    await asked('ada', 'DELETE', '/repos/ada/tools/collaborators/cleo');
  });
});

describe('topics', () => {
  it('are set, added, taken away and found, and each change is an event', async () => {
    await asked('ada', 'PUT', '/repos/ada/tools/topics', { topics: ['Forge', 'git', 'git'] });
    expect(await kinds(1)).toEqual(['repository.topics_changed']);
    await asked('ada', 'PUT', '/repos/ada/tools/topics/node.js');
    expect(await asked(undefined, 'GET', '/repos/ada/tools/topics')).toEqual({
      topics: ['forge', 'git', 'node.js'],
    });
    await asked('ada', 'DELETE', '/repos/ada/tools/topics/node.js');
    expect((await ask('ada', 'DELETE', '/repos/ada/tools/topics/node.js')).status).toBe(404);
    expect(await names(undefined, '/repos/search?q=git&topic=true')).toEqual(['ada/tools']);
    expect(await asked(undefined, 'GET', '/repos/ada/tools')).toMatchObject({ topics: ['forge', 'git'] });
  });

  it('that are none are refused by name', async () => {
    const wrong = [
      ['two words'],
      ['-x'],
      ['x'.repeat(51)],
      ['ünicode'],
      Array.from({ length: 26 }, (_, n) => `t${n}`),
    ];
    for (const topics of wrong)
      expect((await ask('ada', 'PUT', '/repos/ada/tools/topics', { topics })).status).toBe(422);
    expect((await ask('ada', 'PUT', '/repos/ada/tools/topics', { topics: 'git' })).status).toBe(422);
    expect((await ask('ben', 'PUT', '/repos/ada/tools/topics', { topics: [] })).status).toBe(403);
    expect((await ask(undefined, 'PUT', '/repos/ada/tools/topics', { topics: [] })).status).toBe(401);
  });

  it('of private repositories are told and counted to nobody who may not see them', async () => {
    await asked('ada', 'PUT', '/repos/ada/vault/topics', { topics: ['forge', 'secret-plan'] });
    expect(await asked('ben', 'GET', '/topics/search?q=secret')).toEqual({ topics: [] });
    const found = (await asked('ben', 'GET', '/topics/search?q=for')).topics as Json[];
    expect(found).toMatchObject([{ topic_name: 'forge', repo_count: 1 }]);
    const own = await ask('ada', 'GET', '/topics/search?q=');
    expect(own.headers.get('x-total-count')).toBe('3');
  });
});

describe('people, teams and keys', () => {
  it('collaborators are added, asked about and removed', async () => {
    const at = '/repos/ada/vault/collaborators';
    await asked('ada', 'PUT', `${at}/ben`, {});
    expect(await kinds(1)).toEqual(['collaborator.set']);
    expect(await asked('ada', 'GET', `${at}/ben/permission`)).toMatchObject({
      permission: 'write',
      role_name: 'write',
      user: { login: 'ben' },
    });
    expect(await asked('ben', 'GET', `${at}/ben/permission`)).toMatchObject({ permission: 'write' });
    expect((await ask('ben', 'GET', `${at}/ada/permission`)).status).toBe(403);
    expect((await ask('ada', 'GET', `${at}/ben`)).status).toBe(204);
    expect((await ask('ada', 'GET', `${at}/cleo`)).status).toBe(404);
    expect((await ask('ben', 'GET', at)).status).toBe(403);
    expect((await asked('ada', 'GET', at)) as unknown as Json[]).toMatchObject([{ login: 'ben' }]);
    expect((await ask('ada', 'PUT', `${at}/nobody`, {})).status).toBe(422);
    expect((await ask('ada', 'PUT', `${at}/ben`, { permission: 'owner' })).status).toBe(422);
    expect((await ask('ada', 'DELETE', `${at}/ben`)).status).toBe(204);
    expect((await ask('ben', 'GET', '/repos/ada/vault')).status).toBe(404);
  });

  it('teams are given access to repositories of their organization', async () => {
    const { createTeam } = await import('../../../src/features/orgs/teams.service.ts');
    const owner = (await asked('ada', 'GET', '/repos/crew/ship')).owner as Json;
    await createTeam(t.app, await t.actor('ada'), Number(owner.id), { name: 'riggers' });
    const at = '/repos/crew/ship/teams';
    expect((await ask('ada', 'GET', '/repos/ada/tools/teams')).status).toBe(405);
    expect((await ask('ada', 'PUT', `${at}/riggers`)).status).toBe(204);
    expect(await kinds(1)).toEqual(['team_repository.set']);
    expect((await asked('ada', 'GET', at)) as unknown as Json[]).toMatchObject([{ name: 'riggers' }]);
    expect(await asked('ada', 'GET', `${at}/riggers`)).toMatchObject({ name: 'riggers' });
    expect((await ask('ada', 'PUT', `${at}/riggers`)).status).toBe(422);
    expect((await ask('ben', 'GET', at)).status).toBe(403);
    expect((await ask('ada', 'DELETE', `${at}/riggers`)).status).toBe(204);
    expect((await ask('ada', 'DELETE', `${at}/riggers`)).status).toBe(422);
    expect((await ask('ada', 'GET', `${at}/nobody`)).status).toBe(404);
  });

  it('deploy keys are added, listed and removed by whoever administers the repository', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDIhz2GK/XCUj4i6Q5yQJNL1MKMDkSMWBd8uFqIWZ9+L';
    const at = '/repos/ada/vault/keys';
    const made = await asked('ada', 'POST', at, { title: 'ci', key, read_only: true });
    expect(made).toMatchObject({ title: 'ci', read_only: true, repository: { full_name: 'ada/vault' } });
    expect((await ask('ada', 'POST', at, { title: 'again', key })).status).toBe(422);
    expect((await ask('ben', 'GET', at)).status).toBe(404);
    expect((await ask('ada', 'GET', `/repos/ada/tools/keys/${made.id}`)).status).toBe(404);
    expect(await asked('ada', 'GET', `${at}/${made.id}`)).toMatchObject({ fingerprint: made.fingerprint });
    expect((await ask('ada', 'GET', at)).headers.get('x-total-count')).toBe('1');
    expect((await ask('ada', 'DELETE', `/repos/ada/tools/keys/${made.id}`)).status).toBe(404);
    expect((await ask('ada', 'DELETE', `${at}/${made.id}`)).status).toBe(204);
  });
});

describe('transfers', () => {
  it('wait for whoever is offered the repository, who need not see it otherwise', async () => {
    await asked('ada', 'POST', '/user/repos', { name: 'gift', private: true });
    const at = '/repos/ada/gift/transfer';
    expect(await asked('ada', 'POST', at, { new_owner: 'ben' })).toMatchObject({
      full_name: 'ada/gift',
      repo_transfer: { recipient: { login: 'ben' }, doer: { login: 'ada' } },
    });
    expect((await ask('cleo', 'POST', `${at}/accept`)).status).toBe(404);
    expect((await ask('ben', 'GET', '/repos/ada/gift')).status).toBe(404);
    expect(await asked('ben', 'POST', `${at}/reject`)).toMatchObject({ full_name: 'ada/gift' });
    expect(await asked('ada', 'GET', '/repos/ada/gift')).toMatchObject({ repo_transfer: null });
    await asked('ada', 'POST', at, { new_owner: 'ben' });
    expect(await asked('ben', 'POST', `${at}/accept`)).toMatchObject({ full_name: 'ben/gift' });
    expect((await ask('ada', 'GET', '/repos/ben/gift')).status).toBe(404);
    expect(await kinds(1)).toEqual(['repository.transferred']);
  });

  it('go at once to an organization of one’s own, and to nobody by a wrong name', async () => {
    await asked('ada', 'POST', '/user/repos', { name: 'dowry' });
    const at = '/repos/ada/dowry/transfer';
    const wrong = await ask('ada', 'POST', at, { new_owner: 'nobody' });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('new_owner');
    expect((await ask('ada', 'POST', at, { new_owner: 'crew', team_ids: [1] })).status).toBe(422);
    expect((await ask('ben', 'POST', at, { new_owner: 'ben' })).status).toBe(403);
    expect(await asked('ada', 'POST', at, { new_owner: 'crew' })).toMatchObject({ full_name: 'crew/dowry' });
  });
});

it('stargazers and subscribers are accounts, with their counts', async () => {
  const { starRepository } = await import('../../../src/features/repos/stars.service.ts');
  const { openRepository } = await import('../../../src/features/repos/access.service.ts');
  for (const name of ['ben', 'cleo']) {
    const actor = await t.actor(name);
    await starRepository(t.app, actor, await openRepository(t.app, actor, 'ada', 'tools', 'repository:see'));
    await asked(name, 'PUT', '/repos/ada/tools/subscription');
  }
  const answer = await ask(undefined, 'GET', '/repos/ada/tools/stargazers?limit=1&page=2');
  expect(answer.headers.get('x-total-count')).toBe('2');
  expect(await answer.json()).toMatchObject([{ login: 'cleo' }]);
  expect((await asked(undefined, 'GET', '/repos/ada/tools/subscribers')) as unknown as Json[]).toHaveLength(
    2,
  );
  expect(await asked('ben', 'GET', '/repos/ada/tools/subscription')).toMatchObject({ subscribed: true });
  const { userId } = await t.actor('ben');
  expect(await names('ada', `/repos/search?starredBy=${userId}`)).toEqual(['ada/tools']);
  expect(await asked(undefined, 'GET', '/repos/ada/tools')).toMatchObject({
    stars_count: 2,
    watchers_count: 2,
  });
});

it('a list of repositories costs the same statements however many they are', async () => {
  const { repositoriesJson } = await import('../../../src/features/repos/repository.json.ts');
  const actor = await t.actor('ada');
  const found = (await asked('ada', 'GET', '/repos/search')) as { data?: Json[] };
  const ids = (found.data ?? []).map(({ id }) => Number(id));
  const all = await repositoriesJson(t.app, actor, ids.toReversed());
  expect(all.map(({ id }) => id)).toEqual(ids.toReversed());
  expect(await repositoriesJson(t.app, await t.actor('ben'), [999_999])).toEqual([]);
});

it('a search by a team finds what it was given, for members of its organization alone', async () => {
  const { openOrganization } = await import('../../../src/features/orgs/orgs.service.ts');
  const { openTeam } = await import('../../../src/features/orgs/teams.service.ts');
  const crew = await openOrganization(t.app, await t.actor('ada'), 'crew', 'teams:read');
  const { team } = await openTeam(t.app, crew, 'riggers');
  await asked('ada', 'PUT', '/repos/crew/boat/teams/riggers');
  expect(await names('ada', `/repos/search?team_id=${team.id}`)).toEqual(['crew/boat']);
  expect((await ask('ben', 'GET', `/repos/search?team_id=${team.id}`)).status).toBe(404);
  expect((await ask(undefined, 'GET', `/repos/search?team_id=${team.id}`)).status).toBe(401);
});

it('what a suspended person starred is found by administrators alone', async () => {
  const { userId } = await t.actor('cleo');
  const search = `/repos/search?starredBy=${userId}`;
  expect(await names('ben', search)).toEqual(['ada/tools']);
  const { suspendUser } = await import('../../../src/features/users/standing.service.ts');
  await suspendUser(t.app, await t.actor('grace'), userId);
  expect((await ask('ben', 'GET', search)).status).toBe(404);
  expect((await ask('ben', 'GET', `/repos/search?uid=${userId}`)).status).toBe(404);
  expect((await ask('ben', 'GET', '/repos/search?uid=999999')).status).toBe(404);
  expect(await names('grace', search)).toEqual(['ada/tools']);
});

it('mirrors are made, listed and ended', async () => {
  const body = { clone_addr: 'https://git.example.org/x.git', repo_name: 'followed', mirror: true };
  expect(await asked('ada', 'POST', '/repos/migrate', { ...body, mirror_interval: '10h0m0s' })).toMatchObject(
    {
      mirror: true,
      original_url: 'https://git.example.org/x.git',
    },
  );
  expect((await ask('ada', 'POST', '/repos/migrate', { ...body, mirror_interval: 'daily' })).status).toBe(
    422,
  );
  const at = '/repos/ada/tools/push_mirrors';
  const made = await asked('ada', 'POST', at, { remote_address: 'https://git.example.org/y.git' });
  expect(made).toMatchObject({ interval: '8h0m0s', sync_on_commit: false, last_update: null });
  expect((await ask('ada', 'GET', at)).headers.get('x-total-count')).toBe('1');
  expect((await ask('ben', 'GET', at)).status).toBe(403);
  expect((await ask('ada', 'DELETE', `${at}/${made.remote_name}`)).status).toBe(204);
});
