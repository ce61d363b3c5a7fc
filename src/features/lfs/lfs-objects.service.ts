// Large files: what a pointer says, which repository has which object, and how content comes in. Content is kept once,
// by its checksum; a row per repository alone gives access to it, and is made only for who sent the bytes.
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { ByteSpan, StorageKey } from '../../platform/storage/storage.ts';
import { actorOfToday } from '../auth/actors.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { requireStillValid } from '../repos/deploy-keys.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type FoundLfsObject, LFS_OID, type LfsPointer } from './lfs.types.ts';
import { findObjects, insertObject, listObjects } from './lfs-objects.store.ts';

/** Pointers are shorter; the specification allows 1,024 bytes. */
export const MOST_POINTER_BYTES = 1024;

const VERSIONS = ['https://git-lfs.github.com/spec/v1', 'https://hawser.github.com/spec/v1'];

/**
 * Reads a pointer file (git-lfs, docs/spec.md): a line `version <url>`, then lines `key value` in the order of their
 * keys, among them `oid sha256:<hex>` and `size <bytes>`. Undefined for everything else.
 */
export function parsePointer(data: Uint8Array): LfsPointer | undefined {
  if (data.length > MOST_POINTER_BYTES) return undefined;
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  const [first = '', ...lines] = text.trimEnd().split('\n');
  if (!VERSIONS.some((version) => first === `version ${version}`)) return undefined;
  const fields = new Map(lines.map((line) => splitOnce(line)));
  const oid = /^sha256:([0-9a-f]{64})$/.exec(fields.get('oid') ?? '')?.[1];
  const size = /^\d{1,15}$/.exec(fields.get('size') ?? '')?.[0];
  return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(' ');
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

/** Where the content of an object lies, if anybody has it. */
export function storageKeyOf(oid: string): StorageKey {
  if (!LFS_OID.test(oid)) throw new Error(`Not the id of an LFS object: ${JSON.stringify(oid)}`);
  return `lfs/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`;
}

/** An object of this very repository, which was opened for reading its code; undefined when it has none of that id. */
export async function findLfsObject(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  oid: string,
): Promise<FoundLfsObject | undefined> {
  return (await findLfsObjects(app, open, [oid])).get(oid);
}

/** As `findLfsObject`, of many ids at once. */
export async function findLfsObjects(
  app: App,
  { repository }: Pick<OpenRepository, 'repository'>,
  oids: readonly string[],
): Promise<Map<string, FoundLfsObject>> {
  const wanted = [...new Set(oids)].filter((oid) => LFS_OID.test(oid));
  const found = new Map<string, FoundLfsObject>();
  for (let from = 0; from < wanted.length; from += 500)
    for (const row of await findObjects(app.db.read, repository.id, wanted.slice(from, from + 500)))
      found.set(row.oid, { size: row.sizeBytes, storageKey: storageKeyOf(row.oid) });
  return found;
}

/** The bytes of an object that was found. */
export function readLfsObject(app: App, found: FoundLfsObject, span?: ByteSpan): AsyncIterable<Buffer> {
  return app.storage.read(found.storageKey, span);
}

/** Every large file that a repository got at an instant or later, a few hundred at a time. */
export async function* eachLfsObject(
  app: App,
  repositoryId: number,
  since: number,
): AsyncGenerator<LfsPointer[]> {
  for (let after = ''; ; ) {
    const rows = await listObjects(app.db.read, repositoryId, { after, since, limit: 100 });
    if (rows.length === 0) return;
    yield rows.map(({ oid, sizeBytes }) => ({ oid, size: sizeBytes }));
    after = rows.at(-1)?.oid ?? '';
  }
}

/** Throws AppError too_large for what no repository here may hold. */
export function requireAllowedSize(app: App, size: number): void {
  const limit = app.config.repositories.max_lfs_bytes;
  if (size > limit) throw new AppError('too_large', `Large files may have ${limit} bytes at most here.`);
}

/**
 * Takes an object's content into a repository that was opened for writing. The bytes must be sent also where somebody
 * else's repository has them: knowing a checksum proves nothing. Throws AppError invalid when they are not what the
 * pointer says, too_large, and whatever the judgement says when access was taken away meanwhile.
 */
export async function storeLfsObject(
  app: App,
  open: OpenRepository,
  pointer: LfsPointer,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  requireAllowedSize(app, pointer.size);
  if (open.repository.isMirror && open.actor.kind !== 'system')
    throw new AppError(
      'forbidden',
      'This repository is a mirror: it follows another one and takes no files.',
    );
  const incoming = `lfs/incoming/${randomBytes(16).toString('hex')}`;
  try {
    await receive(app, incoming, pointer, chunks);
    await requireStillWriter(app, open);
    await inTurn(pointer.oid, () => keep(app, open.repository.id, pointer, incoming));
  } finally {
    await app.storage.remove(incoming);
  }
}

async function receive(
  app: App,
  incoming: StorageKey,
  { oid, size }: LfsPointer,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash('sha256');
  const length = await app.storage.append(incoming, 0, hashed(chunks, hash), size);
  if (length !== size || hash.digest('hex') !== oid)
    throw new AppError('invalid', 'What arrived is not the announced object: its size or checksum differs.');
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** A large upload takes long: the permission may be gone by its end. */
async function requireStillWriter(app: App, { repository, actor }: OpenRepository): Promise<void> {
  await requireStillValid(app, actor);
  const today = actor.kind === 'user' ? await actorOfToday(app, actor) : actor;
  await openRepositoryById(app, today, repository.id, 'code:write');
}

async function keep(
  app: App,
  repositoryId: number,
  pointer: LfsPointer,
  incoming: StorageKey,
): Promise<void> {
  await app.storage.move(incoming, storageKeyOf(pointer.oid));
  const row = { repositoryId, oid: pointer.oid, sizeBytes: pointer.size, createdAt: app.clock.now() };
  await app.db.write((tx) => insertObject(tx, row));
}

const turns = new Map<string, Promise<unknown>>();

/**
 * Lets what touches one object's content happen one after the other: the sweep must not take away what an upload has
 * just put there for a row that it is about to write.
 */
export async function inTurn<T>(oid: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(oid) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(oid, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(oid) === mine) turns.delete(oid);
  }
}
