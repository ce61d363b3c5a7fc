// Filters that only pull requests pass, or fail: drafts, what reviews say, branches, and when they were merged.
import { branchHash } from './index-columns.service.ts';
import { byEither, byFlags, byRange, byValues, type Filter } from './index-filters.service.ts';
import { type Columns, FLAG, type IssueIndex } from './issue-index.types.ts';
import type { Range, Term } from './queries.types.ts';

/** The filter of `draft:`, `review:`, `head:` or `base:`; negated it is about pull requests still. */
export function pullFilter({ key, values, isNegated }: Term): (index: IssueIndex) => Filter {
  return ({ columns }) => {
    const only = byFlags(columns.flags, FLAG.pull, FLAG.pull);
    const asked = filterOf(columns, key, values, isNegated);
    return (slots, count) => asked(slots, only(slots, count));
  };
}

function filterOf(columns: Columns, key: Term['key'], values: readonly string[], isNegated: boolean): Filter {
  if (key === 'head' || key === 'base') return byValues(columns[key], values.map(branchHash), isNegated);
  const filters = values.map((value) => flagFilter(columns, value));
  return byEither(filters, isNegated, columns.id.length);
}

function flagFilter({ flags }: Columns, value: string): Filter {
  const { draft, approved, changesRequested } = FLAG;
  if (value === 'true') return byFlags(flags, draft, draft);
  if (value === 'false') return byFlags(flags, draft, 0);
  if (value === 'approved') return byFlags(flags, approved, approved);
  if (value === 'none') return byFlags(flags, approved | changesRequested, 0);
  return byFlags(flags, changesRequested, changesRequested);
}

/** Those that were merged in a range of seconds: a pull request is closed when it is merged. */
export function mergedIn({ flags, closed }: Columns, range: Range): Filter {
  const merged = byFlags(flags, FLAG.merged, FLAG.merged);
  const inRange = byRange(closed, range, false, 0);
  return (slots, count) => inRange(slots, merged(slots, count));
}
