// Turns files that changed into what a page shows of them: rows, pictures, or why there are none.
import { sha256Hex } from '../../base/crypto.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { Diff, DiffFile } from '../../platform/git/diff.types.ts';
import type { LfsPointer } from '../lfs/lfs.types.ts';
import { MOST_POINTER_BYTES, parsePointer } from '../lfs/lfs-objects.service.ts';
import type { DiffView, FileNotes } from './changes.types.ts';
import { type BlobSources, colourFiles, type PageColours } from './diff-colours.present.ts';
import { diffRows, rowsHtml } from './diff-rows.present.ts';
import { imageTypeOf, isDrawing } from './media.service.ts';
import { encodePath, lastName, visibleText } from './paths.service.ts';
import { markOf } from './viewed-files.service.ts';

export interface DiffFileModel {
  /** Anchor of the file, stable while its path stays. */
  id: string;
  label: string;
  path: string;
  /** The path as addresses write it. */
  encodedPath: string;
  /** Where it came from, for renames and copies. */
  oldPath: string | undefined;
  additions: number | undefined;
  deletions: number | undefined;
  similarity: number | undefined;
  modes: string | undefined;
  /** What there is to say of it beside its rows, or instead of them. */
  notes: string[];
  /** Loads what was left out; undefined when all is there. */
  loadHref: string | undefined;
  /** The same as a fragment, for scripts. */
  loadSrc: string | undefined;
  /** Whether it was left out only because of all others, so that it may be loaded without being asked for. */
  loadsItself: boolean;
  blobHref: string | undefined;
  /** Where its hidden lines are found, for scripts. */
  linesSrc: string | undefined;
  images: { before: string | undefined; after: string | undefined; isText: boolean } | undefined;
  /** Whether it starts out open. */
  isOpen: boolean;
  isGenerated: boolean;
  /** Whether its colours did not come in time. */
  isPlain: boolean;
  /** For viewed marks; `isViewed` is undefined for whoever can set none. */
  mark: string;
  isViewed: boolean | undefined;
  view: DiffView;
  rowCount: number;
  /** Whether its line numbers need more room than usual. */
  isDeep: boolean;
  rowsHtml: SafeHtml;
  /** What is said of the whole file, and of lines that are not among the rows. */
  aboveHtml: SafeHtml | '';
  /** Where one may comment on it. */
  commentHref: string | undefined;
}

/** What the page of a whole comparison shows, or of a part of it. */
export interface DiffModel {
  files: DiffFileModel[];
  fileCount: number;
  /** Undefined while they are counted; see `totalsSrc`. */
  additions: number | undefined;
  deletions: number | undefined;
  /** Whether additions and deletions are those of the whole change. */
  isCounted: boolean;
  /** Whether there is so much of it that not even the files can be listed. */
  isTooLarge: boolean;
}

/** Addresses of what belongs to a file; those that are missing are not offered. */
export interface DiffLinks {
  /** The page that shows this file alone, with higher limits. */
  load(file: DiffFile): string;
  /** The file after the change. */
  blob(file: DiffFile): string;
  /** The fragment that holds this file alone. */
  fragment?(file: DiffFile): string;
  /** The fragment of lines of the file after the change, to which `from`, `to` and `old` are added. */
  lines?(file: DiffFile): string;
  /** The raw file on a side. */
  raw?(file: DiffFile, side: 'before' | 'after'): string | undefined;
}

export interface DiffPresentation {
  view?: DiffView;
  /** Where both sides' blobs are read for their colours; without it rows are plain. */
  sources?: BlobSources;
  /** Milliseconds to wait for colours. */
  budget?: number;
  /** Marks that are set; undefined for whoever can set none. */
  viewed?: ReadonlySet<string> | undefined;
  isGenerated?(path: Buffer): boolean;
  /** Lines of context that were asked for. */
  context?: number | undefined;
  /** Shown whatever their size, since they were asked for. */
  isAsked?: boolean;
  /** What a review says of a file. */
  notesOf?: ((file: DiffFile) => FileNotes | undefined) | undefined;
}

/** Lines of a file beyond which it starts out folded. */
const FOLD_LINES = 800;
/** Changed lines up to which a file that was left out is loaded without being asked for. */
const LOADS_ITSELF = 800;
/** Line numbers, of both sides together, beyond which they are long. */
const DEEP = 9000;
const COLOUR_BUDGET = 1000;
/** Lines around changes that the page of one file shows where more was asked for, and then all. */
const MORE_CONTEXT = 25;
const ALL_CONTEXT = 1_000_000;

const LABELS: Readonly<Record<DiffFile['status'], string>> = {
  A: 'added',
  M: 'changed',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type changed',
};

