// What stylesheets read is there: a custom property that nobody defines drops its whole declaration without a word.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const styles = globSync('assets/css/*.css').sort();
const sources = [...styles, ...globSync('assets/js/**/*.ts')].map((name) => readFileSync(name, 'utf8'));
const defined = new Set(
  sources.flatMap((text) => [...text.matchAll(/(--[\w-]+)['"]?\s*[:,]/g)].map(([, name]) => name)),
);

describe.each(styles)('%s', (name) => {
  it('reads only custom properties that are defined', () => {
    const text = readFileSync(name, 'utf8');
    const read = [...text.matchAll(/var\(\s*(--[\w-]+)\s*\)/g)].map(([, property]) => property);
    expect(read.filter((property) => !defined.has(property))).toEqual([]);
  });
});
