// The page of a file: its lines coloured and linkable, what it looks like rendered, its media, and what cannot be shown.
import { notFound } from '../../base/errors.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  askedRange,
  isLong,
  type LineBlock,
  type LinePages,
  lineBlocks,
  linePages,
  shownCount,
} from './blob-lines.present.ts';
import { type Blob, readBlob, type TextForm } from './blobs.service.ts';
import type { FoundEntry, Place } from './code.types.ts';
import { codeView } from './code-view.web.ts';
import { type JsonTree, jsonTree } from './json-trees.present.ts';
import { lineText } from './lines.service.ts';
import { addressOf, crumbs, editLinks, refMenu } from './links.present.ts';
import { type OutlineModel, outlineModel } from './outlines.present.ts';
import { hasSymbols, symbolsSoon } from './outlines.service.ts';
import { displayPath, encodePath, lastName, parentPath, visibleText } from './paths.service.ts';
import { findEntry, requireEntry, requirePlace } from './places.service.ts';
import { markdownHtml, notebookHtml } from './readmes.service.ts';
import { restOfAddress } from './requests.web.ts';
import { type ValueTable, valueTable } from './tables.present.ts';
import type { DecodedText } from './texts.service.ts';
import { resolveLinkTarget } from './trees.service.ts';

/** Forms that are shown only when they are asked for: their source is what people come for. */
const ON_DEMAND: readonly (TextForm | undefined)[] = ['json'];

export async function getBlob(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const { at, path } = place;
  const entry = await requireEntry(app, open, place, 'file');
  if (place.at.name !== open.repository.defaultBranch) c.header('X-Robots-Tag', 'noindex, nofollow');
  if (entry.type === 'tree') return c.redirect(addressOf(open, 'tree', at, path), 302);
  const name = displayPath(lastName(path));
  const blob = entry.type === 'blob' ? await readBlob(app, open, entry, name) : undefined;
  if (!blob) throw notFound('file');
  const form = blob.content.kind === 'text' ? blob.content.form : undefined;
  const isRendered = ON_DEMAND.includes(form) ? c.req.query('preview') === '1' : c.req.query('plain') !== '1';
  const [shown, menu] = await Promise.all([
    shownContent(c, open, place, blob, isRendered),
    refMenu(app, open, 'blob', place),
  ]);
  const address = addressOf(open, 'blob', at, path);
  const isOnDemand = ON_DEMAND.includes(form);
  const repo = repositoryFrame(open, 'code');
  return page(c, 'code/blob', {
    title: `${open.repository.name}/${displayPath(path)} at ${visibleText(at.name)} · ${open.path.slice(1)}`,
    repo,
    edit: editLinks(open, place, { canWrite: repo.canWrite, isText: isEditable(blob) }),
    wide: true,
    name,
    kind: blob.content.kind,
    form: isRendered ? form : undefined,
    size: blob.source.size,
    mode: modeLabel(entry),
    pointer: blob.source.pointer,
    isText: blob.content.kind === 'text',
    menu,
    crumbs: crumbs(open, place),
    pathText: displayPath(path),
    rawHref: addressOf(open, 'raw', at, path),
    historyHref: addressOf(open, 'commits', at, path),
    findHref: addressOf(open, 'find', at),
    blameHref: blob.content.kind === 'text' ? addressOf(open, 'blame', at, path) : undefined,
    permanentHref: `${open.path}/blob/${at.commit.oid}/${encodePath(path)}`,
    renderedHref: form && (isOnDemand ? `${address}?preview=1` : address),
    sourceHref: form && (isOnDemand ? address : `${address}?plain=1`),
    asSource: !isRendered,
    view: codeView(c),
    ...shown,
  });
}

/** Whether the editor would take it; see edits.service.ts. */
function isEditable({ content, source }: Blob): boolean {
  return content.kind === 'text' && !source.pointer;
}

