// The words that differ between two lines.
import { describe, expect, it } from 'vitest';
import { changedRanges } from '../../../src/platform/git/diff-words.ts';

describe('changed words', () => {
  const marked = (before: string, after: string) => {
    const ranges = changedRanges(before, after);
    const show = (text: string, parts: readonly (readonly [number, number])[]) =>
      parts.reduceRight(
        (out, [from, to]) => `${out.slice(0, from)}[${out.slice(from, to)}]${out.slice(to)}`,
        text,
      );
    return ranges && [show(before, ranges.before), show(after, ranges.after)];
  };

  it.each([
    ['const a = 1;', 'const a = 2;', 'const a = [1];', 'const a = [2];'],
    ['call(first)', 'call(first, second)', 'call(first)', 'call(first[, second])'],
    [
      'the old long name here',
      'the new short name here',
      'the [old long] name here',
      'the [new short] name here',
    ],
    ['  indented', '    indented', '[  ]indented', '[    ]indented'],
    ['grüße', 'grüße!', 'grüße', 'grüße[!]'],
    ['a\u{1f600}b', 'a\u{1f601}b', 'a[\u{1f600}]b', 'a[\u{1f601}]b'],
  ])('of %j and %j', (before, after, first, second) =>
    expect(marked(before, after)).toEqual([first, second]),
  );

  it('are not marked where two lines have little in common, or are long', () => {
    expect(marked('completely different', 'nothing shared at all')).toBeUndefined();
    expect(marked('same', 'same')).toBeUndefined();
    expect(marked('x'.repeat(3000), 'y'.repeat(3000))).toBeUndefined();
  });

  it('are marked as one part where there are too many to compare', () => {
    const words = (from: number) => Array.from({ length: 150 }, (_, i) => `w${i * from}`).join(' ');
    const shared = 's '.repeat(400);
    const ranges = changedRanges(`${shared}${words(1)}`, `${shared}${words(7)}`);
    expect(ranges?.before).toHaveLength(1);
  });
});
