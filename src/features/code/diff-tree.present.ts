// The tree of a comparison's files beside it: directories that hold one directory alone are one entry. Written by hand,
// since it may have thousands of entries.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { DiffFile } from '../../platform/git/diff.types.ts';
import { FILES_PER_PAGE } from './changes.service.ts';
import { fileAnchor } from './diffs.present.ts';
import { visibleText } from './paths.service.ts';

interface Directory {
  directories: Map<string, Directory>;
  files: { name: string; file: DiffFile; index: number }[];
}

/** How a file's link begins: the page it stands on, which need not be this one. */
export type PageHref = (page: number) => string;

/** The files as nested lists, each a link to its place. */
export function treeHtml(files: readonly DiffFile[], hrefOf: PageHref): SafeHtml {
  const root = emptyDirectory();
  for (const [index, file] of files.entries()) put(root, file, index);
  return listHtml(root, hrefOf) as SafeHtml;
}

function emptyDirectory(): Directory {
  return { directories: new Map(), files: [] };
}

/** Names deeper than this are not taken apart: somebody could push thousands of levels. */
const DEEPEST = 40;

function put(root: Directory, file: DiffFile, index: number): void {
  const parts = file.newPath.split('/');
  const name = parts.splice(Math.min(parts.length - 1, DEEPEST)).join('/');
  let at = root;
  for (const part of parts) {
    const next = at.directories.get(part) ?? emptyDirectory();
    at.directories.set(part, next);
    at = next;
  }
  at.files.push({ name, file, index });
}

function listHtml(directory: Directory, hrefOf: PageHref): string {
  const directories = [...directory.directories].map(([name, below]) => directoryHtml(name, below, hrefOf));
  const files = directory.files.map(({ name, file, index }) => {
    const href = `${hrefOf(Math.floor(index / FILES_PER_PAGE) + 1)}#${fileAnchor(file)}`;
    return `<li class="is-${file.status}"><a href="${escapeHtml(href)}">${escapeHtml(visibleText(name))}</a>`;
  });
  return `<ul>${directories.join('')}${files.join('')}</ul>`;
}

function directoryHtml(name: string, directory: Directory, hrefOf: PageHref): string {
  let [label, at] = [name, directory];
  for (let only = onlyOf(at); only; only = onlyOf(at)) {
    label += `/${only[0]}`;
    at = only[1];
  }
  return `<li><details open><summary>${escapeHtml(visibleText(label))}</summary>${listHtml(at, hrefOf)}</details>`;
}

function onlyOf({ directories, files }: Directory): [string, Directory] | undefined {
  if (files.length > 0 || directories.size !== 1) return undefined;
  const [only] = directories;
  return only;
}
