// Turns references into links for one reader, for whole pages at once.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** Links by reference; what leads nowhere, or may not be known of, has none. */
export async function resolveReferences(
  _app: App,
  _open: OpenRepository,
  _references: Iterable<string>,
): Promise<Map<string, SafeHtml>> {
  return new Map();
}
