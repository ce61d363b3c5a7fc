// Pull requests with everything their pages show, for the test that judges every page.

import { setStatus } from '../../../src/features/code/statuses.service.ts';
import { anchorAt } from '../../../src/features/pulls/anchors.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { enqueuePull } from '../../../src/features/pulls/queue.service.ts';
import { addDraft } from '../../../src/features/pulls/review-drafts.service.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { checkRunBody, checkRunOf } from '../../../src/features/rules/check-runs.input.ts';
import { createCheckRun } from '../../../src/features/rules/check-runs.service.ts';
import type { TestApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from '../pulls/proposals.ts';
import { withQueue } from '../pulls/queues.ts';

const LINES = Array.from({ length: 20 }, (_, line) => `line ${line + 1}`);
const text = (line: number, words: string) => `${LINES.with(line - 1, words).join('\n')}\n`;

/** Below the repository: 1 has everything, 2 stands on it, 3 is merged, 4 conflicts with it, 5 is in the queue, 6 is closed, 7 a draft. */
export const PULL_PAGES = [
  ...['/pulls', '/pulls?q=is:closed', '/queue', '/queue/next', '/branches', '/rules?ref=next', '/runs/1'],
  ...['', '/commits', '/checks', '/files', '/files?diff=split', '/base', '/reviews/new'].map(
    (at) => `/pull/1${at}`,
  ),
  ...['/files/comment?path=a.txt&side=head&line=4', '/threads/1/reply', '/revisions', '/edit'].map(
    (at) => `/pull/1${at}`,
  ),
  ...['2', '3', '4', '4/conflicts', '5', '6', '7'].map((at) => `/pull/${at}`),
  ...['/compare/main...loose?expand=1', '/settings/rules/1', '/settings/merging'],
  ...['/pull/new/loose'],
];

/** Makes the repository of `PULL_PAGES`; returns its path. */
export async function makePulls(t: TestApp): Promise<string> {
  const shop = await makeWorkshop(t, { files: { 'a.txt': text(1, 'first'), 'README.md': '# Pulls\n' } });
  await shop.commit('feature', { 'a.txt': text(4, 'fourth') }, { message: 'Turn it\n\nAll of it.' });
  const feature = await shop.propose('feature', { body: 'Please, **look**.' });
  await shop.commit('over', { 'b.txt': 'b\n' }, { onto: feature.pull.headOid });
  await shop.propose('over', { base: 'feature' });
  await shop.commit('done', { 'c.txt': 'c\n' });
  const done = await shop.propose('done');
  await mergePull(t.app, await t.actor('ada'), shop.open, done, { style: 'merge' });
  await shop.commit('clash', { 'a.txt': text(4, 'vierte') });
  await shop.commit('main', { 'a.txt': text(4, 'quarta') });
  await shop.propose('clash');
  await queued(t, shop);
  await shop.commit('closed', { 'e.txt': 'e\n' });
  await shop.propose('closed');
  await shop.people.ada.post(`${shop.open.path}/pull/6/comments`, { action: 'close', body: '' });
  await shop.commit('rough', { 'f.txt': 'f\n' });
  await shop.propose('rough', { isDraft: true });
  await shop.commit('loose', { 'g.txt': 'g\n' });
  await review(t, shop, feature);
  await t.app.jobs.drain();
  return shop.open.path;
}

/** One in the queue of `next`, and checks that rules of it ask for. */
async function queued(t: TestApp, shop: Workshop): Promise<void> {
  await shop.commit('next', { 'next.txt': 'n\n' });
  await withQueue(t, shop, {}, { checks: { contexts: ['ci'], strict: false } }, 'next');
  const oid = await shop.commit('waits', { 'd.txt': 'd\n' });
  const waits = await shop.propose('waits', { base: 'next' });
  const writer = await t.actor('writer');
  await setStatus(t.app, writer, shop.open, oid, {
    ...{ state: 'success', context: 'ci', description: '', targetUrl: '' },
  });
  const { name } = shop.open.repository;
  const open = await openRepository(t.app, writer, 'ada', name, 'pulls:merge');
  await enqueuePull(t.app, writer, open, await shop.again(waits));
  await t.app.jobs.drain();
}

/** A review with a suggestion, an annotation, and a comment that waits for its review. */
async function review(t: TestApp, shop: Workshop, pull: Pull): Promise<void> {
  const [ada, reader] = [await t.actor('ada'), await t.actor('reader')];
  const open = await openRepository(t.app, reader, 'ada', shop.open.repository.name, 'pulls:comment');
  const place = await anchorAt(t.app, open, pull, { path: 'a.txt', line: 4 });
  const drafts = [{ body: 'Rather:\n\n```suggestion\nthe fourth\n```', place }];
  await submitReview(t.app, reader, open, pull, { state: 'changes_requested', body: 'Nearly', drafts });
  await addDraft(t.app, ada, shop.open, pull, { body: 'Not yet', place });
  const { headOid } = pull.pull;
  const remark = { path: 'a.txt', start_line: 4, end_line: 4, annotation_level: 'warning', message: 'Hm' };
  const output = { title: 'One thing', summary: 'It is *small*', annotations: [remark] };
  const run = checkRunOf(checkRunBody().parse({ name: 'lint', conclusion: 'failure', output }));
  await createCheckRun(t.app, ada, shop.open, headOid, run);
  await setStatus(t.app, ada, shop.open, headOid, {
    ...{ state: 'pending', context: 'build', description: '', targetUrl: '' },
  });
}
