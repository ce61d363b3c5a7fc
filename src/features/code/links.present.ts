// Addresses of the code room's pages, the menu of branches and tags, and the path as links.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit, PathBytes, Place } from './code.types.ts';
import { displayPath, encodePath, joinPath, splitPath, visibleText } from './paths.service.ts';
import { listRefNames } from './refs.service.ts';

export type PageKind =
  | 'tree'
  | 'blob'
  | 'raw'
  | 'media'
  | 'commits'
  | 'tree-commits'
  | 'blame'
  | 'find'
  | 'find-results';

export interface LinkItem {
  label: string;
  href: string;
}

/** The address of a page about a path at a commit. */
export function addressOf(
  open: OpenRepository,
  kind: PageKind,
  at: Pick<NamedCommit, 'address'>,
  path?: PathBytes,
): string {
  const start = `${open.path}/${kind}/${at.address}`;
  return path === undefined || path.length === 0 ? start : `${start}/${encodePath(path)}`;
}

/** Directories linked at the beginning and at the end of a path; what lies between in a very deep one is one link. */
const FIRST_CRUMBS = 3;
const LAST_CRUMBS = 20;

/** The repository's name and each directory above a path as links; the path's own name comes last. */
export function crumbs(open: OpenRepository, place: Place): LinkItem[] {
  const parts = splitPath(place.path);
  const hrefOf = (count: number) => addressOf(open, 'tree', place.at, joinPath(...parts.slice(0, count)));
  const root = { label: open.repository.name, href: addressOf(open, 'tree', place.at) };
  const item = (index: number) => ({
    label: displayPath(parts[index] ?? Buffer.alloc(0)),
    href: hrefOf(index + 1),
  });
  const all = parts.map((_, index) => index);
  if (parts.length <= FIRST_CRUMBS + LAST_CRUMBS) return [root, ...all.map(item)];
  const left = parts.length - LAST_CRUMBS;
  const between = { label: '…', href: hrefOf(left) };
  return [root, ...all.slice(0, FIRST_CRUMBS).map(item), between, ...all.slice(left).map(item)];
}

export interface RefMenu {
  kind: NamedCommit['kind'];
  /** What the button says: a name, or the beginning of a commit id. */
  label: string;
  branches: (LinkItem & { selected: boolean })[];
  tags: (LinkItem & { selected: boolean })[];
  /** How many there are in all; the menu holds the first of them. */
  branchCount: number;
  tagCount: number;
  branchesHref: string;
  tagsHref: string;
}

/** Branches and tags listed in the menu, of each. */
const MENU_SIZE = 100;
/** Longer paths are not repeated in every item: these lead to the root. */
const LONGEST_REPEATED = 1000;

/** The menu that leads to the same path at another branch or tag. */
export async function refMenu(
  app: App,
  open: OpenRepository,
  kind: 'tree' | 'blob' | 'commits' | 'find' | 'blame' | 'graph',
  place: Place,
): Promise<RefMenu> {
  const { branches, tags } = await listRefNames(app, open);
  const { at } = place;
  const taken = new Set(branches);
  const rest =
    place.path.length === 0 || place.path.length > LONGEST_REPEATED ? '' : `/${encodePath(place.path)}`;
  const item = (of: 'branch' | 'tag') => (name: string) => {
    const address = encodePath(of === 'tag' && taken.has(name) ? `refs/tags/${name}` : name);
    return {
      label: visibleText(name),
      href: `${open.path}/${kind}/${address}${rest}`,
      selected: at.kind === of && at.name === name,
    };
  };
  return {
    kind: at.kind,
    label: at.kind === 'commit' ? at.name.slice(0, 10) : visibleText(at.name),
    branches: withFirst(branches, open.repository.defaultBranch).slice(0, MENU_SIZE).map(item('branch')),
    tags: tags.slice(0, MENU_SIZE).map(item('tag')),
    branchCount: branches.length,
    tagCount: tags.length,
    branchesHref: `${open.path}/branches`,
    tagsHref: `${open.path}/tags`,
  };
}

function withFirst(names: readonly string[], first: string): string[] {
  return names.includes(first) ? [first, ...names.filter((name) => name !== first)] : [...names];
}

export interface EditLinks {
  newHref: string;
  uploadHref: string;
  /** Undefined for what is not edited on a page. */
  editHref: string | undefined;
  /** Undefined for whoever may only propose. */
  deleteHref: string | undefined;
}

/** Where a path on a branch is changed, or a change proposed; undefined for tags and commits, and for whoever may not. */
export function editLinks(
  open: OpenRepository,
  { at, path }: Place,
  { canWrite, isText }: { canWrite: boolean; isText: boolean },
): EditLinks | undefined {
  const isClosed = open.repository.archivedAt !== null || open.repository.isMirror;
  if (at.kind !== 'branch' || isClosed || open.actor.kind !== 'user') return undefined;
  const rest = path.length === 0 ? at.address : `${at.address}/${encodePath(path)}`;
  return {
    newHref: `${open.path}/new/${rest}`,
    uploadHref: `${open.path}/upload/${rest}`,
    editHref: isText ? `${open.path}/edit/${rest}` : undefined,
    deleteHref: canWrite ? `${open.path}/delete/${rest}` : undefined,
  };
}
