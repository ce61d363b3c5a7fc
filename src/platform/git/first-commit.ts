// Writes the first commit of a new repository without a work tree: isomorphic-git for sha1, and one
// `git fast-import` for sha256, which isomorphic-git cannot write.
import fs from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git, ObjectFormat, RepoDir, Signature } from './git.types.ts';

export interface FirstCommit {
  branch: string;
  /** File names at the root of the tree, with their content. */
  files: { name: string; content: string }[];
  author: Signature;
  message: string;
}

/** Commits the files to the branch of an empty repository, which must not have it yet. */
export async function writeFirstCommit(
  git: Git,
  dir: RepoDir,
  format: ObjectFormat,
  commit: FirstCommit,
): Promise<void> {
  if (format === 'sha1') {
    await writeInProcess(dir, commit);
    await syncTree(join(dir, 'objects'));
    await syncTree(join(dir, 'refs'));
  } else await git.run(['fast-import', '--quiet', '--date-format=raw'], { dir, input: importStream(commit) });
}

/** Makes everything below a folder of a repository that is still small survive a power failure. */
async function syncTree(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  await Promise.all([folder, ...names.map((name) => join(folder, name))].map(syncPath));
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

async function writeInProcess(dir: RepoDir, commit: FirstCommit): Promise<void> {
  const { default: isomorphicGit } = await import('isomorphic-git');
  const entries = await Promise.all(
    commit.files.map(async (file) => ({
      mode: '100644',
      path: file.name,
      oid: await isomorphicGit.writeBlob({ fs, gitdir: dir, blob: Buffer.from(file.content) }),
      type: 'blob' as const,
    })),
  );
  const tree = await isomorphicGit.writeTree({ fs, gitdir: dir, tree: entries });
  const person = personOf(commit.author);
  const oid = await isomorphicGit.writeCommit({
    fs,
    gitdir: dir,
    commit: { tree, parent: [], author: person, committer: person, message: `${commit.message}\n` },
  });
  await isomorphicGit.writeRef({ fs, gitdir: dir, ref: `refs/heads/${commit.branch}`, value: oid });
}

function personOf(author: Signature) {
  return {
    name: author.name,
    email: author.email,
    timestamp: Math.floor(author.time / 1000),
    // isomorphic-git counts minutes west of UTC, as Date does.
    timezoneOffset: -author.offset,
  };
}

function importStream(commit: FirstCommit): Buffer {
  const { author } = commit;
  const parts: string[] = [
    `commit refs/heads/${commit.branch}\n`,
    `committer ${author.name} <${author.email}> ${Math.floor(author.time / 1000)} +0000\n`,
    dataOf(`${commit.message}\n`),
  ];
  for (const file of commit.files) parts.push(`M 100644 inline ${file.name}\n`, dataOf(file.content));
  return Buffer.from(parts.join(''));
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
