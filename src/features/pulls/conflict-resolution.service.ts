// Conflicts resolved on the web: the merge commit of a pull request's head and its base, pushed to the head's branch as if
// `git merge` had made it.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { type MergeEntry, mergeWithConflicts } from '../../platform/git/conflicted-merge.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { type FileMode, type TreeChange, treeOf, writeCommit } from '../../platform/git/write-commit.ts';
import { authorOf } from '../code/commit-authors.service.ts';
import { type FileText, writeFileText } from '../code/file-formats.service.ts';
import { decodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { leftMark } from './conflict-marks.service.ts';
import { findConflicts, keyOf, markedFiles } from './conflicts.service.ts';
import type { ConflictedFile, Conflicts, Resolution } from './conflicts.types.ts';
import { mergeMessage, requireUpdatable } from './head-updates.service.ts';
import { pushToHead } from './heads.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import type { Pull } from './pulls.types.ts';

const MOST_MESSAGE = 64 * 1024;
const MOST_TYPED = 2 * 1024 * 1024;

/** What somebody made of the conflicts that they were shown. */
export interface Resolved {
  /** The heads that were looked at. */
  headOid: string;
  baseOid: string;
  /** Of the commit; git's own where it is empty. */
  message: string;
  resolutions: readonly Resolution[];
}

/**
 * Makes the merge commit of a pull request's head and its base with these resolutions, and pushes it to the head's branch. Throws
 * AppError invalid with the fields `file-<n>`, from 0, of what is not resolved; conflict where either side has moved since, and
 * what pushing to the head throws.
 */
export async function resolveConflicts(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  resolved: Resolved,
): Promise<Oid> {
  await requireUpdatable(app, actor, open, pull);
  const conflicts = await findConflicts(app, open, pull);
  requireSame(conflicts, resolved);
  const author = await authorOf(app, actor);
  const message = messageOf(pull, resolved.message);
  return whilePushing(app, open.dir, async () => {
    const sides = { ours: conflicts.headOid, theirs: conflicts.baseOid };
    const { tree, paths } = await mergeWithConflicts(app.git, open.dir, sides);
    const marked = await markedFiles(app.git, open.dir, { tree, paths });
    const changes = await changesOf(app, open, { ...conflicts, tree }, marked, resolved.resolutions);
    const format = open.repository.objectFormat;
    const parents = [conflicts.headOid, conflicts.baseOid];
    const prepared = await treeOf(app.git, open.dir, { format, parents, tree, changes });
    const commit = { format, parents, prepared, message, author, committer: author };
    const oid = await writeCommit(app.git, open.dir, commit);
    await pushToHead(app, actor, open, pull, { from: conflicts.headOid, to: oid });
    return oid;
  });
}

function requireSame(
  conflicts: Conflicts | undefined,
  { headOid, baseOid }: Resolved,
): asserts conflicts is Conflicts {
  if (!conflicts) throw new AppError('conflict', 'Nothing is in conflict any more.');
  if (conflicts.refusal !== undefined) throw new AppError('conflict', conflicts.refusal);
  if (conflicts.headOid !== headOid || conflicts.baseOid !== baseOid)
    throw new AppError(
      'conflict',
      'One of the branches has changed meanwhile. What you typed is kept: look at it again, then commit.',
    );
}

function messageOf(pull: Pull, typed: string): string {
  const message = typed.replace(/\r\n?/g, '\n').trim();
  if (message.length > MOST_MESSAGE)
    throw invalid({ message: `A message has at most ${MOST_MESSAGE} characters.` });
  return message === '' ? mergeMessage(pull) : message;
}

/** The changes that the resolutions make to git's tree. */
async function changesOf(
  app: App,
  open: OpenRepository,
  conflicts: Conflicts,
  marked: ReadonlyMap<string, FileText>,
  resolutions: readonly Resolution[],
): Promise<TreeChange[]> {
  const given = new Map(resolutions.map((one) => [keyOf(decodePath(one.path)), one]));
  const errors: Record<string, string> = {};
  const changes: TreeChange[] = [];
  for (const [index, file] of conflicts.files.entries()) {
    const made = changeOf(conflicts, file, given.get(keyOf(file.path)), marked.get(keyOf(file.path)));
    if (typeof made === 'string') errors[`file-${index}`] = made;
    else if (!('delete' in made) || (await isThere(app, open, conflicts.tree, file.path))) changes.push(made);
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
  // What makes room for a file comes before it.
  return changes.sort((one, other) => Number('delete' in other) - Number('delete' in one));
}

/** What one resolution makes of a file, or why it is none. */
function changeOf(
  { labels }: Conflicts,
  file: ConflictedFile,
  given: Resolution | undefined,
  marked: FileText | undefined,
): TreeChange | string {
  const { path } = file;
  if (!given || !file.choices.includes(given.choice)) return 'Choose what becomes of this file.';
  if (given.choice === 'delete') return { path, delete: true };
  if (given.choice !== 'edited') {
    const entry = given.choice === 'head' ? file.head : file.base;
    return entry
      ? { path, mode: entry.mode as FileMode, oid: entry.oid }
      : 'Choose what becomes of this file.';
  }
  const text = (given.text ?? '').replace(/\r\n?/g, '\n');
  if (Buffer.byteLength(text) > MOST_TYPED) return 'This is more than can be edited on a page.';
  const line = leftMark(text, labels, file.text ?? '');
  if (line !== undefined)
    return `Line ${line} is still a mark of a conflict: choose what stays there, and remove the marks.`;
  return { path, mode: mergedMode(file), content: writeFileText(text, marked, {}) };
}

/** As git merges them: the side that changed it wins. */
function mergedMode({ head, base, ancestor }: ConflictedFile): FileMode {
  const modeOf = (entry: MergeEntry | undefined) => (entry?.mode ?? '100644') as FileMode;
  return modeOf(head) === modeOf(ancestor) ? modeOf(base) : modeOf(head);
}

async function isThere(app: App, open: OpenRepository, tree: Oid, path: Buffer): Promise<boolean> {
  return (await app.git.objects(open.dir).entry(tree, path)) !== undefined;
}
