// Forks as people meet them: the button, the form, the list, the API, and what of a network nobody learns.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { syncFork } from '../../../src/features/repos/fork-sync.service.ts';
import { findForkOf, findInNetwork, networkOf } from '../../../src/features/repos/forks.service.ts';
import { changeRefs } from '../../../src/features/repos/ref-changes.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import {
  changeRepository,
  createRepository,
  deleteRepository,
} from '../../../src/features/repos/repos.service.ts';
import { writeCommit } from '../../../src/platform/git/write-commit.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
const people = new Map<string, Visitor>();

beforeAll(async () => {
  t = await testApp();
  for (const name of ['ada', 'ben', 'cleo', 'dora']) people.set(name, await t.as(name));
});
afterAll(() => t.close());

const as = (name: string) => people.get(name) ?? t.anonymous;

async function repository(name: string, visibility = 'public', readme = true): Promise<void> {
  await createRepository(t.app, await t.actor('ada'), parseNewRepository({ name, visibility, readme }));
}

async function forkBy(who: string, name: string, form: Record<string, string> = {}, owner = 'ada') {
  return as(who).post(`/${owner}/${name}/fork`, { name, ...form });
}

const html = async (answer: Response | Promise<Response>) => (await answer).text();

test('somebody forks a repository by its button, and finds the fork with where it came from', async () => {
  await repository('tool');
  const home = await html(as('ben').get('/ada/tool'));
  expect(home).toContain('href="/ada/tool/fork"');
  expect(await html(as('ben').get('/ada/tool/fork'))).toContain('Create a new fork');
  const made = await forkBy('ben', 'tool', { description: 'mine <script>' });
  expect(made.status).toBe(303);
  expect(made.headers.get('location')).toBe('/ben/tool');
  const fork = await html(as('cleo').get('/ben/tool'));
  expect(fork).toContain('forked from <a href="/ada/tool">ada/tool</a>');
  expect(fork).toContain('README.md');
  expect(fork).not.toContain('mine <script>');
  const list = await html(t.anonymous.get('/ada/tool/forks'));
  expect(list).toContain('href="/ben/tool"');
  // The button leads to the fork now.
  expect(await html(as('ben').get('/ada/tool'))).toContain('Your fork');
});

test('an owner has one repository of a network', async () => {
  await repository('once');
  expect((await forkBy('ben', 'once')).status).toBe(303);
  const again = await forkBy('ben', 'once', { name: 'once-more' });
  expect(again.status).toBe(422);
  expect(await html(again)).toContain('already has a repository of this network');
  expect((await forkBy('ada', 'once', { name: 'own' }, 'ben')).status).toBe(422);
  expect((await forkBy('cleo', 'once', {}, 'ben')).status).toBe(303);
  const open = await openRepository(t.app, await t.actor('dora'), 'cleo', 'once', 'repository:see');
  const network = await networkOf(t.app, await t.actor('dora'), open);
  expect(network.map((one) => one.ownerName)).toEqual(['ada', 'ben', 'cleo']);
  const { userId } = await t.actor('ben');
  expect((await findForkOf(t.app, userId, open.repository.id))?.ownerName).toBe('ben');
  expect((await findInNetwork(t.app, await t.actor('dora'), open, 'ADA'))?.ownerName).toBe('ada');
});

test('forks that are asked for at once become one', async () => {
  await repository('race');
  const answers = await Promise.all(
    ['race', 'race-2', 'race-3'].map((name) => forkBy('ben', 'race', { name })),
  );
  const { items } = await (await import('../../../src/features/repos/forks.service.ts')).listForks(
    t.app,
    await t.actor('ada'),
    await openRepository(t.app, await t.actor('ada'), 'ada', 'race', 'repository:see'),
  );
  expect(items.length).toBe(1);
  expect(answers.some((answer) => answer.status === 303)).toBe(true);
});