interface Shown {
  blocks?: LineBlock[];
  pages?: LinePages | undefined;
  linesHref?: string;
  lineCount?: number;
  sourceLines?: number;
  isCut?: boolean;
  encoding?: string;
  bodyHtml?: SafeHtml;
  table?: ValueTable;
  json?: JsonTree | { line: number };
  width?: number;
  height?: number;
  link?: { target: string; href: string | undefined };
  outline?: OutlineModel;
  /** Set where names in the code lead to their definitions. */
  symbolsHref?: string;
}

async function shownContent(
  c: WebContext,
  open: OpenRepository,
  place: Place,
  blob: Blob,
  isRendered: boolean,
): Promise<Shown> {
  const { app } = c.var;
  const { content } = blob;
  if (content.kind === 'symlink') return { link: await linkModel(app, open, place, content.target) };
  if (content.kind === 'image')
    return content.width && content.height ? { width: content.width, height: content.height } : {};
  if (content.kind !== 'text') return {};
  const rendered = isRendered ? await renderedForm(app, open, place, blob, content) : undefined;
  return rendered ?? shownLines(c, open, place, blob, content.text);
}

/** A text in its rendered form; undefined when it has none, or is not what its name says. */
async function renderedForm(
  app: App,
  open: OpenRepository,
  place: Place,
  { source }: Blob,
  { form, text: { text } }: { form: TextForm | undefined; text: DecodedText },
): Promise<Shown | undefined> {
  const inDirectory = { at: place.at, directory: parentPath(place.path) };
  if (form === 'markdown') return { bodyHtml: await markdownHtml(app, open, inDirectory, text, source.key) };
  if (form === 'notebook') {
    const bodyHtml = await notebookHtml(app, open, inDirectory, text, source.key);
    return bodyHtml === undefined ? undefined : { bodyHtml };
  }
  if (form === 'table') return { table: valueTable(text, displayPath(lastName(place.path))) };
  if (form === 'json') return { json: jsonTree(text) };
  return form === 'drawing' ? {} : undefined;
}

async function shownLines(
  c: WebContext,
  open: OpenRepository,
  place: Place,
  { source }: Blob,
  { text, encoding }: DecodedText,
): Promise<Shown> {
  const { app } = c.var;
  const name = displayPath(lastName(place.path));
  const lines = lineText(text);
  const range = askedRange(c.req.query('lines'), lines);
  const permanent = encodePath(place.path);
  const { oid } = place.at.commit;
  const [blocks, outline] = await Promise.all([
    lineBlocks(app, { key: source.key, name, lines }, range),
    outlineOf(app, open, `${oid}/${permanent}`, { key: source.key, name, text: lines.text }),
  ]);
  const { lineCount, sourceLines, isCut } = lines;
  const address = addressOf(open, 'blob', place.at, place.path);
  const plain = c.req.query('plain') === '1' ? `${address}?plain=1` : address;
  return {
    blocks,
    lineCount,
    sourceLines,
    isCut,
    encoding,
    linesHref: `${open.path}/blob-lines/${oid}/${permanent}`,
    pages: isLong(lines) ? linePages(plain, range, shownCount(lines)) : undefined,
    ...(outline ? { outline, symbolsHref: `${open.path}/symbols` } : {}),
  };
}

async function outlineOf(
  app: App,
  open: OpenRepository,
  place: string,
  source: { key: string; name: string; text: string },
): Promise<OutlineModel | undefined> {
  if (!hasSymbols(source.name, source.text)) return undefined;
  return outlineModel(open, await symbolsSoon(app, source), `${open.path}/blob-symbols/${place}`);
}

async function linkModel(
  app: App,
  open: OpenRepository,
  place: Place,
  target: Buffer,
): Promise<{ target: string; href: string | undefined }> {
  const resolved = resolveLinkTarget(place.path, target);
  const entry = resolved && (await findEntry(app, open, place.at.commit, resolved));
  const kind = entry?.type === 'tree' ? 'tree' : 'blob';
  const href = entry && entry.type !== 'commit' ? addressOf(open, kind, place.at, resolved) : undefined;
  return { target: displayPath(target), href };
}

function modeLabel(entry: FoundEntry): string | undefined {
  if (entry.mode === '100755') return 'Executable file';
  return entry.mode === '120000' ? 'Symbolic link' : undefined;
}
