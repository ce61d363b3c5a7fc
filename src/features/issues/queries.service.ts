// GitHub's query language for issues: read once into terms and words, which lists, search and the API share.
import type { ParsedQuery, Part, Sort, Term, TermKey, Word } from './queries.types.ts';
import { LONGEST_QUERY, MOST_PARTS, SORT_KEYS, TERM_KEYS } from './queries.types.ts';
import { dayRangeOf, numberRangeOf, timeRangeOf } from './query-ranges.service.ts';
import { type Piece, readPieces } from './query-reading.service.ts';

/** What `is:` can say, by its spellings. */
const IS: Readonly<Record<string, string>> = {
  open: 'open',
  closed: 'closed',
  issue: 'issue',
  issues: 'issue',
  pr: 'pr',
  pull: 'pr',
  'pull-request': 'pr',
  locked: 'locked',
  unlocked: 'unlocked',
  merged: 'merged',
  unmerged: 'unmerged',
  draft: 'draft',
  pinned: 'pinned',
  blocked: 'blocked',
  blocking: 'blocking',
};

/** What `no:` and `has:` can say, by its spellings. */
const NO: Readonly<Record<string, string>> = {
  label: 'label',
  labels: 'label',
  assignee: 'assignee',
  assignees: 'assignee',
  milestone: 'milestone',
  due: 'due',
  'due-date': 'due',
  parent: 'parent',
  'parent-issue': 'parent',
  'sub-issue': 'sub-issue',
  'sub-issues': 'sub-issue',
  comment: 'comment',
  comments: 'comment',
  reaction: 'reaction',
  reactions: 'reaction',
};

const REASONS: Readonly<Record<string, string>> = {
  completed: 'completed',
  'not planned': 'not planned',
  not_planned: 'not planned',
  'not-planned': 'not planned',
  duplicate: 'duplicate',
};

const REVIEWS: Readonly<Record<string, string>> = {
  none: 'none',
  required: 'none',
  approved: 'approved',
  changes_requested: 'changes-requested',
  'changes-requested': 'changes-requested',
};

const STATUSES: Readonly<Record<string, string>> = {
  success: 'success',
  failure: 'failure',
  error: 'failure',
  pending: 'pending',
};

const YES_NO: Readonly<Record<string, string>> = { true: 'true', yes: 'true', false: 'false', no: 'false' };

const PLACES: Readonly<Record<string, string>> = { title: 'title', body: 'body', comments: 'comments' };

/** Spellings of keys beside their own. */
const KEYS: Readonly<Record<string, TermKey>> = {
  ...Object.fromEntries(TERM_KEYS.map((key) => [key, key])),
  state: 'is',
  type: 'is',
  labels: 'label',
  assignees: 'assignee',
  'parent-issue': 'parent',
  'due-date': 'due',
};

const WORDS_FOR: Partial<Record<TermKey, Readonly<Record<string, string>>>> = {
  is: IS,
  no: NO,
  has: NO,
  reason: REASONS,
  in: PLACES,
  draft: YES_NO,
  review: REVIEWS,
  status: STATUSES,
};

/** Of these a query has one at most: a later one takes the place of the earlier. */
const SINGLE: readonly TermKey[] = ['sort'];
/** Chosen one at a time in menus: choosing another takes the place of the first. */
const CHOSEN_ALONE: readonly TermKey[] = [
  ...(['author', 'assignee', 'milestone', 'sort', 'reason', 'draft'] as const),
  ...(['review', 'reviewed-by', 'review-requested', 'head', 'base', 'status'] as const),
];
const OPPOSITES = [
  ['open', 'closed'],
  ['issue', 'pr'],
  ['merged', 'unmerged'],
  ['locked', 'unlocked'],
];

/**
 * Reads a query. Never throws: what is wrong is left aside and named in `problems`. At most LONGEST_QUERY characters and
 * MOST_PARTS parts are read.
 */
export function parseQuery(text: string): ParsedQuery {
  const { pieces, isCut } = readPieces(text);
  const problems: string[] = [];
  if (isCut)
    problems.push(
      `Only ${LONGEST_QUERY} characters and ${MOST_PARTS} terms of a query are read; the rest is left aside.`,
    );
  const parts: Part[] = [];
  for (const piece of pieces) {
    const part = partOf(piece, problems);
    if (part) add(parts, part);
  }
  return { parts, problems };
}

