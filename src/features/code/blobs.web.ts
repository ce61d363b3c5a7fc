// The page of a file: its lines coloured and linkable, rendered Markdown, images, and what cannot be shown.
import { notFound } from '../../base/errors.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { highlightNames } from '../../platform/render/languages.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { cutLines } from './blobs.present.ts';
import { type Blob, isDrawing, readBlob } from './blobs.service.ts';
import type { FoundEntry, Place } from './code.types.ts';
import { addressOf, crumbs, refMenu } from './links.present.ts';
import { displayPath, lastName, parentPath, visibleText } from './paths.service.ts';
import { findEntry, requireEntry, requirePlace } from './places.service.ts';
import { markdownHtml } from './readmes.service.ts';
import { restOfAddress } from './requests.web.ts';
import { resolveLinkTarget } from './trees.service.ts';

export async function getBlob(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const { at, path } = place;
  const entry = await requireEntry(app, open, place, 'file');
  if (entry.type === 'tree') return c.redirect(addressOf(open, 'tree', at, path), 302);
  if (entry.type === 'commit') throw notFound('file');
  const name = displayPath(lastName(path));
  const blob = await readBlob(app, open, entry, name);
  const asSource = c.req.query('plain') === '1';
  const [shown, menu] = await Promise.all([
    shownContent(app, open, place, blob, asSource),
    refMenu(app, open, 'blob', place),
  ]);
  const address = addressOf(open, 'blob', at, path);
  const { kind } = blob.content;
  const isPicture = kind === 'text' && isDrawing(name);
  const hasPreview = kind === 'markdown' || isPicture;
  return page(c, 'code/blob', {
    title: `${open.repository.name}/${displayPath(path)} at ${visibleText(at.name)} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'code'),
    wide: true,
    name,
    kind: isPicture && !asSource ? 'image' : kind,
    size: blob.size,
    mode: modeLabel(entry),
    menu,
    crumbs: crumbs(open, place),
    pathText: displayPath(path),
    rawHref: addressOf(open, 'raw', at, path),
    historyHref: addressOf(open, 'commits', at, path),
    findHref: addressOf(open, 'find', at),
    permanentHref: `${open.path}/blob/${at.commit.oid}/${address.slice(`${open.path}/blob/${at.address}/`.length)}`,
    renderedHref: hasPreview ? address : undefined,
    sourceHref: hasPreview ? `${address}?plain=1` : undefined,
    asSource,
    ...shown,
  });
}

interface Shown {
  lines?: readonly SafeHtml[];
  lineCount?: number;
  sourceLines?: number;
  isCut?: boolean;
  encoding?: string;
  bodyHtml?: SafeHtml;
  copyText?: string;
  link?: { target: string; href: string | undefined };
  lfs?: { oid: string; size: number };
}

async function shownContent(
  app: App,
  open: OpenRepository,
  place: Place,
  blob: Blob,
  asSource: boolean,
): Promise<Shown> {
  const { content, oid } = blob;
  if (content.kind === 'symlink') return { link: await linkModel(app, open, place, content.target) };
  if (content.kind === 'lfs') return { lfs: content.pointer };
  if (content.kind === 'markdown' && !asSource) {
    const directory = parentPath(place.path);
    const bodyHtml = await markdownHtml(app, open, { at: place.at, directory }, content.text.text, oid);
    return { bodyHtml, copyText: content.text.text };
  }
  if (content.kind !== 'text' && content.kind !== 'markdown') return {};
  const { text, encoding } = content.text;
  const name = displayPath(lastName(place.path));
  if (isDrawing(name) && !asSource) return { copyText: text };
  const cut = cutLines(text);
  const languages = highlightNames(name, text.slice(0, 200).split('\n')[0]);
  const lines = await app.highlighter.lines({ text: cut.text, languages, ...(cut.isCut ? {} : { oid }) });
  const { lineCount, sourceLines, isCut } = cut;
  return { lines, lineCount, sourceLines, isCut, encoding, ...(isCut ? {} : { copyText: text }) };
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
