// The query language: what is read, what is named as wrong, and that nothing anybody writes breaks it.
import { expect, test } from 'vitest';
import { startRandom } from '../../../scripts/corpus/random.ts';
import {
  formatQuery,
  hasTerm,
  parseQuery,
  sortOf,
  termsOf,
  withoutTerm,
  withTerm,
} from '../../../src/features/issues/queries.service.ts';
import { LONGEST_QUERY, MOST_PARTS } from '../../../src/features/issues/queries.types.ts';
import { dayRangeOf, numberRangeOf, timeRangeOf } from '../../../src/features/issues/query-ranges.service.ts';
import { searchableText, searchedWords } from '../../../src/features/issues/search-words.service.ts';

const again = (text: string) => formatQuery(parseQuery(text));

test.each([
  ['is:open label:"help wanted"', 'is:open label:"help wanted"'],
  ['state:closed type:issue', 'is:closed is:issue'],
  ['LABEL:bug,"a b" -label:x', 'label:bug,"a b" -label:x'],
  ['sort:updated', 'sort:updated-desc'],
  ['sort:created-asc sort:comments', 'sort:comments-desc'],
  ['no:labels has:parent-issue', 'no:label has:parent'],
  ['reason:not_planned', 'reason:"not planned"'],
  ['"exact \\"phrase\\"" -word', '"exact \\"phrase\\"" -word'],
  ['TypeError: x is undefined', 'TypeError: x is undefined'],
  ['https://example.org/a?b=c', 'https://example.org/a?b=c'],
  ['-"two words"', '-"two words"'],
  ['  is:open\t\n author:@me ', 'is:open author:@me'],
  ['"is:open"', '"is:open"'],
])('%s is written %s', (text, canonical) => {
  const query = parseQuery(text);
  expect(query.problems).toEqual([]);
  expect(formatQuery(query)).toBe(canonical);
  expect(again(canonical)).toBe(canonical);
});

test.each([
  ['is:opened', 'Write “is:” with one of: open, closed,'],
  ['label:', 'Write something after “label:”.'],
  ['foo:bar', 'There is no filter “foo:”'],
  ['created:yesterday', 'Write “created:” with a date'],
  ['created:2026-02-31', 'Write “created:” with a date'],
  ['comments:many', 'Write “comments:” with a number'],
  ['sort:best', 'Write “sort:” with one of'],
  ['repo:here', 'Write “repo:” with owner/name.'],
  ['parent:abc', 'Write “parent:” with the number'],
  ['-sort:created', '“-sort:” means nothing'],
  ['in:nowhere', 'Write “in:” with one of: title, body, comments.'],
])('%s is named as wrong', (text, problem) => {
  const query = parseQuery(`is:open ${text}`);
  expect(query.problems).toHaveLength(1);
  expect(query.problems[0]).toContain(problem);
  expect(hasTerm(query, 'is', 'open')).toBe(true);
});

test('terms are added and taken away as menus do it', () => {
  const query = parseQuery('is:open label:bug author:ann');
  expect(formatQuery(withTerm(query, 'label', 'help wanted'))).toBe(
    'is:open label:bug author:ann label:"help wanted"',
  );
  expect(formatQuery(withTerm(query, 'author', 'ben'))).toBe('is:open label:bug author:ben');
  expect(formatQuery(withTerm(query, 'is', 'closed'))).toBe('label:bug author:ann is:closed');
  expect(formatQuery(withTerm(query, 'no', 'label'))).toBe('is:open author:ann no:label');
  expect(formatQuery(withTerm(parseQuery('no:label'), 'label', 'bug'))).toBe('label:bug');
  expect(formatQuery(withTerm(query, 'sort', 'updated-desc'))).toBe(
    'is:open label:bug author:ann sort:updated-desc',
  );
  expect(formatQuery(withoutTerm(query, 'label', 'BUG'))).toBe('is:open author:ann');
  expect(formatQuery(withoutTerm(parseQuery('label:a,b'), 'label', 'a'))).toBe('label:b');
  expect(formatQuery(withoutTerm(parseQuery('label:a -label:b'), 'label'))).toBe('-label:b');
  expect(hasTerm(query, 'label', 'Bug')).toBe(true);
  expect(hasTerm(parseQuery('-label:bug'), 'label', 'bug')).toBe(false);
  expect(sortOf(parseQuery('sort:due-asc'))).toEqual({ key: 'due', direction: 'asc' });
});

