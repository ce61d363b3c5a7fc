// Makes commits of any content in a repository's directory by git-fast-import(1): names and bytes no work tree could hold.
import { execFileSync } from 'node:child_process';
import type { RepoDir } from '../../../src/platform/git/git.types.ts';

export interface ImportedFile {
  path: string | Buffer;
  /** For submodules the commit id. */
  data: string | Buffer;
  mode?: '100644' | '100755' | '120000' | '160000';
}

export interface ImportedCommit {
  /** A full ref name. */
  ref: string;
  message?: string | Buffer;
  author?: string;
  /** Seconds since 1970. */
  time?: number;
  files?: ImportedFile[];
  deletes?: string[];
  /** Starts from this ref or commit instead of the ref's own end. */
  from?: string;
  /** Further parents: refs or commits. */
  merges?: string[];
}

/** Writes commits one after the other. */
export function importCommits(dir: RepoDir, commits: ImportedCommit[]): void {
  const input = Buffer.concat(commits.flatMap((commit, index) => commandsOf(commit, index)));
  execFileSync('git', ['fast-import', '--quiet', '--force', '--date-format=raw'], {
    input,
    env: { PATH: process.env.PATH, GIT_DIR: dir, GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs git on a repository's directory and returns what it prints. */
export function runGit(dir: RepoDir, ...args: string[]): string {
  const env = { PATH: process.env.PATH, GIT_DIR: dir, GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' };
  return execFileSync('git', args, { env, encoding: 'utf8' }).trim();
}

function commandsOf(commit: ImportedCommit, index: number): Buffer[] {
  const time = commit.time ?? 1_700_000_000 + index * 60;
  const who = `${commit.author ?? 'Ada Lovelace <ada@example.org>'} ${time} +0000`;
  const lines = [`commit ${commit.ref}`, `author ${who}`, `committer ${who}`];
  return [
    Buffer.from(`${lines.join('\n')}\n`),
    ...blob(commit.message ?? 'Change'),
    ...(commit.from === undefined
      ? []
      : [Buffer.from(`from ${commit.from}${commit.from === commit.ref ? '^0' : ''}\n`)]),
    ...(commit.merges ?? []).map((parent) => Buffer.from(`merge ${parent}\n`)),
    ...(commit.deletes ?? []).map((path) => Buffer.from(`D ${path}\n`)),
    ...(commit.files ?? []).flatMap(fileCommands),
    Buffer.from('\n'),
  ];
}

function fileCommands(file: ImportedFile): Buffer[] {
  const mode = file.mode ?? '100644';
  const path = quoted(Buffer.isBuffer(file.path) ? file.path : Buffer.from(file.path));
  if (mode === '160000') return [Buffer.from(`M ${mode} ${file.data.toString()} ${path}\n`)];
  return [Buffer.from(`M ${mode} inline ${path}\n`), ...blob(file.data)];
}

function blob(data: string | Buffer): Buffer[] {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data);
  return [Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')];
}

/** A C-style quoted path with every unusual byte in octal. */
function quoted(path: Buffer): string {
  const escaped = [...path].map((byte) => {
    const character = String.fromCharCode(byte);
    if (byte >= 0x20 && byte < 0x7f && character !== '"' && character !== '\\') return character;
    return `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
