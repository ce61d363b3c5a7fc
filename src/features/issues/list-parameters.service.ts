// Gitea's parameters of lists of issues, as the query that pages use: read once, judged by the same rules.
import { invalid } from '../../base/errors.ts';
import { parseQuery } from './queries.service.ts';
import type { ParsedQuery, Part, TermKey } from './queries.types.ts';

/** What an address of the API asks for; empty values mean nothing, as with Gitea. */
export type ListParameters = Record<string, string | undefined>;

/** Gitea's names of orders. */
const SORTS: Readonly<Record<string, string>> = {
  latest: 'created-desc',
  newest: 'created-desc',
  oldest: 'created-asc',
  recentupdate: 'updated-desc',
  leastupdate: 'updated-asc',
  mostcomment: 'comments-desc',
  leastcomment: 'comments-asc',
  nearduedate: 'due-asc',
  farduedate: 'due-desc',
  relevance: 'relevance-desc',
};

const STATES = ['open', 'closed', 'all'] as const;
const TYPES: Readonly<Record<string, string>> = { issues: 'issue', pulls: 'pr' };
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;

/** Which issues are listed; throws AppError invalid for another word. */
export function stateOfParameters({ state }: ListParameters): (typeof STATES)[number] {
  const found = STATES.find((one) => one === (state || 'open'));
  if (!found) throw invalid({ state: 'Give open, closed or all.' });
  return found;
}

/**
 * The query of `state`, `type`, `labels`, `milestones`, `since`, `before`, `created_by`, `assigned_by`, `mentioned_by`, `sort`
 * and `q`, which is a query itself. Searches across repositories say `created`, `assigned`, `mentioned`, `review_requested` and
 * `reviewed` for oneself, and `owner`. Throws AppError invalid per parameter.
 */
export function queryOfParameters(given: ListParameters): ParsedQuery {
  const written = parseQuery(given.q ?? '');
  const state = stateOfParameters(given);
  const parts: Part[] = [
    ...(state === 'all' ? [] : [term('is', state)]),
    ...wordOf('is', 'type', given.type, TYPES),
    ...wordOf('sort', 'sort', given.sort, SORTS),
    ...listOf(given.labels).map((name) => term('label', name)),
    ...milestoneTerms(given.milestones),
    ...timeTerms(given),
    ...personTerms(given),
    ...(given.owner ? [term('user', given.owner)] : []),
  ];
  return { parts: [...parts, ...written.parts], problems: written.problems };
}

function term(key: TermKey, ...values: string[]): Part {
  return { kind: 'term', key, values, isNegated: false };
}

function wordOf(
  key: TermKey,
  field: string,
  value: string | undefined,
  words: Readonly<Record<string, string>>,
): Part[] {
  if (!value) return [];
  const word = Object.hasOwn(words, value) ? words[value] : undefined;
  if (word === undefined) throw invalid({ [field]: `Give one of: ${Object.keys(words).join(', ')}.` });
  return [term(key, word)];
}

function milestoneTerms(text: string | undefined): Part[] {
  const titles = listOf(text);
  if (titles.length === 0) return [];
  return [titles.includes('none') ? term('no', 'milestone') : term('milestone', ...titles)];
}

/** Both are about the last change. */
function timeTerms({ since, before }: ListParameters): Part[] {
  return [
    ...(since ? [term('updated', `>=${timeOf('since', since)}`)] : []),
    ...(before ? [term('updated', `<${timeOf('before', before)}`)] : []),
  ];
}

function timeOf(field: string, text: string): string {
  // A plus sign in an address that nobody encoded came as a space.
  const time = text.replace(' ', '+');
  if (!TIME.test(time) || Number.isNaN(Date.parse(time)))
    throw invalid({ [field]: 'Give a time as 2026-01-31T12:00:00Z.' });
  return time;
}

function personTerms(given: ListParameters): Part[] {
  const named = [
    ['author', given.created_by],
    ['assignee', given.assigned_by],
    ['mentions', given.mentioned_by],
    ['author', isTrue(given.created)],
    ['assignee', isTrue(given.assigned)],
    ['mentions', isTrue(given.mentioned)],
    ['review-requested', isTrue(given.review_requested)],
    ['reviewed-by', isTrue(given.reviewed)],
  ] as const;
  return named.flatMap(([key, name]) => (name ? [term(key, name)] : []));
}

function isTrue(text: string | undefined): '@me' | undefined {
  return text === 'true' || text === '1' ? '@me' : undefined;
}

/** Names between commas. */
function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .slice(0, 50);
}
