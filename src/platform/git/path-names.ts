// Which names a path in a tree may have: git's own rules (read-cache.c verify_path, utf8.c is_hfs_dotgit, path.c
// is_ntfs_dotgit), so that nobody's checkout is led into its own `.git`.
import { splitPath } from './object-paths.ts';

const BACKSLASH = 0x5c;
/** Code points that HFS+ leaves out when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const NTFS_DOT_GIT = /^(?:\.git|git~1)[. ]*(?::|$)/i;
const NTFS_DOT_GITMODULES =
  /^(?:\.gitmodules[. ]*(?::|$)|gitmod~[1-4][. ]*(?::|$)|gi7e?b?a?~[1-9]\d*[. ]*(?::|$))/i;

/** Why a path cannot be part of a tree, as a sentence; undefined when it can. Symbolic links may not be `.gitmodules`. */
export function pathProblem(path: Buffer, isSymlink = false): string | undefined {
  if (path.length === 0) return 'Enter the name of the file.';
  if (path.includes(0)) return 'A path cannot hold NUL characters.';
  for (const name of splitPath(path)) {
    const problem = nameProblem(name, isSymlink);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function nameProblem(name: Buffer, isSymlink: boolean): string | undefined {
  if (name.length === 0) return 'A path cannot begin or end with a slash, nor hold two in a row.';
  const text = name.toString('latin1');
  if (text === '.' || text === '..') return `A path cannot hold "${text}".`;
  if (looksLikeDotGit(name)) return 'A path cannot hold ".git", nor what some systems take for it.';
  if (isSymlink && looksLikeDotGitmodules(name)) return 'A symbolic link cannot be named .gitmodules.';
  return undefined;
}

function looksLikeDotGit(name: Buffer): boolean {
  if (hfsName(name) === '.git') return true;
  return ntfsNames(name).some((part) => NTFS_DOT_GIT.test(part));
}

function looksLikeDotGitmodules(name: Buffer): boolean {
  if (hfsName(name) === '.gitmodules') return true;
  return ntfsNames(name).some((part) => NTFS_DOT_GITMODULES.test(part));
}

function hfsName(name: Buffer): string {
  return name.toString('utf8').replace(IGNORED_BY_HFS, '').toLowerCase();
}

/** Windows takes a backslash for a slash. */
function ntfsNames(name: Buffer): string[] {
  return name.includes(BACKSLASH) ? name.toString('latin1').split('\\') : [name.toString('latin1')];
}
