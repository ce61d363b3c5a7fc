// Queries on imports and mirrors: states that change once, what is due, and what goes with its repository.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findImportRow, insertImport, updateImport } from '../../src/features/mirrors/imports.store.ts';
import {
  dropCredentialsOf,
  findMirror,
  insertMirror,
  listDue,
  listMirrors,
  removeMirrorRow,
  updateMirror,
} from '../../src/features/mirrors/mirrors.store.ts';
import {
  findFollowedUrl,
  insertRepository,
  removeRepositoryRow,
  updateRepository,
} from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let userId: number;
let repositoryId: number;
let otherId: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    userId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const make = (name: string) =>
      insertRepository(tx, { ...newRepository(userId, name), pushedAt: null, deletedAt: null });
    repositoryId = (await make('engine')).id;
    otherId = (await make('other')).id;
  });
});
afterEach(() => place.close());

const sealed = Buffer.from([1, 0, 255]);

function newImport() {
  return {
    ...{
      repositoryId,
      url: 'https://example.org/ü.git',
      sealedCredentials: sealed,
      lfs: true,
      mirrorMinutes: 60,
    },
    ...{ state: 'waiting' as const, stage: '', percent: 0, error: null, requestedBy: userId },
    ...{ createdAt: 1, finishedAt: null },
  };
}

function newMirror(of: number, nextRunAt: number | null, direction: 'pull' | 'push' = 'pull') {
  return {
    ...{
      repositoryId: of,
      direction,
      url: 'https://example.org/a.git',
      sealedCredentials: sealed,
      lfs: false,
    },
    ...{
      intervalMinutes: 60,
      onPush: false,
      nextRunAt,
      lastRunAt: null,
      lastSuccessAt: null,
      lastError: null,
    },
    ...{ failures: 0, createdAt: 1 },
  };
}

test('an import changes only from the states that were meant', async () => {
  const { db } = place;
  await db.write((tx) => insertImport(tx, newImport()));
  const found = await findImportRow(db.read, repositoryId);
  expect({ ...found, sealedCredentials: Buffer.from(found?.sealedCredentials ?? []) }).toEqual(newImport());
  const change = (among: ('waiting' | 'running')[], state: 'running' | 'cancelled') =>
    db.write((tx) =>
      updateImport(tx, repositoryId, among, { state, stage: 'Receiving objects', percent: 7 }),
    );
  expect(await change(['running'], 'cancelled')).toBe(false);
  expect(await change(['waiting'], 'running')).toBe(true);
  expect(await change(['waiting', 'running'], 'cancelled')).toBe(true);
  expect(await change(['waiting', 'running'], 'running')).toBe(false);
  expect(await findImportRow(db.read, repositoryId)).toMatchObject({ state: 'cancelled', percent: 7 });
  expect(await findImportRow(db.read, otherId)).toBeUndefined();
});

test('due are mirrors of live repositories whose time has come, the longest waiting first', async () => {
  const { db } = place;
  const ids = await db.write(async (tx) => {
    const made = [];
    for (const [of, at] of [
      [repositoryId, 50],
      [otherId, 40],
      [repositoryId, 101],
      [repositoryId, null],
    ] as const)
      made.push((await insertMirror(tx, newMirror(of, at))).id);
    return made;
  });
  const due = async () => (await listDue(db.read, 100, 10)).map(({ id }) => id);
  expect(await due()).toEqual([ids[1], ids[0]]);
  expect(await listDue(db.read, 100, 1)).toHaveLength(1);
  await db.write((tx) => updateRepository(tx, otherId, { archivedAt: 5 }));
  expect(await due()).toEqual([ids[0]]);
  await db.write((tx) => updateRepository(tx, repositoryId, { deletedAt: 5 }));
  expect(await due()).toEqual([]);
});

test('mirrors are listed by repository, changed, stripped of credentials and removed', async () => {
  const { db } = place;
  const mirror = await db.write((tx) => insertMirror(tx, newMirror(repositoryId, 5)));
  await db.write((tx) =>
    insertMirror(tx, { ...newMirror(repositoryId, 5, 'push'), sealedCredentials: null }),
  );
  await db.write((tx) => insertMirror(tx, newMirror(otherId, 5)));
  expect((await listMirrors(db.read, repositoryId)).map(({ direction }) => direction)).toEqual([
    'pull',
    'push',
  ]);
  await db.write((tx) => updateMirror(tx, mirror.id, { failures: 3, lastError: 'no' }));
  expect(await findMirror(db.read, mirror.id)).toMatchObject({ failures: 3, lastError: 'no' });
  await db.write((tx) => dropCredentialsOf(tx, repositoryId, 'new owner'));
  const [pull, push] = await listMirrors(db.read, repositoryId);
  expect(pull).toMatchObject({ sealedCredentials: null, lastError: 'new owner' });
  expect(push).toMatchObject({ lastError: null });
  expect((await listMirrors(db.read, otherId))[0]?.sealedCredentials).not.toBeNull();
  await db.write((tx) => removeMirrorRow(tx, mirror.id));
  expect(await findMirror(db.read, mirror.id)).toBeUndefined();
});

test('what a repository follows is known while it is imported and afterwards, and goes with it', async () => {
  const { db } = place;
  expect(await findFollowedUrl(db.read, repositoryId)).toBeUndefined();
  await db.write((tx) => insertImport(tx, newImport()));
  expect(await findFollowedUrl(db.read, repositoryId)).toBe('https://example.org/ü.git');
  await db.write((tx) => insertMirror(tx, newMirror(repositoryId, 5, 'push')));
  expect(await findFollowedUrl(db.read, repositoryId)).toBe('https://example.org/ü.git');
  await db.write((tx) => insertMirror(tx, newMirror(repositoryId, 5)));
  expect(await findFollowedUrl(db.read, repositoryId)).toBe('https://example.org/a.git');
  await db.write((tx) => removeRepositoryRow(tx, repositoryId));
  expect(await findFollowedUrl(db.read, repositoryId)).toBeUndefined();
  expect(await listMirrors(db.read, repositoryId)).toEqual([]);
});
