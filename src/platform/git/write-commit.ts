// Makes a commit in a bare repository without a work tree, whatever its object format: objects only, no ref is moved,
// so that a crash leaves nothing but unreachable objects.
import type { Git, ObjectFormat, Oid, RepoDir, Signature } from './git.types.ts';
import { type NewObject, newObject, storeObjects } from './pack-objects.ts';
import { changeTree, type TreeChange } from './tree-changes.ts';

export type { FileMode, TreeChange } from './tree-changes.ts';

export interface NewCommit {
  format: ObjectFormat;
  parents: readonly Oid[];
  /** The tree that the changes begin from; that of the first parent where it is left out, or the empty one. */
  tree?: Oid;
  changes?: readonly TreeChange[];
  /** What `treeOf` made of the same changes, where the caller looked at it first. */
  prepared?: PreparedTree;
  author: Signature;
  committer: Signature;
  /** Ends with a line break afterwards in any case. */
  message: string;
  sign?: SignCommit | undefined;
}

/** Makes the signature block of a commit's content, which has none yet. */
export type SignCommit = (data: Buffer) => string;

/**
 * Writes blobs, trees and a commit durably, and returns the commit's id. Throws AppError invalid, with the field
 * `path`, for changes that cannot be made.
 */
export async function writeCommit(git: Git, dir: RepoDir, commit: NewCommit): Promise<Oid> {
  const { tree, objects } = commit.prepared ?? (await treeOf(git, dir, commit));
  const { format, sign } = commit;
  const data = commitData(commit, tree);
  const made = newObject(format, 'commit', sign ? withSignature(format, data, sign(data)) : data);
  await storeObjects(git, dir, commit.format, [...objects, made]);
  return made.oid;
}

export interface PreparedTree {
  tree: Oid;
  objects: NewObject[];
}

/** The tree that a commit would have, and the objects that it would add; nothing is written. */
export async function treeOf(
  git: Git,
  dir: RepoDir,
  commit: Pick<NewCommit, 'format' | 'parents' | 'tree' | 'changes'>,
): Promise<PreparedTree> {
  const reader = git.objects(dir);
  const [parent] = commit.parents;
  const base = commit.tree ?? (parent === undefined ? undefined : (await reader.commit(parent))?.tree);
  if (base === undefined && parent !== undefined) throw new Error(`The commit ${parent} is not there.`);
  const source = { format: commit.format, treeData: reader.treeData };
  const { oid, objects } = await changeTree(source, base, commit.changes ?? []);
  return { tree: oid, objects };
}

function commitData({ parents, author, committer, message }: NewCommit, tree: Oid): Buffer {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${personLine(author)}`,
    `committer ${personLine(committer)}`,
    '',
    messageText(message),
  ];
  return Buffer.from(lines.join('\n'), 'utf8');
}

/** A commit's content with a signature as its last header, as git writes it (commit.c, add_header_signature). */
export function withSignature(format: ObjectFormat, data: Buffer, signature: string): Buffer {
  const at = data.indexOf('\n\n') + 1;
  const header = `gpgsig${format === 'sha256' ? '-sha256' : ''} ${signature.trimEnd().replaceAll('\n', '\n ')}\n`;
  return Buffer.concat([data.subarray(0, at), Buffer.from(header), data.subarray(at)]);
}

/** As git writes it (ident.c): what would break the line is left out, also at the ends of the name. */
export function personLine({ name, email, time, offset }: Signature): string {
  const minutes = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
  const address = plain(email);
  return `${plain(name) || address.split('@')[0] || 'unknown'} <${address}> ${Math.max(0, Math.floor(time / 1000))} ${zone}`;
}

/** A message as git keeps it: with one line end behind it. */
export function messageText(message: string): string {
  const text = message.replaceAll('\0', '');
  return `${text.slice(0, endOf(text, /\n/))}\n`;
}

const AROUND_NAMES = /[\s.,:;"'\\]/;

function plain(given: string): string {
  const text = given.replace(/[<>\r\n\0]/g, '');
  const start = text.search(/[^\s.,:;"'\\]/);
  return start < 0 ? '' : text.slice(start, endOf(text, AROUND_NAMES));
}

/** Where the characters at the end begin that are `left` out: a pattern would look at each run of them over and over. */
function endOf(text: string, left: RegExp): number {
  let end = text.length;
  while (end > 0 && left.test(text[end - 1] ?? '')) end--;
  return end;
}
