// Which parts of a comment are suggestions, and that no text makes finding them slow.
import { expect, test } from 'vitest';
import { suggestionsIn } from '../../../src/features/pulls/suggestion-texts.service.ts';

const linesOf = (body: string) => suggestionsIn(body).map(({ lines }) => lines);

test('suggestions are fenced blocks of that language, of backticks or tildes', () => {
  expect(linesOf('a\n```suggestion\nb\n```\n~~~ suggestion\nc\n~~~~\n```js\nd\n```')).toEqual([['b'], ['c']]);
  expect(linesOf('```suggestion\n```')).toEqual([[]]);
  expect(linesOf('  ```suggestion\r\n    b\r\n  ```')).toEqual([['  b']]);
});

test('words behind a fence may have backticks only where the fence has none', () => {
  expect(linesOf('``` suggestion `\nb\n```')).toEqual([]);
  expect(linesOf('~~~ suggestion `\nb\n~~~')).toEqual([['b']]);
});

test('a fence of very many characters takes no time that grows faster than it', () => {
  const long = 60_000;
  const bodies = [`${'~'.repeat(long)}\``, `\`\`\`${'a'.repeat(long)}\``, `\`\`\`${' '.repeat(long)}\``];
  for (const body of bodies) expect(linesOf(`suggestion\n${body}`)).toEqual([]);
});
