// The import rules hold for this tree, and each of them fails a tree that breaks it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkTree } from '../../scripts/check-imports.ts';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** Checks a tree made of the given files; returns `severity at: message` lines. */
function check(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'imports-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkTree(root).map(({ severity, at, message }) => `${severity} ${at}: ${message}`);
}

const SOUND = {
  'package.json': '{"dependencies":{"hono":"1","drizzle-orm":"1","zod":"1"}}',
  'src/base/time.ts': 'export const SECOND = 1000;\n',
  'src/platform/db/open-db.ts': "import { sql } from 'drizzle-orm/sqlite-core';\nexport const db = sql;\n",
  'src/platform/web/page.ts': "import type { Context } from 'hono';\nexport type Page = Context;\n",
  'src/features/users/users.types.ts': 'export type User = { id: number };\n',
  'src/features/users/users.store.ts': "import { eq } from 'drizzle-orm';\nexport const find = eq;\n",
  'src/features/users/users.service.ts':
    "import { find } from './users.store.ts';\nimport { SECOND } from '../../base/time.ts';\nexport const user = [find, SECOND];\n",
  'src/features/repos/repos.web.ts':
    "import { Hono } from 'hono';\nimport { user } from '../users/users.service.ts';\nexport const web = [Hono, user];\n",
  'src/surfaces/http/web.ts':
    "export { web as default } from '../../features/repos/repos.web.ts';\nexport const a = 1;\n",
  'src/main.ts': "import web from './surfaces/http/web.ts';\nvoid web;\n",
};

test('a sound tree has no findings', () => {
  expect(check(SOUND)).toEqual([]);
});

const BROKEN: [rule: string, path: string, text: string, message: RegExp][] = [
  [
    'base knows nobody',
    'src/base/a.ts',
    "import '../platform/db/open-db.ts';\n",
    /base may not know platform/,
  ],
  [
    'the platform knows no feature, not even its types',
    'src/platform/git/a.ts',
    "import type { User } from '../../features/users/users.types.ts';\nexport type U = User;\n",
    /git\/a\.ts:1: platform may not know features/,
  ],
  [
    'dynamic imports count',
    'src/features/users/a.service.ts',
    "export const a = () =>\n  import('../../surfaces/http/web.ts');\n",
    /a\.service\.ts:2: features may not know surfaces/,
  ],
  [
    'imports over several lines count',
    'src/platform/git/a.ts',
    "import {\n  user,\n} from '../../features/users/users.service.ts';\nvoid user;\n",
    /platform may not know features/,
  ],
  [
    'a room knows only rooms to its left',
    'src/features/users/a.service.ts',
    "import { web } from '../repos/repos.service.ts';\nvoid web;\n",
    /users stands left of repos/,
  ],
  [
    'of other rooms only services, policies and types are open',
    'src/features/repos/a.service.ts',
    "import { find } from '../users/users.store.ts';\nvoid find;\n",
    /not src\/features\/users\/users\.store\.ts/,
  ],
  [
    'a store knows no service',
    'src/features/users/a.store.ts',
    "import { user } from './users.service.ts';\nvoid user;\n",
    /\.store may not know \.service/,
  ],
  [
    'routes ask no store',
    'src/features/users/users.web.ts',
    "import { find } from './users.store.ts';\nvoid find;\n",
    /\.web asks services, not stores/,
  ],
  [
    'a room must be listed',
    'src/features/gizmos/gizmos.types.ts',
    'export type G = 1;\n',
    /gizmos is not in the list/,
  ],
  [
    'a file in a room names its layer',
    'src/features/users/stuff.ts',
    'export const a = 1;\n',
    /noun\.layer\.ts/,
  ],
  [
    'hono stays at the edge',
    'src/features/users/b.service.ts',
    "import { Hono } from 'hono';\nvoid Hono;\n",
    /hono is used in/,
  ],
  [
    'drizzle stays in stores',
    'src/features/users/b.service.ts',
    "import { eq } from 'drizzle-orm';\nvoid eq;\n",
    /drizzle-orm is used in/,
  ],
  [
    'processes are started by platform/git and runtime',
    'src/platform/mail/a.ts',
    "import { spawn } from 'node:child_process';\nvoid spawn;\n",
    /node:child_process is used in/,
  ],
  [
    'packages must ship',
    'src/platform/db/a.ts',
    "import x from 'left-pad';\nvoid x;\n",
    /left-pad is not among "dependencies"/,
  ],
  ['imports lead somewhere', 'src/base/a.ts', "import './b.ts';\n", /\.\/b\.ts does not exist/],
  ['src imports no tests', 'src/base/a.ts', "import '../../test/support/app.ts';\n", /does not ship/],
  ['no barrel files', 'src/base/all.ts', "export { SECOND } from './time.ts';\n", /Barrel file/],
  ['no star exports', 'src/base/all.ts', "export * from './time.ts';\nexport const a = 1;\n", /Barrel file/],
  ['no index files', 'src/base/index.ts', 'export const a = 1;\n', /Barrel file/],
  ['no import.meta', 'src/base/a.ts', 'export const here = import.meta.dirname;\n', /ask platform\/runtime/],
  ['no endless files', 'src/base/a.ts', 'export {};\n'.repeat(501), /error src\/base\/a\.ts: 501 lines/],
  [
    'long files are noted',
    'src/base/a.ts',
    'export {};\n'.repeat(301),
    /warning src\/base\/a\.ts: 301 lines/,
  ],
];

test.each(BROKEN)('%s', (_rule, path, text, message) => {
  const findings = check({ ...SOUND, [path]: text });
  expect(findings.join('\n')).toMatch(message);
  expect(findings.every((finding) => finding.includes(path))).toBe(true);
});

test('circles are found, circles of types are none', () => {
  const ring = { 'src/base/a.ts': "import './b.ts';\n", 'src/base/b.ts': "import './c.ts';\n" };
  const closed = check({ ...ring, 'src/base/c.ts': "import { a } from './a.ts';\nvoid a;\n" });
  expect(closed).toEqual([
    expect.stringMatching(/a\.ts -> src\/base\/b\.ts -> src\/base\/c\.ts -> src\/base\/a\.ts/),
  ]);
  expect(
    check({ ...ring, 'src/base/c.ts': "import type { A } from './a.ts';\nexport type C = A;\n" }),
  ).toEqual([]);
});

test('comments and fenced places are left alone', () => {
  const findings = check({
    ...SOUND,
    'src/base/a.ts':
      "// import x from '../platform/db/open-db.ts';\n/*\nimport '../main.ts';\n*/\nexport const a = 1;\n",
    'src/platform/git/spawn-helper.ts': "import { spawn } from 'node:child_process';\nvoid spawn;\n",
  });
  expect(findings).toEqual([]);
});

test('every wall of this tree stands', () => {
  const errors = checkTree(join(import.meta.dirname, '..', '..')).filter(
    ({ severity }) => severity === 'error',
  );
  expect(errors).toEqual([]);
});