/** Writes a query in its one canonical form; reading that again gives the same query. */
export function formatQuery({ parts }: Pick<ParsedQuery, 'parts'>): string {
  return parts.map(formatPart).join(' ');
}

/** The query with a term more. In place of another one where a menu offers one choice only, such as the author. */
export function withTerm(query: ParsedQuery, key: TermKey, value: string): ParsedQuery {
  const term: Term = { kind: 'term', key, values: [canonical(key, value)], isNegated: false };
  const kept = query.parts.filter((part) => part.kind === 'word' || !isReplaced(part, term));
  return { ...query, parts: [...kept, term] };
}

/** The query without a term: without every one of the key where no value is given. */
export function withoutTerm(query: ParsedQuery, key: TermKey, value?: string): ParsedQuery {
  const parts = query.parts.flatMap((part): Part[] => {
    if (part.kind === 'word' || part.key !== key || part.isNegated) return [part];
    const values =
      value === undefined ? [] : part.values.filter((one) => !isSame(one, canonical(key, value)));
    return values.length === 0 ? [] : [{ ...part, values }];
  });
  return { ...query, parts };
}

/** Whether the query asks for a term. */
export function hasTerm(query: ParsedQuery, key: TermKey, value: string): boolean {
  return termsOf(query, key).some(
    ({ values, isNegated }) => !isNegated && values.some((one) => isSame(one, canonical(key, value))),
  );
}

/** The terms of a key. */
export function termsOf({ parts }: Pick<ParsedQuery, 'parts'>, key: TermKey): Term[] {
  return parts.filter((part): part is Term => part.kind === 'term' && part.key === key);
}

/** The free words and phrases. */
export function wordsOf({ parts }: Pick<ParsedQuery, 'parts'>): Word[] {
  return parts.filter((part): part is Word => part.kind === 'word');
}

/** The order that was asked for; undefined where none was. */
export function sortOf(query: Pick<ParsedQuery, 'parts'>): Sort | undefined {
  const value = termsOf(query, 'sort').at(-1)?.values[0];
  return value === undefined ? undefined : parseSort(value);
}

function partOf(piece: Piece, problems: string[]): Part | undefined {
  if (piece.key === undefined) return wordOf(piece);
  const key = Object.hasOwn(KEYS, piece.key) ? KEYS[piece.key] : undefined;
  if (key === undefined) return unknownKey(piece, piece.key, problems);
  const values = piece.values.map(({ text }) => text).filter((text) => text !== '');
  if (values.length === 0) {
    problems.push(`Write something after “${piece.key}:”.`);
    return undefined;
  }
  return termOf(key, values, piece.isNegated, problems);
}

function wordOf({ values, isNegated }: Piece): Word | undefined {
  const [value] = values;
  if (!value || value.text === '') return undefined;
  return { kind: 'word', text: value.text, isPhrase: value.isQuoted, isNegated };
}

/** `TypeError: …` and addresses are words that people search for. */
function unknownKey({ isNegated, raw, values }: Piece, key: string, problems: string[]): Word | undefined {
  const isPlain = (values[0]?.text ?? '') === '' || raw.includes('://');
  if (!isPlain) problems.push(`There is no filter “${key}:”, so it is searched for as a word.`);
  const text = raw.replaceAll('"', ' ').trim();
  return text === '' ? undefined : { kind: 'word', text, isPhrase: /\s/.test(text), isNegated };
}

function termOf(key: TermKey, values: string[], isNegated: boolean, problems: string[]): Term | undefined {
  const good = values.flatMap((value) => {
    const problem = problemOf(key, value);
    if (problem === undefined) return [canonical(key, value)];
    problems.push(problem);
    return [];
  });
  if (isNegated && (key === 'sort' || key === 'in')) {
    problems.push(`“-${key}:” means nothing: write “${key}:”.`);
    return undefined;
  }
  return good.length === 0 ? undefined : { kind: 'term', key, values: [...new Set(good)], isNegated };
}

