// Finds again, in other changes of the same pull request, the lines that a place named: after new commits, rebases, renames, and
// merges of the base. A place that is found holds the very same lines; where they are gone or changed nothing is found.
import type { DiffFile } from '../../platform/git/diff.types.ts';
import { listChanges } from '../../platform/git/diff-listing.ts';
import type { Git, Oid, RepoDir } from '../../platform/git/git.types.ts';
import type { ChangeEnds, CodePlace } from './anchors.types.ts';
import { type BlobMatches, openBlobMatches } from './blob-matches.service.ts';

interface Follower {
  /** Where a place of the changes `from` is in those that are followed to; undefined where it is no more. */
  follow(from: ChangeEnds, place: CodePlace): Promise<CodePlace | undefined>;
}

/** A place as it was in some changes. */
export interface KnownPlace {
  ends: ChangeEnds;
  place: CodePlace;
}

/**
 * What is known of a place, the best first: where it was last found, which is closer, and where it was to begin with, which holds
 * also after a change was taken back. Lines of the side before count as they were to begin with alone: their numbers mean the base
 * of that time, and a base may change without a new head.
 */
export function knownPlaces(original: KnownPlace, latest: KnownPlace | undefined): KnownPlace[] {
  const { startSide, side } = original.place;
  return latest && startSide === 'head' && side === 'head' ? [latest, original] : [original];
}

/** For each place, known as it was in one or several changes, the best first: where it is in the changes `to`. */
export async function followThrough(
  git: Git,
  dir: RepoDir,
  to: ChangeEnds,
  places: readonly (readonly KnownPlace[])[],
): Promise<(CodePlace | undefined)[]> {
  const follower = followerTo(git, dir, to);
  const found: (CodePlace | undefined)[] = [];
  for (const known of places) found.push(await firstFollowed(follower, known));
  return found;
}

async function firstFollowed(
  follower: Follower,
  known: readonly KnownPlace[],
): Promise<CodePlace | undefined> {
  for (const { ends, place } of known) {
    const found = await follower.follow(ends, place);
    if (found) return found;
  }
  return undefined;
}

/** Both files of a change, by their paths before and after it. */
interface ChangedPaths {
  byNew: ReadonlyMap<string, DiffFile>;
  byOld: ReadonlyMap<string, DiffFile>;
}

interface Following {
  git: Git;
  dir: RepoDir;
  to: ChangeEnds;
  blobs: BlobMatches;
  changes(from: Oid, to: Oid): Promise<ChangedPaths>;
}

/** Follows places to the changes `to`; what was read is shared by all places that one follower is asked for. */
function followerTo(git: Git, dir: RepoDir, to: ChangeEnds): Follower {
  const known = new Map<string, Promise<ChangedPaths>>();
  const changes = (from: Oid, after: Oid) => {
    const key = `${from}..${after}`;
    const listing = known.get(key) ?? changedPaths(git, dir, from, after);
    known.set(key, listing);
    return listing;
  };
  const following: Following = { git, dir, to, blobs: openBlobMatches(git, dir), changes };
  return { follow: (from, place) => follow(following, from, place) };
}

async function changedPaths(git: Git, dir: RepoDir, from: Oid, to: Oid): Promise<ChangedPaths> {
  const listing = await listChanges(git, dir, { from, to });
  const files = listing.files(0, listing.listed);
  return {
    byNew: new Map(files.map((file) => [keyOf(file.newPathBytes), file])),
    byOld: new Map(
      files.filter((file) => file.oldOid !== undefined).map((file) => [keyOf(file.oldPathBytes), file]),
    ),
  };
}

function keyOf(path: Buffer): string {
  return path.toString('latin1');
}

async function follow(
  following: Following,
  from: ChangeEnds,
  place: CodePlace,
): Promise<CodePlace | undefined> {
  const { to } = following;
  if (from.baseOid === to.baseOid && from.headOid === to.headOid) return place;
  const before = (await following.changes(from.baseOid, from.headOid)).byNew.get(keyOf(place.path));
  const after = before && (await fileAfter(following, from, before, place));
  if (!before || !after) return undefined;
  if (place.subject === 'file') return { ...place, path: after.newPathBytes };
  const [start, end] = await Promise.all([
    lineAfter(following, before, after, place.startSide, place.startLine),
    lineAfter(following, before, after, place.side, place.line),
  ]);
  if (start === undefined || end === undefined) return undefined;
  const found = { ...place, path: after.newPathBytes, startLine: start, line: end };
  return (await isWhole(following, before, after, place, found)) ? found : undefined;
}

/** The same file in the changes that are followed to: by its name there, or by the one it was renamed to meanwhile. */
async function fileAfter(
  following: Following,
  from: ChangeEnds,
  file: DiffFile,
  place: CodePlace,
): Promise<DiffFile | undefined> {
  const { to } = following;
  const changes = await following.changes(to.baseOid, to.headOid);
  const byHead = async () => {
    const path = await pathAt(following, from.headOid, to.headOid, file.newPathBytes);
    return path && changes.byNew.get(keyOf(path));
  };
  const byBase = async () => {
    const path = await pathAt(following, from.baseOid, to.baseOid, file.oldPathBytes);
    return path && changes.byOld.get(keyOf(path));
  };
  if (file.newOid === undefined) return byBase();
  if (file.oldOid === undefined) return byHead();
  if (place.subject === 'file') return (await byHead()) ?? byBase();
  return place.side === 'base' && place.startSide === 'base' ? byBase() : byHead();
}

/** The name that a file of one commit has in another: the same if there is one, else what it was renamed to. */
async function pathAt(
  { git, dir, changes }: Following,
  from: Oid,
  to: Oid,
  path: Buffer,
): Promise<Buffer | undefined> {
  if (from === to) return path;
  const commit = await git.objects(dir).commit(to);
  const entry = commit && (await git.objects(dir).entry(commit.tree, path));
  if (entry && entry.type !== 'tree') return path;
  const renamed = (await changes(from, to)).byOld.get(keyOf(path));
  return renamed?.status === 'R' ? renamed.newPathBytes : undefined;
}

async function lineAfter(
  { blobs }: Following,
  before: DiffFile,
  after: DiffFile,
  side: CodePlace['side'],
  line: number,
): Promise<number | undefined> {
  if (side === 'head') return blobs.lineIn(before.newOid, after.newOid, line);
  const found = await blobs.lineIn(before.oldOid, after.oldOid, line);
  if (found === undefined) return undefined;
  // Of a line that was deleted, the deletion is what was spoken of: where it is taken back, that is gone.
  const wasDeleted = (await blobs.lineIn(before.oldOid, before.newOid, line)) === undefined;
  const isKept = wasDeleted && (await blobs.lineIn(after.oldOid, after.newOid, found)) !== undefined;
  return isKept ? undefined : found;
}

/** Whether nothing was changed, removed or put in between the ends of a range. */
async function isWhole(
  { blobs }: Following,
  before: DiffFile,
  after: DiffFile,
  place: CodePlace,
  found: CodePlace,
): Promise<boolean> {
  if (place.startSide !== place.side) return true;
  const length = place.line - place.startLine;
  if (found.line - found.startLine !== length) return false;
  const [old, young] = place.side === 'head' ? [before.newOid, after.newOid] : [before.oldOid, after.oldOid];
  for (let index = 1; index < length; index++) {
    const at = await blobs.lineIn(old, young, place.startLine + index);
    if (at !== found.startLine + index) return false;
  }
  return true;
}
