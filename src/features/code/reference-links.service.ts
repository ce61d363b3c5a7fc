// References in messages of commits and in notes: who knows what `#12` and `@user` are stands right of this room, and adds here
// how they become links.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/**
 * Finds the links of words (see platform/render/reference-words.ts) for whoever opened the repository, many at once. What leads
 * nowhere, or may not be known of, has none.
 */
export type FindReferenceLinks = (
  app: App,
  open: OpenRepository,
  words: readonly string[],
) => Promise<ReadonlyMap<string, SafeHtml>>;

const added = new WeakMap<App, FindReferenceLinks>();

/** Says how references become links. */
export function addReferenceLinks(app: App, find: FindReferenceLinks): void {
  added.set(app, find);
}

/** The links of words by the word. */
export async function referenceLinks(
  app: App,
  open: OpenRepository,
  words: readonly string[],
): Promise<ReadonlyMap<string, SafeHtml>> {
  const find = words.length === 0 ? undefined : added.get(app);
  return find ? find(app, open, words) : new Map();
}
