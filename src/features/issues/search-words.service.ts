// How texts and queries are cut into the words that are searched for: alike on every engine, by letters and digits alone.
import type { SearchedWords, Word } from './queries.types.ts';

/** Characters of a text that are searched at most. */
const LONGEST_TEXT = 65_536;
const MOST_WORDS = 12;
const LONGEST_WORD = 64;

/**
 * A text as it is put into the search: words of letters and digits between spaces, without accents. Characters of
 * scripts that write no spaces are words of their own, so that any part of a sentence is found.
 */
export function searchableText(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ' $& ')
    .split(' ')
    .filter((word) => word !== '' && word.length <= LONGEST_WORD)
    .join(' ');
}

/** The words of a query as the search takes them; undefined when nothing in them can be searched for. */
export function searchedWords(words: readonly Word[]): SearchedWords | undefined {
  const phrases = (isNegated: boolean) => [
    ...new Set(
      words
        .filter((word) => word.isNegated === isNegated)
        .map(({ text }) => searchableText(text).split(' ').slice(0, MOST_WORDS).join(' '))
        .filter((phrase) => phrase !== ''),
    ),
  ];
  const wanted = phrases(false).slice(0, MOST_WORDS);
  return wanted.length === 0 ? undefined : { wanted, unwanted: phrases(true).slice(0, MOST_WORDS) };
}
