// The files of releases: adding, renaming, removing them, and counting downloads without a write for each.
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { DAY, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { StorageKey } from '../../platform/storage/storage.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  addDownloads,
  assetKeysAmong,
  findAsset,
  findAssetByName,
  insertAsset,
  listAssets,
  removeAssetRow,
  renameAsset,
} from './assets.store.ts';
import { parseAssetName } from './releases.input.ts';
import { findRelease } from './releases.store.ts';
import type { AssetRow, ReleaseRow } from './releases.types.ts';
import { removeUpload, uploadKeysAmong } from './uploads.store.ts';

const MOST_FILES = 1000;
/** Milliseconds that downloads are gathered before they are written. */
const GATHER = 10 * SECOND;
/** Files that nothing points at are removed when they have lain there for so long. */
const ORPHANED_AFTER = 7 * DAY;
const KEYS_AT_ONCE = 500;

/** A file that is stored whole and belongs to no release yet. */
export interface ReadyFile {
  name: string;
  storageKey: StorageKey;
  sizeBytes: number;
  sha256: string;
  /** The upload it came by. */
  uploadId?: number;
}

/** Where a new file is stored. */
export function newAssetKey(): StorageKey {
  const name = randomBytes(20).toString('hex');
  return `assets/${name.slice(0, 2)}/${name.slice(2)}`;
}

