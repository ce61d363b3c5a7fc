// A release's notes as HTML.
import { sha256Hex } from '../../base/crypto.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ReleaseRow } from './releases.types.ts';

/** A release's notes as HTML, by the same rules as every other Markdown of the repository. */
export async function notesHtml(
  app: App,
  open: OpenRepository,
  { body, tagName, target }: Pick<ReleaseRow, 'body' | 'tagName' | 'target'>,
): Promise<SafeHtml | undefined> {
  if (body.trim() === '') return undefined;
  const isTagged = (await app.git.ref(open.dir, `refs/tags/${tagName}`)) !== undefined;
  const revision = encodePath(isTagged ? tagName : target || open.repository.defaultBranch);
  const place = { repository: open.path, revision, directory: '' };
  return app.highlighter.markdown({ source: body, oid: sha256Hex(body), place });
}
