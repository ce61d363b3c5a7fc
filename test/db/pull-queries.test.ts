// Every query of pull requests that no other suite asks of every engine, once: it is understood, and finds what is there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as closings from '../../src/features/issues/closings.store.ts';
import { insertEntry } from '../../src/features/issues/entries.store.ts';
import { insertIssue, takeNumber } from '../../src/features/issues/issues.store.ts';
import { pullFactsOf } from '../../src/features/issues/pull-rows.store.ts';
import * as anchors from '../../src/features/pulls/anchors.store.ts';
import { DEFAULT_MERGE_SETTINGS } from '../../src/features/pulls/merge-settings.service.ts';
import * as settings from '../../src/features/pulls/merge-settings.store.ts';
import * as merges from '../../src/features/pulls/merges.store.ts';
import * as pulls from '../../src/features/pulls/pulls.store.ts';
import * as queue from '../../src/features/pulls/queue.store.ts';
import * as drafts from '../../src/features/pulls/review-drafts.store.ts';
import * as requests from '../../src/features/pulls/review-requests.store.ts';
import * as reviews from '../../src/features/pulls/reviews.store.ts';
import * as stacks from '../../src/features/pulls/stacks.store.ts';
import * as suggestions from '../../src/features/pulls/suggestions.store.ts';
import * as threads from '../../src/features/pulls/threads.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let userId: number;
let repositoryId: number;
let [pullId, otherId, plainId, reviewId, entryId, threadId] = [0, 0, 0, 0, 0, 0];

const OID = 'a'.repeat(40);
const AT = { createdAt: 1, updatedAt: 1 };

async function addPull(tx: Parameters<typeof insertIssue>[0], headBranch: string): Promise<number> {
  const number = await takeNumber(tx, repositoryId);
  const issue = { repositoryId, number, authorId: userId, title: headBranch, body: '', ...AT };
  const { id: issueId } = await insertIssue(tx, { ...issue, isPull: true, state: 'open' });
  await pulls.insertPull(tx, {
    ...{ issueId, repositoryId, number, baseBranch: 'main', headRepositoryId: repositoryId, headBranch },
    ...{ headLabel: headBranch, topic: `topic-${headBranch}`, headOid: OID, baseOid: OID, allowsEdits: true },
    ...{ isDraft: false, commitCount: 1, changedFiles: 0, additions: 0, deletions: 0 },
    ...{ mergeability: 'unknown', revision: 1 },
  });
  const revision = { issueId, revision: 1, headOid: OID, mergeBaseOid: OID, isForced: false };
  await pulls.insertRevision(tx, { ...revision, pusherId: userId, createdAt: 1 });
  return issueId;
}

beforeAll(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    userId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(userId, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
    pullId = await addPull(tx, 'one');
    otherId = await addPull(tx, 'two');
    const number = await takeNumber(tx, repositoryId);
    const issue = { repositoryId, number, authorId: userId, title: 'plain', body: '', ...AT };
    plainId = (await insertIssue(tx, { ...issue, isPull: false, state: 'open' })).id;
    const entry = { issueId: pullId, kind: 'review_comment', actorId: userId, body: 'b', data: {} } as const;
    entryId = await insertEntry(tx, { ...entry, createdAt: 1 });
    const review = { issueId: pullId, reviewerId: userId, state: 'approved', commitOid: OID } as const;
    reviewId = (
      await reviews.insertReview(tx, { ...review, revision: 1, entryId, isStale: false, submittedAt: 1 })
    ).id;
    threadId = await threads.insertThread(tx, {
      ...{
        issueId: pullId,
        path: 'a',
        subject: 'line',
        startSide: 'head',
        startLine: 1,
        side: 'head',
        line: 2,
      },
      ...{ originalBaseOid: OID, originalHeadOid: OID, originalRevision: 1, hunk: '', currentRevision: 1 },
      ...{ currentPath: 'a', currentStartLine: 1, currentLine: 2, isOutdated: false, createdAt: 1 },
    });
    await threads.insertPullComment(tx, { entryId, issueId: pullId, threadId, reviewId });
  });
}, 120_000);
afterAll(() => place.close());

