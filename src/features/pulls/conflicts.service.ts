// What is in conflict between a pull request's head and its base, file by file, with what git made of each.
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import {
  type ConflictedMerge,
  type ConflictedPath,
  type MergeEntry,
  mergeWithConflicts,
} from '../../platform/git/conflicted-merge.ts';
import type { Git, Oid, RepoDir } from '../../platform/git/git.types.ts';
import { withScratchObjects } from '../../platform/git/scratch-objects.ts';
import { type FileText, plainLines, readFileText } from '../code/file-formats.service.ts';
import { visibleText } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { labelled, type MarkLabels } from './conflict-marks.service.ts';
import type { ConflictChoice, ConflictedFile, Conflicts } from './conflicts.types.ts';
import { baseTipOf } from './pull-range.service.ts';
import type { Pull } from './pulls.types.ts';

const MOST_FILES = 100;
const MOST_BYTES = 1024 * 1024;
const MOST_TOGETHER = 4 * 1024 * 1024;
const REGULAR = new Set(['100644', '100755']);

/** What is in conflict now; undefined when nothing is. Throws AppError conflict where the base is gone. */
export async function findConflicts(
  app: App,
  open: OpenRepository,
  pull: Pull,
): Promise<Conflicts | undefined> {
  const { headOid } = pull.pull;
  const baseOid = await requireBaseTip(app, open, pull);
  return withScratchObjects(app.git, open.dir, async (scratch) => {
    const merge = await mergeWithConflicts(scratch, open.dir, { ours: headOid, theirs: baseOid });
    if (merge.paths.length === 0) return undefined;
    const labels = { head: visibleText(headName(pull)), base: visibleText(pull.pull.baseBranch) };
    const shared = { headOid, baseOid, tree: merge.tree, labels };
    const paths = merge.paths.slice(0, MOST_FILES);
    const texts = await markedFiles(scratch, open.dir, { ...merge, paths });
    const files = paths.map((one) => fileOf(one, texts.get(keyOf(one.path)), shared));
    return { ...shared, files, refusal: refusalOf(merge) };
  });
}

/** The tip of the base. Throws AppError conflict where it is gone. */
export async function requireBaseTip(app: App, open: OpenRepository, { pull }: Pull): Promise<Oid> {
  const tip = await baseTipOf(app, open, pull);
  if (tip === undefined)
    throw new AppError(
      'conflict',
      `The branch ${pull.baseBranch}, into which this is to be merged, is gone.`,
    );
  return tip;
}

function refusalOf({ paths }: ConflictedMerge): string | undefined {
  if (paths.length <= MOST_FILES) return undefined;
  return `${paths.length} files are in conflict, which is more than can be resolved on a page.`;
}

/** What people call the head. */
export function headName({ pull }: Pull): string {
  return pull.headBranch === '' ? pull.headLabel : pull.headBranch;
}

/** The files that git marked, by path: regular ones that are on both sides and small enough. */
export async function markedFiles(
  git: Git,
  dir: RepoDir,
  { tree, paths }: ConflictedMerge,
): Promise<Map<string, FileText>> {
  const wanted = paths.filter(({ ours, theirs }) =>
    [ours, theirs].every((one) => REGULAR.has(one?.mode ?? '')),
  );
  const asked = wanted.map(({ path }) => Buffer.concat([Buffer.from(`${tree}:`), path, Buffer.of(0)]));
  const texts = new Map<string, FileText>();
  if (wanted.length === 0) return texts;
  const options = { dir, input: Buffer.concat(asked) };
  const sizes = (await git.run(['cat-file', '--batch-check', '-z'], options)).stdout
    .toString('latin1')
    .split('\n');
  let together = 0;
  for (const [index, { path }] of wanted.entries()) {
    const [oid = '', type, size] = sizes[index]?.split(' ') ?? [];
    together += Number(size);
    if (type !== 'blob' || Number(size) > MOST_BYTES || together > MOST_TOGETHER) continue;
    const { stdout } = await git.run(['cat-file', 'blob', oid], { dir });
    const text = readFileText(stdout);
    if (text) texts.set(keyOf(path), text);
  }
  return texts;
}

/** Paths as keys of maps. */
export function keyOf(path: Buffer): string {
  return path.toString('latin1');
}

function fileOf(
  { path, ancestor, ours, theirs, message }: ConflictedPath,
  marked: FileText | undefined,
  { headOid, baseOid, labels }: Pick<Conflicts, 'headOid' | 'baseOid' | 'labels'>,
): ConflictedFile {
  const text = marked && labelled(plainLines(marked.text), { headOid, baseOid }, labels);
  const isText = text !== undefined && text.places > 0;
  const choices: ConflictChoice[] = [
    ...(isText ? (['edited'] as const) : []),
    ...(ours && isFile(ours) ? (['head'] as const) : []),
    ...(theirs && isFile(theirs) ? (['base'] as const) : []),
    'delete',
  ];
  return {
    ...{ path, ancestor, head: ours, base: theirs, choices },
    message: sentenceOf(message, { isText, ours, theirs }, labels),
    text: isText ? text.text : undefined,
    places: isText ? text.places : 0,
  };
}

/** Submodules are taken as the commit they are at. */
function isFile({ mode }: MergeEntry): boolean {
  return mode !== '40000';
}

function sentenceOf(
  message: string,
  { isText, ours, theirs }: { isText: boolean; ours: MergeEntry | undefined; theirs: MergeEntry | undefined },
  { head, base }: MarkLabels,
): string {
  if (isText)
    return message.includes('add/add') ? 'Both sides added this file.' : 'Both sides changed the same lines.';
  if (message.includes('binary')) return 'Both sides changed this binary file: choose one of them.';
  if (message.includes('submodule')) return 'Both sides moved this submodule: choose one of them.';
  if (message.includes('rename'))
    return 'This file was renamed in different ways: choose what becomes of it.';
  if (message.includes('file/directory')) return 'One side has a file where the other has a directory.';
  if (ours && !theirs) return `Changed in ${head} and removed in ${base}.`;
  if (!ours && theirs) return `Changed in ${base} and removed in ${head}.`;
  return 'Both sides changed this file: choose one of them.';
}
