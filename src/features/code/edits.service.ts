// Files as they are edited on the web: which may be, their text, and the changes that an edit makes.
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { emptyTree, readDiff } from '../../platform/git/diff.ts';
import type { Diff } from '../../platform/git/diff.types.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import { storeObjects } from '../../platform/git/pack-objects.ts';
import { withScratchObjects } from '../../platform/git/scratch-objects.ts';
import { type FileMode, type TreeChange, treeOf } from '../../platform/git/write-commit.ts';
import { parsePointer } from '../lfs/lfs-objects.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { FoundEntry, PathBytes } from './code.types.ts';
import { retypedPath, typedPath } from './edited-paths.service.ts';
import { editorSettings } from './editorconfig.service.ts';
import { type FileText, plainLines, readFileText, writeFileText } from './file-formats.service.ts';
import { lastName } from './paths.service.ts';
import { findEntry, requirePlace } from './places.service.ts';
import { listRefNames } from './refs.service.ts';
import { findTip } from './web-commits.service.ts';

/** Bytes up to which a file is edited on a page, and what may be typed into one. */
const MAX_EDITED_BYTES = 1024 * 1024;
const MAX_TYPED_BYTES = 2 * 1024 * 1024;

/** A place on a branch; `commit` is undefined in a repository without any commit. */
export interface BranchPlace {
  branch: string;
  commit: Commit | undefined;
  path: PathBytes;
}

/** The branch and path of an address. Throws AppError not_found, and conflict for tags and commits, which do not move. */
export async function requireBranchPlace(app: App, open: OpenRepository, rest: string): Promise<BranchPlace> {
  const first = open.repository.defaultBranch;
  if ((await listRefNames(app, open)).branches.length === 0)
    return { branch: first, commit: undefined, path: Buffer.alloc(0) };
  const { at, path } = await requirePlace(app, open, rest === '' ? first : rest);
  if (at.kind !== 'branch')
    throw new AppError(
      'conflict',
      'Files are changed on branches only: choose a branch first, then edit there.',
    );
  return { branch: at.name, commit: at.commit, path };
}

export interface EditedFile {
  path: PathBytes;
  entry: FoundEntry;
  before: FileText;
  /** As the page's field holds it. */
  text: string;
}

/** A file with its text. Throws AppError not_found, or conflict with the reason why it cannot be edited on a page. */
export async function requireEditable(
  app: App,
  open: OpenRepository,
  { commit, path }: Pick<BranchPlace, 'commit' | 'path'>,
): Promise<EditedFile> {
  const entry = await requireFile(app, open, { commit, path });
  if (entry.mode === '120000') throw refused('This is a symbolic link, which cannot be edited here.');
  const objects = app.git.objects(open.dir);
  const size = (await objects.info(entry.oid))?.size ?? 0;
  if (size > MAX_EDITED_BYTES)
    throw refused('This file is too large to be edited here. Clone the repository to change it.');
  const data = (await objects.read(entry.oid, MAX_EDITED_BYTES))?.data ?? Buffer.alloc(0);
  if (parsePointer(data)) throw refused('This file is stored with Git LFS: change it with git.');
  const before = readFileText(data);
  if (!before)
    throw refused('This is a binary file, which cannot be edited here. Upload another one in its place.');
  return { path, entry, before, text: plainLines(before.text) };
}

/** The entry of a file or symbolic link. Throws AppError not_found, and conflict for submodules. */
export async function requireFile(
  app: App,
  open: OpenRepository,
  { commit, path }: Pick<BranchPlace, 'commit' | 'path'>,
): Promise<FoundEntry> {
  const entry = commit && path.length > 0 ? await findEntry(app, open, commit, path) : undefined;
  if (!entry || entry.type === 'tree') throw notFound('file');
  if (entry.type === 'commit') throw refused('This is a submodule: change it with git.');
  return entry;
}

function refused(message: string): AppError {
  return new AppError('conflict', message);
}

/** What was typed: the file as it should be. */
export interface TypedFile {
  path: string;
  content: string;
}

export interface Edit {
  path: PathBytes;
  changes: TreeChange[];
}

/** The changes that create a file. Throws AppError invalid for the path or the content, also where a file is already. */
export async function creation(
  app: App,
  open: OpenRepository,
  place: Pick<BranchPlace, 'commit'>,
  typed: TypedFile,
): Promise<Edit> {
  requireBounded(typed.content);
  const path = typedPath(typed.path);
  const settings = await editorSettings(app, open, place.commit, path);
  const content = writeFileText(typed.content, undefined, settings);
  return { path, changes: [{ path, mode: '100644', content }] };
}

/** The changes that an edit and perhaps a move make; an untouched text stays the very same object. */
export async function revision(
  app: App,
  open: OpenRepository,
  place: Pick<BranchPlace, 'commit'>,
  file: EditedFile,
  typed: TypedFile,
): Promise<Edit> {
  requireBounded(typed.content);
  const path = retypedPath(typed.path, file.path);
  const isMoved = !path.equals(file.path);
  const changes: TreeChange[] = isMoved ? [{ path: file.path, moveTo: path }] : [];
  if (plainLines(typed.content) !== file.text) {
    const settings = await editorSettings(app, open, place.commit, path);
    const content = writeFileText(typed.content, file.before, settings);
    changes.push({ path, mode: file.entry.mode as FileMode, content });
  }
  if (changes.length === 0) throw invalid({ content: 'Nothing has changed: there is nothing to commit.' });
  return { path, changes };
}

function requireBounded(content: string): void {
  if (Buffer.byteLength(content) > MAX_TYPED_BYTES)
    throw invalid({
      content: 'This is more than can be edited on a page. Upload it as a file, or push it with git.',
    });
}

/** What changes would do to a commit's tree; nothing of it stays in the repository. */
export async function previewChanges(
  app: App,
  open: OpenRepository,
  commit: Commit | undefined,
  changes: readonly TreeChange[],
): Promise<Diff> {
  const format = open.repository.objectFormat;
  const parents = commit ? [commit.oid] : [];
  const { tree, objects } = await treeOf(app.git, open.dir, { format, parents, changes });
  const from = commit?.tree ?? emptyTree(format);
  return withScratchObjects(app.git, open.dir, async (scratch) => {
    await storeObjects(scratch, open.dir, format, objects);
    return readDiff(scratch, open.dir, { from, to: tree });
  });
}

/** `patch-1`, or the first number that no branch has yet, after the person. */
export async function suggestedBranch(app: App, open: OpenRepository, name: string): Promise<string> {
  const taken = new Set((await listRefNames(app, open)).branches);
  for (let number = 1; ; number++) {
    const branch = `${name}-patch-${number}`;
    if (!taken.has(branch)) return branch;
  }
}

/** The place at the newest commit of its branch. */
export async function atTip(app: App, open: OpenRepository, place: BranchPlace): Promise<BranchPlace> {
  return { ...place, commit: await findTip(app, open, place.branch) };
}

/** The last name of a path, for messages. */
export function nameIn(path: PathBytes): string {
  return lastName(path).toString('utf8').replace(/\s+/g, ' ');
}
