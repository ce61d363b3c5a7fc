// Two heads of a pull request compared: what a rebase brought is left out, what its author changed is not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { parseRangeDiff } from '../../../src/features/pulls/range-diff.service.ts';
import { submitReview } from '../../../src/features/pulls/reviews.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;

const LINES = Array.from({ length: 30 }, (_, n) => `line ${n + 1}`);

function text(changed: Record<number, string> = {}): string {
  return `${LINES.map((line, n) => changed[n + 1] ?? line).join('\n')}\n`;
}

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, { files: { 'a.txt': text(), 'b.txt': text(), 'c.txt': text() } });
});
afterAll(async () => {
  await t?.close();
});

async function visible(path: string): Promise<string> {
  const response = await shop.people.reader.get(path);
  expect(response.status).toBe(200);
  return response.text();
}

function pathOf(pull: Pull): string {
  return `${shop.open.path}/pull/${pull.issue.number}`;
}

async function mainTip(): Promise<string> {
  return (await t.app.git.ref(shop.open.dir, 'refs/heads/main')) ?? '';
}

test('what a rebase alone brought is not shown', async () => {
  await shop.commit('pure', { 'a.txt': text({ 3: 'mine' }) }, { message: 'Mine' });
  const pull = await shop.propose('pure');
  await shop.commit('main', { 'a.txt': text({ 20: 'upstream' }), 'b.txt': text({ 1: 'upstream' }) });
  await shop.commit(
    'pure',
    { 'a.txt': text({ 3: 'mine', 20: 'upstream' }) },
    { message: 'Mine', onto: await mainTip() },
  );
  expect((await shop.again(pull)).pull.revision).toBe(2);
  expect(await visible(`${pathOf(pull)}/revisions/1..2`)).toContain('Nothing was changed');
  const commits = await visible(`${pathOf(pull)}/revisions/1..2/commits`);
  expect(commits).toContain('Unchanged');
  expect(commits).not.toContain('>Changed<');
});

test('what was changed while rebasing is shown, without the rest', async () => {
  await shop.commit('mixed', { 'b.txt': text({ 1: 'upstream', 9: 'first' }) }, { message: 'Mixed' });
  const pull = await shop.propose('mixed');
  await shop.commit('main', { 'c.txt': text({ 2: 'upstream noise' }) });
  const files = { 'b.txt': text({ 1: 'upstream', 9: 'second' }) };
  await shop.commit('mixed', files, { message: 'Mixed', onto: await mainTip() });
  const html = await visible(`${pathOf(pull)}/revisions/1..2`);
  expect(html).toContain('first');
  expect(html).toContain('second');
  expect(html).not.toContain('upstream noise');
  const commits = await visible(`${pathOf(pull)}/revisions/1..2/commits`);
  expect(commits).toContain('>Changed<');
  const moved = await shop.people.reader.get(`${pathOf(pull)}/revisions?from=2&to=1`);
  expect(moved.headers.get('location')).toBe(`${pathOf(pull)}/revisions/1..2`);
});

test('a merge of the base brings nothing either, and a conflict shows how it was resolved', async () => {
  await shop.commit('merged', { 'c.txt': text({ 2: 'upstream noise', 5: 'ours' }) }, { message: 'Ours' });
  const pull = await shop.propose('merged');
  await shop.commit('main', { 'c.txt': text({ 2: 'upstream noise', 5: 'theirs', 25: 'more noise' }) });
  const resolved = { 'c.txt': text({ 2: 'upstream noise', 5: 'ours and theirs', 25: 'more noise' }) };
  await shop.commit('merged', resolved, { message: 'Resolve', onto: await mainTip() });
  const html = await visible(`${pathOf(pull)}/revisions/1..2`);
  expect(html).toContain('ours and theirs');
  expect(html).not.toMatch(/diff-(?:add|del)[^>]*>(?:(?!<\/tr>).)*more noise/s);
  expect(html).not.toContain('&lt;&lt;&lt;&lt;');
  expect(html).toContain('The base changed the same lines');
});

test('whoever reviewed an earlier head is led to what changed since', async () => {
  await shop.commit('reviewed', { 'a.txt': text({ 30: 'x' }) });
  const pull = await shop.propose('reviewed');
  const link = `${pathOf(pull)}/revisions/1..2`;
  const actor = await t.actor('reader');
  const open = await openRepository(t.app, actor, 'ada', shop.open.repository.name, 'pulls:comment');
  await submitReview(t.app, actor, open, pull, { state: 'commented', body: 'Almost' });
  expect(await visible(`${pathOf(pull)}/files`)).not.toContain('since your last review');
  await shop.commit('reviewed', { 'a.txt': text({ 30: 'y' }) });
  expect(await visible(`${pathOf(pull)}/files`)).toContain(`href="${link}">Changes since your last review`);
  const other = await (await shop.people.writer.get(`${pathOf(pull)}/files`)).text();
  expect(other).not.toContain('since your last review');
  expect(other).toContain('Compare revisions');
});

test('heads that are none, and pull requests that one may not see, answer not found', async () => {
  await shop.commit('single', { 'a.txt': text({ 1: 'x' }) });
  const pull = await shop.propose('single');
  for (const range of ['1..1', '0..1', '1..2', '2..1', '1..99999999999'])
    expect((await shop.people.reader.get(`${pathOf(pull)}/revisions/${range}`)).status).toBe(404);
  expect((await shop.people.reader.get(`${pathOf(pull)}/revisions`)).headers.get('location')).toBe(
    `${pathOf(pull)}/files`,
  );
});

test('what git prints of two series is read, whatever the titles hold', () => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
  const none = '-'.repeat(40);
  const output = [
    `1:  ${a} = 1:  ${b} Same: 1:  x ! y`,
    `2:  ${a} ! 2:  ${b} Changed`,
    '    @@ f.txt: x',
    '      context',
    '    -+old',
    '    ++new',
    `3:  ${a} < -:  ${none} Gone`,
    `-:  ${none} > 3:  ${b} Came`,
  ].join('\n');
  const pairs = parseRangeDiff(output);
  expect(pairs.map((pair) => pair.state)).toEqual(['same', 'changed', 'removed', 'added']);
  expect(pairs[0]?.title).toBe('Same: 1:  x ! y');
  expect(pairs[1]?.rows.map((row) => row.kind)).toEqual(['head', 'context', 'delete', 'add']);
  expect(pairs[2]).toMatchObject({ before: a, after: undefined });
});
