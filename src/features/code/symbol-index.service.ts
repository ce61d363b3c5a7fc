// Keeps the index of symbols: after a push only the files that changed are parsed. Bounded in files, symbols and time; a
// whole index that takes long is built in parts, each of which leaves a note of how far it came.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isAppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { type ChangedFile, changedFiles } from '../../platform/git/changed-files.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { isOwnCode } from '../../platform/render/languages.ts';
import { grammarOf, SYMBOLS_VERSION } from '../../platform/symbols/grammars.ts';
import { MAX_SOURCE } from '../../platform/symbols/symbols.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { lineText } from './lines.service.ts';
import { symbolsOf } from './outlines.service.ts';
import { displayPath, encodePath, lastName } from './paths.service.ts';
import {
  countSymbols,
  type FileSymbols,
  findSymbolIndex,
  putSymbolIndex,
  removeSymbols,
  replaceSymbols,
} from './symbols.store.ts';
import { decodeText } from './texts.service.ts';

/** Changes whenever what is indexed, or how, changes. */
export const INDEX_VERSION = SYMBOLS_VERSION;

const MAX_SYMBOLS = 200_000;
const MAX_FILES = 50_000;
/** Changed files beyond which an index is built anew: that can be done in parts. */
const MAX_CHANGED = 2000;
const FILES_AT_ONCE = 40;
/** Milliseconds of one part. */
const PART = 2 * MINUTE;
const BUSY_TRIES = 20;

const working = new WeakSet<App>();

/**
 * Brings the index of a repository's default branch up to its newest commit, or a part of the way. Returns whether there
 * is more to do: then, or while another repository is being indexed, it is to be called again.
 */
export async function advanceSymbolIndex(
  app: App,
  open: OpenRepository,
  signal?: AbortSignal,
): Promise<'done' | 'more' | 'busy'> {
  if (working.has(app)) return 'busy';
  working.add(app);
  try {
    return await advance(app, open, signal);
  } finally {
    working.delete(app);
  }
}

async function advance(app: App, open: OpenRepository, signal?: AbortSignal): Promise<'done' | 'more'> {
  const repositoryId = open.repository.id;
  const tip = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  if (tip === undefined) {
    await app.db.write((tx) => removeSymbols(tx, repositoryId));
    return 'done';
  }
  const known = await findSymbolIndex(app.db.read, repositoryId);
  if (known?.version === INDEX_VERSION && known.commitOid === tip) return 'done';
  const isThere =
    known !== undefined && (await app.git.objects(open.dir).commit(known.commitOid)) !== undefined;
  if (isThere && known.version === INDEX_VERSION) {
    const changed = await filesToIndex(app, open, known.commitOid, tip, MAX_CHANGED);
    if (changed.length < MAX_CHANGED) {
      await indexFiles(app, open, changed, 0, signal);
      if (signal?.aborted) return 'more';
      await note(app, repositoryId, tip, INDEX_VERSION);
      return 'done';
    }
  }
  const begun =
    isThere && known.version < 0 ? { commit: known.commitOid, at: -known.version - 1 } : undefined;
  return buildPart(app, open, begun?.commit ?? tip, begun?.at, signal);
}

/** Builds a part of a whole index; how far it came is kept as a version below zero. */
async function buildPart(
  app: App,
  open: OpenRepository,
  commit: Oid,
  begunAt: number | undefined,
  signal: AbortSignal | undefined,
): Promise<'done' | 'more'> {
  const repositoryId = open.repository.id;
  if (begunAt === undefined) await app.db.write((tx) => removeSymbols(tx, repositoryId));
  const files = await filesToIndex(app, open, undefined, commit, MAX_FILES);
  const at = await indexFiles(app, open, files, begunAt ?? 0, signal, app.clock.now() + PART);
  const isWhole = at >= files.length;
  await note(app, repositoryId, commit, isWhole ? INDEX_VERSION : -at - 1);
  // The branch may have moved on meanwhile.
  const tip = await app.git.ref(open.dir, `refs/heads/${open.repository.defaultBranch}`);
  return isWhole && tip === commit ? 'done' : 'more';
}

function note(app: App, repositoryId: number, commitOid: Oid, version: number): Promise<void> {
  const row = { repositoryId, commitOid, version, updatedAt: app.clock.now() };
  return app.db.write((tx) => putSymbolIndex(tx, row));
}

async function filesToIndex(
  app: App,
  open: OpenRepository,
  from: Oid | undefined,
  to: Oid,
  most: number,
): Promise<ChangedFile[]> {
  const files: ChangedFile[] = [];
  for await (const file of changedFiles(app.git, open.dir, { to, ...(from ? { from } : {}) })) {
    const path = file.path.toString('latin1');
    if (grammarOf(displayPath(lastName(file.path))) === undefined || !isOwnCode(path)) continue;
    files.push(file);
    if (files.length >= most) break;
  }
  return files;
}

/** Indexes files from a position on until they, the time or the room for symbols end; returns the position reached. */
async function indexFiles(
  app: App,
  open: OpenRepository,
  files: readonly ChangedFile[],
  start: number,
  signal: AbortSignal | undefined,
  until = Number.POSITIVE_INFINITY,
): Promise<number> {
  let room = MAX_SYMBOLS - (await countSymbols(app.db.read, open.repository.id));
  let at = start;
  while (at < files.length && !signal?.aborted && app.clock.now() < until) {
    const some: FileSymbols[] = [];
    for (const file of files.slice(at, at + FILES_AT_ONCE)) {
      const found = await symbolsOfFile(app, open, file);
      some.push({ ...found, symbols: found.symbols.slice(0, Math.max(0, room)) });
      room -= found.symbols.length;
    }
    await app.db.write((tx) => replaceSymbols(tx, open.repository.id, some));
    at += some.length;
  }
  return Math.min(at, files.length);
}

async function symbolsOfFile(app: App, open: OpenRepository, file: ChangedFile): Promise<FileSymbols> {
  const pathHash = createHash('sha256').update(file.path).digest('hex');
  const named = { path: encodePath(file.path), pathHash };
  const text = file.oid === undefined ? undefined : await readText(app, open, file.oid);
  if (file.oid === undefined || text === undefined) return { ...named, symbols: [] };
  const source = { key: file.oid, name: displayPath(lastName(file.path)), text: lineText(text).text };
  for (let attempt = 0; attempt < BUSY_TRIES; attempt++) {
    const symbols = await symbolsOf(app, source);
    if (symbols) return { ...named, symbols };
    await wait(500);
  }
  return { ...named, symbols: [] };
}

async function readText(app: App, open: OpenRepository, oid: Oid): Promise<string | undefined> {
  try {
    const object = await app.git.objects(open.dir).read(oid, MAX_SOURCE);
    return object && decodeText(object.data)?.text;
  } catch (error) {
    if (isAppError(error, 'too_large')) return undefined;
    throw error;
  }
}
