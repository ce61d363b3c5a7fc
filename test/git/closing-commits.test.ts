// Issues closed by what real clients push: over HTTP, by merges, forced pushes and forks, each commit once.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { createAccessToken } from '../../src/features/auth/tokens.service.ts';
import { reopenIssue } from '../../src/features/issues/closing.service.ts';
import { listEntries } from '../../src/features/issues/entries.store.ts';
import { createIssue } from '../../src/features/issues/issues.service.ts';
import { findIssueById } from '../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../src/features/issues/issues.types.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { forkRepository } from '../../src/features/repos/forks.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import { gitOk, type TransportServer, transportServer, workTree } from './support/transport-server.ts';

const FORK = { owner: 'bob', name: 'fork', defaultBranchOnly: false };

let server: TransportServer;
let open: OpenRepository;
let tree: string;

beforeAll(async () => {
  server = await transportServer();
  const { path } = await server.repository('ada', 'engine');
  const ada = await server.person('ada');
  open = await openRepository(server.app, ada, 'ada', 'engine', 'issues:read');
  await server.person('bob');
  await giveAccess(server.app, ada, open, { username: 'bob', permission: 'write' });
  tree = await workTree(server.work, { commits: 1 });
  await gitOk(tree, ['remote', 'add', 'bob', server.urlAs('bob', path)]);
  await gitOk(tree, ['push', 'bob', 'HEAD:refs/heads/main']);
  await server.app.jobs.drain();
}, 60_000);
afterAll(() => server.close());

let files = 0;

async function commit(message: string): Promise<string> {
  files += 1;
  writeFileSync(join(tree, `file${files}`), message);
  await gitOk(tree, ['add', '.']);
  await gitOk(tree, ['commit', '-q', '-m', message]);
  return gitOk(tree, ['rev-parse', 'HEAD']);
}

async function push(...args: string[]): Promise<void> {
  await gitOk(tree, ['push', ...args]);
  await server.app.jobs.drain();
}

async function issue(title: string): Promise<IssueRow> {
  return createIssue(server.app, await server.person('ada'), open, { title, body: '' });
}

async function stateOf({ id }: IssueRow): Promise<string | undefined> {
  return (await findIssueById(server.app.db.read, id))?.state;
}

async function commitsOf({ id }: IssueRow): Promise<unknown[]> {
  const entries = await listEntries(server.app.db.read, id, { after: 0, limit: 50 });
  return entries.filter(({ kind }) => kind === 'commit').map(({ data }) => data.oid);
}

test('a push to the default branch closes what its commits fix, for whoever pushed', async () => {
  const fixed = await issue('Fixed');
  const oid = await commit(`Mend the loom\n\nFixes #${fixed.number}.`);
  await push('bob', 'HEAD:main');
  expect(await findIssueById(server.app.db.read, fixed.id)).toMatchObject({
    state: 'closed',
    closeReason: 'completed',
    closedById: (await server.person('bob')).userId,
  });
  expect(await commitsOf(fixed)).toEqual([oid]);
}, 60_000);

test('a branch closes when it is merged, and a reopened issue stays open when the same is pushed again', async () => {
  const later = await issue('Later');
  await gitOk(tree, ['checkout', '-q', '-b', 'topic']);
  await commit(`Closes #${later.number}`);
  await push('bob', 'topic');
  expect(await stateOf(later)).toBe('open');
  const main = (await gitOk(tree, ['rev-parse', 'bob/main'])).trim();
  await gitOk(tree, ['checkout', '-q', '-B', 'main', main]);
  await commit('Meanwhile');
  await gitOk(tree, ['merge', '-q', '--no-ff', '-m', 'Merge topic', 'topic']);
  await push('bob', 'HEAD:main');
  expect(await stateOf(later)).toBe('closed');
  const row = await findIssueById(server.app.db.read, later.id);
  if (row) await reopenIssue(server.app, await server.person('ada'), open, row);
  // Back before the merge, and the same again; then rebased, with other ids.
  await push('--force', 'bob', `${main}:main`);
  await push('bob', 'HEAD:main');
  expect(await stateOf(later)).toBe('open');
  await gitOk(tree, ['checkout', '-q', '-B', 'rebased', main]);
  await commit('First');
  await gitOk(tree, ['cherry-pick', 'topic']);
  await push('--force', 'bob', 'HEAD:main');
  expect(await stateOf(later)).toBe('open');
  expect(await commitsOf(later)).toEqual([await gitOk(tree, ['rev-parse', 'HEAD'])]);
}, 60_000);

test('a fork that takes over commits of its parent closes nothing of its own', async () => {
  const { app } = server;
  const bob = await server.person('bob');
  const parent = await openRepository(app, bob, 'ada', 'engine', 'issues:read');
  await forkRepository(app, bob, parent, FORK);
  await app.jobs.drain();
  const forked = await openRepository(app, bob, 'bob', 'fork', 'issues:read');
  const theirs = await createIssue(app, bob, forked, { title: 'Of the fork', body: '' });
  const own = await createIssue(app, bob, forked, { title: 'Own', body: '' });
  await commit(`Fixes #${theirs.number}`);
  await push('--force', 'bob', 'HEAD:main');
  await gitOk(tree, ['remote', 'add', 'fork', server.urlAs('bob', '/bob/fork.git')]);
  await push('fork', 'HEAD:main');
  expect(await stateOf(theirs)).toBe('open');
  await commit(`Fixes #${own.number}`);
  await push('fork', 'HEAD:main');
  expect(await stateOf(own)).toBe('closed');
}, 60_000);

test('a first push closes nothing, and neither do tags', async () => {
  const app = server.app;
  const { path } = await server.repository('ada', 'fresh');
  const ada = await server.person('ada');
  const fresh = await openRepository(app, ada, 'ada', 'fresh', 'issues:read');
  const old = await createIssue(app, ada, fresh, { title: 'Old', body: '' });
  await commit(`Fixes #${old.number}`);
  await gitOk(tree, ['tag', 'v1']);
  await gitOk(tree, ['remote', 'add', 'fresh', server.urlAs('ada', path)]);
  await push('fresh', 'HEAD:main', 'v1');
  expect(await stateOf(old)).toBe('open');
  expect(await commitsOf(old)).toEqual([]);
}, 60_000);

test('a token that is limited to a repository closes nothing in others by what it pushes', async () => {
  const { app } = server;
  const ada = await server.person('ada');
  await server.repository('ada', 'other');
  const other = await openRepository(app, ada, 'ada', 'other', 'issues:read');
  const elsewhere = await createIssue(app, ada, other, { title: 'Elsewhere', body: '' });
  const here = await issue('Here');
  const { token } = await createAccessToken(app, SYSTEM, ada.userId, {
    name: 'limited',
    scopes: ['write:repository'],
    repositoryIds: [open.repository.id],
  });
  const message = `Fixes #${here.number}, fixes ada/other#${elsewhere.number}`;
  await gitOk(tree, ['checkout', '-q', '-B', 'main', 'bob/main']);
  await commit(message);
  const { host } = new URL(server.urlAs('ada', '/'));
  await push(`http://ada:${token}@${host}${open.path}.git`, 'HEAD:main');
  expect([await stateOf(here), await stateOf(elsewhere)]).toEqual(['closed', 'open']);
  expect(await commitsOf(elsewhere)).toEqual([]);
  await gitOk(tree, ['fetch', '-q', 'bob']);
  await commit(`Again: fixes ada/other#${elsewhere.number}`);
  await push(server.urlAs('ada', `${open.path}.git`), 'HEAD:main');
  expect(await stateOf(elsewhere)).toBe('closed');
}, 60_000);
