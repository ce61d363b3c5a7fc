// Directories: their entries in pages, the README, the licence file.
import type { App } from '../../platform/app.types.ts';
import type { Oid, TreeEntry } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { DirectoryPage, PathBytes } from './code.types.ts';
import { joinPath, parentPath, splitPath } from './paths.service.ts';
import { findEntry } from './places.service.ts';

/** Entries of one page. GitHub shows as many and stops there. */
export const DIRECTORY_PAGE_SIZE = 1000;

/** One page (from 1) of a directory: directories and submodules first, each in git's order. */
export async function readDirectory(
  app: App,
  open: OpenRepository,
  tree: Oid,
  page: number,
): Promise<DirectoryPage> {
  const all = await app.git.objects(open.dir).tree(tree);
  const pages = Math.max(1, Math.ceil(all.length / DIRECTORY_PAGE_SIZE));
  const shown = Math.min(Math.max(1, page), pages);
  const start = (shown - 1) * DIRECTORY_PAGE_SIZE;
  return {
    entries: directoriesFirst(all).slice(start, start + DIRECTORY_PAGE_SIZE),
    total: all.length,
    first: start + 1,
    page: shown,
    pages,
  };
}

function directoriesFirst(entries: readonly TreeEntry[]): TreeEntry[] {
  const isFile = (entry: TreeEntry) => entry.type === 'blob';
  return [...entries.filter((entry) => !isFile(entry)), ...entries.filter(isFile)];
}

const README = /^readme(?:\.(md|markdown|mkdn?|txt|rst|adoc|asciidoc|org))?$/i;
/** What is rendered wins over what is only shown. */
const README_ORDER = ['md', 'markdown', 'mkd', 'mkdn', undefined, 'txt', 'rst', 'adoc', 'asciidoc', 'org'];

/** The README of a directory, if it has one; a symbolic link is followed once. */
export async function findReadme(
  app: App,
  open: OpenRepository,
  root: { tree: Oid; commitTree: Oid; path: PathBytes },
): Promise<{ name: Buffer; oid: Oid } | undefined> {
  const entries = await app.git.objects(open.dir).tree(root.tree);
  const rank = (entry: TreeEntry) => README_ORDER.indexOf(README.exec(entry.name)?.[1]?.toLowerCase());
  const [best] = entries
    .filter((entry) => entry.type === 'blob' && README.test(entry.name))
    .sort((one, other) => rank(one) - rank(other));
  if (!best) return undefined;
  if (best.mode !== '120000') return { name: best.nameBytes, oid: best.oid };
  const target = await followLink(app, open, root.commitTree, joinPath(root.path, best.nameBytes), best.oid);
  return target === undefined ? undefined : { name: best.nameBytes, oid: target };
}

/** The blob that a symbolic link at `path` names inside the repository. */
async function followLink(
  app: App,
  open: OpenRepository,
  commitTree: Oid,
  path: PathBytes,
  link: Oid,
): Promise<Oid | undefined> {
  const target = await app.git.objects(open.dir).read(link, 4096);
  const resolved = target && resolveLinkTarget(path, target.data);
  const found = resolved && (await findEntry(app, open, { tree: commitTree }, resolved));
  return found?.type === 'blob' && found.mode !== '120000' ? found.oid : undefined;
}

/** The path a symbolic link's content leads to; undefined when it leaves the repository. */
export function resolveLinkTarget(path: PathBytes, target: Buffer): PathBytes | undefined {
  if (target.length === 0 || target[0] === 0x2f) return undefined;
  const parts = splitPath(parentPath(path));
  for (const part of splitPath(target)) {
    const text = part.toString('latin1');
    if (text === '..') {
      if (parts.length === 0) return undefined;
      parts.pop();
    } else if (text !== '.') parts.push(part);
  }
  return joinPath(...parts);
}