/** The model of a diff that was read whole. */
export async function diffModel(
  app: App,
  diff: Diff,
  links: DiffLinks,
  presentation: DiffPresentation = {},
): Promise<DiffModel> {
  const { files } = await fileModels(app, diff.files, links, presentation);
  const { fileCount, additions, deletions } = diff;
  const isTooLarge = diff.files.length === 0 && !diff.complete;
  return { files, fileCount, additions, deletions, isCounted: isCounted(diff), isTooLarge };
}

function isCounted({ files, fileCount, additions, deletions, complete }: Diff): boolean {
  if (complete || (fileCount === files.length && files.every((file) => file.additions !== undefined)))
    return true;
  const listed = files.reduce((sum, file) => sum + (file.additions ?? 0) + (file.deletions ?? 0), 0);
  return additions + deletions > listed;
}

/** The models of files, and whether some could not be coloured in time. */
export async function fileModels(
  app: App,
  files: readonly DiffFile[],
  links: DiffLinks,
  presentation: DiffPresentation,
): Promise<{ files: DiffFileModel[]; isLate: boolean }> {
  const { sources, budget = COLOUR_BUDGET } = presentation;
  const shown = files.filter((file) => presentation.isAsked || !isFolded(file, presentation));
  const [colours, notes] = await Promise.all([
    sources && colourFiles(app, shown, sources, budget),
    Promise.all(files.map((file) => notesOf(file, sources))),
  ]);
  const models = files.map((file, index) =>
    fileModel(file, links, presentation, { colours, notes: notes[index] ?? [] }),
  );
  return { files: models, isLate: colours?.isLate ?? false };
}

/** A file's anchor. */
export function fileAnchor(file: Pick<DiffFile, 'newPathBytes'>): string {
  return `diff-${sha256Hex(file.newPathBytes).slice(0, 16)}`;
}

/** Whether a file's rows are left out until they are asked for. */
function isFolded(file: DiffFile, { isGenerated }: DiffPresentation): boolean {
  return isGenerated?.(file.newPathBytes) === true && file.hunks.length > 0;
}

function fileModel(
  file: DiffFile,
  links: DiffLinks,
  presentation: DiffPresentation,
  { colours, notes }: { colours: PageColours | undefined; notes: string[] },
): DiffFileModel {
  const { view = 'unified', viewed, isAsked = false, context } = presentation;
  const wasMoved = file.status === 'R' || file.status === 'C';
  const hasModes = file.oldMode !== file.newMode && file.status !== 'A' && file.status !== 'D';
  const isGenerated = presentation.isGenerated?.(file.newPathBytes) === true;
  const isLeftOut = file.tooLarge || (!isAsked && isFolded(file, presentation));
  const mark = markOf(file);
  const isViewed = viewed?.has(mark);
  const id = fileAnchor(file);
  const own = colours?.of(file);
  const rows = isLeftOut ? [] : diffRows(file, view, own, context);
  const moreHref = links.lines && file.newOid !== undefined ? moreAddress(file, links, context) : undefined;
  const said = presentation.notesOf?.(file);
  const html = rowsHtml(rows, view, { id, moreHref, below: said?.below });
  const changed = (file.additions ?? Number.POSITIVE_INFINITY) + (file.deletions ?? 0);
  return {
    id,
    label: LABELS[file.status],
    path: visibleText(file.newPath),
    encodedPath: encodePath(file.newPathBytes),
    oldPath: wasMoved ? visibleText(file.oldPath) : undefined,
    additions: file.additions,
    deletions: file.deletions,
    similarity: file.similarity,
    modes: hasModes ? `${file.oldMode} → ${file.newMode}` : undefined,
    notes: leftOutNotes(isLeftOut, isGenerated, isAsked) ?? notes,
    loadHref: isLeftOut ? links.load(file) : undefined,
    loadSrc: isLeftOut && !isAsked ? links.fragment?.(file) : undefined,
    loadsItself: file.tooLarge && !isGenerated && changed <= LOADS_ITSELF,
    blobHref: file.newOid !== undefined && !file.submodule ? links.blob(file) : undefined,
    linesSrc: file.newOid === undefined || file.submodule ? undefined : links.lines?.(file),
    images: imagesOf(file, links),
    isOpen: isViewed !== true && (isAsked || (!isGenerated && rows.length <= FOLD_LINES)),
    isGenerated,
    isPlain: colours?.isLate === true && own === undefined && rows.length > 0,
    mark,
    isViewed: viewed && isViewed === true,
    view,
    rowCount: rows.length,
    isDeep: file.hunks.some((hunk) => hunk.oldStart + hunk.newStart > DEEP),
    rowsHtml: html,
    aboveHtml: said?.above() ?? '',
    commentHref: said?.commentHref,
  };
}

