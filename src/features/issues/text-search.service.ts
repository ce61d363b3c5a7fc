// Finds issues by words: the newest texts that match, from the database, judged by where and how well they match.
import type { App } from '../../platform/app.types.ts';
import { termsOf, wordsOf } from './queries.service.ts';
import type { ParsedQuery, SearchedWords } from './queries.types.ts';
import { issuesOfEntries, newestEntriesOf } from './search-texts.store.ts';
import { searchedWords } from './search-words.service.ts';
import {
  isInMoreThan,
  matchingTexts,
  type TextKind,
  type TextMatch,
  type TextQuery,
} from './text-search.store.ts';

/** Of each kind of text only so many of the newest matches are looked at: common words have hundreds of thousands. */
const MOST_MATCHES = 400;
/** Ranking by the words themselves reads everything that has them, so it is left out for words in more texts than this. */
const MOST_RANKED = 5000;
/** Of so few issues each text is asked about by itself, which misses nothing. */
export const FEW_ISSUES = 100;
const MOST_COMMENTS_OF_FEW = 500;

const KINDS: readonly TextKind[] = ['title', 'text', 'comment'];
const IN: Readonly<Record<string, TextKind>> = { title: 'title', body: 'text', comments: 'comment' };
/** A match in a title counts more than any in a text, and that more than any in a comment. */
const WORTH: Readonly<Record<TextKind, number>> = { title: 4, text: 2, comment: 0.5 };

/** Where is searched: in some repositories, in few issues, or everywhere. */
export interface SearchPlace {
  repositoryIds?: readonly number[];
  issueIds?: readonly number[];
}

export interface TextMatches {
  /** How well each issue matches: the higher, the better. */
  scores: Map<number, number>;
  /** Whether there were more matches than are looked at. */
  isCut: boolean;
}

/** Whether a query has words to search for. */
export function asksForWords(query: ParsedQuery): boolean {
  return wordsOf(query).length > 0;
}

/** The issues whose texts have all wanted words and none of the unwanted. */
export async function findByWords(app: App, query: ParsedQuery, place: SearchPlace): Promise<TextMatches> {
  const words = searchedWords(wordsOf(query));
  const scores = new Map<number, number>();
  if (!words) return { scores, isCut: false };
  const isRanked = await mayRank(app, words);
  let isCut = false;
  for (const kind of kindsOf(query)) {
    const inBody = placesOf(query).includes('body') && kind === 'text';
    const asked = { kind, words, isRanked, ...(inBody ? { inBody } : {}) };
    const found = await matchesOf(app, asked, place);
    isCut ||= found.isCut;
    addScores(scores, kind, found.matches, await issuesOf(app, kind, found.matches));
  }
  return { scores, isCut };
}

function placesOf(query: ParsedQuery): string[] {
  return termsOf(query, 'in').flatMap(({ values }) => values);
}

function kindsOf(query: ParsedQuery): TextKind[] {
  const places = placesOf(query);
  if (places.length === 0) return [...KINDS];
  const kinds = places.flatMap((place) => IN[place] ?? []);
  return KINDS.filter((kind) => kinds.includes(kind));
}

async function mayRank(app: App, { wanted }: SearchedWords): Promise<boolean> {
  if (app.db.dialect !== 'sqlite') return true;
  const words = new Set(wanted.flatMap((phrase) => phrase.split(' ')));
  for (const word of words) if (await isInMoreThan(app.db.read, word, MOST_RANKED)) return false;
  return true;
}

type Asked = Pick<TextQuery, 'kind' | 'words' | 'isRanked' | 'inBody'>;

interface Matches {
  matches: TextMatch[];
  isCut: boolean;
}

async function matchesOf(app: App, asked: Asked, { repositoryIds, issueIds }: SearchPlace): Promise<Matches> {
  const { read } = app.db;
  if (issueIds) {
    const ids = await idsOf(app, asked.kind, issueIds);
    const matches = ids.length === 0 ? [] : await matchingTexts(read, { ...asked, ids, limit: ids.length });
    return { matches, isCut: false };
  }
  const inside = repositoryIds ? { repositoryIds } : {};
  const matches = await matchingTexts(read, { ...asked, ...inside, limit: MOST_MATCHES });
  return { matches, isCut: matches.length === MOST_MATCHES };
}

async function idsOf(app: App, kind: TextKind, issueIds: readonly number[]): Promise<readonly number[]> {
  return kind === 'comment' ? newestEntriesOf(app.db.read, issueIds, MOST_COMMENTS_OF_FEW) : issueIds;
}

async function issuesOf(
  app: App,
  kind: TextKind,
  matches: readonly TextMatch[],
): Promise<(id: number) => number | undefined> {
  if (kind !== 'comment') return (id) => id;
  const found = await issuesOfEntries(
    app.db.read,
    matches.map(({ id }) => id),
  );
  return (id) => found.get(id);
}

/** The best match of a kind counts, and a little for being found in several places. */
function addScores(
  scores: Map<number, number>,
  kind: TextKind,
  matches: readonly TextMatch[],
  issueOf: (id: number) => number | undefined,
): void {
  const highest = matches.reduce((most, { rank }) => Math.max(most, rank), 0);
  const best = new Map<number, number>();
  for (const { id, rank } of matches) {
    const issueId = issueOf(id);
    if (issueId === undefined) continue;
    const share = highest > 0 ? Math.max(0, rank) / highest : 0;
    best.set(issueId, Math.max(best.get(issueId) ?? 0, WORTH[kind] + share));
  }
  for (const [issueId, score] of best) {
    const known = scores.get(issueId);
    scores.set(issueId, known === undefined ? score : Math.max(known, score) + 0.1);
  }
}
