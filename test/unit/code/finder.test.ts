// The file finder's order, its agreement with a plain search, and names in any bytes.
import { expect, test } from 'vitest';
import { searchPaths } from '../../../src/features/code/fuzzy.service.ts';
import { indexPaths } from '../../../src/features/code/path-index.service.ts';

const listed = (paths: (string | Buffer)[]) =>
  Buffer.concat(paths.flatMap((path) => [Buffer.from(path), Buffer.of(0)]));

async function find(paths: (string | Buffer)[], query: string, limit = 50) {
  const found = await searchPaths(await indexPaths(listed(paths)), { query, limit });
  return found.paths.map(({ path }) => path.toString('utf8'));
}

test.each([
  ['the name wins over directories', 'user', ['user/a/b.ts', 'src/user.ts'], 'src/user.ts'],
  ['letters together win', 'main', ['src/m/a/i/n.ts', 'lib/domain.ts'], 'lib/domain.ts'],
  [
    'beginnings of words win',
    'pis',
    ['src/tapioca-s.ts', 'src/path-index.service.ts'],
    'src/path-index.service.ts',
  ],
  ['humps are words', 'fbb', ['src/fabrbrb.ts', 'src/fooBarBaz.ts'], 'src/fooBarBaz.ts'],
  [
    'the whole name wins',
    'index.ts',
    ['src/index.tsx', 'a/very/long/way/to/index.ts'],
    'a/very/long/way/to/index.ts',
  ],
  ['the same case wins', 'Makefile', ['makefile', 'Makefile'], 'Makefile'],
  ['capitals are found by small letters', 'readme', ['src/re/ad/me.ts', 'README.md'], 'README.md'],
  ['directories can be given', 'web/ind', ['index/web.ts', 'web/index.ts'], 'web/index.ts'],
  ['blanks are left out', 'path index', ['a.ts', 'path-index.ts'], 'path-index.ts'],
  ['a shorter path wins', 'log', ['deep/er/down/log.ts', 'src/log.ts'], 'src/log.ts'],
])('%s', async (_, query, paths, best) => {
  expect((await find(paths, query))[0]).toBe(best);
});

test('finds exactly the paths that hold the letters in order', async () => {
  const words = ['src', 'Main', 'util', 'a-b', 'é', 'X9', '_t', 'index.ts'];
  const paths = Array.from(
    { length: 3000 },
    (_, n) =>
      Array.from({ length: 2 + (n % 4) }, (_, k) => words[(n * 7 + k * (n % 5) + k) % words.length]).join(
        '/',
      ) + n,
  );
  const index = await indexPaths(listed(paths));
  for (const query of ['s', 'smu', 'X9a', 'é', 'zz', 'src/main', '12', 'tts', '-b_']) {
    const holds = (path: string) => {
      let at = 0;
      for (const letter of path.toLowerCase()) if (letter === query.toLowerCase()[at]) at++;
      return at === query.length;
    };
    const found = await searchPaths(index, { query, limit: 10_000 });
    expect([query, found.total]).toEqual([query, paths.filter(holds).length]);
    for (const { path, positions } of found.paths) {
      const letters = Buffer.from(positions.map((at) => path[at] ?? 0)).toString('utf8');
      expect(letters.toLowerCase()).toBe(query.toLowerCase());
      expect(positions).toEqual([...positions].sort((one, other) => one - other));
    }
  }
});

test('names in any bytes are found and kept', async () => {
  const odd = Buffer.from([0x66, 0xff, 0x0a, 0x78]);
  const index = await indexPaths(listed(['other', odd, '<script>', '-rf']));
  const found = await searchPaths(index, { query: 'fx', limit: 5 });
  expect(found.paths.map(({ path }) => path)).toEqual([odd]);
  expect(await find(['-rf', '<script>'], '<scr')).toEqual(['<script>']);
});

test('nothing asked lists the first, and an empty tree has none', async () => {
  expect(await find(['a', 'b', 'c'], '', 2)).toEqual(['a', 'b']);
  expect(await find([], 'x')).toEqual([]);
  expect(await find(['a'], 'a'.repeat(5000))).toEqual([]);
});

test('a list that was cut says so', async () => {
  const index = await indexPaths(Buffer.concat([listed(['a', 'b']), Buffer.of(0)]));
  expect([index.count, index.isCut]).toEqual([2, true]);
  expect((await indexPaths(listed(['a', 'b']))).isCut).toBe(false);
});

test('a very long path is found without the close look', async () => {
  const long = `${'d/'.repeat(2000)}target`;
  expect(await find([long, 'x'], 'target')).toEqual([long]);
});
