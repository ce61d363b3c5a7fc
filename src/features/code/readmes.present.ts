// The README below a directory: rendered, or as plain text.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Place } from './code.types.ts';
import { addressOf } from './links.present.ts';
import { joinPath } from './paths.service.ts';
import { readReadme } from './readmes.service.ts';

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
  const found = await readReadme(app, open, place, tree);
  if (!found) return undefined;
  const { name, path, bodyHtml, text } = found;
  return { name, href: addressOf(open, 'blob', place.at, joinPath(place.path, path)), bodyHtml, text };
}
