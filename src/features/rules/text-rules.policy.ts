// What texts of commits, and names, must be like. Administrators write the patterns and anybody writes the texts, so there are
// no regular expressions: every operator takes at most the product of the two lengths.
import type { TextRule } from './rules.types.ts';

/** Whether a text is as the rule wants it. */
export function suits({ operator, pattern, negate, subject }: TextRule, text: string): boolean {
  const isAddress = subject === 'author_email' || subject === 'committer_email';
  const [one, other] = isAddress ? [text.toLowerCase(), pattern.toLowerCase()] : [text, pattern];
  return TESTS[operator](one, other) !== negate;
}

const TESTS: Readonly<Record<TextRule['operator'], (text: string, pattern: string) => boolean>> = {
  starts_with: (text, pattern) => text.startsWith(pattern),
  // A message ends by a line feed that nobody typed.
  ends_with: (text, pattern) => text.trimEnd().endsWith(pattern),
  contains: (text, pattern) => text.includes(pattern),
  matches: (text, pattern) => matchesWhole(text.trimEnd(), pattern),
};

/** `*` stands for anything, `?` for one character; only the last star is gone back to. */
function matchesWhole(text: string, pattern: string): boolean {
  let [at, in_, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[in_] === '*') {
      star = in_++;
      retry = at;
    } else if (pattern[in_] === '?' || (in_ < pattern.length && pattern[in_] === text[at])) {
      in_++;
      at++;
    } else if (star >= 0) {
      in_ = star + 1;
      at = ++retry;
    } else return false;
  }
  while (pattern[in_] === '*') in_++;
  return in_ === pattern.length;
}

/** The rule as the end of a sentence about the text: `start with "fix:"`. */
export function textRuleWords({ operator, pattern, negate }: TextRule): string {
  return `must ${negate ? 'not ' : ''}${OPERATOR_WORDS[operator]} “${pattern}”`;
}

/** What operators are called after `must`. */
export const OPERATOR_WORDS: Readonly<Record<TextRule['operator'], string>> = {
  starts_with: 'start with',
  ends_with: 'end with',
  contains: 'contain',
  matches: 'match',
};

/** What a text rule is about. */
export const SUBJECT_WORDS: Readonly<Record<TextRule['subject'], string>> = {
  message: 'commit message',
  author_email: 'author’s email address',
  committer_email: 'committer’s email address',
  name: 'name',
};