test('anonymous people are asked to sign in, strangers do not find what is private, empty ones are not forked', async () => {
  await repository('quiet', 'private');
  await repository('empty', 'public', false);
  await repository('open');
  expect((await t.anonymous.get('/ada/open/fork')).headers.get('location')).toContain('/login');
  expect((await as('ben').get('/ada/quiet/fork')).status).toBe(404);
  expect((await forkBy('ben', 'quiet')).status).toBe(404);
  expect((await as('ben').get('/ada/quiet/forks')).status).toBe(404);
  expect((await forkBy('ben', 'empty')).status).toBe(422);
  expect((await forkBy('ben', 'open', { owner: 'cleo' })).status).toBe(422);
});

test('a fork of a private repository stays private, and does not show itself or its parent to others', async () => {
  await repository('vault', 'private');
  const ada = await t.actor('ada');
  const open = await openRepository(t.app, ada, 'ada', 'vault', 'access:manage');
  await giveAccess(t.app, ada, open, { username: 'ben', permission: 'read' });
  await giveAccess(t.app, ada, open, { username: 'dora', permission: 'admin' });
  expect((await forkBy('ben', 'vault', { visibility: 'public' })).status).toBe(422);
  expect((await forkBy('ben', 'vault')).status).toBe(303);
  // Who may see the parent has nothing by that on the fork, its owner apart.
  for (const who of ['ada', 'dora', 'cleo']) expect((await as(who).get('/ben/vault')).status).toBe(404);
  expect(await html(as('dora').get('/ada/vault/forks'))).not.toContain('ben');
  const ben = await t.actor('ben');
  const fork = await openRepository(t.app, ben, 'ben', 'vault', 'access:manage');
  await giveAccess(t.app, ben, fork, { username: 'cleo', permission: 'read' });
  const seen = await html(as('cleo').get('/ben/vault'));
  expect(seen).not.toContain('forked from');
  const token = await t.token('cleo');
  const json = await (
    await t.anonymous.get('/api/v1/repos/ben/vault', { authorization: `token ${token}` })
  ).json();
  expect(json.parent).toBeNull();
  expect(json.fork).toBe(false);
  await expect(changeRepository(t.app, ben, fork, { visibility: 'internal' })).rejects.toThrow();
});

test('the count of forks follows their making and deletion; a deleted parent is named no more', async () => {
  await repository('counted');
  for (const who of ['ben', 'cleo']) expect((await forkBy(who, 'counted')).status).toBe(303);
  const counted = async () =>
    (await openRepository(t.app, await t.actor('ada'), 'ada', 'counted', 'repository:see')).repository
      .forkCount;
  expect(await counted()).toBe(2);
  const ben = await t.actor('ben');
  await deleteRepository(t.app, ben, await openRepository(t.app, ben, 'ben', 'counted', 'repository:own'));
  expect(await counted()).toBe(1);
  const ada = await t.actor('ada');
  await deleteRepository(t.app, ada, await openRepository(t.app, ada, 'ada', 'counted', 'repository:own'));
  const fork = await html(as('cleo').get('/cleo/counted'));
  expect(fork).not.toContain('forked from');
  expect(fork).toContain('README.md');
});

