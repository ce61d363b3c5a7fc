// Uploads of any size that survive broken connections: what arrived is kept, and the sender goes on from there. The
// file lies from the beginning where it will stay, so that finishing an upload changes rows only.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { formatBytes } from '../../platform/render/numbers.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { newAssetKey, type ReadyFile, requireFreeName, takeFiles } from './assets.service.ts';
import { requireRelease } from './releases.service.ts';
import type { UploadRow } from './releases.types.ts';
import {
  countUploads,
  findUpload,
  insertUpload,
  listUploads,
  listUploadsBefore,
  noteReceived,
  removeUpload,
} from './uploads.store.ts';

/** Uploads that one person has under way in one repository at most. */
const MOST_AT_ONCE = 100;
/** What nothing comes for is forgotten. */
const KEEP = 3 * DAY;
/** Bytes after which what arrived is made durable and remembered. */
const SEGMENT = 32 * 1024 * 1024;
/** Milliseconds that a request waits for the one before it. */
const SETTLE = 2000;
const REMOVED_AT_ONCE = 100;

export interface NewUpload {
  /** Without one the file waits for a release that is being written. */
  releaseId?: number | undefined;
  name: string;
  sizeBytes: number;
}

/** Begins an upload. Throws AppError invalid on `name`, too_large, and rate_limited when too many are under way. */
export async function beginUpload(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { releaseId, name, sizeBytes }: NewUpload,
): Promise<UploadRow> {
  await requireAbility(app.db.read, actor, open, 'releases:write');
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to upload a file.');
  const most = app.config.repositories.max_asset_bytes;
  if (sizeBytes > most)
    throw new AppError('too_large', `A file of a release has at most ${formatBytes(most)} here.`);
  if (releaseId !== undefined) {
    await requireRelease(app, open, releaseId);
    await requireFreeName(app, releaseId, name);
  }
  if ((await countUploads(app.db.read, open.repository.id, actor.userId)) >= MOST_AT_ONCE)
    throw new AppError('rate_limited', 'Too many uploads are under way: finish or cancel some first.');
  const now = app.clock.now();
  const row = await app.db.write((tx) =>
    insertUpload(tx, {
      token: randomBytes(32).toString('hex'),
      repositoryId: open.repository.id,
      releaseId: releaseId ?? null,
      userId: actor.userId,
      name,
      sizeBytes,
      receivedBytes: 0,
      storageKey: newAssetKey(),
      createdAt: now,
      updatedAt: now,
    }),
  );
  if (sizeBytes > 0) return row;
  await app.storage.append(row.storageKey, 0, nothing(), 0);
  return finish(app, actor, open, row);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** An upload of the actor's own in this repository. Throws AppError not_found for anybody else's, as for none. */
export async function requireUpload(
  app: App,
  actor: Actor,
  open: OpenRepository,
  token: string,
): Promise<UploadRow> {
  const row = /^[0-9a-f]{64}$/.test(token) ? await findUpload(app.db.read, token) : undefined;
  const isTheirs = actor.kind === 'user' && row?.userId === actor.userId;
  if (!row || !isTheirs || row.repositoryId !== open.repository.id) throw notFound('upload');
  return row;
}

/** What the actor has under way for a release, or (null) for one that is being written. */
export async function uploadsUnderWay(
  app: App,
  actor: Actor,
  open: OpenRepository,
  releaseId: number | null,
): Promise<UploadRow[]> {
  if (actor.kind !== 'user') return [];
  return listUploads(app.db.read, { repositoryId: open.repository.id, userId: actor.userId, releaseId });
}

/** Requests that send to an upload now, by its token. */
const busy = new WeakMap<App, Map<string, Promise<unknown>>>();

function running(app: App): Map<string, Promise<unknown>> {
  const known = busy.get(app) ?? new Map<string, Promise<unknown>>();
  busy.set(app, known);
  return known;
}

/** Waits a moment for a request that was given up to end, so that whoever goes on finds where it got to. */
export async function settleUpload(app: App, token: string): Promise<void> {
  const request = running(app).get(token);
  if (request) await Promise.race([request.catch(() => undefined), wait(SETTLE, undefined, { ref: false })]);
}

/**
 * Takes bytes from an offset on and keeps what arrives, also when the sender goes away in between. Returns how many
 * there are. Throws AppError conflict for another offset than where the upload stands and while a request for the same
 * upload runs, too_large for more than was announced.
 */
export async function continueUpload(
  app: App,
  actor: Actor,
  open: OpenRepository,
  token: string,
  { offset, chunks }: { offset: number; chunks: AsyncIterable<Uint8Array> },
): Promise<number> {
  await settleUpload(app, token);
  if (running(app).has(token))
    throw new AppError('conflict', 'Another request sends to this upload: wait for it to end.');
  const request = receiveFrom(app, actor, open, token, offset, chunks);
  running(app).set(token, request);
  return request.finally(() => running(app).delete(token));
}

async function receiveFrom(
  app: App,
  actor: Actor,
  open: OpenRepository,
  token: string,
  offset: number,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  const row = await requireUpload(app, actor, open, token);
  if (offset !== row.receivedBytes)
    throw new AppError('conflict', `This upload has ${row.receivedBytes} bytes: go on from there.`);
  const received = await receive(app, actor, open, row, chunks);
  if (received === row.sizeBytes) await finish(app, actor, open, row);
  return received;
}

/** In segments, each of them durable before it is remembered, so that a crash costs one at most. */
async function receive(
  app: App,
  actor: Actor,
  open: OpenRepository,
  row: UploadRow,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  let received = row.receivedBytes;
  const source = segmentsOf(chunks);
  while (received < row.sizeBytes) {
    const segment = source.next();
    try {
      received = await app.storage.append(row.storageKey, received, segment.chunks, row.sizeBytes);
    } catch (error) {
      await keepPart(app, row, received);
      if (isAppError(error)) throw error;
      throw new AppError('invalid', 'The connection broke off: ask where the upload stands and go on.');
    }
    await remember(app, row, received);
    if (segment.isLast()) return received;
    await requireAbility(app.db.read, actor, open, 'releases:write');
  }
  if (!(await source.isDone())) throw new AppError('too_large', 'More was sent than was announced.');
  return received;
}

/** Chunks cut into runs of about SEGMENT bytes, without a copy of them. */
function segmentsOf(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let done = false;
  async function* run(): AsyncGenerator<Uint8Array> {
    for (let size = 0; size < SEGMENT; ) {
      const next = await iterator.next();
      if (next.done) {
        done = true;
        return;
      }
      size += next.value.length;
      yield next.value;
    }
  }
  return {
    next: () => ({ chunks: run(), isLast: () => done }),
    isDone: async () => done || (await iterator.next()).done === true,
  };
}

/** After a failure: what the disk holds counts, up to what was announced. */
async function keepPart(app: App, row: UploadRow, received: number): Promise<void> {
  const size = (await app.storage.size(row.storageKey)) ?? 0;
  const kept = Math.min(Math.max(size, received), row.sizeBytes);
  // Whole by its length, but more was sent: the last byte is asked for again, so that it is judged again.
  await remember(app, row, kept === row.sizeBytes ? received : kept);
}

async function remember(app: App, row: UploadRow, receivedBytes: number): Promise<void> {
  const updatedAt = app.clock.now();
  if (await app.db.write((tx) => noteReceived(tx, row.id, { receivedBytes, updatedAt }))) return;
  // Cancelled, or its release was deleted meanwhile.
  await app.storage.remove(row.storageKey);
  throw notFound('upload');
}

/** Makes a whole upload a file of its release, if that is there already. */
async function finish(app: App, actor: Actor, open: OpenRepository, row: UploadRow): Promise<UploadRow> {
  const { releaseId } = row;
  if (releaseId === null) return row;
  const file = await readyFile(app, row);
  try {
    await app.db.write((tx) => takeFiles(app, tx, actor, open, { id: releaseId }, [file]));
  } catch (error) {
    if (isAppError(error)) await dropUpload(app, row);
    throw error;
  }
  return { ...row, receivedBytes: row.sizeBytes };
}

async function readyFile(app: App, row: UploadRow): Promise<ReadyFile> {
  const { name, storageKey, sizeBytes, id: uploadId } = row;
  const stored = await app.storage.inspect(storageKey);
  if (stored?.size !== sizeBytes) throw invalid({ files: `${name} is not uploaded whole yet.` });
  return { name, storageKey, sizeBytes, sha256: stored.sha256, uploadId };
}

/** The uploads by these tokens, whole and the actor's own, for a release that is being saved. */
export async function readyUploads(
  app: App,
  actor: Actor,
  open: OpenRepository,
  tokens: readonly string[],
): Promise<ReadyFile[]> {
  const files: ReadyFile[] = [];
  for (const token of new Set(tokens)) {
    const row = await requireUpload(app, actor, open, token);
    if (row.releaseId !== null) throw notFound('upload');
    files.push(await readyFile(app, row));
  }
  return files;
}

/** Gives an upload up, with what has arrived. */
export async function cancelUpload(
  app: App,
  actor: Actor,
  open: OpenRepository,
  token: string,
): Promise<void> {
  await dropUpload(app, await requireUpload(app, actor, open, token));
}

async function dropUpload(app: App, row: UploadRow): Promise<void> {
  await app.db.write((tx) => removeUpload(tx, row.id));
  await app.storage.remove(row.storageKey);
}

/** Forgets uploads that nothing has come for in days. */
export async function forgetUploads(app: App): Promise<void> {
  const before = app.clock.now() - KEEP;
  for (;;) {
    const rows = await listUploadsBefore(app.db.read, before, REMOVED_AT_ONCE);
    for (const row of rows) await dropUpload(app, row);
    if (rows.length < REMOVED_AT_ONCE) return;
  }
}
