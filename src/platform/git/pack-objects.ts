// Writes objects made in this process into a repository, of either object format, by one git process: they go to it as a
// pack (gitformat-pack(5)), so that git stores and syncs them as it does those of a push: unpacked, or as they are when many.
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Git, ObjectFormat, ObjectType, Oid, RepoDir } from './git.types.ts';

export interface NewObject {
  oid: Oid;
  type: ObjectType;
  data: Buffer;
}

const TYPE_BITS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
/** Git only unpacks them again: compressing well would cost more than it saves. */
const LEVEL = 1;
const TIMEOUT = 120_000;
/** Objects that are compressed at the same time. */
const AT_ONCE = 16;
/** As `transfer.unpackLimit` of git: each object that lies alone is synced alone. */
const UNPACKED_BELOW = 100;

const deflated = promisify(deflate);

/** An object with the id git gives it. */
export function newObject(format: ObjectFormat, type: ObjectType, data: Buffer): NewObject {
  const oid = createHash(format).update(`${type} ${data.length}\0`).update(data).digest('hex');
  return { oid, type, data };
}

/** Stores objects durably; those that are there already stay as they are. No ref is touched. */
export async function storeObjects(
  git: Git,
  dir: RepoDir,
  format: ObjectFormat,
  objects: readonly NewObject[],
  env?: Record<string, string>,
): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const args = objects.length < UNPACKED_BELOW ? ['unpack-objects', '-q'] : ['index-pack', '--stdin'];
  const child = await git.spawn(args, { dir, signal, ...(env ? { env } : {}) });
  child.stdout.resume();
  // A process that ended early breaks the pipe; its exit code and words say why.
  await pipeline(packOf(format, objects), child.stdin).catch(() => {});
  const { code, stderr } = await child.exited;
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`git ${args[0]} failed with code ${code}: ${stderr.trim()}`);
}

async function* packOf(format: ObjectFormat, objects: readonly NewObject[]): AsyncGenerator<Buffer> {
  const hash = createHash(format);
  const header = Buffer.alloc(12);
  header.write('PACK', 0, 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  hash.update(header);
  yield header;
  for (let from = 0; from < objects.length; from += AT_ONCE) {
    const some = objects.slice(from, from + AT_ONCE);
    const contents = await Promise.all(some.map(({ data }) => deflated(data, { level: LEVEL })));
    const parts = some.flatMap(({ type, data }, at) => [
      entryHeader(type, data.length),
      contents[at] ?? Buffer.alloc(0),
    ]);
    const bytes = Buffer.concat(parts);
    hash.update(bytes);
    yield bytes;
  }
  yield hash.digest();
}

/** Type and size: four bits of the size beside the type, then seven bits a byte, the lowest first. */
function entryHeader(type: ObjectType, size: number): Buffer {
  const bytes = [(TYPE_BITS[type] << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}