/** The page of this file alone with more context than now. */
function moreAddress(file: DiffFile, links: DiffLinks, context: number | undefined): string {
  const more = context === undefined ? MORE_CONTEXT : ALL_CONTEXT;
  return `${links.load(file)}&context=${more}#${fileAnchor(file)}`;
}

function leftOutNotes(isLeftOut: boolean, isGenerated: boolean, isAsked: boolean): string[] | undefined {
  if (!isLeftOut) return undefined;
  if (isGenerated) return ['Generated files are not shown unless asked for.'];
  return [
    isAsked
      ? 'This file has more changes than can be shown on a page.'
      : 'Large changes are not shown unless asked for.',
  ];
}

async function notesOf(file: DiffFile, sources: BlobSources | undefined): Promise<string[]> {
  if (file.submodule) return submoduleNotes(file);
  if (file.binary) return binaryNotes(file, sources);
  if (file.hunks.length > 0) return lfsNotes(file, sources);
  if (file.status === 'R') return ['File renamed without changes.'];
  if (file.status === 'C') return ['File copied without changes.'];
  if (file.oldMode !== file.newMode && file.status === 'M' && file.oldOid === file.newOid)
    return ['Only the mode changed.'];
  return [file.status === 'M' ? 'Only white space changed.' : 'Empty file.'];
}

function submoduleNotes(file: DiffFile): string[] {
  const [old, young] = [file.oldMode, file.newMode].map((mode) => mode === '160000');
  const [from, to] = [file.oldOid?.slice(0, 7), file.newOid?.slice(0, 7)];
  if (old && young) return [`Submodule moved from ${from} to ${to}.`];
  return [young ? `Submodule at ${to}.` : `Submodule at ${from} removed.`];
}

async function binaryNotes(file: DiffFile, sources: BlobSources | undefined): Promise<string[]> {
  const [before, after] = await Promise.all([
    file.oldOid && sources?.before.info(file.oldOid),
    file.newOid && sources?.after.info(file.newOid),
  ]);
  const sizes = [before, after].flatMap((info) => (info ? [sizeText(info.size)] : []));
  return [sizes.length === 0 ? 'Binary file not shown.' : `Binary file: ${sizes.join(' → ')}`];
}

/** What pointers of Git LFS stand for. */
async function lfsNotes(file: DiffFile, sources: BlobSources | undefined): Promise<string[]> {
  const isPointer = file.hunks[0]?.lines.some((line) => line.text.includes('git-lfs.github.com/spec/v1'));
  if (!isPointer || !sources) return [];
  const [before, after] = await Promise.all([
    pointerOf(sources.before, file.oldOid),
    pointerOf(sources.after, file.newOid),
  ]);
  if (!before && !after) return [];
  const [from, to] = [before, after].map((pointer) => (pointer ? sizeText(pointer.size) : 'not in LFS'));
  if (file.oldOid === undefined) return [`Stored with Git LFS: ${to}`];
  if (file.newOid === undefined) return [`Stored with Git LFS: ${from}`];
  return [`Stored with Git LFS: ${from} → ${to}`];
}

async function pointerOf(
  objects: BlobSources['after'],
  oid: string | undefined,
): Promise<LfsPointer | undefined> {
  const info = oid === undefined ? undefined : await objects.info(oid);
  if (!info || info.size > MOST_POINTER_BYTES) return undefined;
  const object = await objects.read(info.oid, MOST_POINTER_BYTES);
  return object && parsePointer(object.data);
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = power === 0 ? String(bytes) : (bytes / 1024 ** power).toFixed(1);
  return `${value} ${UNITS[power]}`;
}

function imagesOf(file: DiffFile, links: DiffLinks): DiffFileModel['images'] {
  const name = lastName(file.newPathBytes).toString('utf8');
  const isLink = file.newMode === '120000' || file.oldMode === '120000';
  if (!links.raw || isLink || file.submodule || imageTypeOf(name) === undefined) return undefined;
  if (!file.binary && !isDrawing(name)) return undefined;
  const before = file.oldOid === undefined ? undefined : links.raw(file, 'before');
  const after = file.newOid === undefined ? undefined : links.raw(file, 'after');
  return before === undefined && after === undefined ? undefined : { before, after, isText: !file.binary };
}

/**
 * The query that names a file by `path`, and by another where it was before: an address relative to the page of the
 * whole change, since such a page may hold thousands.
 */
export function pathQuery(file: DiffFile): string {
  return `?${pathParameters(file)}`;
}

/** The same parameters without the question mark. */
export function pathParameters(file: Pick<DiffFile, 'newPathBytes' | 'oldPathBytes'>): string {
  const paths = [...new Set([encodePath(file.newPathBytes), encodePath(file.oldPathBytes)])];
  const query = new URLSearchParams(paths.map((path): [string, string] => ['path', path]));
  return query.toString().replaceAll('%2F', '/');
}
