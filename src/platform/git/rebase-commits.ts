// Puts commits on top of another one in a bare repository, without a work tree, as `git rebase` does (its merge backend,
// sequencer.c): the same trees, authors and messages, commits that are there already left out.
import { setImmediate } from 'node:timers/promises';
import { emptyTree } from './diff.ts';
import type { Git, ObjectFormat, Oid, RepoDir, Signature } from './git.types.ts';
import { mergeCommits } from './merge-commits.ts';
import type { MergeConflict } from './merge-tree-output.ts';
import { type NewObject, newObject, storeObjects } from './pack-objects.ts';
import { splitObject } from './parse-commit.ts';
import { decodeText } from './parse-text.ts';
import { type PassingObjects, withPassingObjects } from './passing-objects.ts';
import { mergePlainly, type TreeStore } from './plain-merge.ts';
import { personLine, type SignCommit, withSignature } from './write-commit.ts';

export interface Rebase {
  format: ObjectFormat;
  /** The commit on top of which they go. */
  onto: Oid;
  /** Oldest first, none with more than one parent; see `listCommitsToRebase`. */
  commits: readonly Oid[];
  committer: Signature;
  sign?: SignCommit | undefined;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

export type Rebased =
  | {
      tip: Oid;
      /** In order, with what became of them; those that would change nothing any more are left out. */
      rewritten: { from: Oid; to: Oid }[];
    }
  | { conflict: { commit: Oid; conflicts: MergeConflict[] } };

const TIMEOUT = 60_000;
const MAX_COMMIT = 4 * 1024 * 1024;

/**
 * The commits that `git rebase` would move from a head onto another commit, oldest first: merges are left out, and so is
 * what the other side has as a patch already.
 */
export async function listCommitsToRebase(
  git: Git,
  dir: RepoDir,
  { onto, head, env }: { onto: Oid; head: Oid; env?: Record<string, string> },
): Promise<Oid[]> {
  const args = ['rev-list', '--reverse', '--topo-order', '--no-merges', '--cherry-pick', '--right-only'];
  const options = { dir, timeout: TIMEOUT, ...(env ? { env } : {}) };
  const { stdout } = await git.run([...args, `${onto}...${head}`, '--'], options);
  return stdout.toString('latin1').split('\n').filter(Boolean);
}

/**
 * Rebases commits, with all objects in the repository, or says which one is in conflict. Commits whose parent is the tip
 * already stay as they are. No ref is moved.
 */
export async function rebaseCommits(git: Git, dir: RepoDir, rebase: Rebase): Promise<Rebased> {
  return withPassingObjects(rebase.format, rebase.env ?? {}, async (passing) => {
    const made: NewObject[] = [];
    const rewritten: { from: Oid; to: Oid }[] = [];
    const pick: Picking = {
      git,
      dir,
      rebase,
      passing,
      trees: treesOf(git, dir, rebase.format),
      passed: new Set(),
    };
    let tip = await readCommit(git, dir, rebase.onto);
    for await (const commit of readAhead(pick)) {
      const outcome = await pickOnto(pick, tip, commit);
      if ('conflicts' in outcome) return { conflict: { commit: commit.oid, conflicts: outcome.conflicts } };
      if (outcome.object) made.push(outcome.object);
      if (outcome.tip) rewritten.push({ from: commit.oid, to: outcome.tip.oid });
      tip = outcome.tip ?? tip;
    }
    const trees = [...pick.trees.made.values()].map(({ object }) => object);
    if (made.length > 0) await storeObjects(git, dir, rebase.format, [...trees, ...made], rebase.env);
    return { tip: tip.oid, rewritten };
  });
}

/** Commits that are asked for at once. */
const AHEAD = 25;

/** The commits in order. They and their trees are read many at a time, since each answer on its own would be waited for. */
async function* readAhead({ git, dir, rebase, trees }: Picking): AsyncGenerator<RawCommit> {
  for (let from = 0; from < rebase.commits.length; from += AHEAD) {
    rebase.signal?.throwIfAborted();
    const some = rebase.commits.slice(from, from + AHEAD);
    const commits = await Promise.all(some.map((oid) => readCommit(git, dir, oid)));
    if (!rebase.env) await Promise.all(commits.map(({ tree }) => trees.read(tree)));
    for (const [index, commit] of commits.entries()) {
      if (index % IN_A_ROW === 0) await setImmediate();
      yield commit;
    }
  }
}

/** Commits picked between two moments at which other work gets a turn. */
const IN_A_ROW = 10;

interface Picking {
  git: Git;
  dir: RepoDir;
  rebase: Rebase;
  passing: PassingObjects;
  trees: TreeStore;
  /** Ids of made trees that git sees already. */
  passed: Set<Oid>;
}

function treesOf(git: Git, dir: RepoDir, format: ObjectFormat): TreeStore {
  const reader = git.objects(dir);
  const empty = emptyTree(format);
  const read: TreeStore['read'] = async (oid) => (oid === empty ? [] : reader.tree(oid));
  return { format, read, made: new Map() };
}

interface RawCommit {
  oid: Oid;
  tree: Oid;
  parents: Oid[];
  /** `parentTree` of a commit that begins a history is the empty tree. */
  parentTree: Oid;
  data: Buffer;
}

async function readCommit(git: Git, dir: RepoDir, oid: Oid): Promise<RawCommit> {
  const reader = git.objects(dir);
  const [parsed, object] = await Promise.all([reader.commit(oid), reader.read(oid, MAX_COMMIT)]);
  if (!parsed || object?.type !== 'commit') throw new Error(`The commit ${oid} is not there.`);
  const { tree, parents } = parsed;
  const parent = parents[0] === undefined ? undefined : await reader.commit(parents[0]);
  const format: ObjectFormat = oid.length === 64 ? 'sha256' : 'sha1';
  return { oid, tree, parents, parentTree: parent?.tree ?? emptyTree(format), data: object.data };
}

type Picked =
  | { conflicts: MergeConflict[] }
  /** Without a tip it was left out; without an object it stayed as it is. */
  | { tip?: RawCommit; object?: NewObject };

async function pickOnto(pick: Picking, tip: RawCommit, commit: RawCommit): Promise<Picked> {
  if (commit.parents[0] === tip.oid) return { tip: commit };
  const merged = await pickedTree(pick, tip.tree, commit);
  if ('conflicts' in merged) return merged;
  const { tree } = merged;
  const wasEmpty = commit.tree === commit.parentTree;
  if (tree === tip.tree && !wasEmpty) return {};
  const object = rewrittenCommit(pick.rebase, commit, tip.oid, tree);
  const { oid, data } = object;
  return { tip: { oid, tree, parents: [tip.oid], parentTree: tip.tree, data }, object };
}

async function pickedTree(
  pick: Picking,
  ours: Oid,
  commit: RawCommit,
): Promise<{ tree: Oid } | { conflicts: MergeConflict[] }> {
  const { parentTree: base, tree: theirs } = commit;
  // Objects in quarantine are not those that the reader knows.
  const tree = pick.rebase.env ? undefined : await mergePlainly(pick.trees, { base, ours, theirs });
  if (tree !== undefined) return { tree };
  return ours === base ? { tree: theirs } : pickedByGit(pick, ours, commit);
}

/** A commit that nobody keeps has the tip's tree and the picked one's parent, which is their merge base then. */
async function pickedByGit(
  { git, dir, rebase, passing, trees, passed }: Picking,
  ours: Oid,
  commit: RawCommit,
): Promise<{ tree: Oid } | { conflicts: MergeConflict[] }> {
  for (const [oid, { object }] of trees.made) {
    if (!passed.has(oid)) await passing.add('tree', object.data);
    passed.add(oid);
  }
  const [parent] = commit.parents;
  const base = parent ?? (await passing.add('commit', passingCommit(commit.parentTree, [])));
  const one = await passing.add('commit', passingCommit(ours, [base]));
  const other = parent ? commit.oid : await passing.add('commit', passingCommit(commit.tree, [base]));
  const more = rebase.signal ? { signal: rebase.signal } : {};
  return mergeCommits(git, dir, { ours: one, theirs: other, env: passing.env, ...more });
}

function passingCommit(tree: Oid, parents: readonly Oid[]): Buffer {
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)];
  return Buffer.from(
    [...lines, 'author nobody <> 0 +0000', 'committer nobody <> 0 +0000', '', ''].join('\n'),
  );
}

