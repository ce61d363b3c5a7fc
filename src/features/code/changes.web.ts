// The changes between two commits on a page: the part that every page of changes shares (a commit's, a comparison's).
import type { DiffFile } from '../../platform/git/diff.types.ts';
import type { ChangeListing } from '../../platform/git/diff-listing.ts';
import { readCookie } from '../../platform/web/cookies.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { askedContext, askedPaths, diffViewOf, partNumber } from './change-requests.web.ts';
import { FILES_PER_PAGE, listingOf, readFiles, readPaths, totalsOf } from './changes.service.ts';
import type { Change, DiffView } from './changes.types.ts';
import type { BlobSources } from './diff-colours.present.ts';
import { treeHtml } from './diff-tree.present.ts';
import {
  type DiffLinks,
  type DiffModel,
  type DiffPresentation,
  diffModel,
  fileModels,
  pathParameters,
  pathQuery,
} from './diffs.present.ts';
import { generatedAmong } from './generated.service.ts';
import { encodePath } from './paths.service.ts';
import { viewedAmong } from './viewed-files.service.ts';

/** Milliseconds a page waits for colours and totals; fragments, which come after it, wait longer. */
const BUDGET = 60;
const LATE_BUDGET = 1500;
/** Files up to which the tree is part of the page. */
const TREE_ON_PAGE = 300;

/** Set by the script that folds the tree away. */
const TREE_COOKIE = 'diff-tree';

/** What `code/diff.eta` shows. */
export interface ChangesModel {
  diff: DiffModel;
  view: DiffView;
  ignoreWhitespace: boolean;
  unifiedHref: string;
  splitHref: string;
  whitespaceHref: string;
  /** Leads from the page of one file back to all of them. */
  wholeHref: string | undefined;
  /** Where marks are sent, and the page to come back to. */
  viewedAction: string;
  /** How many of all files are viewed; undefined for whoever can mark none. */
  viewedCount: number | undefined;
  /** This part of the files; undefined when one file was asked for. */
  part: PartModel | undefined;
  tree: { treeHtml: string } | { src: string } | undefined;
  isTreeHidden: boolean;
  /** Counts what the page did not wait for. */
  totalsSrc: string | undefined;
}

interface PartModel {
  number: number;
  count: number;
  /** Brings this part again with colours, when some did not come in time. */
  colourSrc: string | undefined;
  previousHref: string | undefined;
  nextHref: string | undefined;
  /** Files of all parts. */
  listed: number;
  /** A part as a fragment, for scripts, to which `files` is added. */
  src: string;
}

/**
 * The model of a comparison on the page at `address` (a path without a query). `?files=` is a part of many files,
 * `?path=` one file, `?w=1` leaves white space out, `?diff=split|unified` is remembered.
 */
export async function changesModel(
  c: WebContext,
  open: OpenRepository,
  change: Change,
  address: string,
): Promise<ChangesModel> {
  const view = diffViewOf(c);
  const paths = askedPaths(c);
  const choices = choicesOf(c, address);
  const shared = {
    ...choices,
    view,
    ignoreWhitespace: change.ignoreWhitespace,
    viewedAction: `${open.path}/viewed-files`,
    isTreeHidden: readCookie(c, TREE_COOKIE) === 'hidden',
  };
  if (paths.length > 0)
    return { ...shared, ...(await singleModel(c, open, change, paths)), wholeHref: address + keptOf(change) };
  return { ...shared, ...(await wholeModel(c, open, change, address)), wholeHref: undefined };
}

/** The pages of the same change laid out otherwise. */
function choicesOf(
  c: WebContext,
  address: string,
): Pick<ChangesModel, 'unifiedHref' | 'splitHref' | 'whitespaceHref'> {
  const query = new URL(c.req.url).searchParams;
  const withParameter = (name: string, value: string | undefined) => {
    const changed = new URLSearchParams(query);
    changed.delete('diff');
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
    const text = changed.toString().replaceAll('%2F', '/');
    return text === '' ? address : `${address}?${text}`;
  };
  return {
    unifiedHref: withParameter('diff', 'unified'),
    splitHref: withParameter('diff', 'split'),
    whitespaceHref: withParameter('w', query.get('w') === '1' ? undefined : '1'),
  };
}

type Shown = Pick<ChangesModel, 'diff' | 'viewedCount' | 'part' | 'tree' | 'totalsSrc'>;

async function singleModel(
  c: WebContext,
  open: OpenRepository,
  change: Change,
  paths: Buffer[],
): Promise<Shown> {
  const { app } = c.var;
  const context = askedContext(c);
  const diff = await readPaths(app, change, paths, { context, signal: c.req.raw.signal });
  const viewed = await viewedAmong(app, c.var.actor, open, () => diff.files);
  const model = await diffModel(app, diff, linksOf(open, change, diffViewOf(c)), {
    ...presentationOf(c, change, viewed),
    context,
    isAsked: true,
    budget: LATE_BUDGET,
    notesOf: await change.notes?.of(diff.files),
  });
  return { diff: model, viewedCount: undefined, part: undefined, tree: undefined, totalsSrc: undefined };
}

