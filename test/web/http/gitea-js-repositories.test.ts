// Gitea's own JavaScript client keeps repositories here: their settings, people, keys, forks, mirrors, topics and transfers.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64, type Client, type ClientSite, clientSite, idOf, refusal } from './gitea-js-site.ts';

let site: ClientSite;
let ada: Client;
let ben: Client;
let boss: Client;

beforeAll(async () => {
  site = await clientSite({ network: { allow_private: ['127.0.0.1'] } });
  [boss, ada, ben] = [await site.as('boss'), await site.as('ada'), await site.as('ben')];
});
afterAll(() => site.close(import.meta.url));

const names = (list: readonly { full_name?: string }[] | undefined) => list?.map((one) => one.full_name);
const logins = (list: readonly { login?: string }[]) => list.map((one) => one.login);

describe('a repository', () => {
  it('is created with files and labels, read, found and listed', async () => {
    const made = await ada.user.createCurrentUserRepo({
      name: 'tools',
      description: 'What we use',
      auto_init: true,
      readme: 'Default',
      license: 'MIT',
      gitignores: 'Node',
      issue_labels: 'Default',
      default_branch: 'trunk',
    });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      full_name: 'ada/tools',
      default_branch: 'trunk',
      empty: false,
      private: false,
      owner: { login: 'ada' },
      permissions: { admin: true, push: true, pull: true },
      clone_url: expect.stringMatching(/\/ada\/tools\.git$/),
      html_url: expect.stringMatching(/\/ada\/tools$/),
    });
    const { data } = await ben.repos.repoGet('ada', 'tools');
    expect(data).toMatchObject({ id: idOf(made), permissions: { admin: false, push: false, pull: true } });
    expect((await site.anonymous.repositories.repoGetById(idOf(made))).data.full_name).toBe('ada/tools');
    expect((await ada.repos.repoGetLicenses('ada', 'tools')).data).toEqual(['MIT']);
    expect((await ada.repos.issueListLabels('ada', 'tools')).data.length).toBeGreaterThan(5);
    expect((await ada.repos.repoGetContentsList('ada', 'tools')).data.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['.gitignore', 'LICENSE', 'README.md']),
    );
  });

  it('is refused under a name that is taken, and a bad one, in the words that clients read', async () => {
    expect((await refusal(ada.user.createCurrentUserRepo({ name: 'tools' }))).status).toBe(409);
    expect((await refusal(ada.user.createCurrentUserRepo({ name: 'a b/c' }))).status).toBe(422);
    expect(await refusal(ada.repos.repoGet('ada', 'nothing'))).toEqual({
      status: 404,
      message: expect.any(String),
    });
    expect((await refusal(site.anonymous.user.createCurrentUserRepo({ name: 'x' }))).status).toBe(401);
  });

  it('is searched for by its words, owner, topic and kind, page by page', async () => {
    for (const name of ['one', 'two', 'three']) await ada.user.createCurrentUserRepo({ name, private: true });
    const { data: owner } = await ada.users.userGet('ada');
    const found = await ada.repos.repoSearch({
      uid: owner.id ?? 0,
      limit: 2,
      page: 1,
      sort: 'alpha',
      order: 'asc',
    });
    expect([found.data.ok, names(found.data.data)]).toEqual([true, ['ada/one', 'ada/three']]);
    expect([found.headers.get('x-total-count'), found.headers.get('link')]).toEqual([
      '4',
      expect.stringMatching(/page=2[^>]*>; *rel="next"/),
    ]);
    expect(names((await ben.repos.repoSearch({ q: 'TOOL' })).data.data)).toEqual(['ada/tools']);
    expect((await ben.repos.repoSearch({ q: 'three' })).data.data).toEqual([]);
    expect(names((await ben.repos.repoSearch({ q: 'we use', includeDesc: true })).data.data)).toEqual([
      'ada/tools',
    ]);
    const mine = await ada.user.userCurrentListRepos({ limit: 3, page: 2 });
    expect([mine.data.length, mine.headers.get('x-total-count')]).toEqual([1, '4']);
    const public_ = await ben.users.userListRepos('ada');
    expect([names(public_.data), public_.headers.get('x-total-count')]).toEqual([['ada/tools'], '1']);
  });

  it('is changed, renamed, and still found under its old name', async () => {
    const change = {
      description: 'Better',
      website: 'https://tools.example',
      has_wiki: false,
      allow_merge_commits: true,
      allow_squash_merge: false,
      default_delete_branch_after_merge: true,
      default_merge_style: 'rebase',
    };
    expect((await ada.repos.repoEdit('ada', 'tools', change)).data).toMatchObject(change);
    expect((await ada.repos.repoEdit('ada', 'three', { name: 'drei', private: false })).data).toMatchObject({
      full_name: 'ada/drei',
      private: false,
    });
    expect((await ada.repos.repoGet('ada', 'three')).data.full_name).toBe('ada/drei');
    expect((await ada.repos.repoEdit('ada', 'drei', { archived: true })).data.archived).toBe(true);
    expect((await ada.repos.repoEdit('ada', 'drei', { archived: false })).data.archived).toBe(false);
    expect((await refusal(ben.repos.repoEdit('ada', 'tools', { description: 'x' }))).status).toBe(403);
    expect((await refusal(ben.repos.repoEdit('ada', 'one', { description: 'x' }))).status).toBe(404);
  });

  it('is deleted by whoever owns it', async () => {
    expect((await refusal(ben.repos.repoDelete('ada', 'drei'))).status).toBe(403);
    expect((await ada.repos.repoDelete('ada', 'drei')).status).toBe(204);
    expect((await refusal(ada.repos.repoGet('ada', 'drei'))).status).toBe(404);
  });
});