function problemOf(key: TermKey, value: string): string | undefined {
  const words = WORDS_FOR[key];
  if (words && !Object.hasOwn(words, value.toLowerCase())) return choose(key, Object.values(words));
  if (key === 'sort' && !parseSort(value))
    return choose(
      'sort',
      SORT_KEYS.map((sort) => `${sort}-desc`),
    );
  if (key === 'repo' && !/^[^/\s]+\/[^/\s]+$/.test(value)) return 'Write “repo:” with owner/name.';
  if (key === 'team-review-requested' && !/^[^/\s]+\/[^/\s]+$/.test(value))
    return 'Write “team-review-requested:” with organization/team.';
  if (key === 'parent' && !/^(?:[^/\s#]+\/[^/\s#]+)?#?\d{1,9}$/.test(value))
    return 'Write “parent:” with the number of an issue, or owner/name#number.';
  if (
    (key === 'created' || key === 'updated' || key === 'closed' || key === 'merged') &&
    !timeRangeOf(value, 0)
  )
    return wrongTime(key);
  if (key === 'due' && value !== 'none' && value !== '*' && !dayRangeOf(value, 0)) return wrongTime(key);
  if ((key === 'comments' || key === 'reactions') && !numberRangeOf(value))
    return `Write “${key}:” with a number, such as ${key}:>5 or ${key}:1..10.`;
  return undefined;
}

function wrongTime(key: TermKey): string {
  return `Write “${key}:” with a date, such as ${key}:>2026-01-31, ${key}:2026-01-01..2026-01-31 or ${key}:>@today-7d.`;
}

function choose(key: string, values: readonly string[]): string {
  return `Write “${key}:” with one of: ${[...new Set(values)].join(', ')}.`;
}

function canonical(key: TermKey, value: string): string {
  const words = WORDS_FOR[key];
  if (words) return words[value.toLowerCase()] ?? value;
  if (key !== 'sort') return value;
  const sort = parseSort(value);
  return sort ? `${sort.key}-${sort.direction}` : value;
}

function parseSort(value: string): Sort | undefined {
  const [, name, direction = 'desc'] = /^([a-z]+)(?:-(asc|desc))?$/.exec(value.toLowerCase()) ?? [];
  const key = SORT_KEYS.find((sort) => sort === name);
  return key && { key, direction: direction === 'asc' ? 'asc' : 'desc' };
}

function add(parts: Part[], part: Part): void {
  if (part.kind === 'term' && SINGLE.includes(part.key)) {
    const earlier = parts.findIndex((one) => one.kind === 'term' && one.key === part.key);
    if (earlier !== -1) parts.splice(earlier, 1);
  }
  parts.push(part);
}

function isReplaced(old: Term, added: Term): boolean {
  if (old.key === added.key && old.values.length === 1 && isSame(old.values[0] ?? '', added.values[0] ?? ''))
    return true;
  if (added.key === 'is' && old.key === 'is') return isOpposite(old.values, added.values[0] ?? '');
  if (old.key === 'no' || added.key === 'no') return isAbsenceOf(old, added) || isAbsenceOf(added, old);
  return old.key === added.key && !old.isNegated && CHOSEN_ALONE.includes(added.key);
}

/** `no:label` and `label:bug` cannot both be. */
function isAbsenceOf(absence: Term, term: Term): boolean {
  return absence.key === 'no' && !absence.isNegated && absence.values.includes(term.key);
}

function isOpposite(values: readonly string[], added: string): boolean {
  const pair = OPPOSITES.find((one) => one.includes(added));
  return pair !== undefined && values.every((value) => pair.includes(value));
}

/** Names of labels, people and milestones are told apart without regard to case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function formatPart(part: Part): string {
  const sign = part.isNegated ? '-' : '';
  if (part.kind === 'term') return `${sign}${part.key}:${part.values.map(quoteValue).join(',')}`;
  return sign + (part.isPhrase ? quote(part.text) : quoteWord(part.text));
}

function quoteValue(value: string): string {
  return value === '' || /[\s,"]/.test(value) ? quote(value) : value;
}

/** A word that would be read as something else is quoted. */
function quoteWord(text: string): string {
  return text.startsWith('"') || text.startsWith('-') ? quote(text) : text;
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
