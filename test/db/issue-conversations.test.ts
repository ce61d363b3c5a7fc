// Conversations on every engine, with the whole program around them: edits, comments, closings and pins that come at the same
// time lose nothing and count right, moving and deleting leave nothing behind.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeIssue, commentAnd, reopenIssue } from '../../src/features/issues/closing.service.ts';
import { commentsOfRepository } from '../../src/features/issues/comment-lists.service.ts';
import { addComment, deleteComment } from '../../src/features/issues/comments.service.ts';
import { editText, listEditsOf } from '../../src/features/issues/edits.service.ts';
import { createIssue, findMovedIssue, requireIssueById } from '../../src/features/issues/issues.service.ts';
import { findCounters } from '../../src/features/issues/issues.store.ts';
import type { IssueRow } from '../../src/features/issues/issues.types.ts';
import { listPinned, pinIssue } from '../../src/features/issues/pins.service.ts';
import { readTimeline } from '../../src/features/issues/timeline.service.ts';
import { deleteIssue, transferIssue } from '../../src/features/issues/transfer.service.ts';
import type { OpenRepository } from '../../src/features/repos/repos.types.ts';
import { makeEmptyPlace } from '../support/database.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { newRepository } from '../web/issues/conversation.ts';

let t: TestApp;
let remove: () => Promise<void>;
let open: OpenRepository;
let issue: IssueRow;
let number = 0;

beforeAll(async () => {
  const made = await makeEmptyPlace();
  remove = made.remove;
  // SQLite keeps its file in the data directory.
  const database = 'url' in made.place.config && made.place.config.url ? made.place.config : {};
  t = await testApp({ database });
}, 60_000);
afterAll(async () => {
  await t.close();
  await remove();
});
beforeEach(async () => {
  number += 1;
  open = await newRepository(t, `db${number}`);
  issue = await createIssue(t.app, open.actor, open, { title: 'One', body: 'first' });
});

const now = () => requireIssueById(t.app, open, issue.id);
const kinds = async () => (await readTimeline(t.app, issue.id, {})).entries.map(({ kind }) => kind);

test('fifty people open issues at once: every number once, and all of them counted', async () => {
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      createIssue(t.app, open.actor, open, { title: `At once ${n}`, body: '' }),
    ),
  );
  expect(made.map((one) => one.number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, n) => n + 2),
  );
  expect(await findCounters(t.app.db.read, open.repository.id)).toMatchObject({
    lastNumber: 51,
    openIssues: 51,
  });
}, 60_000);

test('edits of one version: one is saved, the others hear of it, and nothing is undone', async () => {
  const edits = ['a', 'b', 'c', 'd', 'e'].map((body) =>
    editText(t.app, open.actor, open, issue, undefined, { body, version: 0 }).then(
      () => body,
      (error: { code: string }) => error.code,
    ),
  );
  const outcomes = await Promise.all(edits);
  expect(outcomes.filter((one) => one === 'conflict')).toHaveLength(4);
  const saved = outcomes.find((one) => one !== 'conflict');
  expect(await now()).toMatchObject({ body: saved, bodyVersion: 1 });
  const { edits: history, original } = await listEditsOf(t.app, await now(), undefined, undefined);
  expect(history).toMatchObject([{ previous: 'first', next: saved }]);
  expect(original).toBe('first');
});

test('a long history comes in pages without a gap', async () => {
  for (let version = 0; version < 45; version++)
    await editText(t.app, open.actor, open, issue, undefined, { body: `v${version + 1}`, version });
  const seen: string[] = [];
  let before: number | undefined;
  for (let pages = 0; pages < 5; pages++) {
    const page = await listEditsOf(t.app, await now(), undefined, before);
    for (const { previous, next } of page.edits) seen.push(`${previous}>${next}`);
    if (page.older === undefined) {
      expect(page.original).toBe('first');
      break;
    }
    before = page.older;
  }
  expect(seen).toEqual(
    Array.from({ length: 45 }, (_, n) => `${n === 44 ? 'first' : `v${44 - n}`}>v${45 - n}`),
  );
}, 60_000);

test('comments at once are all there and counted, also those that are deleted meanwhile', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, n) => addComment(t.app, open.actor, open, issue, `comment ${n}`)),
  );
  expect((await now()).commentCount).toBe(20);
  await Promise.all(made.slice(0, 5).map((entry) => deleteComment(t.app, open.actor, open, issue, entry)));
  expect((await now()).commentCount).toBe(15);
  const { comments, hasMore } = await commentsOfRepository(t.app, open, { page: 2, limit: 10 });
  expect([comments.length, hasMore]).toEqual([5, false]);
}, 60_000);

test('closing and reopening at once end in one state that is counted right', async () => {
  await Promise.all([
    closeIssue(t.app, open.actor, open, issue, { reason: 'completed' }),
    closeIssue(t.app, open.actor, open, issue, { reason: 'completed' }),
    commentAnd(t.app, open.actor, open, issue, 'And done', { reason: 'completed' }),
  ]);
  expect((await kinds()).filter((kind) => kind === 'closed')).toHaveLength(1);
  expect(await findCounters(t.app.db.read, open.repository.id)).toMatchObject({
    openIssues: 0,
    closedIssues: 1,
  });
  await Promise.all([
    reopenIssue(t.app, open.actor, open, issue),
    reopenIssue(t.app, open.actor, open, issue),
  ]);
  expect(await findCounters(t.app.db.read, open.repository.id)).toMatchObject({
    openIssues: 1,
    closedIssues: 0,
  });
});

test('of six pins at once three stay', async () => {
  const more = [issue];
  for (let n = 0; n < 5; n++)
    more.push(await createIssue(t.app, open.actor, open, { title: `${n}`, body: '' }));
  await Promise.all(more.map((one) => pinIssue(t.app, open.actor, open, one).catch(() => undefined)));
  expect(await listPinned(t.app, open)).toHaveLength(3);
});

test('moving there and back leaves redirects that lead on, deleting leaves nothing', async () => {
  const target = await newRepository(t, `moved${number}`);
  await addComment(t.app, open.actor, open, issue, 'comes along');
  await transferIssue(t.app, open.actor, open, issue, { to: target.path.slice(1), isConfirmed: false });
  expect(await findMovedIssue(t.app, open.actor, open, 1)).toMatchObject({
    path: target.path,
    issue: { number: 1 },
  });
  const moved = await requireIssueById(t.app, target, issue.id);
  await transferIssue(t.app, open.actor, target, moved, { to: open.path.slice(1), isConfirmed: false });
  expect(await now()).toMatchObject({ number: 2, commentCount: 1 });
  expect(await findMovedIssue(t.app, open.actor, target, 1)).toMatchObject({
    path: open.path,
    issue: { number: 2 },
  });
  await closeIssue(
    t.app,
    open.actor,
    open,
    await createIssue(t.app, open.actor, open, { title: 'Same', body: '' }),
    {
      reason: 'duplicate',
      duplicateOf: '#2',
    },
  );
  await deleteIssue(t.app, open.actor, open, await now());
  expect(await findMovedIssue(t.app, open.actor, target, 1)).toBeUndefined();
  expect((await readTimeline(t.app, issue.id, {})).entries).toEqual([]);
  expect(await findCounters(t.app.db.read, open.repository.id)).toMatchObject({
    openIssues: 0,
    closedIssues: 1,
  });
});
