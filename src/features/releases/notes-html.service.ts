// Releases' notes as HTML.
import { sha256Hex } from '../../base/crypto.ts';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { fillMarks, type MarkedHtml } from '../../platform/render/reference-marks.ts';
import { encodePath } from '../code/paths.service.ts';
import { referenceLinks } from '../code/reference-links.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ReleaseRow } from './releases.types.ts';

type Notes = Pick<ReleaseRow, 'id' | 'body' | 'tagName' | 'target'>;

/** A release's notes as HTML, by the same rules as every other Markdown of the repository. */
export async function notesHtml(
  app: App,
  open: OpenRepository,
  { body, tagName, target }: Omit<Notes, 'id'>,
): Promise<SafeHtml | undefined> {
  return (await notesOf(app, open, [{ id: 0, body, tagName, target }])).get(0);
}

/** The notes of several releases by their ids; what they refer to is found at once for all of them. */
export async function notesOf(
  app: App,
  open: OpenRepository,
  releases: readonly Notes[],
): Promise<Map<number, SafeHtml>> {
  const written = releases.filter(({ body }) => body.trim() !== '');
  const marked = await Promise.all(
    written.map(async (row) => ({ id: row.id, notes: await markedNotes(app, open, row) })),
  );
  const words = marked.flatMap(({ notes }) => notes.references);
  const links = await referenceLinks(app, open, words);
  return new Map(marked.map(({ id, notes }) => [id, fillMarks(notes, links)]));
}

async function markedNotes(
  app: App,
  open: OpenRepository,
  { body, tagName, target }: Notes,
): Promise<MarkedHtml> {
  const isTagged = (await app.git.ref(open.dir, `refs/tags/${tagName}`)) !== undefined;
  const revision = encodePath(isTagged ? tagName : target || open.repository.defaultBranch);
  const place = { repository: open.path, revision, directory: '' };
  const origin = app.publicUrl();
  return app.highlighter.markedDocument({ source: body, oid: sha256Hex(body), place, origin });
}