/** Stores a file that comes whole, bounded by `repositories.max_asset_bytes`. Throws AppError too_large. */
export async function storeFile(
  app: App,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<ReadyFile> {
  const storageKey = newAssetKey();
  const hash = createHash('sha256');
  try {
    const { max_asset_bytes: most } = app.config.repositories;
    const sizeBytes = await app.storage.append(storageKey, 0, hashed(chunks, hash), most);
    return { name, storageKey, sizeBytes, sha256: hash.digest('hex') };
  } catch (error) {
    await app.storage.remove(storageKey);
    throw error;
  }
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Makes files the release's in the caller's transaction. Throws AppError invalid on `files`, not_found without a release. */
export async function takeFiles(
  app: App,
  tx: Tx,
  actor: Actor,
  open: OpenRepository,
  release: Pick<ReleaseRow, 'id'>,
  files: readonly ReadyFile[],
): Promise<AssetRow[]> {
  if (files.length === 0) return [];
  if (!(await findRelease(tx, open.repository.id, release.id))) throw notFound('release');
  const known = await listAssets(tx, [release.id]);
  if (known.length + files.length > MOST_FILES)
    throw invalid({ files: `A release has at most ${MOST_FILES} files.` });
  const taken = new Set(known.map(({ name }) => name));
  const rows: AssetRow[] = [];
  for (const file of files) {
    if (taken.has(file.name)) throw invalid({ files: `There is already a file named ${file.name}.` });
    taken.add(file.name);
    rows.push(await takeFile(app, tx, actor, open, release.id, file));
  }
  return rows;
}

async function takeFile(
  app: App,
  tx: Tx,
  actor: Actor,
  open: OpenRepository,
  releaseId: number,
  { uploadId, ...file }: ReadyFile,
): Promise<AssetRow> {
  const uploaderId = actor.kind === 'user' ? actor.userId : null;
  const more = { releaseId, uploaderId, downloadCount: 0, createdAt: app.clock.now() };
  const row = await insertAsset(tx, { ...file, ...more });
  // Whoever is faster takes it: the same upload can become one file only.
  if (uploadId !== undefined && !(await removeUpload(tx, uploadId))) throw notFound('upload');
  const told = { repositoryId: open.repository.id, releaseId, name: file.name };
  await app.events.record(tx, { kind: 'release_asset.added', ...doneBy(actor), ...told });
  return row;
}

/** Adds a file to a release. */
export async function addAsset(
  app: App,
  actor: Actor,
  open: OpenRepository,
  release: Pick<ReleaseRow, 'id'>,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<AssetRow> {
  await requireAbility(app.db.read, actor, open, 'releases:write');
  await requireFreeName(app, release.id, name);
  const file = await storeFile(app, name, chunks);
  try {
    const [row] = await app.db.write((tx) => takeFiles(app, tx, actor, open, release, [file]));
    if (!row) throw notFound('release');
    return row;
  } catch (error) {
    await app.storage.remove(file.storageKey);
    throw error;
  }
}

/** Throws AppError invalid on `name` when the release has a file of this name. */
export async function requireFreeName(app: App, releaseId: number, name: string): Promise<void> {
  if (await findAssetByName(app.db.read, releaseId, name))
    throw invalid({ name: `There is already a file named ${name}.` });
}

/** A file of a release. Throws AppError not_found. */
export async function requireAsset(app: App, releaseId: number, id: number): Promise<AssetRow> {
  const row = await findAsset(app.db.read, releaseId, id);
  if (!row) throw notFound('file');
  return row;
}

/** As `requireAsset`, by its name. */
export async function requireAssetByName(app: App, releaseId: number, name: string): Promise<AssetRow> {
  const row = name.includes('\0') ? undefined : await findAssetByName(app.db.read, releaseId, name);
  if (!row) throw notFound('file');
  return row;
}

/** Gives a file another name. Throws AppError invalid on `name`. */
export async function changeAssetName(
  app: App,
  actor: Actor,
  open: OpenRepository,
  asset: AssetRow,
  to: string,
): Promise<AssetRow> {
  await requireAbility(app.db.read, actor, open, 'releases:write');
  const name = parseAssetName(to);
  if (name === asset.name) return asset;
  await requireFreeName(app, asset.releaseId, name);
  await app.db.write((tx) => renameAsset(tx, asset.id, name));
  return { ...asset, name };
}

/** Removes a file from its release: the row first, then the bytes. */
export async function removeAsset(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { id, releaseId, name, storageKey }: AssetRow,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'releases:write');
  await app.db.write(async (tx) => {
    await removeAssetRow(tx, id);
    const told = { repositoryId: open.repository.id, releaseId, name };
    await app.events.record(tx, { kind: 'release_asset.removed', ...doneBy(actor), ...told });
  });
  await app.storage.remove(storageKey);
}

const gathered = new WeakMap<App, Map<number, number>>();

/** Counts one download; what is counted is written a few seconds later, for all files at once. */
export function countDownload(app: App, assetId: number): void {
  const counts = gathered.get(app) ?? new Map<number, number>();
  gathered.set(app, counts);
  if (counts.size === 0) setTimeout(() => void writeDownloads(app).catch(() => undefined), GATHER).unref();
  counts.set(assetId, (counts.get(assetId) ?? 0) + 1);
}

/** How often a file was downloaded, with what is not written yet. */
export function downloadsOf(app: App, { id, downloadCount }: AssetRow): number {
  return downloadCount + (gathered.get(app)?.get(id) ?? 0);
}

/** Writes the downloads counted so far. */
export async function writeDownloads(app: App): Promise<void> {
  const counts = gathered.get(app);
  gathered.delete(app);
  if (!counts || counts.size === 0) return;
  await app.db.write(async (tx) => {
    for (const [id, count] of counts) await addDownloads(tx, id, count);
  });
}

/** Removes files that neither a release nor an upload points at: of deleted repositories, and what a crash left. */
export async function sweepFiles(app: App, signal: AbortSignal): Promise<void> {
  const aged = await app.storage.list('assets', app.clock.now() - ORPHANED_AFTER);
  for (let from = 0; from < aged.length && !signal.aborted; from += KEYS_AT_ONCE) {
    const keys = aged.slice(from, from + KEYS_AT_ONCE);
    const known = new Set([
      ...(await assetKeysAmong(app.db.read, keys)),
      ...(await uploadKeysAmong(app.db.read, keys)),
    ]);
    for (const key of keys.filter((one) => !known.has(one))) await app.storage.remove(key);
  }
}
