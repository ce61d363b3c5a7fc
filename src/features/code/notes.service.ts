// Notes that people attached to commits (git-notes(1), `refs/notes/commits`).
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { decodeText } from './texts.service.ts';

const REF = 'refs/notes/commits';
const MAX_NOTE = 64 * 1024;
/** A tree of notes is split by the first digits once it is large. */
const DEEPEST = 3;

/** The note on a commit, if there is one that is text. */
export async function noteOf(app: App, open: OpenRepository, commit: Oid): Promise<string | undefined> {
  const tip = await app.git.ref(open.dir, REF);
  const objects = app.git.objects(open.dir);
  const notes = tip === undefined ? undefined : await objects.commit(tip);
  if (!notes) return undefined;
  for (let depth = 0; depth <= DEEPEST; depth++) {
    const entry = await objects.entry(notes.tree, Buffer.from(fannedOut(commit, depth)));
    if (entry?.type !== 'blob') continue;
    const object = await objects.read(entry.oid, MAX_NOTE).catch(() => undefined);
    return object && decodeText(object.data)?.text.trim();
  }
  return undefined;
}

/** `abcdef…` as `ab/cd/ef…`. */
function fannedOut(oid: Oid, depth: number): string {
  const parts = Array.from({ length: depth }, (_, index) => oid.slice(index * 2, index * 2 + 2));
  return [...parts, oid.slice(depth * 2)].join('/');
}
