// Two heads of a pull request compared as its author changed it in between: what a rebase or a merge of the base alone brought is
// left out, by laying the former changes onto the base of today first.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { type ConflictedPath, mergeWithConflicts } from '../../platform/git/conflicted-merge.ts';
import type { Commit, Git, Oid, RepoDir } from '../../platform/git/git.types.ts';
import { type FileMode, type TreeChange, treeOf, writeCommit } from '../../platform/git/write-commit.ts';
import type { Change } from '../code/changes.types.ts';
import { displayPath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { endsOf } from './anchors.service.ts';
import type { ChangeEnds } from './anchors.types.ts';
import { withoutMarks } from './conflict-marks.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import { findRevision, listRevisions } from './pulls.store.ts';
import type { Pull, RevisionRow } from './pulls.types.ts';

/** Commits that nobody keeps: the same for the same trees, so that looking twice makes nothing new. */
const NOBODY = { name: 'nobody', email: '', time: 0, offset: 0 };
const MOST_BYTES = 8 * 1024 * 1024;
const REMEMBERED = 256 * 1024;

export interface RevisionRange {
  from: number;
  to: number;
}

export interface ComparedRevisions {
  range: RevisionRange;
  from: ChangeEnds;
  to: ChangeEnds;
  change: Change;
  /** Whether the former changes had to be laid onto another base first. */
  isMoved: boolean;
  /** Files in which that was not possible without choosing: of these, more than the author's changes may show. */
  unclear: string[];
}

/** Reads `1..3`; throws AppError not_found for what names no two heads, the earlier one first. */
export function parseRevisions(text: string, pull: Pick<Pull, 'pull'>): RevisionRange {
  const [, from, to] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text) ?? [];
  const range = { from: Number(from), to: Number(to) };
  const isRange = range.from >= 1 && range.from < range.to && range.to <= pull.pull.revision;
  if (!isRange) throw notFound('revision');
  return range;
}

/** The heads a pull request had, the newest first. */
export async function revisionsOf(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  limit: number,
): Promise<RevisionRow[]> {
  return listRevisions(app.db.read, issue.id, limit);
}

/** What the author changed between two heads. Throws AppError not_found where one of them is gone. */
export async function compareRevisions(
  app: App,
  open: OpenRepository,
  pull: Pull,
  range: RevisionRange,
  ignoreWhitespace: boolean,
): Promise<ComparedRevisions> {
  const [from, to] = await Promise.all([
    revisionEnds(app, open, pull, range.from),
    revisionEnds(app, open, pull, range.to),
  ]);
  const isMoved = from.baseOid !== to.baseOid;
  const laid = isMoved ? await laidOnto(app, open, from, to.baseOid) : { oid: from.headOid, unclear: [] };
  const [before, after] = await Promise.all([
    requireCommit(app, open, laid.oid),
    requireCommit(app, open, to.headOid),
  ]);
  const change = { before: { open, commit: before }, after: { open, commit: after }, ignoreWhitespace };
  return { range, from, to, change, isMoved, unclear: laid.unclear };
}

/** Between which commits the changes of a head were; of the newest head, are. */
export async function revisionEnds(
  app: App,
  open: OpenRepository,
  pull: Pull,
  revision: number,
): Promise<ChangeEnds> {
  if (revision === pull.pull.revision) return endsOf(app, open.dir, pull);
  const row = await findRevision(app.db.read, pull.issue.id, revision);
  if (!row) throw notFound('revision');
  return { baseOid: row.mergeBaseOid, headOid: row.headOid };
}

async function requireCommit(app: App, open: OpenRepository, oid: Oid): Promise<Commit> {
  const commit = await app.git.objects(open.dir).commit(oid);
  if (!commit) throw notFound('commit');
  return commit;
}

interface Laid {
  oid: Oid;
  unclear: string[];
}

const known = new WeakMap<App, ReturnType<typeof openKnown>>();

function openKnown(app: App) {
  return app.caches.create<Laid>('laid-revisions', REMEMBERED);
}

/** A commit with the changes `from` on top of another base; where both changed the same lines, the former head's stand there. */
async function laidOnto(app: App, open: OpenRepository, from: ChangeEnds, onto: Oid): Promise<Laid> {
  const cache = known.get(app) ?? openKnown(app);
  known.set(app, cache);
  const key = `${open.repository.id}/${from.baseOid}..${from.headOid}/${onto}`;
  const before = cache.get(key);
  if (before && (await app.git.objects(open.dir).info(before.oid))) return before;
  const laid = await whilePushing(app, open.dir, () => layOnto(app, open, from, onto));
  cache.set(key, laid, key.length * 2 + 200);
  return laid;
}

async function layOnto(app: App, open: OpenRepository, from: ChangeEnds, onto: Oid): Promise<Laid> {
  const { git } = app;
  const [base, head, other] = await Promise.all(
    [from.baseOid, from.headOid, onto].map((oid) => requireCommit(app, open, oid)),
  );
  if (!base || !head || !other) throw notFound('commit');
  const format = open.repository.objectFormat;
  const commit = (tree: Oid, parents: Oid[], message: string) => {
    const prepared = { tree, objects: [] };
    const people = { author: NOBODY, committer: NOBODY };
    return writeCommit(git, open.dir, { format, parents, prepared, message, ...people });
  };
  const root = await commit(base.tree, [], 'base');
  const ours = await commit(other.tree, [root], 'onto');
  const theirs = await commit(head.tree, [root], 'head');
  const { tree, paths } = await mergeWithConflicts(git, open.dir, { ours, theirs });
  const changes: TreeChange[] = [];
  for (const path of paths) changes.push(...(await chosen(git, open.dir, tree, path, { ours, theirs })));
  const prepared = await treeOf(git, open.dir, { format, parents: [], tree, changes });
  const people = { author: NOBODY, committer: NOBODY };
  const made = { format, parents: [onto], prepared, message: 'laid onto another base', ...people };
  const oid = await writeCommit(git, open.dir, made);
  return { oid, unclear: paths.map(({ path }) => displayPath(path)) };
}

/** What stands at a path in conflict: the merged text with the former head's lines, or the former head's file. */
async function chosen(
  git: Git,
  dir: RepoDir,
  tree: Oid,
  { path, ours, theirs }: ConflictedPath,
  sides: { ours: Oid; theirs: Oid },
): Promise<TreeChange[]> {
  const there = await git.objects(dir).entry(tree, path);
  if (!theirs) return there && !ours ? [{ path, delete: true }] : [];
  const isText = [ours, theirs].every((entry) => entry?.mode.startsWith('100'));
  const object =
    isText && there
      ? await git
          .objects(dir)
          .read(there.oid, MOST_BYTES)
          .catch(() => undefined)
      : undefined;
  const content = object && withoutMarks(object.data, sides);
  const mode = theirs.mode as FileMode;
  return [content ? { path, mode, content } : { path, mode, oid: theirs.oid }];
}
