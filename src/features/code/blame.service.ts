// Who last changed the lines of a file: found out by git, remembered by the last commit that touched the file, so that
// commits elsewhere need not find it out again.
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { type BlameHunk, type BlameQuery, readBlame, startBlame } from '../../platform/git/blame.ts';
import { isExhausted } from '../../platform/git/exhaustion.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { lastCommitOf } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Place } from './code.types.ts';
import { findEntry } from './places.service.ts';

export const IGNORE_FILE = '.git-blame-ignore-revs';
const MAX_IGNORE_BYTES = 256 * 1024;
/** Each is an argument to git. */
const MOST_IGNORED = 500;
/** Bytes of git's output that are remembered; a page of lines has far less. */
const MAX_KEPT = 8 * 1024 * 1024;
const KIND = 'blame';
/** Changes when what is kept is written differently. */
const VERSION = 1;

export interface IgnoredCommits {
  oids: Oid[];
  /** Whether the file names more than are looked at. */
  isCut: boolean;
}

/** The commits that the file `.git-blame-ignore-revs` of a commit names; undefined without such a file. */
export async function ignoredCommits(
  app: App,
  open: OpenRepository,
  place: Place,
): Promise<IgnoredCommits | undefined> {
  const entry = await findEntry(app, open, place.at.commit, Buffer.from(IGNORE_FILE));
  if (entry?.type !== 'blob' || entry.mode === '120000') return undefined;
  const objects = app.git.objects(open.dir);
  const object = await objects.read(entry.oid, MAX_IGNORE_BYTES).catch(() => undefined);
  if (!object) return undefined;
  const digits = open.repository.objectFormat === 'sha256' ? 64 : 40;
  const named = new Set(
    object.data
      .toString('latin1')
      .split('\n')
      .map((line) => (line.split('#', 1)[0] ?? '').trim().toLowerCase())
      .filter((line) => line.length === digits && /^[0-9a-f]+$/.test(line)),
  );
  // One that is missing would make git give up altogether.
  const infos = await Promise.all([...named].slice(0, MOST_IGNORED).map((oid) => objects.info(oid)));
  const oids = infos.flatMap((info) => (info?.type === 'commit' ? [info.oid] : []));
  return { oids, isCut: named.size > MOST_IGNORED };
}

/**
 * The hunks of some lines of a file, as they are found; all at once when they are remembered. Throws AppError
 * unavailable when git takes too much, invalid for names that cannot be given to it.
 */
export async function* blameOf(
  app: App,
  open: OpenRepository,
  place: Place,
  query: Pick<BlameQuery, 'lines' | 'ignored' | 'signal'>,
): AsyncGenerator<BlameHunk[]> {
  const { signal } = query;
  const from = place.at.commit.oid;
  const commit = (await lastCommitOf(app.git, open.dir, from, place.path, signal)) ?? from;
  const key = keyOf(open, commit, place, query);
  const known = await app.files.find(KIND, key);
  if (known) yield* hunksOf(known.chunks);
  else yield* remembering(app, key, outputOf(app, open, { ...query, commit, path: place.path }));
}

function keyOf(
  open: OpenRepository,
  commit: Oid,
  place: Place,
  { lines, ignored }: Pick<BlameQuery, 'lines' | 'ignored'>,
): string {
  const hidden = ignored.length === 0 ? '' : sha256Hex([...ignored].sort().join(' '));
  const path = sha256Hex(place.path);
  return [VERSION, open.repository.storageKey, commit, path, lines.first, lines.last, hidden].join(':');
}

async function* hunksOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<BlameHunk[]> {
  const read = readBlame();
  for await (const chunk of chunks) yield read(chunk);
}

/** Hands the hunks on, and keeps what git wrote once it has ended well. */
async function* remembering(
  app: App,
  key: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<BlameHunk[]> {
  const read = readBlame();
  const written: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes <= MAX_KEPT) written.push(chunk);
    yield read(chunk);
  }
  if (bytes <= MAX_KEPT) await keep(app, key, written);
}

async function keep(app: App, key: string, written: readonly Buffer[]): Promise<void> {
  try {
    const file = await app.files.get(KIND, key, async function* () {
      yield* written;
    });
    for await (const _ of file.chunks);
  } catch (error) {
    app.log.warn({ err: error }, 'a blame could not be kept');
  }
}

async function* outputOf(app: App, open: OpenRepository, query: BlameQuery): AsyncGenerator<Buffer> {
  const process = await startBlame(app.git, open.dir, query);
  process.stdin.on('error', () => {});
  process.stdin.end();
  try {
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) yield chunk;
    const exit = await process.exited;
    query.signal.throwIfAborted();
    if (isExhausted(exit) || exit.signal !== null)
      throw new AppError('unavailable', 'The history of this file is too large to be blamed here.');
    if (exit.code !== 0)
      throw new Error(`git blame ended with ${exit.code}: ${exit.stderr.trim().slice(-500)}`);
  } finally {
    process.kill();
  }
}