function rewrittenCommit(
  { format, committer, sign }: Rebase,
  commit: RawCommit,
  parent: Oid,
  tree: Oid,
): NewObject {
  const { headers, body } = splitObject(commit.data);
  const header = (name: string) => headers.find((one) => one.name === name)?.value;
  const encoding = header('encoding')?.toString('latin1');
  const text = (bytes: Buffer) => inUtf8(bytes, encoding);
  const data = Buffer.concat([
    Buffer.from(`tree ${tree}\nparent ${parent}\nauthor `),
    text(header('author') ?? Buffer.from('unknown <> 0 +0000')),
    Buffer.from(`\ncommitter ${personLine(committer)}\n\n`),
    text(withoutBlankStart(body)),
  ]);
  return newObject(format, 'commit', sign ? withSignature(format, data, sign(data)) : data);
}

/** As git writes commits anew: in UTF-8, single bytes that are none read as Latin-1 (commit.c, verify_utf8). */
function inUtf8(bytes: Buffer, encoding: string | undefined): Buffer {
  const isUtf8 = encoding === undefined || /^utf-?8$/i.test(encoding);
  const text = isUtf8 ? bytes : Buffer.from(decodeText(bytes, encoding));
  const lossless = Buffer.from(text.toString('utf8'));
  return lossless.equals(text) ? text : repaired(text);
}

function repaired(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 0) parts.push(bytes.subarray(at, at + length));
    else parts.push(Buffer.from(String.fromCharCode(bytes[at] ?? 0)));
    at += Math.max(1, length);
  }
  return Buffer.concat(parts);
}

/** How many bytes the character of UTF-8 has that begins here; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const part = bytes.subarray(at, at + length);
  return Buffer.from(part.toString('utf8')).equals(part) && part.length === length ? length : 0;
}

/** Lines of nothing but blanks before the first one that says something are left out (commit.c, skip_blank_lines). */
function withoutBlankStart(body: Buffer): Buffer {
  let start = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === 10) start = at + 1;
    else if (byte !== 32 && (byte < 9 || byte > 13)) break;
  }
  return body.subarray(start);
}
