// Queries on commit statuses.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countByContext,
  forgetOldStatuses,
  insertStatus,
  listContexts,
  listStatuses,
  listStatusIds,
  newestStatuses,
} from '../../src/features/code/statuses.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let repositoryId: number;
let creatorId: number;
const [ONE, TWO] = ['1'.repeat(40), '2'.repeat(64)] as const;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    creatorId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(creatorId, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
  });
});
afterEach(() => place.close());

const add = (
  commitOid: string,
  context: string,
  state: 'success' | 'pending',
  by: number | null = creatorId,
) =>
  place.db.write((tx) =>
    insertStatus(tx, {
      ...{ repositoryId, commitOid, context, state, creatorId: by },
      ...{ description: 'ünï', targetUrl: '', createdAt: 1 },
    }),
  );

test('the newest status of each context counts, of the commits asked for', async () => {
  await add(ONE, 'ci/b', 'pending');
  await add(ONE, 'ci/a', 'pending');
  await add(ONE, 'ci/b', 'success', null);
  await add(TWO, 'ci/b', 'pending');
  const { read } = place.db;
  const newest = await newestStatuses(read, repositoryId, [ONE, '3'.repeat(40)]);
  expect(newest.map((one) => [one.context, one.state, one.creatorName])).toEqual([
    ['ci/a', 'pending', 'ada'],
    ['ci/b', 'success', undefined],
  ]);
  expect(await listContexts(read, repositoryId, [ONE, TWO])).toEqual(['ci/a', 'ci/b']);
  expect(await listContexts(read, repositoryId, [TWO])).toEqual(['ci/b']);
  expect(await listContexts(read, repositoryId + 1, [ONE])).toEqual([]);
  expect(await newestStatuses(read, repositoryId, [])).toEqual([]);
  expect(await newestStatuses(read, repositoryId + 1, [ONE])).toEqual([]);
  expect((await newestStatuses(read, repositoryId, [ONE, TWO])).length).toBe(3);
});

test('statuses are listed in their order, counted, and the old ones of a context forgotten', async () => {
  for (let n = 0; n < 5; n++) await add(ONE, 'ci/a', n === 4 ? 'success' : 'pending');
  await add(ONE, 'ci/b', 'pending');
  const { read, write } = place.db;
  const key = { repositoryId, commitOid: ONE };
  const ids = await listStatusIds(read, key, { state: undefined, sort: 'recentupdate' });
  expect((await listStatuses(read, ids.slice(1, 3))).map((one) => [one.context, one.state])).toEqual([
    ['ci/a', 'success'],
    ['ci/a', 'pending'],
  ]);
  expect(await listStatuses(read, [])).toEqual([]);
  expect(await listStatusIds(read, key, { state: undefined, sort: 'oldest' })).toEqual(ids.toReversed());
  const good = await listStatusIds(read, key, { state: 'success', sort: 'recentupdate' });
  expect((await listStatuses(read, good)).map((one) => one.state)).toEqual(['success']);
  expect(await countByContext(read, key)).toEqual(
    new Map([
      ['ci/a', 5],
      ['ci/b', 1],
    ]),
  );
  await write((tx) => forgetOldStatuses(tx, { ...key, context: 'ci/a' }, 2));
  await write((tx) => forgetOldStatuses(tx, { ...key, context: 'ci/b' }, 2));
  expect(await countByContext(read, key)).toEqual(
    new Map([
      ['ci/a', 2],
      ['ci/b', 1],
    ]),
  );
  expect((await newestStatuses(read, repositoryId, [ONE]))[0]?.state).toBe('success');
  await write((tx) => removeRepositoryRow(tx, repositoryId));
  expect(await newestStatuses(read, repositoryId, [ONE])).toEqual([]);
});
