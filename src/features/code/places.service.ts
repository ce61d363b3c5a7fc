// Finds what the end of an address means: which branch, tag or commit, and which path in it.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import { entryAtPath, expandCommitId } from '../../platform/git/revisions.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { FoundEntry, NamedCommit, PathBytes, Place } from './code.types.ts';
import { decodePath, encodePath, joinPath, splitPath } from './paths.service.ts';
import { listRefNames } from './refs.service.ts';

/** Names of refs longer than this many parts are not looked for. */
const MAX_REF_PARTS = 24;

/**
 * The place that `<revision>/<path>` names, percent-encoded. A branch wins over a tag of the same name, which is named
 * `refs/tags/<name>`; among refs where one name begins another, the one under which the path exists wins.
 * Throws AppError not_found when there is no such revision.
 */
export async function requirePlace(app: App, open: OpenRepository, encoded: string): Promise<Place> {
  const parts = splitPath(decodePath(encoded));
  let first: Place | undefined;
  for await (const candidate of candidates(app, open, parts)) {
    if (candidate.path.length === 0 || (await findEntry(app, open, candidate.at.commit, candidate.path)))
      return candidate;
    first ??= candidate;
  }
  if (!first) throw notFound('branch, tag or commit');
  return first;
}

/** How addresses name a place, behind the kind of page. */
export function addressOfPlace({ at, path }: Place): string {
  return path.length === 0 ? at.address : `${at.address}/${encodePath(path)}`;
}

/** The commit that a name alone means: a branch, a tag, or a commit id of 7 or more digits. */
export async function findNamedCommit(
  app: App,
  open: OpenRepository,
  name: string,
): Promise<NamedCommit | undefined> {
  return (await findRef(app, open, name)) ?? (await findCommitById(app, open, name));
}

/** What a repository shows first: its default branch, or the first branch there is; undefined when it has none. */
export async function findHomeCommit(app: App, open: OpenRepository): Promise<NamedCommit | undefined> {
  const found = await findNamedCommit(app, open, `refs/heads/${open.repository.defaultBranch}`);
  if (found) return { ...found, address: found.address.replace(/^refs\/heads\//, '') };
  const [first] = (await listRefNames(app, open)).branches;
  return first === undefined ? undefined : findNamedCommit(app, open, first);
}

async function* candidates(app: App, open: OpenRepository, parts: Buffer[]): AsyncGenerator<Place> {
  const most = Math.min(parts.length, MAX_REF_PARTS);
  for (let count = 1; count <= most; count++) {
    const path = joinPath(...parts.slice(count));
    const name = joinPath(...parts.slice(0, count)).toString('utf8');
    const branch = await namedCommit(app, open, 'branch', name);
    if (branch) yield { at: branch, path };
    const tag = await namedCommit(app, open, 'tag', name);
    if (tag) yield { at: tag, path };
    const full = await findFullRef(app, open, name);
    if (full) yield { at: full, path };
  }
  const at = parts[0] && (await findCommitById(app, open, parts[0].toString('utf8')));
  if (at) yield { at, path: joinPath(...parts.slice(1)) };
}

async function findRef(app: App, open: OpenRepository, name: string): Promise<NamedCommit | undefined> {
  return (
    (await namedCommit(app, open, 'branch', name)) ??
    (await namedCommit(app, open, 'tag', name)) ??
    (await findFullRef(app, open, name))
  );
}

async function findFullRef(app: App, open: OpenRepository, name: string): Promise<NamedCommit | undefined> {
  if (name === 'HEAD') return namedCommit(app, open, 'branch', open.repository.defaultBranch);
  const match = /^refs\/(heads|tags)\/(.+)$/s.exec(name);
  if (!match?.[2]) return undefined;
  const kind = match[1] === 'heads' ? 'branch' : 'tag';
  const found = await namedCommit(app, open, kind, match[2]);
  return found && { ...found, address: encodePath(name) };
}

async function namedCommit(
  app: App,
  open: OpenRepository,
  kind: 'branch' | 'tag',
  name: string,
): Promise<NamedCommit | undefined> {
  const oid = await app.git.ref(open.dir, `refs/${kind === 'branch' ? 'heads' : 'tags'}/${name}`);
  const commit = oid && (await app.git.objects(open.dir).commit(oid));
  return commit ? { kind, name, address: encodePath(name), commit } : undefined;
}

/** The commit whose id begins with these digits, seven at least. */
export async function findCommitById(
  app: App,
  open: OpenRepository,
  text: string,
): Promise<NamedCommit | undefined> {
  const digits = open.repository.objectFormat === 'sha256' ? 64 : 40;
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{7,64}$/.test(id) || id.length > digits) return undefined;
  const objects = app.git.objects(open.dir);
  const oid = id.length === digits ? id : await expandCommitId(objects, id);
  const commit = oid === undefined ? undefined : await objects.commit(oid);
  return commit && { kind: 'commit', name: commit.oid, address: commit.oid, commit };
}

/** What lies at a path of a commit; undefined when there is nothing. */
export async function findEntry(
  app: App,
  open: OpenRepository,
  commit: Pick<Commit, 'tree'>,
  path: PathBytes,
): Promise<FoundEntry | undefined> {
  return entryAtPath(app.git.objects(open.dir), commit.tree, splitPath(path));
}

/** As `findEntry`; throws AppError not_found. */
export async function requireEntry(
  app: App,
  open: OpenRepository,
  place: Place,
  what: 'file' | 'directory' | 'page' = 'page',
): Promise<FoundEntry> {
  const found = await findEntry(app, open, place.at.commit, place.path);
  if (!found) throw notFound(what);
  return found;
}
