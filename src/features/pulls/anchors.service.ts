// Ties comments to lines of a pull request's changes when they are written, and ties them anew after every new head.
import { SYSTEM } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { DiffFile } from '../../platform/git/diff.types.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { containsCommit, mergeBase } from '../../platform/git/history.ts';
import { listingOf, readPaths } from '../code/changes.service.ts';
import type { Change } from '../code/changes.types.ts';
import { decodePath, encodePath } from '../code/paths.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { hunkAround } from './anchor-hunks.service.ts';
import { findRevisionByHead, listThreadPlaces, type ThreadPlace, updateAnchor } from './anchors.store.ts';
import type { AnchorColumns, ChangeEnds, CodePlace } from './anchors.types.ts';
import { followThrough, type KnownPlace, knownPlaces } from './following-places.service.ts';
import { findPullById, listRevisions } from './pulls.store.ts';
import type { DiffSide, Pull } from './pulls.types.ts';

const FOLLOW_JOB = 'pulls.follow-threads';
/** Rows that one transaction changes. */
const TOGETHER = 100;
const MOST_REVISIONS = 1000;
const LONGEST_PATH = 16_384;

/** Where somebody wants to comment. */
export interface AskedPlace {
  /** Percent-encoded, as pages and `currentPath` have it. */
  path: string;
  subject?: 'line' | 'file';
  side?: DiffSide;
  line?: number;
  /** Of a range; by default a single line. */
  startSide?: DiffSide | undefined;
  startLine?: number | undefined;
  /** The head that was looked at, or one of its commits; by default the head of now. */
  commitOid?: Oid | undefined;
}

/**
 * The columns of a thread at a place of a pull request's changes. Throws AppError invalid, with the field `line` or `path`, where
 * the place is in no change. What was looked at before the newest head came is followed to it at once.
 */
export async function anchorAt(
  app: App,
  open: OpenRepository,
  pull: Pull,
  asked: AskedPlace,
): Promise<AnchorColumns> {
  const { ends, revision } = await seenEnds(app, open, pull, asked.commitOid);
  const place = placeOf(asked);
  const signal = AbortSignal.timeout(20_000);
  const change = await changeBetween(app, open, ends);
  const file = await requireFile(app, change, place.path, signal);
  const hunk = place.subject === 'file' ? '' : await hunkOf(app, change, file, place, signal);
  const now = await endsOf(app, open.dir, pull);
  const [found] = await followThrough(app.git, open.dir, now, [[{ ends, place }]]);
  return {
    path: encodePath(place.path),
    subject: place.subject,
    startSide: place.startSide,
    startLine: place.startLine,
    side: place.side,
    line: place.line,
    originalBaseOid: ends.baseOid,
    originalHeadOid: ends.headOid,
    originalRevision: revision,
    hunk,
    ...foundColumns(place, found, pull.pull.revision),
  };
}

function placeOf(asked: AskedPlace): CodePlace {
  const { subject = 'line', side = 'head' } = asked;
  if (asked.path.length > LONGEST_PATH) throw invalid({ path: 'This path is too long.' });
  const path = decodePath(asked.path);
  if (subject === 'file') return { path, subject, startSide: 'head', startLine: 0, side: 'head', line: 0 };
  const { line = 0, startLine = line, startSide = side } = asked;
  const isNumber = (value: number) => Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31;
  if (!isNumber(line) || !isNumber(startLine)) throw invalid({ line: 'Choose a line of the changes.' });
  if (startSide === side && startLine > line)
    throw invalid({ line: 'A range begins above the line where it ends.' });
  return { path, subject, startSide, startLine, side, line };
}

/** What was looked at: the changes of the head of now, of an earlier one, or up to a commit of the head. */
async function seenEnds(
  app: App,
  open: OpenRepository,
  pull: Pull,
  commitOid: Oid | undefined,
): Promise<{ ends: ChangeEnds; revision: number }> {
  const { issueId, headOid, revision } = pull.pull;
  const now = await endsOf(app, open.dir, pull);
  if (commitOid === undefined || commitOid === headOid) return { ends: now, revision };
  if (!/^[0-9a-f]{40,64}$/.test(commitOid)) throw notFound('commit');
  const before = await findRevisionByHead(app.db.read, issueId, commitOid);
  if (before) {
    const ends = { baseOid: before.mergeBaseOid, headOid: before.headOid };
    return { ends, revision: before.revision };
  }
  const isOwn =
    (await containsCommit(app.git, open.dir, commitOid, headOid)) &&
    !(await containsCommit(app.git, open.dir, commitOid, now.baseOid));
  if (!isOwn) throw notFound('commit');
  return { ends: { baseOid: now.baseOid, headOid: commitOid }, revision };
}

