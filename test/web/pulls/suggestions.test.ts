// Comments tied to lines through pushes, and suggested changes applied to the head.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editText } from '../../../src/features/issues/edits.service.ts';
import { anchorAt } from '../../../src/features/pulls/anchors.service.ts';
import type { Pull, ThreadRow } from '../../../src/features/pulls/pulls.types.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { threadsOf, withComments } from '../../../src/features/pulls/threads.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;

const LINES = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`);

function text(changed: Record<number, string> = {}): string {
  return `${LINES.map((line, n) => changed[n + 1] ?? line).join('\n')}\n`;
}

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, { files: { 'a.txt': text(), 'b.txt': text(), 'c.txt': 'one\r\ntwo\r\n' } });
});
afterAll(async () => {
  await t?.close();
});

interface Place {
  path?: string;
  startLine?: number;
  side?: 'base' | 'head';
}

/** A comment on a line, at once; returns its entry. */
async function comment(
  pull: Pull,
  by: string,
  line: number,
  body: string,
  place: Place = {},
): Promise<number> {
  const actor = await t.actor(by);
  const open = await openRepository(t.app, actor, 'ada', shop.open.repository.name, 'pulls:comment');
  const now = await shop.again(pull);
  const asked = { path: 'a.txt', subject: 'line', side: 'head', line, ...place } as const;
  const drafts = [{ body, place: await anchorAt(t.app, open, now, asked) }];
  await submitReview(t.app, actor, open, now, { state: 'commented', body: '', drafts });
  const threads = await withComments(t.app, await threadsOf(t.app, now));
  return threads.at(-1)?.comments.at(-1)?.entry.id ?? 0;
}

async function threads(pull: Pull): Promise<ThreadRow[]> {
  return threadsOf(t.app, pull);
}

async function show(branch: string, path: string): Promise<string> {
  const { stdout } = await t.app.git.run(['show', `refs/heads/${branch}:${path}`], { dir: shop.open.dir });
  return stdout.toString('utf8');
}

async function message(branch: string): Promise<string> {
  const { stdout } = await t.app.git.run(['log', '-1', '--format=%B', `refs/heads/${branch}`], {
    dir: shop.open.dir,
  });
  return stdout.toString('utf8').trim();
}

function pathOf(pull: Pull): string {
  return `${shop.open.path}/pull/${pull.issue.number}`;
}

const suggested = (...lines: string[]) => ['Better:', '', '```suggestion', ...lines, '```'].join('\n');

test('a comment stays on its line through pushes, and is outdated when the line changes', async () => {
  await shop.commit('moving', { 'a.txt': text({ 5: 'five', 12: 'twelve' }) });
  const pull = await shop.propose('moving');
  await comment(pull, 'reader', 12, 'why?');
  await comment(pull, 'reader', 5, 'and this?', { startLine: 4 });
  await comment(pull, 'reader', 12, 'and before?', { side: 'base' });
  await shop.commit('moving', { 'a.txt': `new above\n${text({ 5: 'five', 12: 'twelve' })}` });
  let [one, two, three] = await threads(pull);
  expect(one).toMatchObject({
    currentLine: 13,
    currentStartLine: 13,
    isOutdated: false,
    currentRevision: 2,
    line: 12,
  });
  expect(two).toMatchObject({ currentLine: 6, currentStartLine: 5, isOutdated: false });
  expect(three).toMatchObject({ currentLine: 12, isOutdated: false });
  await shop.commit('moving', { 'a.txt': `new above\n${text({ 5: 'changed', 12: 'twelve' })}` });
  [one, two, three] = await threads(pull);
  expect(one).toMatchObject({ currentLine: 13, isOutdated: false });
  expect(two).toMatchObject({ currentLine: null, isOutdated: true, path: 'a.txt' });
  expect(two?.hunk).toContain('+five');
  expect(two?.hunk.split('\n')[0]).toMatch(/^@@ -\d+,\d+ \+\d+,\d+ @@/);
});

test('a comment on what an earlier head had is tied to the newest at once', async () => {
  await shop.commit('earlier', { 'a.txt': text({ 3: 'three' }) });
  const pull = await shop.propose('earlier');
  await shop.commit('earlier', { 'a.txt': `one more\n${text({ 3: 'three' })}` });
  const now = await shop.again(pull);
  const place = await anchorAt(t.app, shop.open, now, {
    path: 'a.txt',
    line: 3,
    commitOid: pull.pull.headOid,
  });
  expect(place).toMatchObject({ line: 3, currentLine: 4, originalRevision: 1, currentRevision: 2 });
});

test('places that are in no change are refused', async () => {
  await shop.commit('places', { 'a.txt': text({ 3: 'three' }) });
  const pull = await shop.propose('places');
  const place = (asked: object) => anchorAt(t.app, shop.open, pull, { path: 'a.txt', line: 3, ...asked });
  await expect(place({ path: 'b.txt' })).rejects.toMatchObject({ code: 'invalid' });
  await expect(place({ line: 21 })).rejects.toMatchObject({ code: 'invalid' });
  await expect(place({ line: 0 })).rejects.toMatchObject({ code: 'invalid' });
  await expect(place({ startLine: 9 })).rejects.toMatchObject({ code: 'invalid' });
  await expect(place({ commitOid: 'a'.repeat(40) })).rejects.toMatchObject({ code: 'not_found' });
  // Lines far from any change may be commented on as well.
  await expect(place({ line: 20 })).resolves.toMatchObject({ currentLine: 20 });
});

test('a suggestion is shown as a change and applied with its writer as co-author', async () => {
  await shop.commit('suggest', { 'a.txt': text({ 5: 'fife' }) });
  const pull = await shop.propose('suggest');
  const id = await comment(pull, 'reader', 5, suggested('five', 'and a half'));
  const html = await (await shop.people.ada.get(`${pathOf(pull)}/files`)).text();
  expect(html).toContain('<tr class="diff-del"><td class="diff-code">fife</td></tr>');
  expect(html).toContain('<tr class="diff-add"><td class="diff-code">five</td></tr>');
  expect(html).toContain(`value="${id}:0:0"`);
  expect(await (await shop.people.reader.get(`${pathOf(pull)}/files`)).text()).not.toContain(
    `value="${id}:0:0"`,
  );
  const form = { suggestion: `${id}:0:0`, message: '' };
  for (const visitor of [shop.people.reader, shop.people.triager, shop.people.stranger])
    expect((await visitor.post(`${pathOf(pull)}/suggestions`, form)).status).toBe(403);
  expect((await t.anonymous.post(`${pathOf(pull)}/suggestions`, form)).status).not.toBe(200);
  expect((await shop.people.ada.post(`${pathOf(pull)}/suggestions`, form)).status).toBe(303);
  expect(await show('suggest', 'a.txt')).toBe(text({ 5: 'five\nand a half' }));
  expect(await message('suggest')).toMatch(/^Apply suggestions to a\.txt\n\nCo-authored-by: reader <.+>$/);
  await t.app.jobs.drain();
  const [thread] = await threads(pull);
  expect(thread?.isOutdated).toBe(true);
  expect(thread?.resolvedAt).not.toBeNull();
  const before = (await shop.again(pull)).pull.headOid;
  expect((await shop.people.ada.post(`${pathOf(pull)}/suggestions`, form)).status).toBe(303);
  expect((await shop.again(pull)).pull.headOid).toBe(before);
});

test('several suggestions become one commit; ones that meet or no longer fit become none', async () => {
  await shop.commit('several', { 'a.txt': text({ 5: 'fife', 9: 'nein' }), 'c.txt': 'one\r\ntow\r\n' });
  const pull = await shop.propose('several');
  const one = await comment(pull, 'reader', 5, suggested('five'));
  const two = await comment(pull, 'writer', 9, suggested());
  const three = await comment(pull, 'writer', 2, suggested('two', 'three'), { path: 'c.txt' });
  const meets = await comment(pull, 'writer', 6, suggested('all'), { startLine: 4 });
  const apply = async (...ids: number[]) => {
    const body = new URLSearchParams(ids.map((id) => ['suggestion', `${id}:0:0`]));
    await shop.people.writer.request(`${pathOf(pull)}/suggestions`, { method: 'POST', body });
  };
  await apply(one, meets);
  expect((await shop.again(pull)).pull.revision).toBe(1);
  await apply(one, two, three);
  expect((await shop.again(pull)).pull.revision).toBe(2);
  expect(await show('several', 'a.txt')).toBe(text({ 5: 'five' }).replace('line 9\n', ''));
  expect(await show('several', 'c.txt')).toBe('one\r\ntwo\r\nthree\r\n');
  expect(await message('several')).toMatch(
    /^Apply suggestions from code review\n\nCo-authored-by: reader <.+>$/,
  );
  await apply(meets);
  expect((await shop.again(pull)).pull.revision).toBe(2);
});

test('a suggestion that was changed since it was seen is not applied unseen', async () => {
  await shop.commit('swapped', { 'a.txt': text({ 5: 'fife' }) });
  const pull = await shop.propose('swapped');
  const id = await comment(pull, 'reader', 5, suggested('five'));
  const actor = await t.actor('reader');
  const open = await openRepository(t.app, actor, 'ada', shop.open.repository.name, 'pulls:comment');
  await editText(t.app, actor, open, pull.issue, id, { body: suggested('evil'), version: 0 });
  await shop.people.ada.post(`${pathOf(pull)}/suggestions`, { suggestion: `${id}:0:0` });
  expect((await shop.again(pull)).pull.revision).toBe(1);
  await shop.people.ada.post(`${pathOf(pull)}/suggestions`, { suggestion: `${id}:0:1` });
  expect((await shop.again(pull)).pull.revision).toBe(2);
});

test('suggestions are applied in a fork by its author', async () => {
  const fork = await forkBy(t, shop.open, 'eve');
  await shop.commit('forked', { 'b.txt': text({ 5: 'fife' }) }, { at: fork, by: 'eve' });
  const pull = await shop.propose('forked', { by: 'eve', head: { open: fork, branch: 'forked' } });
  const id = await comment(pull, 'writer', 5, suggested('five'), { path: 'b.txt' });
  const form = { suggestion: `${id}:0:0` };
  expect((await shop.people.ada.post(`${pathOf(pull)}/suggestions`, form)).status).toBe(403);
  expect((await (await t.as('eve')).post(`${pathOf(pull)}/suggestions`, form)).status).toBe(303);
  const tip = await t.app.git.ref(fork.dir, 'refs/heads/forked');
  expect((await shop.again(pull)).pull.headOid).toBe(tip);
});
