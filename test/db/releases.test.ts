// Queries on releases, their files and uploads: order, keyset, uniqueness, and what goes with what.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import {
  addDownloads,
  assetKeysAmong,
  findAssetByName,
  insertAsset,
  listAssets,
} from '../../src/features/releases/assets.store.ts';
import {
  countPublished,
  findLatest,
  findReleaseByTag,
  findReleasesByTags,
  insertRelease,
  listDrafts,
  listPublished,
  listPublishedIds,
  removeReleaseRow,
  updateRelease,
} from '../../src/features/releases/releases.store.ts';
import {
  countUploads,
  findUpload,
  insertUpload,
  listUploads,
  listUploadsBefore,
  noteReceived,
  removeUpload,
  uploadKeysAmong,
} from '../../src/features/releases/uploads.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let repositoryId: number;
let userId: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    userId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(userId, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
  });
});
afterEach(() => place.close());

const release = (tagName: string, publishedAt: number | null, isPrerelease = false) =>
  place.db.write((tx) =>
    insertRelease(tx, {
      repositoryId,
      tagName,
      target: 'main',
      title: tagName,
      body: '\u{1f680} notes',
      isDraft: publishedAt === null,
      isPrerelease,
      authorId: userId,
      createdAt: 1,
      updatedAt: 1,
      publishedAt,
    }),
  );

const names = (rows: readonly { tagName: string }[]) => rows.map(({ tagName }) => tagName);

test('what is published comes the latest first, by keyset, also where instants are the same', async () => {
  const { db } = place;
  for (const [tag, at] of [
    ['a', 1],
    ['b', 2],
    ['c', 2],
    ['d', 3],
  ] as const)
    await release(tag, at);
  await release('draft', null);
  const first = await listPublished(db.read, repositoryId, { limit: 2 });
  expect(names(first)).toEqual(['d', 'c']);
  const last = first[1];
  const after = { publishedAt: last?.publishedAt ?? 0, id: last?.id ?? 0 };
  expect(names(await listPublished(db.read, repositoryId, { after, limit: 9 }))).toEqual(['b', 'a']);
  expect(await listPublishedIds(db.read, repositoryId, 9)).toHaveLength(4);
  expect(await countPublished(db.read, repositoryId)).toBe(4);
  expect(names(await listDrafts(db.read, repositoryId, 9))).toEqual(['draft']);
  expect(names(await findReleasesByTags(db.read, repositoryId, ['a', 'draft', 'none'])).sort()).toEqual([
    'a',
    'draft',
  ]);
});

test('the latest is no pre-release and no draft', async () => {
  const { db } = place;
  expect(await findLatest(db.read, repositoryId)).toBeUndefined();
  await release('one', 1);
  await release('beta', 2, true);
  await release('draft', null);
  expect((await findLatest(db.read, repositoryId))?.tagName).toBe('one');
});

test('a tag has one release, told apart by case', async () => {
  await release('v1', 1);
  await release('V1', 1);
  await expect(release('v1', null)).rejects.toSatisfy((error) => isAppError(error, 'conflict'));
  expect((await findReleaseByTag(place.db.read, repositoryId, 'V1'))?.tagName).toBe('V1');
});

test('files have a name once per release, count downloads, and go with the release', async () => {
  const { db } = place;
  const { id } = await release('v1', 1);
  const asset = (name: string, storageKey: string) =>
    db.write((tx) =>
      insertAsset(tx, {
        releaseId: id,
        name,
        sizeBytes: 6_000_000_000,
        sha256: 'a'.repeat(64),
        storageKey,
        downloadCount: 0,
        uploaderId: userId,
        createdAt: 1,
      }),
    );
  const made = await asset('b.zip', 'assets/aa/1');
  await asset('a.zip', 'assets/aa/2');
  await expect(asset('a.zip', 'assets/aa/3')).rejects.toSatisfy((error) => isAppError(error, 'conflict'));
  await db.write((tx) => addDownloads(tx, made.id, 3));
  await db.write((tx) => addDownloads(tx, made.id, 2));
  expect(
    (await listAssets(db.read, [id])).map((one) => [one.name, one.downloadCount, one.sizeBytes]),
  ).toEqual([
    ['a.zip', 0, 6_000_000_000],
    ['b.zip', 5, 6_000_000_000],
  ]);
  expect(await assetKeysAmong(db.read, ['assets/aa/1', 'assets/aa/9'])).toEqual(['assets/aa/1']);
  await db.write((tx) => removeReleaseRow(tx, id));
  expect(await findAssetByName(db.read, id, 'a.zip')).toBeUndefined();
  expect(await db.write((tx) => updateRelease(tx, id, { title: 'x' }))).toBe(false);
});

test('uploads are found by their token, listed by their release, remembered, and forgotten by age', async () => {
  const { db } = place;
  const { id } = await release('v1', 1);
  const upload = (token: string, releaseId: number | null, updatedAt: number) =>
    db.write((tx) =>
      insertUpload(tx, {
        token: token.repeat(64),
        repositoryId,
        releaseId,
        userId,
        name: 'f',
        sizeBytes: 10,
        receivedBytes: 0,
        storageKey: `assets/${token}/1`,
        createdAt: 1,
        updatedAt,
      }),
    );
  const one = await upload('a', id, 5);
  const two = await upload('b', null, 1);
  expect(await countUploads(db.read, repositoryId, userId)).toBe(2);
  expect(
    (await listUploads(db.read, { repositoryId, userId, releaseId: null })).map((row) => row.id),
  ).toEqual([two.id]);
  expect((await listUploads(db.read, { repositoryId, userId, releaseId: id })).map((row) => row.id)).toEqual([
    one.id,
  ]);
  expect(await db.write((tx) => noteReceived(tx, one.id, { receivedBytes: 7, updatedAt: 9 }))).toBe(true);
  expect((await findUpload(db.read, 'a'.repeat(64)))?.receivedBytes).toBe(7);
  expect((await listUploadsBefore(db.read, 5, 9)).map((row) => row.id)).toEqual([two.id]);
  expect(await uploadKeysAmong(db.read, ['assets/a/1', 'assets/x/1'])).toEqual(['assets/a/1']);
  expect(await db.write((tx) => removeUpload(tx, two.id))).toBe(true);
  expect(await db.write((tx) => removeUpload(tx, two.id))).toBe(false);
  await db.write((tx) => removeReleaseRow(tx, id));
  expect(await findUpload(db.read, 'a'.repeat(64))).toBeUndefined();
  await release('v2', 1);
  await db.write((tx) => removeRepositoryRow(tx, repositoryId));
  expect(await countPublished(db.read, repositoryId)).toBe(0);
});
