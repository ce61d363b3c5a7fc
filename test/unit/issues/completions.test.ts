// What completion offers is what queries understand.
import { expect, it } from 'vitest';
import { KEY_HINTS, VALUE_HINTS } from '../../../src/features/issues/completions.data.ts';
import { formatQuery, parseQuery } from '../../../src/features/issues/queries.service.ts';
import { TERM_KEYS } from '../../../src/features/issues/queries.types.ts';

it('offers every key of the language, and no other', () => {
  expect(Object.keys(KEY_HINTS).toSorted()).toEqual([...TERM_KEYS].toSorted());
});

it('offers values that a query reads without complaint', () => {
  for (const [key, values] of Object.entries(VALUE_HINTS))
    for (const value of Object.keys(values)) {
      const written = /\s/.test(value) ? `${key}:"${value}"` : `${key}:${value}`;
      const parsed = parseQuery(written);
      expect(parsed.problems, written).toEqual([]);
      expect(formatQuery(parsed)).toBe(written);
    }
});
