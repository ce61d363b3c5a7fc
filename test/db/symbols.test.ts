// Queries on the index of symbols: replaced by file, found by name within one repository, gone with it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countSymbols,
  definitionsBeginning,
  definitionsNamed,
  findSymbolIndex,
  putSymbolIndex,
  removeSymbols,
  replaceSymbols,
} from '../../src/features/code/symbols.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let one: number;
let other: number;

const file = (path: string, ...names: string[]) => ({
  path,
  pathHash: Buffer.from(path).toString('hex').padEnd(64, '0'),
  symbols: names.map((name, index) => ({ name, kind: 'function', line: index + 1 })),
});
const found = async (name: string, repositoryId = one) =>
  (await definitionsNamed(place.db.read, repositoryId, name, 10)).map(({ path, line }) => `${path}:${line}`);

beforeEach(async () => {
  place = await openTestDb();
  [one, other] = await place.db.write(async (tx) => {
    const user = await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null });
    const make = async (name: string) =>
      (await insertRepository(tx, { ...newRepository(user.id, name), pushedAt: null, deletedAt: null })).id;
    return [await make('engine'), await make('other')] as const;
  });
});
afterEach(() => place.close());

test('a file’s symbols are replaced, and names are told apart by capitals and by repository', async () => {
  const { db } = place;
  await db.write((tx) => replaceSymbols(tx, one, [file('a.ts', 'run', 'Run'), file('b.ts', 'run')]));
  await db.write((tx) => replaceSymbols(tx, other, [file('a.ts', 'run', 'secret')]));
  expect(await found('run')).toEqual(['a.ts:1', 'b.ts:1']);
  expect(await found('Run')).toEqual(['a.ts:2']);
  expect(await found('secret')).toEqual([]);
  await db.write((tx) => replaceSymbols(tx, one, [file('a.ts', 'stop'), file('b.ts')]));
  expect(await found('run')).toEqual([]);
  expect(await found('stop')).toEqual(['a.ts:1']);
  expect(await found('run', other)).toEqual(['a.ts:1']);
});

test('names that begin with some characters, none of which is a pattern', async () => {
  const { db } = place;
  await db.write((tx) =>
    replaceSymbols(tx, one, [file('a.ts', 'get', 'getAll', 'get_x', 'geb', 'get%', 'gétx', 'Get')]),
  );
  const names = async (start: string) =>
    (await definitionsBeginning(db.read, one, start, 10)).map(({ name }) => name);
  expect(await names('get')).toEqual(['get%', 'getAll', 'get_x']);
  expect(await names('get%')).toEqual([]);
  expect(await names('_')).toEqual([]);
});

test('thousands of symbols are written at once, counted, and go with their repository', async () => {
  const { db } = place;
  const many = Array.from({ length: 3000 }, (_, index) => `name${index}`);
  await db.write((tx) => replaceSymbols(tx, one, [file('a.ts', ...many)]));
  expect(await countSymbols(db.read, one)).toBe(3000);
  await db.write((tx) => removeRepositoryRow(tx, one));
  expect(await countSymbols(db.read, one)).toBe(0);
});

test('the index says how far it came', async () => {
  const { db } = place;
  const row = { repositoryId: one, commitOid: '1'.repeat(40), version: -41, updatedAt: 1 };
  await db.write((tx) => putSymbolIndex(tx, row));
  await db.write((tx) => putSymbolIndex(tx, { ...row, commitOid: '2'.repeat(64), version: 1, updatedAt: 2 }));
  expect(await findSymbolIndex(db.read, one)).toEqual({
    ...row,
    commitOid: '2'.repeat(64),
    version: 1,
    updatedAt: 2,
  });
  await db.write((tx) => removeSymbols(tx, one));
  expect(await findSymbolIndex(db.read, one)).toBeUndefined();
});
