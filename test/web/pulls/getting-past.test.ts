// Ways past the rules and past write permission that were found and closed: each test is named after its hole.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enableAutoMerge } from '../../../src/features/pulls/auto-merge.service.ts';
import { changeBase } from '../../../src/features/pulls/base-branches.service.ts';
import {
  changeMergeSettings,
  DEFAULT_MERGE_SETTINGS,
} from '../../../src/features/pulls/merge-settings.service.ts';
import { MERGE_STYLES } from '../../../src/features/pulls/merges.types.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import { closePull, reopenPull } from '../../../src/features/pulls/pull-states.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { enqueuePull } from '../../../src/features/pulls/queue.service.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { changeRefs } from '../../../src/features/repos/ref-changes.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import type { RuleSetInput } from '../../../src/features/rules/rule-sets.input.ts';
import { saveRuleSet } from '../../../src/features/rules/rule-sets.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { commitTo, forkBy, makeWorkshop, type Workshop } from './proposals.ts';
import { withQueue } from './queues.ts';

let t: TestApp;
let shop: Workshop;

beforeAll(async () => {
  t = await testApp();
});
beforeEach(async () => {
  shop = await makeWorkshop(t);
  await changeMergeSettings(t.app, await t.actor('ada'), shop.open, {
    ...DEFAULT_MERGE_SETTINGS,
    styles: MERGE_STYLES,
    allowsAutoMerge: true,
  });
});
afterAll(() => t.close());

const openedBy = async (name: string, at: OpenRepository = shop.open) =>
  openRepository(t.app, await t.actor(name), at.owner.name, at.repository.name, 'pulls:read');

const tip = (branch: string, at: OpenRepository = shop.open) => t.app.git.ref(at.dir, `refs/heads/${branch}`);

async function protect(rules: RuleSetInput['rules'], at: OpenRepository = shop.open, include = ['main']) {
  const input: RuleSetInput = {
    ...{ name: 'Protected', target: 'branch', isActive: true, include, exclude: [] },
    ...{ bypass: [], rules },
  };
  await saveRuleSet(t.app, await t.actor(at.owner.name), at, undefined, input);
}

const REVIEWED = {
  ...{ approvals: 1, codeOwners: false, dismissStale: true, lastPushApproval: false, resolvedThreads: false },
};

async function approve(pull: Pull, by: string) {
  const { headOid } = (await shop.again(pull)).pull;
  const actor = await t.actor(by);
  await submitReview(t.app, actor, await openedBy(by), await shop.again(pull), {
    ...{ state: 'approved', body: '', headOid },
  });
  await t.app.jobs.drain();
}

async function merge(pull: Pull, by = 'writer') {
  return mergePull(t.app, await t.actor(by), await openedBy(by), await shop.again(pull), { style: 'merge' });
}

async function retarget(pull: Pull, base: string, by: string) {
  await changeBase(t.app, await t.actor(by), await openedBy(by), await shop.again(pull), base);
  await t.app.jobs.drain();
}

async function deleteBranch(branch: string, at = shop.open) {
  const oldOid = (await tip(branch, at)) ?? '';
  const update = { ref: `refs/heads/${branch}`, oldOid, newOid: '0'.repeat(oldOid.length) };
  await changeRefs(t.app, await t.actor(at.owner.name), at, { updates: [update] });
  await t.app.jobs.drain();
}