test('anchors', async () => {
  const { db } = place;
  const columns = {
    currentRevision: 1,
    currentPath: 'b',
    currentStartLine: 3,
    currentLine: 4,
    isOutdated: false,
  };
  await db.write((tx) => anchors.updateAnchor(tx, threadId, columns));
  await db.write((tx) =>
    anchors.updateAnchor(tx, threadId, { ...columns, currentRevision: 0, currentPath: 'c' }),
  );
  expect(await anchors.listThreadPlaces(db.read, pullId)).toMatchObject([{ id: threadId, currentPath: 'b' }]);
  expect(await anchors.findRevisionByHead(db.read, pullId, OID)).toMatchObject({ revision: 1 });
  expect(await suggestions.findSuggesting(db.read, pullId, [entryId])).toMatchObject([{ body: 'b' }]);
  expect(await threads.findThread(db.read, pullId, threadId)).toMatchObject({ currentLine: 4 });
  expect(await threads.findIssueOfPullComment(db.read, entryId)).toBe(pullId);
  const page = { after: 0, limit: 10 };
  expect(await threads.listPullComments(db.read, pullId, page)).toMatchObject([{ threadId, reviewId }]);
});

test('merges and their settings', async () => {
  const { db } = place;
  const order = { style: 'merge' as const, byId: userId, at: 1 };
  const merging = { ...order, oid: OID, baseOid: OID, headOid: OID, branch: 'main' };
  await db.write((tx) => pulls.updatePull(tx, pullId, { autoMerge: order, merging }));
  expect(await merges.listNewestByBase(db.read, repositoryId, 'main', 5)).toEqual([otherId, pullId]);
  expect(await merges.listAutoMergesByBase(db.read, repositoryId, 'main')).toEqual([pullId]);
  expect(await merges.listAutoMergesByHead(db.read, repositoryId, OID)).toEqual([pullId]);
  expect(await merges.listAutoMergesOf(db.read, repositoryId)).toEqual([pullId]);
  expect((await pulls.findPullById(db.read, pullId))?.pull.merging).toEqual(merging);
  await db.write((tx) => merges.clearIntent(tx, pullId));
  await db.write((tx) => pulls.updatePull(tx, pullId, { autoMerge: null }));
  expect((await pulls.findPullById(db.read, pullId))?.pull.merging).toBeNull();
  expect(await merges.listAutoMergesOf(db.read, repositoryId)).toEqual([]);
  const row = {
    ...DEFAULT_MERGE_SETTINGS,
    styles: [...DEFAULT_MERGE_SETTINGS.styles],
    repositoryId,
    updatedAt: 1,
  };
  for (const deletesBranch of [false, true])
    await db.write((tx) => settings.saveMergeSettings(tx, { ...row, deletesBranch }));
  expect(await settings.findMergeSettings(db.read, repositoryId)).toMatchObject({ deletesBranch: true });
});

test('heads, revisions, topics and stacks', async () => {
  const { db } = place;
  const found = await pulls.findPullsByIds(db.read, [pullId, otherId, plainId]);
  expect(found.map(({ issue }) => issue.id).sort()).toEqual([pullId, otherId].sort());
  expect(await pulls.listOpenByHead(db.read, repositoryId, 'one')).toHaveLength(1);
  expect(await pulls.listOpenByTopic(db.read, repositoryId, 'topic-one')).toHaveLength(1);
  expect(await pulls.listOpenByTopic(db.read, repositoryId, undefined)).toEqual([]);
  expect(await pulls.listOpenForEdits(db.read, repositoryId, 1)).toHaveLength(1);
  expect(await pulls.findMergedByHead(db.read, repositoryId, 'one')).toBeUndefined();
  expect(await pulls.findRevision(db.read, pullId, 1)).toMatchObject({ headOid: OID });
  expect(await pulls.listReviewsByIds(db.read, pullId, [reviewId])).toHaveLength(1);
  expect(await stacks.listOpenByHeadOids(db.read, repositoryId, [OID])).toHaveLength(2);
  const supports = { pullIds: [pullId], branches: ['one', 'main'] };
  expect(await stacks.listStandingOn(db.read, repositoryId, supports, 5)).toHaveLength(2);
  expect(await pullFactsOf(db.read, [pullId, plainId])).toMatchObject([{ id: pullId }]);
});

