// Bodies of the API as no client of good will sends them: broken, deep, long, with names given twice.
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/base/errors.ts';
import { parseJson } from '../../../src/platform/web/json.ts';
import { randomFrom } from '../../support/random.ts';

const refusal = (text: string): string => {
  try {
    parseJson(text);
    return 'accepted';
  } catch (error) {
    if (isAppError(error, 'invalid')) return error.message;
    throw error;
  }
};

describe('a body', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['[{"x":{"name":1, "name" : 2}}]', 'name'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('that names a field twice is refused: %s', (text, name) => {
    expect(refusal(text)).toBe(`The body names "${name}" twice.`);
  });

  it.each(['[{"a":1},{"a":1}]', '{"a":{"b":1},"b":1}', '{"a":"a","b":"a"}', '{"a":["b","b"],"b":":"}'])(
    'may use a name again elsewhere: %s',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    },
  );

  it('is refused before it is parsed when it nests too deep', () => {
    expect(refusal('['.repeat(5_000_000))).toContain('nested deeper');
    expect(refusal(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toContain('nested deeper');
    expect(refusal(`${'['.repeat(64)}${']'.repeat(64)}`)).toBe('accepted');
  });

  it('holds no character that a database fails on', () => {
    expect(refusal('{"a":"x\\u0000"}')).toContain('NUL');
    expect(refusal('{"a\\u0000":1}')).toContain('NUL');
    expect(refusal('{"a":"\\ud800"}')).toContain('half of a character');
    expect(parseJson('{"a":"\\ud83d\\ude00"}')).toEqual({ a: '😀' });
  });

  it.each([
    '',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '"',
    '"\\',
    '"\\x"',
    '{"a":"\n"}',
    'nul',
    '1 2',
    '{}}',
    ']',
    "{'a':1}",
    'NaN',
  ])('that is no JSON is told so, without being quoted: %j', (text) => {
    expect(refusal(text)).toBe('The body is not valid JSON.');
  });

  it('of ten million quotes, backslashes or names is read or refused in one pass', () => {
    expect(refusal(`{"a":"${'\\"'.repeat(4_000_000)}"}`)).toBe('accepted');
    expect(refusal(`{"a":"${'\\\\'.repeat(4_000_000)}"}`)).toBe('accepted');
    expect(refusal('"'.repeat(9_999_999))).toBe('The body is not valid JSON.');
    expect(refusal(`{"a"${' '.repeat(9_000_000)}:1}`)).toBe('accepted');
  });
});

/** Texts that JSON must escape, names that objects have by themselves, numbers at the edges. */
const TEXTS = [
  '',
  'a',
  '"',
  '\\',
  '\\\\"',
  ':',
  ',',
  '{"a":1}',
  '\n\t',
  'é',
  '😀',
  '__proto__',
  'constructor',
  '\u2028',
];
const NUMBERS = [0, -0.5, 1e300, -1, 1.5e-9, 2 ** 53];

function randomValue(pick: (below: number) => number, depth: number): unknown {
  const kind = pick(depth > 4 ? 4 : 6);
  if (kind === 0) return TEXTS[pick(TEXTS.length)];
  if (kind === 1) return NUMBERS[pick(NUMBERS.length)];
  if (kind === 2) return pick(2) === 0;
  if (kind === 3) return null;
  if (kind === 4) return Array.from({ length: pick(4) }, () => randomValue(pick, depth + 1));
  const names = TEXTS.filter(() => pick(4) === 0);
  return Object.fromEntries(names.map((name) => [name, randomValue(pick, depth + 1)]));
}

it('2,000 random bodies are read as JSON.parse reads them, and so are those damaged at random or refused', () => {
  const pick = randomFrom(7);
  let damaged = 0;
  for (let round = 0; round < 2000; round++) {
    const text = JSON.stringify(randomValue(pick, 0), null, pick(3));
    expect(parseJson(text)).toEqual(JSON.parse(text));
    const at = pick(text.length + 1);
    const odd = text.slice(0, at) + '"\\{}[]:,0'[pick(9)] + text.slice(at + pick(2));
    if (refusal(odd) === 'accepted') expect(parseJson(odd)).toEqual(JSON.parse(odd));
    else damaged += 1;
  }
  expect(damaged).toBeGreaterThan(500);
});
