// What no client should send: bodies, queries and parameters of paths, made from what a route says it takes.
import { z } from 'zod';
import type { ApiDescription } from '../../../src/platform/api/description.ts';

export interface Sent {
  path: string;
  body?: string | Uint8Array<ArrayBuffer>;
  type?: string;
}

const LONG = 'x'.repeat(1_000_000);

/** As JSON text, since some of it cannot be written from a value. */
const ODD_VALUES = [
  ...[
    'null',
    'true',
    '0',
    '-1',
    '1e309',
    '-0',
    '9007199254740993',
    '1e21',
    '1.5',
    '2147483648',
    '99999999999999999999',
  ],
  ...[
    '""',
    '" "',
    '"\\ud800"',
    '"\\u0000"',
    '"NaN"',
    '"0"',
    '"\\u202e\\u0007\\r\\n"',
    '"../../x"',
    '"__proto__"',
    '"constructor"',
  ],
  ...[
    '"-rf"',
    '"0000-00-00T00:00:00Z"',
    '"+275760-09-13T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '"2024-02-30T00:00:00Z"',
  ],
  ...[
    '[]',
    '[null]',
    '[[]]',
    '[""]',
    '[1e30]',
    '[-1, 0, 99999999999]',
    '{}',
    '{"__proto__":{"x":1}}',
    '{"a":{"b":[{}]}}',
  ],
  ...[
    JSON.stringify(LONG),
    `"${'\\ud83d\\ude00'.repeat(300)}"`,
    `[${'1,'.repeat(20_000)}1]`,
    `[${'"a",'.repeat(5000)}"b"]`,
  ],
];

const json = (body: string): Omit<Sent, 'path'> => ({ body });
const FORM = 'multipart/form-data; boundary=x';

/** For every route that may take a body, whether it does or not. */
export const ODD_BODIES: readonly Omit<Sent, 'path'>[] = [
  ...[
    '',
    'null',
    '[]',
    '1',
    '"text"',
    '{',
    '{"a":',
    '{"a":1,"a":2}',
    '{"__proto__":{"isAdmin":true}}',
    '\u0000',
  ].map(json),
  json(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`),
  json(`${'['.repeat(100_000)}`),
  json(`{"unknown":${JSON.stringify(LONG)}}`),
  { body: Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { body: 'a=1&b=2', type: 'application/x-www-form-urlencoded' },
  { body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', type: FORM },
  {
    body: '--x\r\nContent-Disposition: form-data; name="attachment"; filename="../\u0000"\r\n\r\n\r\n--x--\r\n',
    type: FORM,
  },
  { body: '--x\r\nContent-Disposition: form-data; name="attachment"\r\n\r\ntext\r\n--x--\r\n', type: FORM },
  { body: '--x\r\nContent-Disp', type: FORM },
  { body: 'anything', type: 'multipart/form-data' },
  { body: '{}', type: 'text/plain' },
  { body: '{}', type: 'application/json; charset=utf-7' },
  { body: 'anything', type: '/;;' },
];

/** Bodies that fit but for one field, at each place of what the route takes. */
export function bodiesFor(api: ApiDescription, seed: number): Omit<Sent, 'path'>[] {
  const { body, example = {} } = api;
  if (!body) return [];
  const schema = z.toJSONSchema(body(), { io: 'input', unrepresentable: 'any' }) as Schema;
  const made: Omit<Sent, 'path'>[] = [];
  // The values turn, so that what is taken of them is another for each field.
  for (const [at, path] of pathsOf(schema).entries())
    for (const index of ODD_VALUES.keys()) {
      const value = ODD_VALUES[(index * 7 + at * 5 + seed) % ODD_VALUES.length] ?? 'null';
      made.push({ body: placed(example, path, value) });
    }
  return made;
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

function pathsOf(schema: Schema, before: readonly string[] = []): string[][] {
  if (before.length > 3) return [];
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    [...before, name],
    ...pathsOf(inner, [...before, name]),
  ]);
  const items = schema.items ? [[...before, '0'], ...pathsOf(schema.items, [...before, '0'])] : [];
  return [...own, ...items, ...(schema.anyOf ?? []).flatMap((one) => pathsOf(one, before))];
}

const MARK = 'the value goes here';

/** The example with JSON text in place of what lies at a path. */
function placed(example: unknown, path: readonly string[], value: string): string {
  const whole = structuredClone(typeof example === 'object' && example !== null ? example : {}) as Record<
    string,
    unknown
  >;
  let at = whole;
  for (const step of path.slice(0, -1)) {
    if (typeof at[step] !== 'object' || at[step] === null) at[step] = {};
    at = at[step] as Record<string, unknown>;
  }
  at[path.at(-1) ?? ''] = MARK;
  return JSON.stringify(whole).replace(JSON.stringify(MARK), () => value);
}

const ODD_TEXTS = [
  ...[
    '-1',
    '0',
    '1e309',
    'NaN',
    '99999999999999999999',
    '9007199254740993',
    '1.5',
    'null',
    'true',
    '[]',
    '%00',
    '%ff',
    '%F0%9F',
  ],
  ...[
    '..%2f..%2fetc',
    '%F0%9F%98%80',
    '-rf',
    '--help',
    "'",
    '%22',
    '*',
    '(',
    '%5C',
    '__proto__',
    'x'.repeat(5000),
    '%0a',
  ],
  ...[
    '0000-00-00',
    '2024-13-45T99:99:99Z',
    '%2B275760-09-13T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'a,b,,c',
    ',',
    '1,2,x',
  ],
];

export const ODD_QUERIES: readonly string[] = [
  ...[
    'page=-1',
    'page=1e309',
    'page=99999999',
    'page=10000000&limit=50',
    'limit=0',
    'limit=1e9',
    'limit=x',
    'page=1&page=2',
  ],
  ...[
    'sort=evil',
    'order=evil',
    'q=%00',
    'q=%ff',
    'since=x&before=y',
    'page[]=1',
    'a'.repeat(6000),
    '%',
    '&&&==',
    '__proto__=1',
  ],
];

/** Each parameter of a route's query as what it cannot be. */
export function oddQueriesOf({ query }: ApiDescription): string[] {
  const names = query ? Object.keys(query().shape) : [];
  return names.flatMap((name) => ODD_TEXTS.map((text) => `${name}=${text}`));
}

export const ODD_SEGMENTS: readonly string[] = [
  ...[
    '0',
    '-1',
    '99999999999999999999',
    '9007199254740993',
    '2147483648',
    '1e3',
    '0x10',
    '%2F',
    '..',
    '%2e%2e',
    '%2e%2e%2f%2e%2e',
  ],
  ...[
    '%00',
    '%ff',
    '%',
    '%F0%9F%98%80',
    'x'.repeat(5000),
    '%20',
    '-rf',
    '--help',
    'a%0ab',
    '__proto__',
    'constructor',
    '%5C',
    '*',
  ],
  ...[
    "'",
    '%22',
    '%3Cscript%3E',
    '@',
    'refs%2Fheads%2Fmain',
    'main...',
    '...',
    'main..main',
    '.zip',
    '.diff',
    '%E2%80%AE',
    'HEAD%40%7B1%7D',
    '%3A',
    'main%3AREADME.md',
    '0'.repeat(40),
    'f'.repeat(64),
  ],
];
