// What the API shows of conversations, on every engine: lists, counted milestones, timelines, files and the newest comments.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { addAsset, assetsOf, removeAsset, renameAsset } from '../../src/features/issues/assets.service.ts';
import { addComment, newestComments } from '../../src/features/issues/comments.service.ts';
import { placeIn } from '../../src/features/issues/issue-places.service.ts';
import { issuesJson } from '../../src/features/issues/issues.json.ts';
import { createIssue, requireIssueById } from '../../src/features/issues/issues.service.ts';
import type { IssueRow } from '../../src/features/issues/issues.types.ts';
import { setMetadata } from '../../src/features/issues/metadata.service.ts';
import { createMilestone } from '../../src/features/issues/milestones.service.ts';
import { listPinned, movePin, pinIssue } from '../../src/features/issues/pins.service.ts';
import { timelineJson } from '../../src/features/issues/timeline.json.ts';
import { namesInTimeline, readTimeline } from '../../src/features/issues/timeline.service.ts';
import { countPullComments } from '../../src/features/pulls/threads.store.ts';
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
  open = await newRepository(t, `json${number}`);
  issue = await createIssue(t.app, open.actor, open, { title: 'One', body: 'first' });
});

const now = () => requireIssueById(t.app, open, issue.id);

test('issues are shown with counted milestones and their places among the pinned', async () => {
  const milestones = [];
  for (const title of ['v1', 'v2'])
    milestones.push(await createMilestone(t.app, open.actor, open, { title }));
  const other = await createIssue(t.app, open.actor, open, { title: 'Two', body: '' });
  for (const [at, one] of [issue, other].entries()) {
    await setMetadata(t.app, open.actor, open, one, { milestoneId: milestones[at]?.id ?? null });
    await pinIssue(t.app, open.actor, open, one);
  }
  await movePin(t.app, open.actor, open, other, 1);
  expect((await listPinned(t.app, open)).map(({ title }) => title)).toEqual(['Two', 'One']);
  const rows = [await now(), await requireIssueById(t.app, open, other.id)];
  for (const viewer of [open.actor, SYSTEM])
    expect(await issuesJson(t.app, viewer, () => placeIn(open), rows)).toMatchObject([
      { title: 'One', pin_order: 2, milestone: { title: 'v1', open_issues: 1, closed_issues: 0 } },
      { title: 'Two', pin_order: 1, milestone: { title: 'v2', open_issues: 1, closed_issues: 0 } },
    ]);
});

test('a timeline shows milestones that are there by their titles', async () => {
  const { id } = await createMilestone(t.app, open.actor, open, { title: 'Straße' });
  await setMetadata(t.app, open.actor, open, issue, { milestoneId: id });
  const { entries } = await readTimeline(t.app, issue.id, {});
  const names = await namesInTimeline(t.app, open.actor, open, entries);
  expect(await timelineJson(t.app, open, issue, entries, names)).toMatchObject([
    { type: 'milestone', milestone: { id, title: 'Straße' }, old_milestone: null },
  ]);
});

test('files are added, renamed and removed with the text that names them', async () => {
  const text = { issue, entryId: undefined };
  const file = {
    name: 'a.txt',
    chunks: (async function* () {
      yield Buffer.from('words\n');
    })(),
  };
  const row = await addAsset(t.app, open.actor, open, text, file);
  const renamed = await renameAsset(t.app, open.actor, open, text, row, 'b.txt');
  expect((await now()).body).toContain('[b.txt]');
  await removeAsset(t.app, open.actor, open, text, renamed);
  expect(await assetsOf(t.app, text)).toEqual([]);
  expect((await now()).body.trim()).toBe('first');
});

test('the newest comment of each issue is found behind whatever came later', async () => {
  const other = await createIssue(t.app, open.actor, open, { title: 'Two', body: '' });
  await addComment(t.app, open.actor, open, issue, 'one');
  const { id } = await addComment(t.app, open.actor, open, issue, 'two');
  await pinIssue(t.app, open.actor, open, issue);
  expect([...(await newestComments(t.app, [issue.id, other.id]))]).toEqual([[issue.id, id]]);
  expect([...(await countPullComments(t.app.db.read, [issue.id]))]).toEqual([]);
});
