// Queries on the merge queue and on stacks.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  changeGroup,
  countQueued,
  findEntries,
  findEntry,
  findGroupByHead,
  insertGroup,
  insertQueued,
  listGroups,
  listQueued,
  listQueues,
  removeEntries,
  removeGroups,
} from '../../src/features/pulls/queue.store.ts';
import { listOpenByHeadOids, listStandingOn } from '../../src/features/pulls/stacks.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { issues } from '../../src/platform/db/tables/issues.ts';
import { pulls } from '../../src/platform/db/tables/pulls.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let repositoryId: number;
let authorId: number;
let number = 0;

beforeEach(async () => {
  place = await openTestDb();
  number = 0;
  await place.db.write(async (tx) => {
    authorId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(authorId, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
  });
});
afterEach(() => place.close());

const oidOf = (n: number) => String(n).repeat(40).slice(0, 40);

/** The number is the head's branch and commit too. */
async function addPull(
  more: Partial<typeof pulls.$inferInsert> = {},
  state: 'open' | 'closed' = 'open',
): Promise<number> {
  number += 1;
  const n = number;
  return place.db.write(async (tx) => {
    const issue = await insertReturning(tx, issues, {
      ...{ repositoryId, number: n, isPull: true, authorId, title: `Change ${n}`, body: '', state },
      ...{ createdAt: 1, updatedAt: 1 },
    });
    await tx.insert(pulls).values({
      ...{ issueId: issue.id, repositoryId, number: n, baseBranch: 'main', headRepositoryId: repositoryId },
      ...{ headBranch: `change-${n}`, headLabel: `change-${n}`, headOid: oidOf(n), baseOid: oidOf(9) },
      ...{ isDraft: false, allowsEdits: false, commitCount: 1, changedFiles: 1, additions: 1, deletions: 0 },
      ...{ mergeability: 'unknown', revision: 1, ...more },
    });
    return issue.id;
  });
}

const key = () => ({ repositoryId, branch: 'main' });

const queue = (pullId: number, priority = 0) =>
  place.db.write((tx) =>
    insertQueued(tx, {
      ...{ ...key(), pullId, priority, headOid: oidOf(1), createdAt: 1 },
      mergeOrder: { style: 'merge', byId: authorId, at: 1 },
    }),
  );

test('entries are listed by priority, then in their order, each pull request once', async () => {
  const [one, two, three] = [await addPull(), await addPull(), await addPull()];
  await queue(one);
  await queue(two);
  await queue(three, 1);
  expect((await listQueued(place.db.read, key())).map(({ issue }) => issue.id)).toEqual([three, one, two]);
  expect(await countQueued(place.db.read, key())).toBe(3);
  expect(await countQueued(place.db.read, { repositoryId, branch: 'other' })).toBe(0);
  await expect(queue(one)).rejects.toMatchObject({ code: 'conflict' });
  expect((await findEntries(place.db.read, [one, two, 999])).map(({ pullId }) => pullId).toSorted()).toEqual(
    [one, two].toSorted(),
  );
  expect(await listQueues(place.db.read)).toEqual([key()]);
  expect(await listQueues(place.db.read, repositoryId + 1)).toEqual([]);
});

test('groups keep their places, and give their entries back when they go', async () => {
  const [one, two, three] = [
    await queue(await addPull()),
    await queue(await addPull()),
    await queue(await addPull()),
  ];
  const make = (entryIds: number[], baseOid: string) =>
    place.db.write((tx) => insertGroup(tx, key(), { entryIds, baseOid, now: 5 }));
  const first = await make([two.id, one.id], oidOf(9));
  const second = await make([three.id], oidOf(8));
  expect((await listGroups(place.db.read, key())).map(({ id, place: at }) => [id, at])).toEqual([
    [first.id, 1],
    [second.id, 2],
  ]);
  expect(await findEntry(place.db.read, two.pullId)).toMatchObject({ groupId: first.id, groupPlace: 0 });
  expect(await findEntry(place.db.read, one.pullId)).toMatchObject({ groupId: first.id, groupPlace: 1 });
  const test1 = (from: 'building' | 'passed') =>
    place.db.write((tx) =>
      changeGroup(tx, first.id, [from], { state: 'testing', headOid: oidOf(7), startedAt: 6 }),
    );
  expect(await test1('passed')).toBe(false);
  expect(await test1('building')).toBe(true);
  expect((await findGroupByHead(place.db.read, repositoryId, oidOf(7)))?.id).toBe(first.id);
  await place.db.write((tx) => removeGroups(tx, [second.id]));
  expect(await findEntry(place.db.read, three.pullId)).toMatchObject({ groupId: null, groupPlace: 0 });
  // One that leaves takes its group with it, and the others of that wait again.
  await place.db.write((tx) => removeEntries(tx, [one.id]));
  expect(await listGroups(place.db.read, key())).toEqual([]);
  expect(await findEntry(place.db.read, two.pullId)).toMatchObject({ groupId: null });
  expect(await findEntry(place.db.read, one.pullId)).toBeUndefined();
});

test('what stands on others is found by branch or by what was said, while it is open', async () => {
  const one = await addPull();
  const byBranch = await addPull({ baseBranch: 'change-1' });
  const said = await addPull({ basePullId: one });
  await addPull({ baseBranch: 'change-1', basePullId: 4711 });
  await addPull({ baseBranch: 'change-1' }, 'closed');
  const found = await listStandingOn(
    place.db.read,
    repositoryId,
    { pullIds: [one], branches: ['change-1'] },
    10,
  );
  expect(found.map(({ issue }) => issue.id)).toEqual([byBranch, said]);
  expect(await listStandingOn(place.db.read, repositoryId, { pullIds: [], branches: [] }, 10)).toEqual([]);
  const heads = await listOpenByHeadOids(place.db.read, repositoryId, [oidOf(1), oidOf(5)]);
  expect(heads.map(({ issue }) => issue.id)).toEqual([one]);
});
