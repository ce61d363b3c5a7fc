// Pushes to heads and bases of pull requests, and to heads by maintainers of the base.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headOf, pushToHead } from '../../../src/features/pulls/heads.service.ts';
import { listRevisions } from '../../../src/features/pulls/pulls.store.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { changeRefs } from '../../../src/features/repos/ref-changes.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { commitTo, forkBy, makeWorkshop, type Workshop, writeCommit } from './proposals.ts';

let t: TestApp;
let shop: Workshop;

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t);
});
afterAll(() => t.close());

const ref = (name: string, open: OpenRepository = shop.open) => t.app.git.ref(open.dir, name);

describe('a push to the head', () => {
  test('gives a new revision, keeps the old head, and says what came', async () => {
    const first = await shop.commit('grows', { 'a.txt': '1\n' });
    const pull = await shop.propose('grows');
    const second = await shop.commit('grows', { 'a.txt': '2\n' }, { by: 'writer' });
    const now = await shop.again(pull);
    const { number } = now.issue;
    expect(now.pull).toMatchObject({ headOid: second, revision: 2, commitCount: 2, changedFiles: 1 });
    expect(await ref(`refs/pull/${number}/head`)).toBe(second);
    expect(await ref(`refs/opencodehub/pulls/${number}/1`)).toBe(first);
    const rows = await listRevisions(t.app.db.read, now.issue.id, 10);
    expect(rows.map(({ headOid, isForced }) => [headOid, isForced])).toEqual([
      [second, false],
      [first, false],
    ]);
    expect(await eventsOf(t, shop.open, 'pull.')).toContain('pull.synchronized');
  });

  test('that rewrites it is a force-push', async () => {
    await shop.commit('rewritten', { 'b.txt': '1\n' });
    const pull = await shop.propose('rewritten');
    const main = await ref('refs/heads/main');
    const oid = await shop.commit('rewritten', { 'b.txt': '2\n' }, { onto: main ?? '' });
    const now = await shop.again(pull);
    expect(now.pull).toMatchObject({ headOid: oid, revision: 2, commitCount: 1 });
    const [row] = await listRevisions(t.app.db.read, now.issue.id, 1);
    expect(row?.isForced).toBe(true);
  });

  test('that deletes it closes the pull request', async () => {
    const oid = await shop.commit('dropped', { 'c.txt': '1\n' });
    const pull = await shop.propose('dropped');
    const update = { ref: 'refs/heads/dropped', oldOid: oid, newOid: '0'.repeat(40) };
    await changeRefs(t.app, await t.actor('ada'), shop.open, { updates: [update] });
    await t.app.jobs.drain();
    expect((await shop.again(pull)).issue).toMatchObject({ state: 'closed', closeReason: null });
  });

  test('that renames it is followed', async () => {
    const oid = await shop.commit('before', { 'd.txt': '1\n' });
    const pull = await shop.propose('before');
    const zero = '0'.repeat(40);
    const updates = [
      { ref: 'refs/heads/before', oldOid: oid, newOid: zero },
      { ref: 'refs/heads/after', oldOid: zero, newOid: oid },
    ];
    await changeRefs(t.app, await t.actor('ada'), shop.open, { updates });
    await t.app.jobs.drain();
    const now = await shop.again(pull);
    expect(now.issue.state).toBe('open');
    expect(now.pull).toMatchObject({ headBranch: 'after', headLabel: 'after' });
  });
});

describe('a push to the base', () => {
  test('that brings some of its commits lets what a pull request changes be counted anew', async () => {
    const first = await shop.commit('counted', { 'e.txt': '1\n' });
    await shop.commit('counted', { 'e2.txt': '1\n' });
    const pull = await shop.propose('counted');
    expect(pull.pull).toMatchObject({ commitCount: 2, changedFiles: 2 });
    const oldOid = (await ref('refs/heads/main')) ?? '';
    const updates = [{ ref: 'refs/heads/main', oldOid, newOid: first }];
    await changeRefs(t.app, await t.actor('ada'), shop.open, { updates });
    await t.app.jobs.drain();
    expect((await shop.again(pull)).pull).toMatchObject({ baseOid: first, commitCount: 1, changedFiles: 1 });
  });

  test('that deletes it closes the pull request', async () => {
    const oid = await shop.commit('below', { 'g.txt': '1\n' });
    await shop.commit('above', { 'h.txt': '1\n' });
    const pull = await shop.propose('above', { base: 'below' });
    const update = { ref: 'refs/heads/below', oldOid: oid, newOid: '0'.repeat(40) };
    await changeRefs(t.app, await t.actor('ada'), shop.open, { updates: [update] });
    await t.app.jobs.drain();
    expect((await shop.again(pull)).issue.state).toBe('closed');
  });
});

