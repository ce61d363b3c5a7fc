// Text on labels is readable whatever their colour (WCAG 2.2, 1.4.3: 4.5:1).
import { expect, test } from 'vitest';
import { contrastOf, readableOn } from '../../../src/base/contrast.ts';
import { LABEL_PRESETS } from '../../../src/features/issues/label-presets.data.ts';

const HEX = { black: '000000', white: 'ffffff' } as const;
const contrast = (color: string) => contrastOf(color, HEX[readableOn(color)]);

test('known ratios', () => {
  expect(contrastOf('000000', 'ffffff')).toBeCloseTo(21);
  expect(contrastOf('777777', 'ffffff')).toBeCloseTo(4.48, 1);
  expect(readableOn('d73a4a')).toBe('white');
  expect(readableOn('ffffff')).toBe('black');
});

test('every colour has readable text', () => {
  let least = 21;
  for (let color = 0; color < 0x1000000; color += 257)
    least = Math.min(least, contrast(color.toString(16).padStart(6, '0')));
  for (let level = 0; level < 256; level += 1)
    least = Math.min(least, contrast(level.toString(16).padStart(2, '0').repeat(3)));
  expect(least).toBeGreaterThanOrEqual(4.5);
});

test('every label of a preset has readable text, and a name of its own', () => {
  for (const { labels } of LABEL_PRESETS) {
    for (const { color } of labels) expect(contrast(color)).toBeGreaterThanOrEqual(4.5);
    expect(new Set(labels.map(({ name }) => name)).size).toBe(labels.length);
  }
});
