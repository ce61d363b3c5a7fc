// One database, one data directory: another directory, or another database, is refused with what to do.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDataDirectory, type DataPaths, dataPaths } from '../../src/platform/config/data-directory.ts';
import { tableDialect } from '../../src/platform/db/dialect.ts';
import { INSTANCE_FILE, requireTie, tieToDirectory } from '../../src/platform/db/instance-id.ts';
import { settings } from '../../src/platform/db/tables/platform.ts';
import { repositories } from '../../src/platform/db/tables/repos.ts';
import { users } from '../../src/platform/db/tables/users.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { runCommand } from '../support/command-line.ts';
import { makeEmptyPlace, openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let work: string;
let place: TestDatabase;

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'och-tie-'));
  place = await openTestDb();
});
afterEach(async () => {
  await place.close();
  rmSync(work, { recursive: true, force: true });
});

function directory(name: string, content?: 'repositories'): DataPaths {
  const paths = dataPaths(join(work, name));
  createDataDirectory(paths);
  if (content) mkdirSync(join(paths.repositories, 'ab'));
  return paths;
}

const fileOf = (paths: DataPaths) => join(paths.root, INSTANCE_FILE);
const idOf = (paths: DataPaths) => readFileSync(fileOf(paths), 'utf8').trim();

async function addRepository(): Promise<void> {
  await place.db.write(async (tx) => {
    const user = await insertReturning(tx, users, newUser('ada'));
    await insertReturning(tx, repositories, newRepository(user.id, 'engine'));
  });
}

test('the first start ties both, and later ones agree', async () => {
  const paths = directory('one');
  await requireTie(place.db, paths);
  mkdirSync(join(paths.repositories, 'ab'));
  await addRepository();
  await requireTie(place.db, paths);
  expect(await place.db.read.select().from(settings)).toEqual([{ name: 'instance.id', value: idOf(paths) }]);
});

test('another directory is refused, untouched, until the id is written into it', async () => {
  const one = directory('one');
  await requireTie(place.db, one);
  const moved = directory('moved');
  const refusal = requireTie(place.db, moved);
  await expect(refusal).rejects.toMatchObject({ code: 'conflict' });
  await expect(refusal).rejects.toThrow(`write ${idOf(one)} into ${fileOf(moved)}.`);
  expect(existsSync(fileOf(moved))).toBe(false);
  writeFileSync(fileOf(moved), `${idOf(one)}\n`);
  await requireTie(place.db, moved);
  writeFileSync(fileOf(moved), 'something else\n');
  await expect(requireTie(place.db, moved)).rejects.toThrow('belongs to another data directory');
});

test('a directory with repositories is refused with a new database, until its id is removed', async () => {
  const paths = directory('one', 'repositories');
  writeFileSync(fileOf(paths), 'of another database\n');
  await expect(requireTie(place.db, paths)).rejects.toThrow('correct database.url, or restore the database');
  rmSync(fileOf(paths));
  await requireTie(place.db, paths);
});

test('a database with repositories that was never tied is refused by an empty directory alone', async () => {
  await addRepository();
  await expect(requireTie(place.db, directory('empty'))).rejects.toThrow('restore the repositories');
  await requireTie(place.db, directory('full', 'repositories'));
});

test('a start that was killed after the file was made goes on', async () => {
  const paths = directory('one');
  writeFileSync(fileOf(paths), 'begun\n');
  await requireTie(place.db, paths);
  await expect(requireTie(place.db, directory('other'))).rejects.toThrow('write begun into');
});

test('of first starts at once, those in one directory agree, and another directory wins or loses', async () => {
  const [one, other] = [directory('one'), directory('other')];
  const db = await place.openAnother();
  const starts = [requireTie(place.db, one), requireTie(db, one), requireTie(db, other)];
  const won = (await Promise.allSettled(starts)).map((outcome) => outcome.status === 'fulfilled');
  const [winner, loser] = won[2] ? [other, one] : [one, other];
  expect(won).toEqual(won[2] ? [false, false, true] : [true, true, false]);
  expect(existsSync(fileOf(loser))).toBe(false);
  await requireTie(place.db, winner);
});

test.runIf(tableDialect() === 'sqlite')('SQLite, whose file is in the directory, needs no tie', async () => {
  await tieToDirectory(place.db, directory('one'));
  await tieToDirectory(place.db, directory('other'));
  expect(await place.db.read.select().from(settings)).toEqual([]);
});

test.runIf(tableDialect() !== 'sqlite')('the program refuses the second directory in one line', async () => {
  const { place: empty, remove } = await makeEmptyPlace();
  const create = (name: string, data: string) =>
    runCommand([
      ...['admin', 'user', 'create', '--username', name, '--email', `${name}@example.org`],
      ...['--random-password', '--data', join(work, data), '--set', `database.url=${empty.config.url}`],
    ]);
  expect((await create('ada', 'one')).code).toBe(0);
  const second = await create('bob', 'two');
  expect([second.code, second.stdout]).toEqual([1, '']);
  expect(second.stderr).toMatch(/^opencodehub: The database of database\.url belongs to another [^\n]+\n$/);
  expect((await create('eve', 'one')).code).toBe(0);
  await remove();
});
