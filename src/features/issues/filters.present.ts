// The filter menus of a list: authors, labels, milestones and assignees as links that write the query.
import { formatQuery, hasTerm, withTerm } from './queries.service.ts';
import type { ParsedQuery } from './queries.types.ts';
import { queryHref, toggling } from './query-links.present.ts';

export const FILTERS = {
  author: { heading: 'Filter by author', search: 'Find a person' },
  label: { heading: 'Filter by label', search: 'Find a label' },
  milestone: { heading: 'Filter by milestone', search: 'Find a milestone' },
  assignee: { heading: 'Filter by assignee', search: 'Find a person' },
} as const;
export type FilterKey = keyof typeof FILTERS;

/** One link of a filter menu. */
export interface FilterItem {
  href: string;
  text: string;
  hint?: string;
  selected: boolean;
  label?: { name: string; color: string; description: string };
  person?: { name: string; avatarHash: string | null };
}

/** What the menu is made for. */
export interface AskedFilter {
  key: FilterKey;
  /** The list's address. */
  action: string;
  parsed: ParsedQuery;
  /** A part of what is looked for, in lower case. */
  words: string;
}

interface Choices {
  people?: readonly { name: string; displayName?: string; avatarHash: string | null }[];
  labels?: readonly { name: string; color: string; description: string }[];
  milestones?: readonly { title: string; dueOn: string | null }[];
}

/** Items that a menu shows; the rest is found by typing. */
const MOST_ITEMS = 100;

/** The links of a menu for the words that were typed into it, and how many more there are. */
export function filterModel(asked: AskedFilter, choices: Choices): { items: FilterItem[]; more: number } {
  const { words } = asked;
  const found = itemsOf(asked, choices).filter(
    ({ text, hint }) => text.toLowerCase().includes(words) || (hint ?? '').toLowerCase().includes(words),
  );
  const shown = found.slice(0, MOST_ITEMS);
  const extra = words === '' ? noneOf(asked) : typedOf(asked, found);
  return { items: [...extra, ...shown], more: found.length - shown.length };
}

function itemsOf(asked: AskedFilter, { people = [], labels = [], milestones = [] }: Choices): FilterItem[] {
  return [
    ...people.map((person) => ({
      ...linkTo(asked, person.name),
      ...(person.displayName ? { hint: person.displayName } : {}),
      person,
    })),
    ...labels.map((label) => ({ ...linkTo(asked, label.name), hint: label.description, label })),
    ...milestones.map(({ title, dueOn }) => ({
      ...linkTo(asked, title),
      ...(dueOn === null ? {} : { hint: `Due by ${dueOn}` }),
    })),
  ];
}

function linkTo({ key, action, parsed }: AskedFilter, value: string): FilterItem {
  return {
    text: value,
    href: queryHref(action, toggling(parsed, key, value)),
    selected: hasTerm(parsed, key, value),
  };
}

/** Issues that have nothing of the kind. */
function noneOf({ key, action, parsed }: AskedFilter): FilterItem[] {
  if (key === 'author') return [];
  const text = { label: 'Unlabeled', milestone: 'No milestone', assignee: 'Assigned to nobody' }[key];
  return [
    { text, href: queryHref(action, toggling(parsed, 'no', key)), selected: hasTerm(parsed, 'no', key) },
  ];
}

/** Whoever is not among the people listed is found by their whole name. */
function typedOf({ key, action, parsed, words }: AskedFilter, found: readonly FilterItem[]): FilterItem[] {
  if (key !== 'author' && key !== 'assignee') return [];
  if (found.some(({ text }) => text.toLowerCase() === words)) return [];
  return [
    {
      text: `${key}:${words}`,
      href: queryHref(action, formatQuery(withTerm(parsed, key, words))),
      selected: false,
    },
  ];
}
