// The same clone by many clients, such as the runners of one push, is packed once: its answer goes to a file while it is
// made, and everybody reads that. What an answer holds depends on the repository's refs and on the request alone; both are
// in its key. Fetches of people who have something already differ from each other, and are not kept.
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../base/errors.ts';
import { freeSpent } from '../../base/spent-buffers.ts';
import type { App } from '../../platform/app.types.ts';
import { alternatesOf } from '../../platform/git/alternates.ts';
import type { GitProcess, RepoDir } from '../../platform/git/git.types.ts';
import { runUploadPack } from '../../platform/git/upload.ts';
import { readDiskSpace } from '../../platform/observability/disk.ts';
import { NEVER_CACHED } from './git-answers.ts';
import { misunderstood } from './response-body.ts';

/** Requests longer than this, of clones of very many refs, are not looked into. */
const LONGEST_REQUEST = 1024 * 1024;
/** Below this, packing costs less than keeping the pack. */
const WORTH_KEEPING = 1024 * 1024;

/**
 * The beginning of a request's body, and whether that is all of it; the rest can still be read. Throws AppError invalid
 * for a damaged body.
 */
export async function beginningOf(
  body: Readable,
  { signal, onProgress }: { signal: AbortSignal; onProgress(): void },
): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const give = () => body.destroy(new Error('nobody waits for it'));
  signal.addEventListener('abort', give, { once: true });
  try {
    return await readBeginning(body, onProgress);
  } catch (cause) {
    throw new AppError('invalid', 'The request body is damaged.', { cause });
  } finally {
    signal.removeEventListener('abort', give);
  }
}

async function readBeginning(body: Readable, onProgress: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  for await (const chunk of iterator) {
    onProgress();
    chunks.push(chunk);
    size += chunk.length;
    if (size > LONGEST_REQUEST) return { bytes: Buffer.concat(chunks), isWhole: false };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

/**
 * Whether a request is that of a client that has nothing yet: it asks for the pack at once (`done`) and names no commit
 * that it has (`have`). Requests are pkt-lines: four hex digits of length, themselves included, and the content.
 */
export function isClone(request: Buffer): boolean {
  let isDone = false;
  for (let at = 0; at + 4 <= request.length; ) {
    const length = Number.parseInt(request.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(length) || length === 3 || at + length > request.length) return false;
    const line = length < 4 ? '' : request.toString('latin1', at + 4, Math.min(at + length, at + 12));
    if (line.startsWith('have ')) return false;
    if (line === 'done' || line === 'done\n') isDone = true;
    at += Math.max(length, 4);
  }
  return isDone;
}

interface Clone {
  dir: RepoDir;
  request: Buffer;
  protocol: string | undefined;
}

/** Whether the answer is worth its place on the disk, and there is room for it. */
export async function isWorthSharing(app: App, dir: RepoDir): Promise<boolean> {
  const folders = [join(dir, 'objects'), ...alternatesOf(dir)];
  const sizes = await Promise.all(folders.map((objects) => packedBytes(join(objects, 'pack'))));
  const bytes = sizes.reduce((sum, one) => sum + one, 0);
  if (bytes < WORTH_KEEPING || bytes > app.config.cache.max_bytes / 2) return false;
  const { isLow, freeBytes } = await readDiskSpace(app.paths.cache);
  return !isLow && freeBytes > 2 * bytes;
}

async function packedBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch((): string[] => []);
  const packs = names.filter((name) => name.endsWith('.pack'));
  const sizes = await Promise.all(packs.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
}

/** Answers a clone from the cache, as the answer is made if it is not there yet. Returns the bytes sent. */
export async function sendClone(
  app: App,
  clone: Clone,
  response: ServerResponse,
  { type, onProgress }: { type: string; onProgress(): void },
): Promise<number> {
  const { chunks } = await app.files.get('packs', keyOf(app, clone), (signal) =>
    answerOf(app, clone, signal),
  );
  return sendChunks(chunks, response, { headers: { ...NEVER_CACHED, 'Content-Type': type }, onProgress });
}

/** Sends chunks no faster than the client reads. Returns the bytes sent. */
export async function sendChunks(
  chunks: AsyncGenerator<Buffer>,
  response: ServerResponse,
  { headers, onProgress }: { headers: Record<string, string>; onProgress(): void },
): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      if (bytes === 0) response.writeHead(200, headers);
      bytes += chunk.length;
      onProgress();
      if (!(await written(response, chunk))) break;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  } finally {
    await chunks.return(undefined);
  }
  response.end();
  return bytes;
}

/** Whether the client is still there. */
async function written(response: ServerResponse, chunk: Buffer): Promise<boolean> {
  if (response.destroyed || response.closed) return false;
  if (response.write(chunk, () => freeSpent(chunk))) return true;
  await new Promise<void>((resolve) => {
    const go = () => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.once('drain', go);
    response.once('close', go);
  });
  return !response.destroyed && !response.closed;
}

/** Ids of other repositories never meet: the directory is random and never used again. */
function keyOf(app: App, { dir, request, protocol = '' }: Clone): string {
  const hash = createHash('sha256');
  for (const part of [dir, app.git.activity.state(dir), protocol, '']) hash.update(`${part}\0`);
  return hash.update(request).digest('hex');
}

async function* answerOf(
  app: App,
  { dir, request, protocol }: Clone,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const child = await runUploadPack(app.git, dir, { statelessRpc: true, protocol, signal });
  try {
    child.stdin.on('error', () => {});
    child.stdin.end(request);
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
    await requireSuccess(child, bytes);
  } finally {
    child.kill();
  }
}

/** Git has told the client why there is no pack: the answer is complete, and nothing to be kept. */
class Refusal extends Error {}

/** An answer that breaks off must not be kept as a whole one. */
async function requireSuccess(child: GitProcess, bytes: number): Promise<void> {
  const { code, signal, stderr } = await child.exited;
  if (code === 0) return;
  if (bytes === 0 && code !== null) throw misunderstood(stderr);
  if (code !== null) throw new Refusal();
  throw new Error(`git was ended by ${signal ?? code}: ${stderr.trim()}`);
}
