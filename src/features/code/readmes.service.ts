// Reads the README of a directory, and renders Markdown of a repository.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { isMarkdown } from '../../platform/render/languages.ts';
import type { MarkdownPlace } from '../../platform/render/markdown.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { PathBytes, Place } from './code.types.ts';
import { displayPath, encodePath } from './paths.service.ts';
import { findHomeCommit } from './places.service.ts';
import { decodeText } from './texts.service.ts';
import { findReadme } from './trees.service.ts';

const MAX_BYTES = 512 * 1024;

export interface Readme {
  /** The file's name in its directory. */
  path: PathBytes;
  /** The same for display. */
  name: string;
  /** Rendered Markdown, or undefined for what is shown as it is. */
  bodyHtml: SafeHtml | undefined;
  text: string | undefined;
}

/** The README of the directory at a place, whose tree is `tree`. */
export async function readReadme(
  app: App,
  open: OpenRepository,
  place: Place,
  tree: string,
): Promise<Readme | undefined> {
  const found = await findReadme(app, open, { tree, commitTree: place.at.commit.tree, path: place.path });
  if (!found) return undefined;
  const objects = app.git.objects(open.dir);
  const info = await objects.info(found.oid);
  if (!info || info.size > MAX_BYTES) return undefined;
  const data = (await objects.read(found.oid, MAX_BYTES))?.data;
  const text = data && decodeText(data)?.text;
  if (text === undefined) return undefined;
  const [path, name] = [found.name, displayPath(found.name)];
  if (!isMarkdown(name)) return { path, name, bodyHtml: undefined, text };
  const bodyHtml = await markdownHtml(app, open, { ...place, directory: place.path }, text, found.oid);
  return { path, name, bodyHtml, text: undefined };
}

/** The Markdown README that a repository shows first, rendered. */
export async function findHomeReadme(app: App, open: OpenRepository): Promise<SafeHtml | undefined> {
  const at = await findHomeCommit(app, open);
  if (!at) return undefined;
  const readme = await readReadme(app, open, { at, path: Buffer.alloc(0) }, at.commit.tree);
  return readme?.bodyHtml;
}

/** Where a document stands: relative links start in `directory`. */
type DocumentPlace = Pick<Place, 'at'> & { directory: Buffer };

/** A Markdown document of the repository as HTML; `key` is the same for the same content. */
export async function markdownHtml(
  app: App,
  open: OpenRepository,
  place: DocumentPlace,
  source: string,
  key: string,
): Promise<SafeHtml> {
  return app.highlighter.markdown({ source, oid: key, place: addressesOf(open, place) });
}

/** A notebook of the repository as HTML; undefined when it is none. */
export async function notebookHtml(
  app: App,
  open: OpenRepository,
  place: DocumentPlace,
  source: string,
  key: string,
): Promise<SafeHtml | undefined> {
  return app.highlighter.notebook({ source, oid: key, place: addressesOf(open, place) });
}

function addressesOf(open: OpenRepository, { at, directory }: DocumentPlace): MarkdownPlace {
  return { repository: open.path, revision: at.address, directory: encodePath(directory) };
}