/** Between which commits the changes of a pull request are. */
export async function endsOf(app: App, dir: RepoDir, { pull }: Pick<Pull, 'pull'>): Promise<ChangeEnds> {
  const { mergeBaseOid, baseOid, headOid } = pull;
  if (mergeBaseOid) return { baseOid: mergeBaseOid, headOid };
  const found = await mergeBase(app.git, dir, baseOid, headOid);
  return { baseOid: found ?? baseOid, headOid };
}

async function changeBetween(app: App, open: OpenRepository, ends: ChangeEnds): Promise<Change> {
  const [before, after] = await Promise.all(
    [ends.baseOid, ends.headOid].map((oid) => app.git.objects(open.dir).commit(oid)),
  );
  if (!before || !after) throw notFound('commit');
  return { before: { open, commit: before }, after: { open, commit: after }, ignoreWhitespace: false };
}

async function requireFile(app: App, change: Change, path: Buffer, signal: AbortSignal): Promise<DiffFile> {
  const listing = await listingOf(app, change, signal);
  const file = listing.files(0, listing.listed).find((one) => one.newPathBytes.equals(path));
  if (!file) throw invalid({ path: 'This file is not among the changes of this pull request.' });
  return file;
}

async function hunkOf(
  app: App,
  change: Change,
  file: DiffFile,
  place: CodePlace,
  signal: AbortSignal,
): Promise<string> {
  const paths = [file.newPathBytes, file.oldPathBytes];
  // Most comments are on what was changed; of a line further away the whole file is read.
  for (const context of [3, 1_000_000]) {
    const diff = await readPaths(app, change, paths, { context, signal });
    const read = diff.files.find((one) => one.newPathBytes.equals(file.newPathBytes));
    const hunk = read && hunkAround(read.hunks, place);
    if (hunk !== undefined) return hunk;
  }
  throw invalid({ line: 'This line is not among the changes of this pull request.' });
}

function foundColumns(place: CodePlace, found: CodePlace | undefined, revision: number) {
  const isLine = found?.subject === 'line';
  return {
    currentRevision: revision,
    currentPath: encodePath((found ?? place).path),
    currentStartLine: isLine ? found.startLine : null,
    currentLine: isLine ? found.line : null,
    isOutdated: found === undefined,
  };
}

/** Has the threads of a pull request tied anew soon, to the head that it has then. */
export async function followThreadsLater(tx: Tx, app: App, pullId: number): Promise<void> {
  await app.jobs.enqueue(tx, FOLLOW_JOB, { pullId }, { uniqueKey: `${FOLLOW_JOB}:${pullId}` });
}

/** Defines the job of this file. */
export function defineFollowing(app: App): void {
  app.jobs.define<{ pullId: number }>({
    kind: FOLLOW_JOB,
    queue: 'default',
    priority: 60,
    run: ({ pullId }) => followThreads(app, pullId),
  });
}

/** Ties every thread of a pull request to its newest head, whichever it was tied to before. May run again. */
export async function followThreads(app: App, pullId: number): Promise<void> {
  const found = await findPullById(app.db.read, pullId);
  const threads = await listThreadPlaces(app.db.read, pullId);
  if (!found || threads.length === 0) return;
  const { dir } = await openRepositoryById(app, SYSTEM, found.pull.repositoryId, 'code:read');
  const { revision } = found.pull;
  const ends = await endsOf(app, dir, found);
  const revisions = await listRevisions(app.db.read, pullId, MOST_REVISIONS);
  const before = new Map(
    revisions.map((one) => [one.revision, { baseOid: one.mergeBaseOid, headOid: one.headOid }]),
  );
  const known = threads.map((thread) => knownOf(thread, before));
  const places = await followThrough(app.git, dir, ends, known);
  const changed = threads.flatMap((thread, index) => {
    const original = known[index]?.at(-1)?.place;
    const columns = original && foundColumns(original, places[index], revision);
    return columns ? [{ id: thread.id, columns }] : [];
  });
  for (let from = 0; from < changed.length; from += TOGETHER)
    await app.db.write(async (tx) => {
      for (const { id, columns } of changed.slice(from, from + TOGETHER)) await updateAnchor(tx, id, columns);
    });
}

function knownOf(thread: ThreadPlace, revisions: ReadonlyMap<number, ChangeEnds>): KnownPlace[] {
  const { subject, startSide, side } = thread;
  const original: KnownPlace = {
    ends: { baseOid: thread.originalBaseOid, headOid: thread.originalHeadOid },
    place: {
      ...{ subject, startSide, side, path: decodePath(thread.path) },
      ...{ startLine: thread.startLine, line: thread.line },
    },
  };
  const ends = revisions.get(thread.currentRevision);
  if (!ends || thread.isOutdated) return [original];
  const place: CodePlace = {
    ...{ subject, startSide, side, path: decodePath(thread.currentPath) },
    ...{ startLine: thread.currentStartLine ?? 0, line: thread.currentLine ?? 0 },
  };
  return knownPlaces(original, { ends, place });
}