async function wholeModel(
  c: WebContext,
  open: OpenRepository,
  change: Change,
  address: string,
): Promise<Shown> {
  const { app } = c.var;
  const listing = await listingOf(app, change, c.req.raw.signal);
  const count = Math.max(1, Math.ceil(listing.listed / FILES_PER_PAGE));
  const number = Math.min(count, partNumber(c));
  const all = listing.listed <= FILES_PER_PAGE;
  const [part, totals, viewed] = await Promise.all([
    partModel(c, open, change, listing, number, BUDGET),
    all ? undefined : totalsOf(app, change, BUDGET),
    viewedAmong(app, c.var.actor, open, () => listing.files(0, listing.listed)),
  ]);
  const sums = all ? sumOf(part.files) : totals;
  const src = (what: string) => fragmentAddress(open, change, what, diffViewOf(c));
  const hrefOf = (page: number) => (page === number ? '' : `?files=${page}${keptOf(change, '&')}`);
  return {
    diff: {
      files: part.files,
      fileCount: listing.fileCount,
      additions: sums?.additions,
      deletions: sums?.deletions,
      isCounted: sums !== undefined,
      isTooLarge: listing.listed === 0 && !listing.complete,
    },
    viewedCount: viewed?.size,
    totalsSrc: sums ? undefined : src('totals'),
    tree:
      listing.listed < 2
        ? undefined
        : listing.listed <= TREE_ON_PAGE
          ? { treeHtml: treeHtml(listing.files(0, listing.listed), hrefOf) }
          : { src: `${src('tree')}&files=${number}` },
    part: {
      number,
      count,
      colourSrc: part.isLate ? `${src('files')}&files=${number}` : undefined,
      previousHref: number > 1 ? partAddress(address, change, number - 1) : undefined,
      nextHref: number < count ? partAddress(address, change, number + 1) : undefined,
      listed: listing.listed,
      src: src('files'),
    },
  };
}

/** The files of one part of a listing (from 1) with their rows. */
export async function partModel(
  c: WebContext,
  open: OpenRepository,
  change: Change,
  listing: ChangeListing,
  number: number,
  budget = LATE_BUDGET,
): Promise<{ files: DiffModel['files']; isLate: boolean }> {
  const { app, actor } = c.var;
  const from = (number - 1) * FILES_PER_PAGE;
  const listed = listing.files(from, from + FILES_PER_PAGE);
  const paths = listed.map((file) => file.newPathBytes);
  const [files, notesOf, viewed, isGenerated] = await Promise.all([
    readFiles(app, change, listed, c.req.raw.signal),
    change.notes?.of(listed),
    viewedAmong(app, actor, open, () => listed),
    generatedAmong(app, change.after, paths),
  ]);
  const presentation = { ...presentationOf(c, change, viewed), isGenerated, budget, notesOf };
  return fileModels(app, files, linksOf(open, change, diffViewOf(c)), presentation);
}

/** What is common to the presentation of a change's files. */
export function presentationOf(
  c: WebContext,
  change: Change,
  viewed: ReadonlySet<string> | undefined,
): DiffPresentation {
  return { view: diffViewOf(c), sources: sourcesOf(c, change), viewed };
}

function sourcesOf(c: WebContext, { before, after }: Change): BlobSources {
  const { git } = c.var.app;
  return { before: git.objects((before ?? after).open.dir), after: git.objects(after.open.dir) };
}

/** The addresses of what belongs to a change's files, on pages of `open`. */
export function linksOf(open: OpenRepository, change: Change, view: DiffView): DiffLinks {
  const { before, after } = change;
  const w = keptOf(change, '&');
  const below = (side: NonNullable<Change['before']>, kind: string, path: Buffer) =>
    `${side.open.path}/${kind}/${side.commit.oid}/${encodePath(path)}`;
  return {
    load: (file) => pathQuery(file) + w,
    blob: (file) => below(after, 'blob', file.newPathBytes),
    fragment: (file) => `${fragmentAddress(open, change, 'file', view)}&${pathParameters(file)}`,
    lines: (file) => `${below(after, 'diff-lines', file.newPathBytes)}?diff=${view}`,
    raw: (file, side) => {
      if (side === 'after') return below(after, 'raw', file.newPathBytes);
      return before && below(before, 'raw', file.oldPathBytes);
    },
  };
}

/** The address of a fragment of a change; more parameters may be added with `&`. */
function fragmentAddress(open: OpenRepository, change: Change, what: string, view: DiffView): string {
  const { before, after } = change;
  const range = `${before?.commit.oid ?? 'none'}..${after.commit.oid}`;
  const elsewhere = [
    ...(before && before.open.path !== open.path ? [`&base=${encodePath(before.open.path.slice(1))}`] : []),
    ...(after.open.path !== open.path ? [`&head=${encodePath(after.open.path.slice(1))}`] : []),
  ];
  const own = what === 'files' || what === 'file' ? change.notes?.fragments : undefined;
  return `${own ?? `${open.path}/diff`}/${range}/${what}?diff=${view}${keptOf(change, '&')}${elsewhere.join('')}`;
}

function partAddress(address: string, change: Change, number: number): string {
  return `${address}?files=${number}${keptOf(change, '&')}`;
}

/** What every address of a change's page keeps, behind a `?` or an `&`. */
export function keptOf({ ignoreWhitespace, parent }: Change, before: '?' | '&' = '?'): string {
  const kept = [...(ignoreWhitespace ? ['w=1'] : []), ...(parent === undefined ? [] : [`parent=${parent}`])];
  return kept.length === 0 ? '' : before + kept.join('&');
}

function sumOf(files: readonly Pick<DiffFile, 'additions' | 'deletions'>[]) {
  const sum = { additions: 0, deletions: 0 };
  for (const file of files) {
    sum.additions += file.additions ?? 0;
    sum.deletions += file.deletions ?? 0;
  }
  return files.every((file) => file.additions !== undefined) ? sum : undefined;
}
