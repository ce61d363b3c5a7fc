// Who is told of what happens to a pull request: reviewers who are asked, reviews, pushes and merges.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changePull } from '../../../src/features/pulls/changing-pulls.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { watchRepository } from '../../../src/features/repos/watches.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let w: Workshop;
let pull: Pull;

beforeAll(async () => {
  t = await testApp();
  w = await makeWorkshop(t);
  await w.commit('feature', { 'a.txt': 'a\n' });
  pull = await w.propose('feature', { by: 'reader' });
}, 120_000);
afterAll(() => t.close());

interface Told {
  reason?: string;
  unread: boolean;
  subject: { title: string; type: string };
}

async function inboxOf(name: string): Promise<Told[]> {
  await t.app.jobs.drain();
  const { json } = await call(t, await t.token(name, 'all'), 'GET', '/notifications?all=true');
  return json as Told[];
}

it('tells whoever is asked for a review, and the author of what the review says', async () => {
  const [ada, writer] = [await t.actor('ada'), await t.actor('writer')];
  await changePull(t.app, ada, w.open, pull.issue.id, 'pulls:triage', async ({ tx, issue }) => {
    await t.app.events.record(tx, {
      kind: 'pull.review_requested',
      actorId: ada.userId,
      repositoryId: issue.repositoryId,
      issueId: issue.id,
      userIds: [writer.userId],
      teamIds: [],
    });
  });
  const [asked] = await inboxOf('writer');
  expect(asked).toMatchObject({ unread: true, subject: { title: 'Change by feature', type: 'Pull' } });
  const page = await (await w.people.writer.get('/notifications')).text();
  expect(page).toContain('Review requested');
  expect(page).toContain('Open pull request');
  const theirs = await openRepository(t.app, writer, 'ada', w.open.repository.name, 'pulls:comment');
  await submitReview(t.app, writer, theirs, pull, { state: 'approved', body: 'Good, @triager.' });
  expect(await inboxOf('reader')).toHaveLength(1);
  expect(await inboxOf('triager')).toHaveLength(1);
  expect(await (await w.people.triager.get('/notifications')).text()).toContain('Mentioned');
});

it('tells those who take part of new commits, and watchers of pull requests of new ones', async () => {
  const boss = await t.actor('boss');
  const seen = await openRepository(t.app, boss, 'ada', w.open.repository.name, 'repository:see');
  await watchRepository(t.app, boss, seen, { level: 'custom', kinds: ['pulls'] });
  const before = (await inboxOf('writer')).length;
  expect(before).toBe(1);
  await call(t, await t.token('writer', 'all'), 'PUT', '/notifications');
  await w.commit('feature', { 'b.txt': 'b\n' });
  expect((await inboxOf('writer'))[0]?.unread).toBe(true);
  await w.commit('second', { 'c.txt': 'c\n' });
  await w.propose('second');
  expect((await inboxOf('boss')).map(({ subject }) => subject.title)).toContain('Change by second');
});
