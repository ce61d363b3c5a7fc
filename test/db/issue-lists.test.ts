// What stands around lists of issues, on every engine: pinned issues, counts, people, what is assigned, saved views.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertIssue, updateIssue } from '../../src/features/issues/issues.store.ts';
import { insertIssueLabel, insertLabel } from '../../src/features/issues/labels.store.ts';
import {
  countLabelsFor,
  countOpenMilestones,
  findIssuesByNumbers,
  listAssignedOpen,
  listAssigneeIdsOf,
  listLabelIdsOf,
  listPinned,
  listRecentPeople,
} from '../../src/features/issues/lists.store.ts';
import { insertAssignee } from '../../src/features/issues/metadata.store.ts';
import {
  countViews,
  findView,
  insertView,
  listAllViews,
  listViews,
  removeView,
  updateView,
} from '../../src/features/issues/views.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let ada: number;
let grace: number;
let repositoryId: number;
let ids: number[];

beforeEach(async () => {
  place = await openTestDb();
  ids = await place.db.write(async (tx) => {
    ada = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    grace = (await insertUser(tx, { ...newUser('grace'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(ada, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
    const made: number[] = [];
    for (let number = 1; number <= 4; number++) {
      const issue = await insertIssue(tx, {
        ...{ repositoryId, number, isPull: false, authorId: number === 2 ? grace : ada },
        ...{ title: `ünï ${number}`, body: '', state: number === 4 ? 'closed' : 'open' },
        ...{ createdAt: number, updatedAt: 10 - number },
      });
      made.push(issue.id);
    }
    return made;
  });
});
afterEach(() => place.close());

const at = (index: number) => ids[index] ?? 0;

test('issues by number, in order, and what they have', async () => {
  const { db } = place;
  const bug = await db.write(async (tx) => {
    const label = await insertLabel(
      tx,
      { repositoryId },
      { name: 'bug', description: '', color: 'ff0000', isExclusive: false },
      1,
    );
    for (const index of [0, 1]) await insertIssueLabel(tx, at(index), label.id);
    await insertAssignee(tx, at(2), grace, 1);
    return label.id;
  });
  const found = await findIssuesByNumbers(db.read, repositoryId, [3, 1, 99]);
  expect(found.map(({ number }) => number)).toEqual([1, 3]);
  expect(await findIssuesByNumbers(db.read, repositoryId, [])).toEqual([]);
  expect(await listLabelIdsOf(db.read, ids)).toEqual([{ heldId: bug }, { heldId: bug }]);
  expect(await listAssigneeIdsOf(db.read, ids)).toEqual([{ heldId: grace }]);
  expect(await countLabelsFor(db.read, repositoryId)).toBe(1);
  expect(await countLabelsFor(db.read, repositoryId, ada)).toBe(1);
  expect(await countOpenMilestones(db.read, repositoryId)).toBe(0);
});

test('at most three pinned issues, the first pinned first', async () => {
  const { db } = place;
  await db.write(async (tx) => {
    for (const [index, pinnedAt] of [
      [0, 9],
      [1, 5],
      [2, 7],
      [3, 8],
    ] as const)
      await updateIssue(tx, at(index), { pinnedAt });
  });
  expect((await listPinned(db.read, repositoryId)).map(({ number }) => number)).toEqual([2, 3, 4]);
});

test('people of the issues that changed last, each once', async () => {
  const { db } = place;
  await db.write((tx) => insertAssignee(tx, at(0), grace, 1));
  expect(await listRecentPeople(db.read, repositoryId, 'author', false, 10)).toEqual([ada, grace]);
  expect(await listRecentPeople(db.read, repositoryId, 'author', false, 1)).toEqual([ada]);
  expect(await listRecentPeople(db.read, repositoryId, 'assignee', false, 10)).toEqual([grace]);
  expect(await listRecentPeople(db.read, repositoryId + 1, 'author', false, 10)).toEqual([]);
});

test('open issues somebody is assigned to, of the latest ones, the last changed first', async () => {
  const { db } = place;
  await db.write(async (tx) => {
    for (const id of ids) await insertAssignee(tx, id, grace, 1);
  });
  const numbers = async (among: number, limit: number) =>
    (await listAssignedOpen(db.read, grace, among, limit)).map(({ number }) => number);
  expect(await numbers(10, 10)).toEqual([1, 2, 3]);
  expect(await numbers(3, 10)).toEqual([2, 3]);
  expect(await numbers(10, 1)).toEqual([1]);
  expect(await listAssignedOpen(db.read, ada, 10, 10)).toEqual([]);
});

test('saved views of a repository and of all of them, of one person alone', async () => {
  const { db } = place;
  const view = (name: string, userId: number, of: number | null) =>
    db.write((tx) => insertView(tx, { userId, repositoryId: of, name, query: 'is:open "ü"', createdAt: 1 }));
  const here = await view('Here', ada, repositoryId);
  await view('Everywhere', ada, null);
  await view('Of grace', grace, repositoryId);
  const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
  expect(names(await listViews(db.read, ada, repositoryId))).toEqual(['Here', 'Everywhere']);
  expect(names(await listViews(db.read, ada, undefined))).toEqual(['Everywhere']);
  expect(names(await listAllViews(db.read, ada))).toEqual(['Here', 'Everywhere']);
  expect(await countViews(db.read, ada)).toBe(2);
  expect(await findView(db.read, grace, here.id)).toBeUndefined();
  await db.write((tx) => updateView(tx, here.id, { name: 'There', query: '' }));
  expect(await findView(db.read, ada, here.id)).toMatchObject({ name: 'There', query: '' });
  await db.write((tx) => removeView(tx, here.id));
  expect(await countViews(db.read, ada)).toBe(1);
});