it('people are given access, asked for and sent away', async () => {
  expect((await ada.repos.repoAddCollaborator('ada', 'one', 'ben', { permission: 'write' })).status).toBe(
    204,
  );
  expect(logins((await ada.repos.repoListCollaborators('ada', 'one')).data)).toEqual(['ben']);
  expect((await ada.repos.repoCheckCollaborator('ada', 'one', 'ben')).status).toBe(204);
  expect((await refusal(ada.repos.repoCheckCollaborator('ada', 'one', 'boss'))).status).toBe(404);
  const { data } = await ben.repos.repoGetRepoPermissions('ada', 'one', 'ben');
  expect(data).toMatchObject({ permission: 'write', role_name: 'write', user: { login: 'ben' } });
  expect((await ben.repos.repoGet('ada', 'one')).data.permissions?.push).toBe(true);
  expect(logins((await ada.repos.repoGetAssignees('ada', 'one')).data)).toEqual(['ada', 'ben']);
  expect(logins((await ada.repos.repoGetReviewers('ada', 'one')).data)).toContain('ben');
  expect((await ada.repos.repoDeleteCollaborator('ada', 'one', 'ben')).status).toBe(204);
  expect((await refusal(ben.repos.repoGet('ada', 'one'))).status).toBe(404);
  expect((await refusal(ada.repos.repoAddCollaborator('ada', 'one', 'nobody-here', {}))).status).toBe(422);
});

it('topics are set, added, taken away and searched for', async () => {
  expect((await ada.repos.repoUpdateTopics('ada', 'tools', { topics: ['cli', 'rust'] })).status).toBe(204);
  expect((await ada.repos.repoAddTopic('ada', 'tools', 'fast')).status).toBe(204);
  expect((await ada.repos.repoDeleteTopic('ada', 'tools', 'rust')).status).toBe(204);
  const listed = await ada.repos.repoListTopics('ada', 'tools');
  expect(listed.data).toEqual({ topics: ['cli', 'fast'] });
  const { data } = await ben.topics.topicSearch({ q: 'cl' });
  expect(data).toMatchObject({ topics: [{ topic_name: 'cli', repo_count: 1 }] });
  expect(names((await ben.repos.repoSearch({ q: 'cli', topic: true })).data.data)).toEqual(['ada/tools']);
  expect((await refusal(ada.repos.repoAddTopic('ada', 'tools', 'Not_A_Topic!'))).status).toBe(422);
  expect((await refusal(ada.repos.repoDeleteTopic('ada', 'tools', 'gone'))).status).toBe(404);
});