test('the API forks as Gitea does', async () => {
  await repository('by-api');
  const authorization = `token ${await t.token('dora', 'write:repository')}`;
  const post = (body: object) =>
    t.anonymous.request('/api/v1/repos/ada/by-api/forks', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const made = await post({ name: 'renamed' });
  expect(made.status).toBe(202);
  const json = await made.json();
  expect([json.full_name, json.fork, json.parent.full_name]).toEqual(['dora/renamed', true, 'ada/by-api']);
  expect((await post({ name: 'again' })).status).toBe(409);
  expect((await post({ organization: 7 })).status).toBe(422);
  const listed = await (await t.anonymous.get('/api/v1/repos/ada/by-api/forks')).json();
  expect(listed.map((one: { full_name: string }) => one.full_name)).toEqual(['dora/renamed']);
  const reading = `token ${await t.token('cleo', 'read:repository')}`;
  const refused = await t.anonymous.request('/api/v1/repos/ada/by-api/forks', {
    method: 'POST',
    headers: { authorization: reading, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(refused.status).toBe(403);
});

test('a fork says how far it is from its parent, and is brought up to date in each of three ways', async () => {
  await repository('synced');
  expect((await forkBy('ben', 'synced')).status).toBe(303);
  const bar = () => html(as('ben').get('/ben/synced/sync?branch=main&part=1'));
  expect(await bar()).toContain('up to date with');
  await commitTo('ada', 'synced', 'one.txt', '1');
  expect(await bar()).toContain('1 commit behind');
  const sync = (way: string, who = 'ben') => as(who).post('/ben/synced/sync', { branch: 'main', way });
  expect((await sync('merge', 'cleo')).status).toBe(403);
  expect((await sync('merge')).status).toBe(303);
  expect(await bar()).toContain('up to date with');
  expect(await tipOf('ben', 'synced')).toBe(await tipOf('ada', 'synced'));
  await commitTo('ada', 'synced', 'two.txt', '2');
  await commitTo('ben', 'synced', 'own.txt', 'own');
  expect(await bar()).toContain('1 commit ahead of</strong>, <strong>1 commit behind');
  await sync('merge');
  expect(await bar()).toContain('2 commits ahead of');
  expect(await bar()).not.toContain('behind');
  await commitTo('ada', 'synced', 'own.txt', 'other');
  await sync('merge');
  expect(await bar()).toContain('1 commit behind');
  await sync('discard');
  expect(await tipOf('ben', 'synced')).toBe(await tipOf('ada', 'synced'));
  const home = await html(as('ben').get('/ben/synced'));
  expect(home).toContain('/ben/synced/sync?branch=main');
});

test('a fork that is synced many times at once is copied to once', async () => {
  await repository('synced-at-once');
  expect((await forkBy('ben', 'synced-at-once')).status).toBe(303);
  await commitTo('ada', 'synced-at-once', 'one.txt', '1');
  const ben = await t.actor('ben');
  const fork = await openRepository(t.app, ben, 'ben', 'synced-at-once', 'code:write');
  const all = await Promise.allSettled(
    Array.from({ length: 6 }, () => syncFork(t.app, ben, fork, 'main', 'merge')),
  );
  expect(all.some(({ status }) => status === 'fulfilled')).toBe(true);
  for (const one of all)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
  const packs = await readdir(join(fork.dir, 'objects', 'pack'));
  expect(packs.filter((name) => name.endsWith('.pack'))).toHaveLength(1);
  expect(await tipOf('ben', 'synced-at-once')).toBe(await tipOf('ada', 'synced-at-once'));
});

test('whoever may not see the parent learns nothing of it from the bar', async () => {
  const { visibility } = await hideParent('bar-of-hidden');
  expect(visibility).toBe('private');
  const seen = await html(as('cleo').get('/ben/bar-of-hidden/sync?part=1'));
  expect(seen).not.toContain('ada');
  expect(seen).toContain('has no branch');
});

async function hideParent(name: string) {
  await repository(name);
  expect((await forkBy('ben', name)).status).toBe(303);
  const ada = await t.actor('ada');
  await changeRepository(t.app, ada, await openRepository(t.app, ada, 'ada', name, 'repository:own'), {
    visibility: 'private',
  });
  return (await openRepository(t.app, ada, 'ada', name, 'repository:own')).repository;
}

async function tipOf(owner: string, name: string): Promise<string | undefined> {
  const open = await openRepository(t.app, await t.actor(owner), owner, name, 'code:read');
  return t.app.git.ref(open.dir, 'refs/heads/main');
}

async function commitTo(owner: string, name: string, path: string, content: string): Promise<void> {
  const actor = await t.actor(owner);
  const open = await openRepository(t.app, actor, owner, name, 'code:write');
  const parent = (await tipOf(owner, name)) ?? '';
  const person = { name: owner, email: `${owner}@example.org`, time: Date.now(), offset: 0 };
  const newOid = await writeCommit(t.app.git, open.dir, {
    format: 'sha1',
    parents: [parent],
    changes: [{ path: Buffer.from(path), mode: '100644', content: Buffer.from(content) }],
    author: person,
    committer: person,
    message: path,
  });
  const update = { ref: 'refs/heads/main', oldOid: parent, newOid };
  await changeRefs(t.app, actor, open, { updates: [update] });
}
