// Queries on rule sets, check runs, and on who is in a team that a rule names.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import * as runs from '../../src/features/rules/check-runs.store.ts';
import { listTeamsHeld } from '../../src/features/rules/parties.store.ts';
import * as rules from '../../src/features/rules/rules.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let userId = 0;
let repositoryId = 0;
let otherId = 0;

beforeEach(async () => {
  place = await openTestDb();
  const row = { ...newUser('ada'), passwordHash: null, lastLoginAt: null };
  userId = (await place.db.write((tx) => insertUser(tx, row))).id;
  const make = (name: string) =>
    place.db.write((tx) =>
      insertRepository(tx, { ...newRepository(userId, name), pushedAt: null, deletedAt: null }),
    );
  repositoryId = (await make('engine')).id;
  otherId = (await make('other')).id;
});
afterEach(() => place.close());

const addSet = (name: string, isActive = true, document: Record<string, unknown> = { include: ['ünï'] }) =>
  place.db.write((tx) =>
    rules.insertRuleSet(tx, {
      ...{ repositoryId, name, target: 'branch', isActive, document, createdAt: AT, updatedAt: AT },
    }),
  );

test('rule sets are listed by age, found within their repository alone, changed, counted and removed', async () => {
  const [one, two] = [await addSet('One'), await addSet('Two', false)];
  const { read, write } = place.db;
  expect((await rules.listRuleSets(read, repositoryId)).map(({ id }) => id)).toEqual([one.id, two.id]);
  expect(await rules.listActiveVersions(read, repositoryId)).toEqual([{ id: one.id, updatedAt: AT }]);
  expect(await rules.findRuleSet(read, repositoryId, one.id)).toEqual(one);
  expect(await rules.findRuleSet(read, otherId, one.id)).toBeUndefined();
  expect((await rules.findRuleSetNamed(read, repositoryId, 'Two'))?.id).toBe(two.id);
  await write((tx) => rules.updateRuleSet(tx, two.id, { isActive: true, updatedAt: AT + 1 }));
  expect(await rules.listActiveVersions(read, repositoryId)).toHaveLength(2);
  expect(await rules.countRuleSets(read, repositoryId)).toBe(2);
  expect(await write((tx) => rules.removeRuleSet(tx, otherId, one.id))).toBe(false);
  expect(await write((tx) => rules.removeRuleSet(tx, repositoryId, one.id))).toBe(true);
  expect(await rules.countRuleSets(read, repositoryId)).toBe(1);
});

test('two sets of one name are a conflict', async () => {
  await addSet('One');
  await expect(addSet('One')).rejects.toThrow();
});

const addRun = (name: string, commitOid = 'a'.repeat(40)) =>
  place.db.write((tx) =>
    runs.insertCheckRun(tx, {
      ...{ repositoryId, commitOid, name, status: 'completed', conclusion: 'failure', title: 'tïtle' },
      ...{ summary: 's', text: '', detailsUrl: '', externalId: '', creatorId: userId },
      ...{ annotations: [{ path: 'a' }], startedAt: AT, completedAt: AT + 1, createdAt: AT },
    }),
  );

test('of check runs the newest of each name counts, and old ones are forgotten', async () => {
  const key = { repositoryId, commitOid: 'a'.repeat(40) };
  const first = await addRun('lint');
  const test_ = await addRun('test');
  const second = await addRun('lint');
  await addRun('lint', 'b'.repeat(40));
  const { read, write } = place.db;
  expect((await runs.newestRuns(read, key)).map(({ id }) => id)).toEqual([second.id, test_.id]);
  expect(await runs.newestRunsWhole(read, key)).toEqual([second, test_]);
  expect((await runs.allRuns(read, key)).map(({ id }) => id)).toEqual([second.id, test_.id, first.id]);
  expect(await runs.countByName(read, key)).toEqual(
    new Map([
      ['lint', { total: 2, newest: second.id }],
      ['test', { total: 1, newest: test_.id }],
    ]),
  );
  await write((tx) => runs.updateCheckRun(tx, second.id, { conclusion: 'success' }));
  expect((await runs.findCheckRun(read, repositoryId, second.id))?.conclusion).toBe('success');
  expect(await runs.findCheckRun(read, otherId, second.id)).toBeUndefined();
  await write((tx) => runs.forgetOldRuns(tx, { ...key, name: 'lint' }, 1));
  expect((await runs.allRuns(read, key)).map(({ id }) => id)).toEqual([second.id, test_.id]);
});

test('nobody is in teams that are not there', async () => {
  expect(await listTeamsHeld(place.db.read, userId, userId, [1, 2])).toEqual(new Set());
});
