// Parts of a file's page that come later: further lines of long files, and symbols that were not found in time.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { fragment } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { askedRange, isLong, lineBlocks } from './blob-lines.present.ts';
import { readBlob } from './blobs.service.ts';
import type { Place } from './code.types.ts';
import { BLOCK, lineText } from './lines.service.ts';
import { outlineModel } from './outlines.present.ts';
import { symbolsOf } from './outlines.service.ts';
import { displayPath, encodePath, lastName } from './paths.service.ts';
import { requireEntry, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';

/** A block of lines (`?lines=501`), or all lines of a file that is not long. */
export async function getBlobLines(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const { key, name, text } = await requireText(app, open, place);
  const lines = lineText(text);
  const range = askedRange(c.req.query('lines'), lines);
  const to = isLong(lines) ? Math.min(range.to, range.from + BLOCK - 1) : range.to;
  const blocks = await lineBlocks(app, { key, name, lines }, { from: range.from, to });
  return fragment(c, 'code/blob-lines', { blocks });
}

/** The panel of a file's symbols. */
export async function getBlobSymbols(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const { key, name, text } = await requireText(app, open, place);
  const symbols = await symbolsOf(app, { key, name, text: lineText(text).text });
  const late = `${open.path}/blob-symbols/${place.at.commit.oid}/${encodePath(place.path)}`;
  return fragment(c, 'code/outline-list', { outline: outlineModel(open, symbols, late) });
}

async function requireText(
  app: App,
  open: OpenRepository,
  place: Place,
): Promise<{ key: string; name: string; text: string }> {
  const entry = await requireEntry(app, open, place, 'file');
  const name = displayPath(lastName(place.path));
  const blob = entry.type === 'blob' ? await readBlob(app, open, entry, name) : undefined;
  if (blob?.content.kind !== 'text') throw notFound('file');
  return { key: blob.source.key, name, text: blob.content.text.text };
}
