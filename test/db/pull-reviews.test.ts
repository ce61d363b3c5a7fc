// Queries on reviews, threads and pending comments: found, counted, marked stale, and gone with what they belong to.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertEntry, removeEntry } from '../../src/features/issues/entries.store.ts';
import { insertIssue, takeNumber } from '../../src/features/issues/issues.store.ts';
import {
  countDrafts,
  findDraft,
  insertDraft,
  listDrafts,
  removeDrafts,
  updateDraft,
} from '../../src/features/pulls/review-drafts.store.ts';
import {
  findNewestReviewOf,
  findReview,
  insertReview,
  listOpinions,
  listReviews,
  markReviewsStale,
  updateReview,
} from '../../src/features/pulls/reviews.store.ts';
import {
  commentsOfReviews,
  commentsOfThreads,
  countThreads,
  countUnresolved,
  findPullComment,
  findThreads,
  insertPullComment,
  insertThread,
  listThreads,
  removeEmptyThreads,
  updateThread,
} from '../../src/features/pulls/threads.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let userId: number;
let repositoryId: number;
let issueId: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    const user = await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null });
    userId = user.id;
    const row = { ...newRepository(user.id, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
    const number = await takeNumber(tx, repositoryId);
    const issue = { title: 'x', body: '', state: 'open' as const, createdAt: 1, updatedAt: 1 };
    issueId = (await insertIssue(tx, { repositoryId, number, isPull: true, authorId: userId, ...issue })).id;
  });
});
afterEach(() => place.close());

const oid = 'a'.repeat(40);
const anchor = {
  ...{ path: 'a.txt', subject: 'line' as const, startSide: 'head' as const, startLine: 1 },
  ...{ side: 'head' as const, line: 2, originalBaseOid: oid, originalHeadOid: oid, originalRevision: 1 },
  ...{ hunk: '@@ -0,0 +1,2 @@\n+1\n+2', currentRevision: 1, currentPath: 'a.txt', currentStartLine: 1 },
  ...{ currentLine: 2, isOutdated: false, createdAt: 1 },
};

async function addReview(state: 'commented' | 'approved', revision = 1) {
  return place.db.write(async (tx) => {
    const entry = { issueId, kind: 'review' as const, actorId: userId, data: {}, createdAt: 1, body: 'Good' };
    const entryId = await insertEntry(tx, entry);
    const row = { issueId, reviewerId: userId, state, commitOid: oid, revision, entryId };
    return insertReview(tx, { ...row, isStale: false, submittedAt: 1 });
  });
}

async function addComment(reviewId: number, threadId?: number) {
  return place.db.write(async (tx) => {
    const thread = threadId ?? (await insertThread(tx, { ...anchor, issueId }));
    const entry = {
      issueId,
      kind: 'review_comment' as const,
      actorId: userId,
      data: {},
      createdAt: 1,
      body: 'Why',
    };
    const entryId = await insertEntry(tx, entry);
    await insertPullComment(tx, { entryId, issueId, threadId: thread, reviewId });
    return { thread, entryId };
  });
}

test('reviews are listed, and those of earlier heads marked stale', async () => {
  const { read, write } = place.db;
  const [first, second, third] = [
    await addReview('approved'),
    await addReview('commented', 2),
    await addReview('approved', 2),
  ];
  expect((await listReviews(read, issueId, { offset: 1, limit: 5 })).map(({ id }) => id)).toEqual([
    second.id,
    third.id,
  ]);
  expect((await listOpinions(read, issueId)).map(({ id }) => id)).toEqual([third.id, first.id]);
  expect((await findNewestReviewOf(read, issueId, userId))?.id).toBe(third.id);
  await write((tx) => markReviewsStale(tx, issueId, 2));
  expect((await listReviews(read, issueId, { offset: 0, limit: 5 })).map(({ isStale }) => isStale)).toEqual([
    true,
    false,
    false,
  ]);
  await write((tx) => updateReview(tx, third.id, { state: 'dismissed', stateBefore: 'approved' }));
  expect(await findReview(read, issueId, third.id)).toMatchObject({
    state: 'dismissed',
    stateBefore: 'approved',
  });
  expect(await findReview(read, issueId + 1, third.id)).toBeUndefined();
});

test('threads have their comments, are counted while open, and go with the last of them', async () => {
  const { read, write } = place.db;
  const review = await addReview('commented');
  const { thread, entryId } = await addComment(review.id);
  const answer = await addComment(review.id, thread);
  const other = await addComment(review.id);
  expect((await commentsOfThreads(read, [thread])).map(({ entry }) => entry.id)).toEqual([
    entryId,
    answer.entryId,
  ]);
  expect(await commentsOfReviews(read, [review.id])).toHaveLength(3);
  expect(await commentsOfReviews(read, [])).toEqual([]);
  expect((await findThreads(read, issueId, [thread, other.thread, 999])).map(({ id }) => id)).toEqual([
    thread,
    other.thread,
  ]);
  expect([await countThreads(read, issueId), await countUnresolved(read, issueId)]).toEqual([2, 2]);
  await write((tx) => updateThread(tx, other.thread, { resolvedAt: 5, resolvedById: userId }));
  expect(await countUnresolved(read, issueId)).toBe(1);
  await write((tx) => removeEntry(tx, entryId));
  await write((tx) => removeEmptyThreads(tx, issueId));
  expect(await listThreads(read, issueId, 10)).toHaveLength(2);
  await write((tx) => removeEntry(tx, answer.entryId));
  expect(await countUnresolved(read, issueId)).toBe(0);
  await write((tx) => removeEmptyThreads(tx, issueId));
  expect((await listThreads(read, issueId, 10)).map(({ id }) => id)).toEqual([other.thread]);
  expect(await findPullComment(read, issueId, answer.entryId)).toBeUndefined();
});

test('pending comments are their writer’s, and go with the repository', async () => {
  const { read, write } = place.db;
  const of = { issueId, userId };
  const made = { threadId: null, place: { ...anchor }, body: 'Hm', version: 1, createdAt: 1, updatedAt: 1 };
  const draft = await write((tx) => insertDraft(tx, { ...of, ...made }));
  expect((await findDraft(read, of, draft.id))?.place).toMatchObject({ path: 'a.txt', line: 2 });
  expect(await findDraft(read, { issueId, userId: userId + 1 }, draft.id)).toBeUndefined();
  await write((tx) => updateDraft(tx, draft.id, { body: 'Hm!', version: 2 }));
  expect((await listDrafts(read, of)).map(({ body }) => body)).toEqual(['Hm!']);
  await write((tx) => insertDraft(tx, { ...of, ...made, place: null }));
  expect(await countDrafts(read, of)).toBe(2);
  await write((tx) => removeDrafts(tx, of));
  expect(await countDrafts(read, of)).toBe(0);
  await write((tx) => insertDraft(tx, { ...of, ...made }));
  await write((tx) => removeRepositoryRow(tx, repositoryId));
  expect(await countDrafts(read, of)).toBe(0);
});
