// The README below a directory, and Markdown files on their page: rendered, or as plain text.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { isMarkdown } from '../../platform/render/languages.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Place } from './code.types.ts';
import { addressOf } from './links.present.ts';
import { displayPath, encodePath, joinPath } from './paths.service.ts';
import { decodeText } from './texts.service.ts';
import { findReadme } from './trees.service.ts';

const MAX_BYTES = 512 * 1024;

export interface ReadmeModel {
  name: string;
  href: string;
  /** Rendered Markdown, or undefined for what is shown as it is. */
  bodyHtml: SafeHtml | undefined;
  text: string | undefined;
}

/** The README of the directory at a place, whose tree is `tree`. */
export async function readmeModel(
  app: App,
  open: OpenRepository,
  place: Place,
  tree: string,
): Promise<ReadmeModel | undefined> {
  const found = await findReadme(app, open, { tree, commitTree: place.at.commit.tree, path: place.path });
  if (!found) return undefined;
  const objects = app.git.objects(open.dir);
  const info = await objects.info(found.oid);
  if (!info || info.size > MAX_BYTES) return undefined;
  const data = (await objects.read(found.oid, MAX_BYTES))?.data;
  const text = data && decodeText(data)?.text;
  if (text === undefined) return undefined;
  const name = displayPath(found.name);
  const href = addressOf(open, 'blob', place.at, joinPath(place.path, found.name));
  if (!isMarkdown(name)) return { name, href, bodyHtml: undefined, text };
  const bodyHtml = await markdownHtml(app, open, { ...place, directory: place.path }, text, found.oid);
  return { name, href, bodyHtml, text: undefined };
}

/** A Markdown document of the repository as HTML; `directory` is where its relative links start. */
export async function markdownHtml(
  app: App,
  open: OpenRepository,
  place: Pick<Place, 'at'> & { directory: Buffer },
  source: string,
  oid: string,
): Promise<SafeHtml> {
  return app.highlighter.markdown({
    source,
    oid,
    place: {
      repository: open.path,
      revision: place.at.address,
      directory: encodePath(place.directory),
    },
  });
}
