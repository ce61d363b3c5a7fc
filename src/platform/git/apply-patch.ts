// What a patch (git-apply(1)) makes of a tree, worked out in an index and an object directory that are thrown away.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invalid } from '../../base/errors.ts';
import { emptyTree } from './diff-process.ts';
import type { Git, ObjectFormat, Oid, RepoDir, RunOptions } from './git.types.ts';
import { withScratchObjects } from './scratch-objects.ts';
import type { FileMode, TreeChange } from './write-commit.ts';

/** Files that one patch may change, and the bytes they may have together afterwards. */
const MOST_FILES = 300;
const MOST_BYTES = 64 * 1024 * 1024;
const LIMITS = { dataBytes: 512 * 1024 * 1024, cpuSeconds: 30 };
const MODES: readonly string[] = ['100644', '100755', '120000'] satisfies FileMode[];

export interface Patched {
  format: ObjectFormat;
  /** The tree it is applied to; undefined for the empty one. */
  tree: Oid | undefined;
  /** A diff as git writes it. */
  patch: string;
}

/** The changes that a patch asks for. Throws AppError invalid on `content` where it does not apply. */
export async function applyPatch(git: Git, dir: RepoDir, patched: Patched): Promise<TreeChange[]> {
  const place = await mkdtemp(join(tmpdir(), 'och-patch-'));
  const options = { dir, env: { GIT_INDEX_FILE: join(place, 'index') }, limits: LIMITS };
  try {
    return await withScratchObjects(git, dir, (scratch) => changesIn(scratch, options, patched));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function changesIn(git: Git, options: RunOptions, { format, tree, patch }: Patched) {
  const base = tree ?? emptyTree(format);
  if (tree !== undefined) await git.run(['read-tree', tree], options);
  const args = ['apply', '--cached', '--binary', '--whitespace=nowarn', '-'];
  const applied = await git.run(args, { ...options, input: patch, okCodes: [0, 1, 128] });
  if (applied.code !== 0) throw invalid({ content: `The patch does not apply: ${wordsOf(applied.stderr)}` });
  const listing = ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', base, '--'];
  const files = filesOf((await git.run(listing, options)).stdout);
  if (files.length > MOST_FILES) throw invalid({ content: `A patch changes at most ${MOST_FILES} files.` });
  if (files.some(({ mode }) => mode !== undefined && !MODES.includes(mode)))
    throw invalid({ content: 'A patch changes files and links only, no submodules.' });
  const contents = await readBlobs(git, options, files);
  return files.map(({ path, mode, oid }): TreeChange => {
    if (mode === undefined) return { path, delete: true };
    return { path, mode: mode as FileMode, content: contents.get(oid) ?? Buffer.alloc(0) };
  });
}

/** What git says is wrong, without more of it than a sentence. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').flatMap((line) => /^error: (.+)$/.exec(line)?.[1] ?? []);
  return (lines[0] ?? 'it is no diff that git understands').slice(0, 300);
}

interface PatchedFile {
  path: Buffer;
  /** Undefined where it is gone. */
  mode: string | undefined;
  oid: Oid;
}

/** `:<old mode> <mode> <old id> <id> <status>\0<path>\0` each; those that go stand first, so that others may take their place. */
function filesOf(output: Buffer): PatchedFile[] {
  const files: PatchedFile[] = [];
  for (let at = 0; at < output.length; ) {
    const head = output.indexOf(0, at);
    const end = output.indexOf(0, head + 1);
    const [, mode = '', , oid = '', status] = output.toString('latin1', at, head).split(' ');
    const path = Buffer.from(output.subarray(head + 1, end));
    files.push({ path, mode: status === 'D' ? undefined : mode, oid });
    at = end + 1;
  }
  return files.sort((one, other) => Number(one.mode !== undefined) - Number(other.mode !== undefined));
}

/** By `cat-file --batch`: `<oid> <type> <size>\n<content>\n` each. */
async function readBlobs(
  git: Git,
  options: RunOptions,
  files: readonly PatchedFile[],
): Promise<Map<Oid, Buffer>> {
  const oids = [...new Set(files.flatMap(({ mode, oid }) => (mode === undefined ? [] : [oid])))];
  const contents = new Map<Oid, Buffer>();
  if (oids.length === 0) return contents;
  const input = oids.map((oid) => `${oid}\n`).join('');
  const { stdout } = await git.run(['cat-file', '--batch'], { ...options, input, maxBytes: MOST_BYTES });
  for (let at = 0; at < stdout.length; ) {
    const line = stdout.indexOf(10, at);
    const [oid = '', , size] = stdout.toString('latin1', at, line).split(' ');
    const end = line + 1 + Number(size);
    contents.set(oid, stdout.subarray(line + 1, end));
    at = end + 1;
  }
  return contents;
}
