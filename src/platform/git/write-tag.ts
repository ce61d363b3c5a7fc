// Makes annotated tags in a bare repository: objects only, no ref is moved.
import type { Git, ObjectFormat, Oid, RepoDir, Signature } from './git.types.ts';
import { newObject, storeObjects } from './pack-objects.ts';
import { messageText, personLine } from './write-commit.ts';

export interface NewTag {
  format: ObjectFormat;
  /** The commit it points at. */
  target: Oid;
  name: string;
  tagger: Signature;
  message: string;
}

/** Writes a tag object durably, and returns its id. */
export async function writeTag(git: Git, dir: RepoDir, tag: NewTag): Promise<Oid> {
  const lines = [
    `object ${tag.target}`,
    'type commit',
    `tag ${tag.name}`,
    `tagger ${personLine(tag.tagger)}`,
    '',
    messageText(tag.message),
  ];
  const made = newObject(tag.format, 'tag', Buffer.from(lines.join('\n'), 'utf8'));
  await storeObjects(git, dir, tag.format, [made]);
  return made.oid;
}
