// Which lines of one text are lines of another.
import { expect, test } from 'vitest';
import { matchLines } from '../../../src/base/line-matching.ts';

function matches(before: string, after: string): number[] {
  return [...matchLines(before.split(' '), after.split(' '))];
}

test('lines are found behind what was put in and taken out', () => {
  expect(matches('a b c', 'a b c')).toEqual([0, 1, 2]);
  expect(matches('a b c', 'x a c')).toEqual([1, -1, 2]);
  expect(matches('a b c', 'x y z')).toEqual([-1, -1, -1]);
  expect(matches('f { a } g { b }', 'f { a } n { x } g { b }')).toEqual([0, 1, 2, 3, 8, 9, 10, 11]);
});

test('the order is kept: what was moved is found once', () => {
  const found = matches('a b c d', 'c d a b');
  expect(found.filter((at) => at >= 0)).toHaveLength(2);
  expect(matches('x x x', 'x x')).toEqual([0, 1, -1]);
});

test('texts that are made to be looked at over and over end', () => {
  // Each look at what is left finds but one line that occurs once.
  const count = 6000;
  const before = Array.from({ length: count }, (_, n) => [`${n}`, `${n + 1}`]).flat();
  const after = before.toReversed();
  const found = matchLines(before, after);
  expect(found).toHaveLength(before.length);
  const kept = [...found].filter((at) => at >= 0);
  expect(kept).toEqual(kept.toSorted((one, other) => one - other));
  for (const [at, to] of found.entries()) if (to >= 0) expect(after[to]).toBe(before[at]);
});
