// Files and directories as data, for the API.
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { lastCommitOf } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { FoundEntry, PathBytes, Place } from './code.types.ts';
import { lastCommits } from './last-commits.service.ts';
import { joinPath } from './paths.service.ts';
import { findEntry } from './places.service.ts';
import { submoduleLinks } from './submodules.service.ts';

/** Entries of a directory that one answer may hold. */
const MAX_ENTRIES = 10_000;
/** Bytes of a file whose content is part of the answer. */
const MAX_CONTENT = 10 * 1024 * 1024;
/** Milliseconds to wait for the last commits of a directory. */
const BUDGET = 3000;

export interface Content extends FoundEntry {
  path: PathBytes;
  size: number;
  lastCommit: string | undefined;
  data?: Buffer;
  submoduleUrl?: string | undefined;
}

/** The file at a place with its content, or the entries of the directory there. Throws AppError not_found. */
export async function readContents(
  app: App,
  open: OpenRepository,
  place: Place,
  signal?: AbortSignal,
): Promise<Content | Content[]> {
  const entry = await findEntry(app, open, place.at.commit, place.path);
  if (!entry) throw notFound('file');
  return entry.type === 'tree'
    ? readEntries(app, open, place, entry)
    : readOne(app, open, place, entry, signal);
}

/**
 * Files that a commit has just written: those that fit into one answer together with their content, the others without.
 * Undefined for what is no file.
 */
export async function readWritten(
  app: App,
  open: OpenRepository,
  { at, lastCommit }: { at: Place['at']; lastCommit: string | undefined },
  paths: readonly PathBytes[],
): Promise<(Content | undefined)[]> {
  const found: (Content | undefined)[] = [];
  let room = MAX_CONTENT;
  for (const path of paths) {
    const entry = await findEntry(app, open, at.commit, path);
    const isFile = entry !== undefined && entry.type !== 'tree';
    const file = isFile
      ? await contentOf(app, open, { at, path }, { ...entry, path, lastCommit }, room)
      : undefined;
    room -= file?.data?.length ?? 0;
    found.push(file);
  }
  return found;
}

async function readOne(
  app: App,
  open: OpenRepository,
  place: Place,
  entry: FoundEntry,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const { path, at } = place;
  const lastCommit = await lastCommitOf(app.git, open.dir, at.commit.oid, path, signal);
  return contentOf(app, open, place, { ...entry, path, lastCommit }, MAX_CONTENT);
}

async function contentOf(
  app: App,
  open: OpenRepository,
  { path, at }: Place,
  base: Omit<Content, 'size'>,
  most: number,
): Promise<Content> {
  if (base.type === 'commit') {
    const links = await submoduleLinks(app, open, at.commit.tree);
    return { ...base, size: 0, submoduleUrl: links.get(path.toString('latin1')) };
  }
  const objects = app.git.objects(open.dir);
  const info = await objects.info(base.oid);
  if (!info || info.size > most) return { ...base, size: info?.size ?? 0 };
  const data = (await objects.read(base.oid, MAX_CONTENT))?.data ?? Buffer.alloc(0);
  return { ...base, size: info.size, data };
}

async function readEntries(
  app: App,
  open: OpenRepository,
  place: Place,
  directory: FoundEntry,
): Promise<Content[]> {
  const objects = app.git.objects(open.dir);
  const entries = await objects.tree(directory.oid);
  if (entries.length > MAX_ENTRIES) {
    throw new AppError(
      'too_large',
      `This directory has more than ${MAX_ENTRIES} entries. Clone the repository to read it.`,
    );
  }
  const known = await lastCommits(app, open, place.at.commit.oid, place.path, BUDGET);
  const links = entries.some((entry) => entry.type === 'commit')
    ? await submoduleLinks(app, open, place.at.commit.tree)
    : new Map<string, string>();
  return Promise.all(
    entries.map(async ({ mode, type, oid, nameBytes }) => {
      const path = joinPath(place.path, nameBytes);
      const size = type === 'blob' ? ((await objects.info(oid))?.size ?? 0) : 0;
      const lastCommit = known?.get(nameBytes.toString('latin1'));
      return { mode, type, oid, path, size, lastCommit, submoduleUrl: links.get(path.toString('latin1')) };
    }),
  );
}
