// Changes between two texts: applying them gives both texts back, whatever the texts are, and the cost is bounded.
import { describe, expect, it } from 'vitest';
import { lineChanges } from '../../../src/base/line-changes.ts';

const signs = { context: ' ', add: '+', delete: '-' };
const shown = (before: string, after: string) =>
  lineChanges(before, after).map(({ kind, text }) => signs[kind] + text);

describe('lineChanges', () => {
  it('keeps what stayed and puts what is gone before what came', () => {
    expect(shown('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(shown('same', 'same')).toEqual([' same']);
    expect(shown('', 'a\nb')).toEqual(['-', '+a', '+b']);
    expect(shown('1\n2\n3\n4\n5', '2\n3\nx\n5\n6')).toEqual(['-1', ' 2', ' 3', '-4', '+x', ' 5', '+6']);
  });

  it('gives both texts back for many random pairs', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const text = () => Array.from({ length: random(30) }, () => 'abcde'[random(5)]).join('\n');
      const [before, after] = [text(), text()];
      const changes = lineChanges(before, after);
      const side = (other: string) => changes.filter(({ kind }) => kind !== other).map((one) => one.text);
      expect(side('add').join('\n')).toBe(before);
      expect(side('delete').join('\n')).toBe(after);
    }
  });

  it('gives up comparing what has nothing in common instead of working for minutes', () => {
    const before = Array.from({ length: 30_000 }, (_, n) => `a${n}`).join('\n');
    const after = Array.from({ length: 30_000 }, (_, n) => `b${n}`).join('\n');
    expect(lineChanges(before, after)).toHaveLength(60_000);
  });
});
