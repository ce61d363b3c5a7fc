// What a query of issues is made of, as `parseQuery` of queries.service.ts reads it.

/** What stands before the colon, in its canonical spelling. */
export const TERM_KEYS = [
  'is',
  'reason',
  'author',
  'assignee',
  'mentions',
  'commenter',
  'involves',
  'label',
  'milestone',
  'no',
  'has',
  'parent',
  'draft',
  'review',
  'reviewed-by',
  'review-requested',
  'team-review-requested',
  'head',
  'base',
  'status',
  'created',
  'updated',
  'closed',
  'merged',
  'due',
  'comments',
  'reactions',
  'in',
  'repo',
  'org',
  'user',
  'sort',
] as const;
export type TermKey = (typeof TERM_KEYS)[number];

/** `-label:bug,"help wanted"`: one of the values, or none of them when negated. */
export interface Term {
  kind: 'term';
  key: TermKey;
  values: readonly string[];
  isNegated: boolean;
}

/** A free word or an exact phrase. */
export interface Word {
  kind: 'word';
  text: string;
  isPhrase: boolean;
  isNegated: boolean;
}

export type Part = Term | Word;

export interface ParsedQuery {
  /** In the order they were written. */
  parts: readonly Part[];
  /** What was not understood and is left aside, as sentences. */
  problems: readonly string[];
}

export const SORT_KEYS = ['created', 'updated', 'comments', 'reactions', 'due', 'relevance'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  key: SortKey;
  direction: 'asc' | 'desc';
}

/** Numbers or instants: `from` belongs to it, `before` does not. */
export interface Range {
  from?: number;
  before?: number;
}

/** What must be in a text and what must not, each as words that follow each other. */
export interface SearchedWords {
  wanted: string[];
  unwanted: string[];
}

/** The longest query that is read, in characters; the rest is left aside. */
export const LONGEST_QUERY = 1000;
/** The most parts of a query. */
export const MOST_PARTS = 50;
