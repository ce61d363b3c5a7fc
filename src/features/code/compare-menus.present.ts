// The menus that choose the sides of a comparison. They hold the first branches and tags; others are searched for.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { CompareRange, CompareSide } from './compare-sides.service.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { listRefNames } from './refs.service.ts';

export type Which = 'base' | 'head';

export interface CompareMenu {
  which: Which;
  label: string;
  /** The repository whose branches are offered, if it is another one. */
  repository: string | undefined;
  groups: CompareMenuGroup[];
  /** How many more there are. */
  more: number;
  /** Where the list for typed words is found; `q` is added. */
  searchSrc: string;
  /** What a form sends beside what is typed. */
  other: string;
  prefix: string;
}

export interface CompareMenuGroup {
  heading: string;
  items: { label: string; href: string; selected: boolean }[];
}

/** Names in a menu, of branches and of tags. */
const MENU_SIZE = 50;

/** One of the two menus of a comparison of pages of `open`. */
export async function compareMenu(
  app: App,
  open: OpenRepository,
  which: Which,
  sides: {
    range: CompareRange;
    side: CompareSide | undefined;
    where: OpenRepository;
    prefix: string;
    words?: string;
  },
): Promise<CompareMenu> {
  const { range, side, where, prefix, words = '' } = sides;
  const { branches, tags } = await listRefNames(app, where);
  const sought = words.toLowerCase();
  const taken = new Set(branches);
  const { defaultBranch } = where.repository;
  const matching = (names: string[]) => names.filter((name) => name.toLowerCase().includes(sought));
  const [someBranches, someTags] = [matching(branches), matching(tags)];
  const first = someBranches.includes(defaultBranch) ? [defaultBranch] : [];
  const ordered = [...first, ...someBranches.filter((name) => name !== defaultBranch)];
  const item = (of: 'branch' | 'tag') => (name: string) => ({
    label: visibleText(name),
    href: rangeAddress(
      open,
      replaced(range, which, prefix + (of === 'tag' && taken.has(name) ? `refs/tags/${name}` : name)),
    ),
    selected:
      side?.open.repository.id === where.repository.id && side.at.kind === of && side.at.name === name,
  });
  const groups = [
    { heading: 'Branches', items: ordered.slice(0, MENU_SIZE).map(item('branch')) },
    { heading: 'Tags', items: someTags.slice(0, MENU_SIZE).map(item('tag')) },
  ];
  const shown = groups.reduce((sum, group) => sum + group.items.length, 0);
  const query = new URLSearchParams({
    base: range.base,
    head: range.head,
    which,
    direct: range.isDirect ? '1' : '',
  });
  return {
    which,
    label: side?.label ?? 'Choose…',
    repository: where.repository.id === open.repository.id ? undefined : where.path.slice(1),
    groups: groups.filter((group) => group.items.length > 0),
    more: someBranches.length + someTags.length - shown,
    searchSrc: `${open.path}/compare-refs?${query}`,
    other: which === 'base' ? range.head : range.base,
    prefix,
  };
}

/** The page that compares a range. */
export function rangeAddress(open: OpenRepository, { base, head, isDirect }: CompareRange): string {
  return `${open.path}/compare/${encodePath(base)}${isDirect ? '..' : '...'}${encodePath(head)}`;
}

function replaced(range: CompareRange, which: Which, name: string): CompareRange {
  return { ...range, [which]: name };
}