describe('a base that is renamed', () => {
  test('is followed, also when it is the default branch', async () => {
    const other = await makeWorkshop(t);
    await other.commit('topic', { 'a.txt': 'a\n' });
    const pull = await other.propose('topic');
    const { renameBranch } = await import('../../../src/features/code/branches.service.ts');
    await renameBranch(t.app, await t.actor('ada'), other.open, { from: 'main', to: 'trunk' });
    await t.app.jobs.drain();
    const now = await other.again(pull);
    expect(now.issue.state).toBe('open');
    expect(now.pull.baseBranch).toBe('trunk');
  });
});

describe('edits by maintainers', () => {
  async function proposedFork(name: string, allowsEdits: boolean) {
    const fork = await forkBy(t, shop.open, name);
    const oid = await commitTo(t, fork, 'topic', { 'i.txt': `${name}\n` });
    await commitTo(t, fork, 'other', { 'j.txt': `${name}\n` });
    const pull = await shop.propose('topic', {
      by: name,
      head: { open: fork, branch: 'topic' },
      allowsEdits,
    });
    return { fork, oid, pull };
  }

  async function pushAs(name: string, fork: OpenRepository, branch: string): Promise<void> {
    const actor = await t.actor(name);
    const open = await openRepository(t.app, actor, fork.owner.name, fork.repository.name, 'code:read');
    const from = await ref(`refs/heads/${branch}`, fork);
    const newOid = await writeCommit(t, fork, from, { 'k.txt': name }, { message: 'Edit', actor });
    await changeRefs(t.app, actor, open, {
      updates: [{ ref: `refs/heads/${branch}`, oldOid: from ?? '', newOid }],
    });
    await t.app.jobs.drain();
  }

  test('are allowed on the branch of the pull request to whoever may write to the base, and there alone', async () => {
    const { fork, oid, pull } = await proposedFork('olga', true);
    await pushAs('writer', fork, 'topic');
    expect((await shop.again(pull)).pull.headOid).not.toBe(oid);
    await expect(pushAs('writer', fork, 'other')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(pushAs('reader', fork, 'topic')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('end with the pull request', async () => {
    const { fork, pull } = await proposedFork('petra', true);
    const { closePull } = await import('../../../src/features/pulls/pull-states.service.ts');
    await closePull(t.app, await t.actor('petra'), shop.open, pull);
    await expect(pushAs('writer', fork, 'topic')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('are refused where they were not allowed', async () => {
    const { fork } = await proposedFork('quentin', false);
    await expect(pushAs('writer', fork, 'topic')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a token for the base alone does not open the fork', async () => {
    const { fork } = await proposedFork('rosa', true);
    const limited = { ...(await t.actor('writer')), repositoryIds: [shop.open.repository.id] };
    const open = await openRepository(t.app, limited, 'rosa', fork.repository.name, 'code:read');
    const oldOid = (await ref('refs/heads/topic', fork)) ?? '';
    const newOid = await writeCommit(t, fork, oldOid, { x: 'x' }, { message: 'x', actor: limited });
    const updates = [{ ref: 'refs/heads/topic', oldOid, newOid }];
    await expect(changeRefs(t.app, limited, open, { updates })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a head is pushed to from within, whoever has the branch', async () => {
    const { pull, oid, fork } = await proposedFork('selma', true);
    const writer = await t.actor('writer');
    const to = await writeCommit(t, shop.open, oid, { 'l.txt': 'l' }, { message: 'Suggest', actor: writer });
    expect(await headOf(t.app, writer, pull)).toMatchObject({ branch: 'topic', mayPush: true });
    await pushToHead(t.app, writer, shop.open, pull, { from: oid, to });
    expect(await ref('refs/heads/topic', fork)).toBe(to);
    expect((await shop.again(pull)).pull).toMatchObject({ headOid: to, revision: 2 });
    await t.app.jobs.drain();
    expect((await shop.again(pull)).pull.revision).toBe(2);
    const reader = await t.actor('reader');
    await expect(pushToHead(t.app, reader, shop.open, pull, { from: to, to: oid })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
