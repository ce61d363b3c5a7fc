// What scripts ask for beside a page of changes: more files, one file, the tree, totals, hidden lines; and viewed marks.
import { AppError, notFound } from '../../base/errors.ts';
import type { SafeHtml } from '../../base/html.ts';
import { escapeHtml } from '../../base/html.ts';
import { fragment, readForm } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  askedContext,
  askedParent,
  askedPaths,
  diffViewOf,
  ignoresWhitespace,
  partNumber,
} from './change-requests.web.ts';
import { listingOf, readPaths, totalsOf } from './changes.service.ts';
import type { Change, ChangeSide } from './changes.types.ts';
import { keptOf, linksOf, partModel, presentationOf } from './changes.web.ts';
import { requireInNetwork } from './compare-sides.service.ts';
import { colourText, linesOf } from './diff-colours.present.ts';
import { type DiffRow, rowsHtml } from './diff-rows.present.ts';
import { treeHtml } from './diff-tree.present.ts';
import { diffModel, fileAnchor } from './diffs.present.ts';
import { decodePath } from './paths.service.ts';
import { findCommitById, findEntry } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { decodeText } from './texts.service.ts';
import { setViewed, viewedAmong } from './viewed-files.service.ts';

const TOTALS_BUDGET = 25_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** Lines of one answer, and characters of a line. */
const MOST_LINES = 5000;
const LONGEST_LINE = 2000;

/** One part of a change's files. */
export async function getFiles(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFiles(c, open, await requestedChange(c, open));
}

/** As `getFiles`, of a change that is known. */
export async function answerFiles(c: WebContext, open: OpenRepository, change: Change): Promise<Response> {
  const listing = await listingOf(c.var.app, change, c.req.raw.signal);
  const { files } = await partModel(c, open, change, listing, partNumber(c));
  return fragment(c, 'code/diff-files', { files, viewedAction: `${open.path}/viewed-files` });
}

/** One file, with higher limits. */
export async function getFile(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerFile(c, open, await requestedChange(c, open));
}

/** As `getFile`, of a change that is known. */
export async function answerFile(c: WebContext, open: OpenRepository, change: Change): Promise<Response> {
  const { app, actor } = c.var;
  const context = askedContext(c);
  const paths = askedPaths(c);
  if (paths.length === 0) throw notFound('file');
  const diff = await readPaths(app, change, paths, { context, signal: c.req.raw.signal });
  const viewed = await viewedAmong(app, actor, open, () => diff.files);
  const notesOf = await change.notes?.of(diff.files);
  const presentation = { ...presentationOf(c, change, viewed), context, isAsked: true, notesOf };
  const { files } = await diffModel(app, diff, linksOf(open, change, diffViewOf(c)), presentation);
  return fragment(c, 'code/diff-files', { files, viewedAction: `${open.path}/viewed-files` });
}

/** The tree of all files. */
export async function getFileTree(c: WebContext, open: OpenRepository): Promise<Response> {
  const change = await requestedChange(c, open);
  const listing = await listingOf(c.var.app, change, c.req.raw.signal);
  const current = partNumber(c);
  const hrefOf = (page: number) => (page === current ? '' : `?files=${page}${keptOf(change, '&')}`);
  return fragment(c, 'code/diff-tree', {
    treeHtml: treeHtml(listing.files(0, listing.listed), hrefOf),
  });
}

/** What all files add and remove together. */
export async function getTotals(c: WebContext, open: OpenRepository): Promise<Response> {
  const change = await requestedChange(c, open);
  const totals = await totalsOf(c.var.app, change, TOTALS_BUDGET);
  return fragment(c, 'code/diff-totals', { totals });
}

/** Lines of a file after a change that the page hides, as rows: `from` and `to` of it, `old` the first one's number before. */
export async function getDiffLines(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const [commit = '', ...rest] = restOfAddress(c).split('/');
  const path = decodePath(rest.join('/'));
  const at = await findCommitById(app, open, commit);
  const entry = at && (await findEntry(app, open, at.commit, path));
  if (entry?.type !== 'blob') throw notFound('file');
  const [from, to, old] = [lineNumber(c, 'from'), lineNumber(c, 'to'), lineNumber(c, 'old')];
  const object = await app.git.objects(open.dir).read(entry.oid, MOST_BYTES);
  const text = object && decodeText(object.data)?.text;
  if (text === undefined) throw notFound('file');
  const lines = linesOf(text);
  const coloured = await colourText(app, text, path, entry.oid);
  const view = diffViewOf(c);
  const rows = lines.slice(from - 1, Math.min(to, from + MOST_LINES - 1)).map((line, index): DiffRow => {
    const number = from + index;
    const isCut = line.length > LONGEST_LINE;
    const html = isCut
      ? escapeHtml(line.slice(0, LONGEST_LINE).toWellFormed())
      : (coloured?.html[number - 1] ?? escapeHtml(line));
    const notes = isCut ? ['The rest of this line is not shown.'] : [];
    return contextRow(view, { old: old + index, new: number, html, notes });
  });
  const id = fileAnchor({ newPathBytes: path });
  const shown = rowsHtml(rows, view, { id, moreHref: undefined });
  return fragment(c, 'code/diff-lines', { rowsHtml: shown });
}

function contextRow(
  view: string,
  line: { old: number; new: number; html: SafeHtml; notes: string[] },
): DiffRow {
  const { html, notes } = line;
  if (view !== 'split') return { type: 'line', kind: 'context', ...line };
  const cell = { kind: 'context' as const, html, notes };
  return { type: 'pair', left: { ...cell, number: line.old }, right: { ...cell, number: line.new } };
}

function lineNumber(c: WebContext, name: string): number {
  const text = c.req.query(name) ?? '';
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new AppError('invalid', `Give the number of a line as "${name}".`);
  return Number(text);
}

/** Marks a file as viewed, or no longer. */
export async function postViewedFile(c: WebContext, open: OpenRepository): Promise<Response> {
  const { mark = '', viewed, back } = await readForm(c);
  await setViewed(c.var.app, c.var.actor, open, mark, viewed === '1');
  if (c.req.header('accept')?.includes('application/json')) return c.body(null, 204);
  return c.redirect(localReturnAddress(back), 303);
}

/** The change of an address: `/diff/<commit>..<commit>/…`, `none` for nothing, sides of forks named by `base` and `head`. */
export async function requestedChange(c: WebContext, open: OpenRepository): Promise<Change> {
  const [, from = '', to = ''] =
    /^([0-9a-f]{40,64}|none)\.\.([0-9a-f]{40,64})$/.exec(c.req.param('range') ?? '') ?? [];
  const [before, after] = await Promise.all([
    from === 'none' ? undefined : requireSide(c, open, from, c.req.query('base')),
    requireSide(c, open, to, c.req.query('head')),
  ]);
  return { before, after, ignoreWhitespace: ignoresWhitespace(c), parent: askedParent(c) };
}

async function requireSide(
  c: WebContext,
  open: OpenRepository,
  oid: string,
  elsewhere: string | undefined,
): Promise<ChangeSide> {
  const { app, actor } = c.var;
  const where =
    elsewhere === undefined ? open : await requireInNetwork(app, actor, open, elsewhere.split('/'));
  const found = await findCommitById(app, where, oid);
  if (!found) throw notFound('commit');
  return { open: where, commit: found.commit };
}