const now = Date.UTC(2026, 5, 15, 12);
const at = (text: string) => Date.parse(text);

test.each([
  ['2026-01-31', { from: at('2026-01-31'), before: at('2026-02-01') }],
  ['2026-01', { from: at('2026-01-01'), before: at('2026-02-01') }],
  ['>2026-01-31', { from: at('2026-02-01') }],
  ['>=2026-01-31', { from: at('2026-01-31') }],
  ['<=2026-01-31', { before: at('2026-02-01') }],
  ['2026-01-01..2026-01-31', { from: at('2026-01-01'), before: at('2026-02-01') }],
  ['*..2026-01-31', { before: at('2026-02-01') }],
  ['@today', { from: at('2026-06-15'), before: at('2026-06-16') }],
  ['>@today-1w', { from: at('2026-06-09') }],
  ['<2026-01-31T10:30:00+02:00', { before: at('2026-01-31T08:30:00Z') }],
  ['2026-01-31T10:30Z', { from: at('2026-01-31T10:30:00Z'), before: at('2026-01-31T10:31:00Z') }],
])('the time %s', (text, range) => expect(timeRangeOf(text, now)).toEqual(range));

test('numbers and days', () => {
  expect(numberRangeOf('>=5')).toEqual({ from: 5 });
  expect(numberRangeOf('2..4')).toEqual({ from: 2, before: 5 });
  expect(numberRangeOf('-1')).toBeUndefined();
  expect(dayRangeOf('1970-01-03', now)).toEqual({ from: 2, before: 3 });
});

test('whatever is written is read, bounded, and written again the same', () => {
  const random = startRandom(11);
  const bits = [
    'is:',
    'open',
    '"',
    '-',
    ':',
    ',',
    ' ',
    'label:',
    '\\',
    'sort:',
    'updated',
    '2026-01-01',
    '..',
    '>',
    'created:',
    'x',
    'é',
    '\ud800',
    '\u0000',
    'repo:',
    'a/b',
    'no:',
    'in:',
    'title',
    'comments:',
    '5',
    'parent:',
    '#',
    '__proto__:',
    'constructor:',
    '@today',
    '\u{1f600}',
  ];
  for (let i = 0; i < 20_000; i += 1) {
    const text = Array.from({ length: random.below(14) }, () => random.pick(bits)).join('');
    const query = parseQuery(text);
    const once = formatQuery(query);
    expect(again(once)).toBe(once);
    searchedWords(query.parts.filter((part) => part.kind === 'word'));
  }
  for (const long of [
    '"'.repeat(100_000),
    'a:,'.repeat(50_000),
    '-'.repeat(100_000),
    'label:"a" '.repeat(10_000),
  ]) {
    const query = parseQuery(long);
    expect(query.parts.length).toBeLessThanOrEqual(MOST_PARTS);
    expect(formatQuery(query).length).toBeLessThanOrEqual(3 * LONGEST_QUERY);
    expect(query.problems[0]).toContain('1000 characters');
  }
  expect(termsOf(parseQuery('constructor:x __proto__:y'), 'is')).toEqual([]);
});

test('texts are searched by letters and digits alone', () => {
  expect(searchableText('Café—naïve, RÉSUMÉ! foo_bar::Baz(1.5)')).toBe('cafe naive resume foo bar baz 1 5');
  expect(searchableText('登录失败')).toBe('登 录 失 败');
  expect(searchableText('" OR 1=1; -- * ^ NEAR(')).toBe('or 1 1 near');
  expect(searchableText(`ok ${'x'.repeat(100)}`)).toBe('ok');
});