test('reviews, requests and pending comments', async () => {
  const { db } = place;
  expect(await reviews.findReviews(db.read, pullId, [reviewId])).toHaveLength(1);
  expect(await reviews.findRevisionOf(db.read, pullId, OID)).toBe(1);
  const request = { issueId: pullId, userId, teamId: null, requestedById: userId, byCodeOwners: false };
  for (let times = 0; times < 2; times++)
    await db.write((tx) => requests.insertRequest(tx, { ...request, createdAt: 1 }));
  expect(await requests.listRequests(db.read, [pullId])).toMatchObject([{ user: { id: userId } }]);
  await db.write((tx) => reviews.removeRequestOf(tx, pullId, userId));
  expect(await db.write((tx) => requests.removeRequest(tx, pullId, { userId }))).toBe(false);
  expect(await requests.listReviewerIds(db.read, pullId)).toEqual([userId]);
  expect(await requests.listLastReviews(db.read, pullId)).toMatchObject([{ state: 'approved' }]);
  expect(await drafts.listDrafts(db.read, { issueId: pullId, userId })).toEqual([]);
  await db.write((tx) => drafts.removeDraft(tx, 0));
});

test('queues', async () => {
  const { db } = place;
  const key = { repositoryId, branch: 'main' };
  const mergeOrder = { style: 'merge' as const, byId: userId, at: 1 };
  const entry = { ...key, pullId, priority: 0, headOid: OID, mergeOrder, createdAt: 1 };
  const queued = await db.write((tx) => queue.insertQueued(tx, entry));
  const group = await db.write((tx) =>
    queue.insertGroup(tx, key, { entryIds: [queued.id], baseOid: OID, now: 1 }),
  );
  await db.write((tx) => queue.changeGroup(tx, group.id, ['building'], { headOid: OID, state: 'testing' }));
  // Of a change that changes nothing it says too that the group was there.
  expect(await db.write((tx) => queue.changeGroup(tx, group.id, ['testing'], { state: 'testing' }))).toBe(
    true,
  );
  expect(await queue.countQueued(db.read, key)).toBe(1);
  expect(await queue.findGroup(db.read, group.id)).toMatchObject({ state: 'testing' });
  expect(await queue.findGroupByHead(db.read, repositoryId, OID)).toMatchObject({ id: group.id });
  expect(await queue.findEntries(db.read, [pullId, otherId])).toHaveLength(1);
  expect(await queue.listQueues(db.read)).toEqual([key]);
  expect(await queue.listQueues(db.read, repositoryId)).toEqual([key]);
  await db.write((tx) => queue.removeGroups(tx, [group.id]));
  expect(await queue.findEntry(db.read, pullId)).toMatchObject({ groupId: null });
});

test('what closes issues', async () => {
  const { db } = place;
  for (let times = 0; times < 2; times++) await db.write((tx) => closings.insertClosing(tx, pullId, plainId));
  expect(await closings.listClosings(db.read, pullId)).toEqual([plainId]);
  expect(await closings.listClosersOf(db.read, plainId)).toMatchObject([{ id: pullId }]);
  expect(await closings.listClosedBy(db.read, pullId)).toMatchObject([{ id: plainId }]);
  expect(await closings.listClosingCommits(db.read, plainId)).toEqual([]);
  expect(await closings.findBase(db.read, pullId)).toBe('main');
  await db.write((tx) => closings.removeClosings(tx, pullId, [plainId]));
  expect(await closings.listClosings(db.read, pullId)).toEqual([]);
});