it('stars, watching and those who do either', async () => {
  expect((await refusal(ben.user.userCurrentCheckStarring('ada', 'tools'))).status).toBe(404);
  expect((await ben.user.userCurrentPutStar('ada', 'tools')).status).toBe(204);
  expect((await ben.user.userCurrentCheckStarring('ada', 'tools')).status).toBe(204);
  expect(names((await ben.user.userCurrentListStarred()).data)).toEqual(['ada/tools']);
  expect(names((await ada.users.userListStarred('ben')).data)).toEqual(['ada/tools']);
  expect(logins((await ada.repos.repoListStargazers('ada', 'tools')).data)).toEqual(['ben']);
  expect((await ada.repos.repoGet('ada', 'tools')).data.stars_count).toBe(1);
  expect((await ben.user.userCurrentDeleteStar('ada', 'tools')).status).toBe(204);
  expect((await refusal(ben.repos.userCurrentCheckSubscription('ada', 'tools'))).status).toBe(404);
  const { data } = await ben.repos.userCurrentPutSubscription('ada', 'tools');
  expect(data).toMatchObject({ subscribed: true, ignored: false });
  expect((await ben.repos.userCurrentCheckSubscription('ada', 'tools')).data.subscribed).toBe(true);
  expect(logins((await ada.repos.repoListSubscribers('ada', 'tools')).data)).toEqual(['ben']);
  expect(names((await ben.user.userCurrentListSubscriptions()).data)).toEqual(['ada/tools']);
  expect(names((await ada.users.userListSubscriptions('ben')).data)).toEqual(['ada/tools']);
  expect((await ben.repos.userCurrentDeleteSubscription('ada', 'tools')).status).toBe(204);
});

it('keys to deploy with', async () => {
  const made = await ada.repos.repoCreateKey('ada', 'tools', { title: 'ci', key: newKey(), read_only: true });
  expect([made.status, made.data]).toEqual([
    201,
    expect.objectContaining({ title: 'ci', read_only: true, fingerprint: expect.stringMatching(/^SHA256:/) }),
  ]);
  const { data } = await ada.repos.repoListKeys('ada', 'tools', { fingerprint: made.data.fingerprint ?? '' });
  expect(data.map(({ id }) => id)).toEqual([idOf(made)]);
  expect((await ada.repos.repoListKeys('ada', 'tools', { key_id: 987 })).data).toEqual([]);
  expect((await ada.repos.repoGetKey('ada', 'tools', idOf(made))).data.title).toBe('ci');
  expect(
    (await refusal(ada.repos.repoCreateKey('ada', 'tools', { title: 'x', key: 'nonsense' }))).status,
  ).toBe(422);
  expect((await refusal(ben.repos.repoListKeys('ada', 'tools'))).status).toBe(403);
  expect((await ada.repos.repoDeleteKey('ada', 'tools', idOf(made))).status).toBe(204);
  expect((await refusal(ada.repos.repoGetKey('ada', 'tools', idOf(made)))).status).toBe(404);
});

function newKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]);
  return `ssh-ed25519 ${blob.toString('base64')} test`;
}

it('forks, which follow their parent', async () => {
  const fork = await ben.repos.createFork('ada', 'tools', { name: 'my-tools' });
  expect([fork.status, fork.data.full_name]).toEqual([202, 'ben/my-tools']);
  await site.t.app.jobs.drain();
  expect((await ben.repos.repoGet('ben', 'my-tools')).data).toMatchObject({
    fork: true,
    parent: { full_name: 'ada/tools' },
  });
  expect(names((await ada.repos.listForks('ada', 'tools')).data)).toEqual(['ben/my-tools']);
  expect((await refusal(ben.repos.createFork('ada', 'tools', { name: 'my-tools' }))).status).toBe(409);
  await ada.repos.repoCreateFile('ada', 'tools', 'new.txt', { content: base64('new\n'), branch: 'trunk' });
  const { data } = await ben.repos.repoMergeUpstream('ben', 'my-tools', { branch: 'trunk' });
  expect(data).toEqual({ merge_type: 'fast-forward' });
  expect((await ben.repos.repoGetContents('ben', 'my-tools', 'new.txt')).data.type).toBe('file');
});

