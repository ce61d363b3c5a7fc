// Whose review is asked for: by hand, by the API, and by CODEOWNERS.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingOwners } from '../../../src/features/pulls/code-owners.service.ts';
import { setDraft } from '../../../src/features/pulls/pull-states.service.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { listRequests } from '../../../src/features/pulls/review-requests.store.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call, eventsOf, send } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, {
    files: { 'README.md': '# x\n', CODEOWNERS: '*.ts @writer\n/docs/ @maintainer @reader\n/ada @ada\n' },
  });
});
afterAll(() => t.close());

let count = 0;
async function pullOf(files: Record<string, string>, more: object = {}): Promise<Pull> {
  count += 1;
  await shop.commit(`branch-${count}`, files);
  return shop.propose(`branch-${count}`, more);
}

async function asked({ issue }: Pull): Promise<string[]> {
  const items = await listRequests(t.app.db.read, [issue.id]);
  return items.map(({ user }) => user?.name ?? '').sort();
}

describe('code owners', () => {
  test('are asked when a pull request is opened, if they may write, and its author is not', async () => {
    const pull = await pullOf({ 'a.ts': '1', 'docs/b.md': '1', ada: '1' });
    expect(await asked(pull)).toEqual(['maintainer', 'writer']);
    expect(await eventsOf(t, shop.open, 'pull.review')).toEqual(['pull.review_requested']);
  });

  test('are asked of a draft once it is ready, and of new files when they come', async () => {
    const pull = await pullOf({ 'c.ts': '1' }, { isDraft: true });
    expect(await asked(pull)).toEqual([]);
    await setDraft(t.app, await t.actor('ada'), shop.open, pull, false);
    await t.app.jobs.drain();
    expect(await asked(pull)).toEqual(['writer']);
    await shop.commit(`branch-${count}`, { 'docs/d.md': '1' });
    expect(await asked(pull)).toEqual(['maintainer', 'writer']);
  });

  test('whose approval is missing are named, group by group', async () => {
    const pull = await pullOf({ 'e.ts': '1', 'docs/e.md': '1' });
    const [writer, maintainer, reader] = [
      (await t.actor('writer')).userId,
      (await t.actor('maintainer')).userId,
      (await t.actor('reader')).userId,
    ];
    const missing = (...ids: number[]) => missingOwners(t.app, shop.open, pull.pull, new Set(ids));
    expect(await missing()).toEqual(['@writer for *.ts', '@maintainer or @reader for /docs/']);
    expect(await missing(writer)).toEqual(['@maintainer or @reader for /docs/']);
    expect(await missing(writer, reader)).toHaveLength(1);
    expect(await missing(writer, maintainer)).toEqual([]);
  });

  test('of the base count, and not what the pull request makes of them', async () => {
    const pull = await pullOf({ CODEOWNERS: '* @ada\n', 'f.ts': '1' });
    expect(await missingOwners(t.app, shop.open, pull.pull, new Set())).toEqual(['@writer for *.ts']);
  });
});

describe('reviewers', () => {
  test('are asked by whoever sorts pull requests, and by nobody else', async () => {
    const pull = await pullOf({ 'g.txt': '1' });
    const path = `${shop.open.path}/pull/${pull.issue.number}/reviewers`;
    const { userId } = await t.actor('writer');
    expect((await send(shop.people.reader, path, [['reviewer', userId]])).status).toBe(403);
    expect((await send(shop.people.triager, path, [['reviewer', userId]])).status).toBe(303);
    expect(await asked(pull)).toEqual(['writer']);
    const page = await (await shop.people.triager.get(`${shop.open.path}/pull/${pull.issue.number}`)).text();
    expect(page).toContain('Reviewers');
    expect(page).toContain(`name="had_reviewer" value="${userId}"`);
    expect((await send(shop.people.triager, path, [['had_reviewer', userId]])).status).toBe(303);
    expect(await asked(pull)).toEqual([]);
  });

  test('decline what they were asked for, but nothing of others', async () => {
    const pull = await pullOf({ 'h.txt': '1' });
    const path = `${shop.open.path}/pull/${pull.issue.number}/reviewers`;
    const [reader, writer] = [(await t.actor('reader')).userId, (await t.actor('writer')).userId];
    await send(shop.people.ada, path, [
      ['reviewer', reader],
      ['reviewer', writer],
    ]);
    expect(await asked(pull)).toEqual(['reader', 'writer']);
    expect((await send(shop.people.reader, path, [['had_reviewer', writer]])).status).toBe(403);
    expect((await send(shop.people.reader, path, [['had_reviewer', reader]])).status).toBe(303);
    expect(await asked(pull)).toEqual(['writer']);
  });

  test('are people of the repository, and never the author', async () => {
    const pull = await pullOf({ 'i.txt': '1' });
    const at = `/repos${shop.open.path}/pulls/${pull.issue.number}/requested_reviewers`;
    const token = await t.token('ada');
    await t.actor('stranger');
    expect((await call(t, token, 'POST', at, { reviewers: ['stranger'] })).status).toBe(422);
    expect((await call(t, token, 'POST', at, { reviewers: ['ada'] })).status).toBe(422);
    expect((await call(t, token, 'POST', at, { reviewers: ['nobody-at-all'] })).status).toBe(422);
    expect((await call(t, token, 'POST', at, { reviewers: ['writer'] })).status).toBe(201);
    expect(await asked(pull)).toEqual(['writer']);
    expect((await call(t, token, 'DELETE', at, { reviewers: ['writer'] })).status).toBe(204);
    expect(await asked(pull)).toEqual([]);
  });
});
