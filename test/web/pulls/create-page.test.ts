// The form of a comparison that opens a pull request: who sees it, what it begins with, and what it sends.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findIssue } from '../../../src/features/issues/issues.service.ts';
import { requirePull } from '../../../src/features/pulls/pulls.service.ts';
import { listRequests } from '../../../src/features/pulls/review-requests.store.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { send } from '../issues/tracker.ts';
import { forkBy, makeWorkshop, type Workshop } from './proposals.ts';

let t: TestApp;
let shop: Workshop;
const FORM = 'class="form new-issue create-form"';

beforeAll(async () => {
  t = await testApp();
  shop = await makeWorkshop(t, {
    files: {
      'README.md': '# x\n',
      '.github/PULL_REQUEST_TEMPLATE.md': 'What and why?\n',
      '.github/PULL_REQUEST_TEMPLATE/bug.md': 'Which bug?\n',
    },
  });
});
afterAll(() => t.close());

const compare = (head: string, query = '') => `${shop.open.path}/compare/main...${head}${query}`;
const text = async (visitor: Visitor, path: string) => (await visitor.get(path)).text();

describe('the form of a comparison', () => {
  beforeAll(async () => {
    await shop.commit('one', { 'a.txt': 'a\n' }, { message: 'Add a & b\n\nBecause of it.' });
    await shop.commit('add-many-things', { 'b.txt': 'b\n' });
    await shop.commit('add-many-things', { 'c.txt': 'c\n' });
  });

  test('is for whoever may propose', async () => {
    expect(await text(t.anonymous, compare('one'))).not.toContain(FORM);
    for (const visitor of [shop.people.reader, shop.people.stranger, shop.people.ada])
      expect(await text(visitor, compare('one'))).toContain(FORM);
    expect(await text(shop.people.reader, compare('one'))).not.toContain('name="reviewers"');
    expect(await text(shop.people.triager, compare('one'))).toContain('name="reviewers"');
  });

  test('begins with the only commit, and the template', async () => {
    const page = await text(shop.people.ada, compare('one'));
    expect(page).toContain('value="Add a &amp; b"');
    expect(page).toContain('Because of it.\n\nWhat and why?');
    expect(page).toContain('?template=bug.md');
    expect(await text(shop.people.ada, compare('one', '?template=bug.md'))).toContain('Which bug?');
  });

  test('begins with the branch where there are several commits, or with what the address says', async () => {
    expect(await text(shop.people.ada, compare('add-many-things'))).toContain('value="Add many things"');
    const asked = await text(shop.people.ada, compare('one', '?title=Mine&body=Yours'));
    expect(asked).toContain('value="Mine"');
    expect(asked).toMatch(/<details class="create-pull" open/);
  });

  test('is found by /pull/new/<branch>', async () => {
    const answer = await shop.people.ada.get(`${shop.open.path}/pull/new/one`);
    expect(answer.headers.get('location')).toBe(compare('one', '?expand=1'));
  });

  test('is not shown without commits, or for a direct comparison', async () => {
    expect(await text(shop.people.ada, compare('main'))).not.toContain(FORM);
    expect(await text(shop.people.ada, `${shop.open.path}/compare/main..one`)).not.toContain(FORM);
  });
});

describe('sending it', () => {
  test('opens a pull request with what was chosen, and the comparison leads to it then', async () => {
    const answer = await send(shop.people.ada, `${shop.open.path}/pulls`, [
      ['base', 'main'],
      ['head', 'one'],
      ['title', 'My change'],
      ['body', 'Text'],
      ['draft', '1'],
      ['reviewers', 'writer'],
      ['assignees', 'ada'],
      ['due_on', '2030-05-04'],
    ]);
    expect(answer.status).toBe(303);
    const number = Number(answer.headers.get('location')?.split('/').pop());
    const { issue, pull } = await requirePull(t.app, shop.open, number);
    expect(issue).toMatchObject({ title: 'My change', body: 'Text', dueOn: '2030-05-04' });
    expect(pull.isDraft).toBe(true);
    const items = await listRequests(t.app.db.read, [issue.id]);
    expect(items.map(({ user }) => user?.name)).toEqual(['writer']);
    const page = await text(shop.people.reader, compare('one'));
    expect(page).toContain(`href="${shop.open.path}/pull/${number}">View pull request`);
    expect(page).not.toContain(FORM);
  });

  test('by whoever may not choose, takes no reviewers', async () => {
    const answer = await send(shop.people.reader, `${shop.open.path}/pulls`, [
      ['base', 'main'],
      ['head', 'add-many-things'],
      ['title', 'By a reader'],
      ['reviewers', 'writer'],
    ]);
    const number = Number(answer.headers.get('location')?.split('/').pop());
    const issue = await findIssue(t.app, shop.open, number);
    expect(await listRequests(t.app.db.read, [issue?.id ?? 0])).toEqual([]);
  });

  test('what is refused comes back with what was typed', async () => {
    await shop.commit('again', { 'd.txt': 'd\n' });
    const answer = await send(shop.people.ada, `${shop.open.path}/pulls`, [
      ['base', 'main'],
      ['head', 'again'],
      ['title', ' '],
      ['body', 'Kept <text>'],
    ]);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('Kept &lt;text&gt;');
    expect(page).toContain('title.');
    expect((await send(t.anonymous, `${shop.open.path}/pulls`, [['title', 'x']])).status).not.toBe(200);
  });

  test('across forks, with edits allowed', async () => {
    const fork = await forkBy(t, shop.open, 'uma');
    await shop.commit('umas', { 'e.txt': 'e\n' }, { at: fork });
    const uma = await t.as('uma');
    const page = await text(uma, compare('uma:umas'));
    expect(page).toContain('name="allow_edits"');
    expect(page).toContain(`value="uma/${fork.repository.name}:umas"`);
    expect(await text(shop.people.stranger, compare('uma:umas'))).not.toContain(FORM);
    const answer = await send(uma, `${shop.open.path}/pulls`, [
      ['base', 'main'],
      ['head', `uma/${fork.repository.name}:umas`],
      ['title', 'Of a fork'],
      ['allow_edits', '1'],
    ]);
    const number = Number(answer.headers.get('location')?.split('/').pop());
    expect((await requirePull(t.app, shop.open, number)).pull).toMatchObject({
      allowsEdits: true,
      headLabel: 'uma:umas',
    });
  });
});