describe('choosing another base', () => {
  test('takes back an order to merge by itself, which was given for the base of then', async () => {
    await shop.commit('next', { 'n.txt': 'n\n' });
    const fork = await forkBy(t, shop.open, 'reader');
    await commitTo(t, fork, 'change', { 'c.txt': 'c\n' }, { by: 'reader' });
    const pull = await shop.propose('change', {
      ...{ by: 'reader', base: 'next', isDraft: true, head: { open: fork, branch: 'change' } },
    });
    const writer = await t.actor('writer');
    await enableAutoMerge(t.app, writer, await openedBy('writer'), pull, { style: 'merge' });
    await retarget(pull, 'main', 'reader');
    const { setDraft } = await import('../../../src/features/pulls/pull-states.service.ts');
    await setDraft(t.app, await t.actor('reader'), await openedBy('reader'), await shop.again(pull), false);
    await t.app.jobs.drain();
    expect((await shop.again(pull)).pull).toMatchObject({ mergedAt: null, autoMerge: null });
  });

  test('makes approvals stale that were given to less than it brings there', async () => {
    await protect({ pullRequest: REVIEWED });
    await shop.commit('side', { 'hidden.txt': 'never seen\n' }, { by: 'writer' });
    await shop.commit('harmless', { 'x.txt': 'x\n' }, { by: 'writer', onto: (await tip('side')) ?? '' });
    const pull = await shop.propose('harmless', { by: 'writer', base: 'side' });
    await approve(pull, 'maintainer');
    await retarget(pull, 'main', 'writer');
    await expect(merge(pull)).rejects.toMatchObject({ code: 'forbidden' });
    await approve(pull, 'maintainer');
    await merge(pull);
  });

  test('by deleting a base that was merged once makes them stale as well', async () => {
    await shop.commit('side', { 'a.txt': 'a\n' });
    await merge(await shop.propose('side'));
    await t.app.jobs.drain();
    await protect({ pullRequest: REVIEWED });
    await shop.commit('side', { 'hidden.txt': 'never seen\n' }, { by: 'writer' });
    await shop.commit('harmless', { 'x.txt': 'x\n' }, { by: 'writer', onto: (await tip('side')) ?? '' });
    const pull = await shop.propose('harmless', { by: 'writer', base: 'side' });
    await approve(pull, 'maintainer');
    await deleteBranch('side');
    expect((await shop.again(pull)).pull.baseBranch).toBe('main');
    await expect(merge(pull)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('behind the back of whoever merges is told to them, and nothing is merged', async () => {
    await shop.commit('next', { 'n.txt': 'n\n' });
    const head = await shop.commit('change', { 'c.txt': 'c\n' });
    const pull = await shop.propose('change', { base: 'next' });
    await retarget(pull, 'main', 'ada');
    const answer = await shop.people.writer.post(`${shop.open.path}/pull/${pull.issue.number}/merge`, {
      ...{ style: 'merge', head, base: 'next', when: 'now' },
    });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('This goes into main by now');
    expect((await shop.again(pull)).pull.mergedAt).toBeNull();
  });
});

describe('the approval of the last push', () => {
  const LAST = { pullRequest: { ...REVIEWED, lastPushApproval: true } };

  test('is not given by who pushed while it was closed', async () => {
    await protect(LAST);
    await shop.commit('change', { 'c.txt': 'c\n' });
    const pull = await shop.propose('change');
    const [ada, open] = [await t.actor('ada'), await openedBy('ada')];
    await closePull(t.app, ada, open, await shop.again(pull));
    await shop.commit('change', { 'c.txt': 'mine\n' }, { by: 'writer' });
    await reopenPull(t.app, ada, open, await shop.again(pull));
    await t.app.jobs.drain();
    await approve(pull, 'writer');
    await expect(merge(pull)).rejects.toMatchObject({ message: expect.stringContaining('last push') });
    await approve(pull, 'maintainer');
    await merge(pull);
  });

  test('is not given by who pushed before somebody else opened the pull request', async () => {
    await protect(LAST);
    await shop.commit('change', { 'c.txt': 'mine\n' }, { by: 'writer' });
    const pull = await shop.propose('change', { by: 'reader' });
    await approve(pull, 'writer');
    await expect(merge(pull)).rejects.toMatchObject({ message: expect.stringContaining('last push') });
  });

  test('is not given by who pushed right behind somebody else', async () => {
    await protect(LAST);
    await shop.commit('change', { 'c.txt': 'c\n' });
    const pull = await shop.propose('change');
    const { writeCommit } = await import('./proposals.ts');
    const push = async (by: string, text: string) => {
      const ref = 'refs/heads/change';
      const oldOid = (await tip('change')) ?? '';
      const actor = await t.actor(by);
      const newOid = await writeCommit(t, shop.open, oldOid, { 'c.txt': text }, { message: text, actor });
      await changeRefs(t.app, actor, shop.open, { updates: [{ ref, oldOid, newOid }] });
    };
    await push('boss', 'first\n');
    await push('writer', 'second\n');
    await t.app.jobs.drain();
    await approve(pull, 'writer');
    await expect(merge(pull)).rejects.toMatchObject({ message: expect.stringContaining('last push') });
  });
});

describe('what follows the merge of one below', () => {
  /** `below` goes into main by squash; `above` is on top of it. */
  async function squashBelow(above: {
    branch: string;
    by: string;
    at?: OpenRepository;
    allowsEdits?: boolean;
  }) {
    const { branch, by, at = shop.open, allowsEdits = false } = above;
    const below = await shop.propose('below');
    const head = {
      open: await openRepository(t.app, await t.actor(by), at.owner.name, at.repository.name, 'code:read'),
      branch,
    };
    await shop.propose(branch, { by, base: 'below', head, allowsEdits });
    const before = await tip(branch, at);
    const writer = await t.actor('writer');
    await mergePull(t.app, writer, await openedBy('writer'), below, { style: 'squash' });
    await t.app.jobs.drain();
    return { before, after: await tip(branch, at) };
  }

  test("rewrites no branch that a reader proposed, since it is not the reader's", async () => {
    const below = await shop.commit('below', { 'b.txt': 'b\n' });
    await shop.commit('release', { 'r.txt': 'r\n' }, { onto: below });
    const { before, after } = await squashBelow({ branch: 'release', by: 'reader' });
    expect(after).toBe(before);
  });

  test('rewrites no protected branch of a fork, whose rules the program is not above', async () => {
    const below = await shop.commit('below', { 'b.txt': 'b\n' });
    const fork = await forkBy(t, shop.open, 'stranger');
    await commitTo(t, fork, 'kept', { 'k.txt': 'k\n' }, { by: 'stranger', onto: below });
    await protect({ noForcePush: true }, fork, ['kept']);
    const { before, after } = await squashBelow({
      branch: 'kept',
      by: 'stranger',
      at: fork,
      allowsEdits: true,
    });
    expect(after).toBe(before);
  });

  test.each([
    ['a queue', { queue: { style: 'merge', batch: 1, atOnce: 1, timeoutMinutes: 5 } }],
    ['checks', { checks: { contexts: ['ci'], strict: false } }],
  ] as [string, RuleSetInput['rules']][])('rewrites no branch past %s', async (_, rules) => {
    const below = await shop.commit('below', { 'b.txt': 'b\n' });
    await shop.commit('kept', { 'k.txt': 'k\n' }, { onto: below });
    await protect(rules, shop.open, ['kept']);
    const { before, after } = await squashBelow({ branch: 'kept', by: 'ada' });
    expect(after).toBe(before);
  });
});

test('what waits for a branch of its own is not merged elsewhere when that branch is', async () => {
  await shop.commit('develop', { 'd.txt': 'd\n' });
  await shop.commit('first', { 'f.txt': 'f\n' }, { onto: (await tip('develop')) ?? '' });
  await merge(await shop.propose('first', { base: 'develop' }));
  await t.app.jobs.drain();
  await shop.commit('second', { 's.txt': 's\n' }, { onto: (await tip('develop')) ?? '' });
  const waiting = await shop.propose('second', { base: 'develop' });
  await merge(await shop.propose('develop'));
  await t.app.jobs.drain();
  const { issue, pull } = await shop.again(waiting);
  expect([issue.state, pull.baseBranch]).toEqual(['open', 'develop']);
});

describe('a fork', () => {
  async function fromFork(visibility = 'public') {
    shop = await makeWorkshop(t, { visibility });
    const fork = await forkBy(t, shop.open, 'reader');
    await commitTo(t, fork, 'change', { 'c.txt': '1\n' }, { by: 'reader' });
    const pull = await shop.propose('change', { by: 'reader', head: { open: fork, branch: 'change' } });
    return { fork, pull };
  }

  test('brings nothing more once its author may not see the base any more', async () => {
    const { fork, pull } = await fromFork('private');
    const { userId } = await t.actor('reader');
    await takeAccess(t.app, await t.actor('ada'), shop.open, userId);
    await commitTo(t, fork, 'change', { 'c.txt': '2\n' }, { by: 'reader' }).catch(() => {});
    await t.app.jobs.drain();
    expect((await shop.again(pull)).pull.headOid).toBe(pull.pull.headOid);
  });

  test('that is gone does not tell whose it was', async () => {
    const { fork, pull } = await fromFork();
    const { deleteRepository } = await import('../../../src/features/repos/repos.service.ts');
    const { updatePull } = await import('../../../src/features/pulls/pulls.store.ts');
    await deleteRepository(t.app, await t.actor('reader'), fork);
    await t.app.jobs.drain();
    // As once the last of it is removed.
    await t.app.db.write((tx) => updatePull(tx, pull.issue.id, { headRepositoryId: null }));
    const page = await (await t.anonymous.get(`${shop.open.path}/pull/${pull.issue.number}`)).text();
    expect(page).not.toContain('reader:change');
    const json = await t.anonymous.get(`/api/v1/repos${shop.open.path}/pulls/${pull.issue.number}`);
    expect(((await json.json()) as { head: { label: string } }).head.label).toBe('change');
  });
});

test('the queue takes no head that came after the page was opened', async () => {
  await withQueue(t, shop, {}, {});
  const seen = await shop.commit('change', { 'c.txt': 'c\n' });
  const pull = await shop.propose('change');
  await shop.commit('change', { 'c.txt': 'other\n' });
  const writer = await t.actor('writer');
  const queueing = enqueuePull(t.app, writer, await openedBy('writer'), await shop.again(pull), {
    headOid: seen,
  });
  await expect(queueing).rejects.toMatchObject({ code: 'conflict' });
  const answer = await shop.people.writer.post(`${shop.open.path}/pull/${pull.issue.number}/merge`, {
    ...{ style: 'merge', head: seen },
  });
  expect(answer.status).toBe(409);
});