it('templates that others are made of', async () => {
  await ada.repos.repoEdit('ada', 'tools', { template: true });
  const option = {
    owner: 'ben',
    name: 'from-tools',
    git_content: true,
    topics: true,
    labels: true,
    private: true,
  };
  const made = await ben.repos.generateRepo('ada', 'tools', option);
  expect([made.status, made.data.full_name, made.data.private]).toEqual([201, 'ben/from-tools', true]);
  await site.t.app.jobs.drain();
  expect((await ben.repos.repoListTopics('ben', 'from-tools')).data.topics).toEqual(['cli', 'fast']);
  expect((await ben.repos.repoGetContents('ben', 'from-tools', 'new.txt')).data.size).toBe(4);
});

it('repositories that change hands', async () => {
  const sent = await ada.repos.repoTransfer('ada', 'two', { new_owner: 'ben' });
  expect([sent.status, sent.data.full_name]).toEqual([202, 'ada/two']);
  expect((await ben.repos.rejectRepoTransfer('ada', 'two')).status).toBe(200);
  await ada.repos.repoTransfer('ada', 'two', { new_owner: 'ben' });
  const taken = await ben.repos.acceptRepoTransfer('ada', 'two');
  expect([taken.status, taken.data.full_name]).toEqual([202, 'ben/two']);
  expect((await ben.repos.repoGet('ben', 'two')).data.owner?.login).toBe('ben');
  expect((await refusal(ben.repos.acceptRepoTransfer('ben', 'two'))).status).toBe(404);
});

it('mirrors that follow and mirrors that are pushed to', async () => {
  const clone_addr = `${site.url}/ada/tools.git`;
  const made = await boss.repos.repoMigrate({
    clone_addr,
    repo_name: 'copy',
    repo_owner: 'boss',
    mirror: true,
  });
  expect([made.status, made.data.mirror]).toEqual([201, true]);
  await site.t.app.jobs.drain();
  expect((await boss.repos.repoGet('boss', 'copy')).data).toMatchObject({ mirror: true, empty: false });
  expect((await boss.repos.repoMirrorSync('boss', 'copy')).status).toBe(200);
  expect((await refusal(ada.repos.repoMirrorSync('ada', 'tools'))).status).toBe(404);
  const option = { remote_address: 'https://127.0.0.1:1/far.git', interval: '8h0m0s', sync_on_commit: true };
  const { data: push } = await ada.repos.repoAddPushMirror('ada', 'tools', option);
  expect(push).toMatchObject({ remote_address: option.remote_address, sync_on_commit: true });
  const name = push.remote_name ?? '';
  expect((await ada.repos.repoListPushMirrors('ada', 'tools')).data.map((one) => one.remote_name)).toEqual([
    name,
  ]);
  expect((await ada.repos.repoGetPushMirrorByRemoteName('ada', 'tools', name)).data.remote_name).toBe(name);
  expect((await ada.repos.repoPushMirrorSync('ada', 'tools')).status).toBe(200);
  expect((await ada.repos.repoDeletePushMirror('ada', 'tools', name)).status).toBe(204);
  expect((await refusal(ada.repos.repoGetPushMirrorByRemoteName('ada', 'tools', name))).status).toBe(404);
});

it('what happened in it, what it is written in, and who signs', async () => {
  const { data } = await ben.repos.repoListActivityFeeds('ada', 'tools', { limit: 50 });
  expect(data.map(({ op_type }) => op_type)).toContain('create_repo');
  expect(data.every(({ repo }) => repo?.full_name === 'ada/tools')).toBe(true);
  await ada.repos.repoCreateFile('ada', 'tools', 'main.go', { content: base64('package main\n') });
  await site.t.app.jobs.drain();
  expect(Object.keys((await ben.repos.repoGetLanguages('ada', 'tools')).data)).toEqual(['Go']);
  expect((await refusal(ben.repos.repoSigningKey('ada', 'tools'))).status).toBe(404);
});
