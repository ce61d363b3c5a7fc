// Diffs of real commits: put back together from their lines, counted as git counts, and bounded.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRandom } from '../../../scripts/corpus/random.ts';
import { readDiff } from '../../../src/platform/git/diff.ts';
import type { Diff, DiffFile, DiffOptions } from '../../../src/platform/git/diff.types.ts';
import { splitLines } from '../../../src/platform/git/diff-lines.ts';
import { parseDiff } from '../../../src/platform/git/diff-parse.ts';
import type { RepoDir } from '../../../src/platform/git/git.types.ts';
import { type Fixture, type FixtureEntry, native, nativeText, openFixture, writeCommits } from './fixture.ts';
import { makeHistory } from './random-history.ts';

let fixture: Fixture;
let made = 0;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => fixture.close());

async function diffOf(
  before: FixtureEntry[],
  after: FixtureEntry[],
  options: Partial<DiffOptions> = {},
): Promise<Diff & { dir: RepoDir }> {
  const dir = fixture.bare(`diff-${made++}`);
  const [from = '', to = ''] = writeCommits(dir, [
    { parents: [], entries: before },
    { parents: [0], entries: after },
  ]);
  return { ...(await readDiff(fixture.git, dir, { from, to, ...options })), dir };
}

function only(diff: Diff): DiffFile {
  expect(diff.files).toHaveLength(1);
  return diff.files[0] as DiffFile;
}

function linesOf(file: DiffFile): string[] {
  const marks = { add: '+', delete: '-', context: ' ' };
  return file.hunks.flatMap((hunk) =>
    hunk.lines.map((line) => marks[line.kind] + line.text + (line.noNewline ? '$' : '')),
  );
}

/** The text after, made of the text before and the hunks. */
function applied(before: string, file: DiffFile): string {
  const old = before.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const hunk of file.hunks) {
    const start = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
    out.push(...old.slice(at, start));
    at = start;
    for (const line of hunk.lines) {
      if (line.kind !== 'add') expect(old[at++]).toBe(line.text);
      if (line.kind !== 'delete') {
        expect(line.newNumber).toBe(out.length + 1);
        out.push(line.text);
      }
    }
  }
  return [...out, ...old.slice(at)].join('\n');
}

describe('a diff', () => {
  it('puts random texts back together', async () => {
    const random = startRandom(5);
    const text = () =>
      `${Array.from({ length: 1 + random.below(60) }, () => random.pick(['', '@@ -1 +1 @@', '-', '+x', 'diff --git a/x b/x', '\\ No', 'é'])).join('\n')}\n`;
    const files = Array.from({ length: 40 }, (_, i) => ({ path: `f${i}`, old: text(), young: text() }));
    const diff = await diffOf(
      files.map(({ path, old }) => ({ path, content: old })),
      files.map(({ path, young }) => ({ path, content: young })),
    );
    const changed = files.filter(({ old, young }) => old !== young);
    expect(diff.files).toHaveLength(changed.length);
    for (const file of diff.files) {
      const source = files.find(({ path }) => path === file.newPath);
      expect(applied(source?.old ?? '', file)).toBe(source?.young);
    }
    expect(diff.complete).toBe(true);
  });

  it('counts every commit of random histories as git does', async () => {
    const dir = fixture.bare('counted');
    const oids = writeCommits(dir, makeHistory(21, 60));
    for (const oid of oids) {
      const [parent] = nativeText(dir, ['rev-list', '--parents', '-1', oid]).split(' ').slice(1);
      const diff = await readDiff(fixture.git, dir, { to: oid });
      const stat = native(dir, [
        'diff-tree',
        '-r',
        '-M',
        '--numstat',
        '--raw',
        '--no-commit-id',
        '-z',
        '--root',
        ...(parent ? [parent] : []),
        oid,
      ]);
      const records = stat
        .toString('latin1')
        .split('\0')
        .filter((record) => /^(\d+|-)\t(\d+|-)\t/.test(record));
      expect(diff.files).toHaveLength(records.length);
      records.forEach((record, i) => {
        const [added, deleted] = record.split('\t');
        const file = diff.files[i];
        expect(file?.binary ? '--' : `${file?.additions}${file?.deletions}`).toBe(`${added}${deleted}`);
      });
      expect(diff.complete).toBe(true);
    }
  });

  it('of a root commit is against nothing, of a merge against its first parent', async () => {
    const dir = fixture.bare('root');
    const file = (content: string) => [{ path: 'file', content }];
    const [root = '', , side = '', merge = ''] = writeCommits(dir, [
      { parents: [], entries: file('1\n') },
      { parents: [0], entries: file('2\n') },
      { parents: [0], entries: file('3\n') },
      { parents: [1, 2], entries: file('3\n') },
    ]);
    expect(only(await readDiff(fixture.git, dir, { to: root }))).toMatchObject({
      status: 'A',
      additions: 1,
      oldOid: undefined,
    });
    expect(linesOf(only(await readDiff(fixture.git, dir, { to: merge })))).toEqual(['-2', '+3']);
    expect((await readDiff(fixture.git, dir, { from: side, to: merge })).files).toEqual([]);
    const sha256 = fixture.bare('root256', 'sha256');
    const [other = ''] = writeCommits(sha256, [{ parents: [], entries: file('1\n') }]);
    expect(only(await readDiff(fixture.git, sha256, { to: other })).additions).toBe(1);
  });

  it('tells renames, modes, links, submodules, binary files and missing line feeds', async () => {
    const long = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
    const diff = await diffOf(
      [
        { path: 'old name', content: `${long}\n` },
        { path: 'tool', content: '#!/bin/sh\n' },
        { path: 'turned', content: 'text\n' },
        { path: 'sub', content: 'a'.repeat(40), mode: '160000' },
        { path: 'image', content: Buffer.from([0, 1, 2]) },
        { path: 'end', content: 'one\ntwo' },
        { path: 'gone', content: '' },
      ],
      [
        { path: 'dir/new name', content: `${long}\nmore\n` },
        { path: 'tool', content: '#!/bin/sh\n', mode: '100755' },
        { path: 'turned', content: 'target', mode: '120000' },
        { path: 'sub', content: 'b'.repeat(40), mode: '160000' },
        { path: 'image', content: Buffer.from([0, 1, 3]) },
        { path: 'end', content: 'one\nthree' },
      ],
    );
    const by = new Map(diff.files.map((file) => [file.oldPath, file]));
    expect(by.get('old name')).toMatchObject({
      status: 'R',
      newPath: 'dir/new name',
      additions: 1,
      deletions: 0,
    });
    expect(by.get('old name')?.similarity).toBeGreaterThan(80);
    expect(by.get('tool')).toMatchObject({ status: 'M', oldMode: '100644', newMode: '100755', hunks: [] });
    expect(by.get('turned')).toMatchObject({ status: 'T', newMode: '120000', additions: 1, deletions: 1 });
    expect(linesOf(by.get('turned') as DiffFile)).toEqual(['-text', '+target$']);
    expect(by.get('sub')).toMatchObject({ submodule: true, additions: 1, deletions: 1 });
    expect(by.get('image')).toMatchObject({ binary: true, hunks: [], additions: 0 });
    expect(linesOf(by.get('end') as DiffFile)).toEqual([' one', '-two$', '+three$']);
    expect(by.get('gone')).toMatchObject({ status: 'D', newOid: undefined, newMode: '000000', deletions: 0 });
  });

  it('pairs names of any bytes with their patches, and files without one', async () => {
    const names = ['a b', 'q"uote', 'back\\slash', 'line\nfeed', 'tab\t', 'ünï', '\x01', ' b/ b', 'x'].map(
      (name) => Buffer.from(name),
    );
    const all = [...names, Buffer.from('\xff\xe9', 'latin1')];
    const entries = (end: string) =>
      all.map((path) => ({ path, content: `${path.toString('latin1')}${end}\n` }));
    const diff = await diffOf(
      [...entries(''), { path: 'm', content: 'x y\n' }],
      [...entries('!'), { path: 'm', content: 'x   y\n' }],
      {
        ignoreWhitespace: true,
      },
    );
    expect(diff.files).toHaveLength(all.length + 1);
    for (const file of diff.files) {
      const isSpace = file.newPath === 'm';
      expect(file).toMatchObject({ tooLarge: false, additions: isSpace ? 0 : 1, deletions: isSpace ? 0 : 1 });
      const own = file.newPathBytes.toString('latin1').split('\n')[0] ?? '';
      if (!isSpace) expect(file.hunks[0]?.lines[0]?.text.startsWith(own)).toBe(true);
    }
    for (const path of all) {
      const [from, to] = [diff.from, diff.to];
      const found = await readDiff(fixture.git, diff.dir, { from, to, paths: [path] });
      expect(found.files.map((file) => file.newPathBytes.toString('latin1'))).toEqual([
        path.toString('latin1'),
      ]);
    }
  });

  it('keeps line ends and encodings, and cuts lines of megabytes with a mark', async () => {
    const emoji = '\u{1f600}'.repeat(3000);
    const diff = await diffOf(
      [{ path: 'crlf', content: 'a\r\nb\r\n' }],
      [
        { path: 'crlf', content: 'a\nb\r\n' },
        { path: 'latin', content: Buffer.from('caf\xe9\n', 'latin1') },
        { path: 'long', content: `${'x'.repeat(5_000_000)}\nshort\n` },
        { path: 'wide', content: `${emoji}\n` },
      ],
    );
    const by = new Map(diff.files.map((file) => [file.newPath, file]));
    expect(linesOf(by.get('crlf') as DiffFile)).toEqual(['-a\r', '+a', ' b\r']);
    expect(linesOf(by.get('latin') as DiffFile)).toEqual(['+café']);
    const [long, short] = by.get('long')?.hunks[0]?.lines ?? [];
    expect(long).toMatchObject({ cut: true, text: 'x'.repeat(2000) });
    expect(short).toEqual({ kind: 'add', newNumber: 2, text: 'short' });
    const wide = by.get('wide')?.hunks[0]?.lines[0];
    expect(wide?.cut).toBe(true);
    expect(emoji.startsWith(wide?.text ?? 'no')).toBe(true);
  });

  it('counts what is over its limits and still loads what comes after', async () => {
    const text = (lines: number) => 'line\n'.repeat(lines);
    const entries = [
      { path: 'a-small', content: text(3) },
      { path: 'b-large', content: text(500) },
      { path: 'c-small', content: text(4) },
      { path: 'd-small', content: text(5) },
      { path: 'e-beyond', content: text(6) },
    ];
    const limits = { linesPerFile: 100, loadedFiles: 4, files: 5 };
    const diff = await diffOf([], entries, { limits });
    expect(diff).toMatchObject({ fileCount: 5, additions: 518, complete: false });
    expect(diff.files.map(({ tooLarge, additions, hunks }) => [tooLarge, additions, hunks.length])).toEqual([
      [false, 3, 1],
      [true, 500, 0],
      [false, 4, 1],
      [false, 5, 1],
      [true, 6, 0],
    ]);
    const few = await readDiff(fixture.git, diff.dir, { to: diff.to, limits: { files: 2 } });
    expect(few).toMatchObject({ fileCount: 5, additions: 518, complete: false });
    expect(few.files).toHaveLength(2);
    const many = { loadedFiles: 4, loadedOfMany: 3, linesOfMany: 8 };
    const first = await readDiff(fixture.git, diff.dir, { to: diff.to, limits: many });
    expect(first.files.map((file) => file.tooLarge)).toEqual([false, true, false, true, true]);
    expect(first.files.map((file) => file.additions)).toEqual([3, 500, 4, 5, 6]);
    const bytes = await readDiff(fixture.git, diff.dir, { to: diff.to, limits: { bytes: 40 } });
    expect(bytes.files.map((file) => file.tooLarge)).toEqual([false, true, false, true, true]);
  });

  it('refuses sides that are not there or are no ids', async () => {
    const { dir, to } = await diffOf([], [{ path: 'x', content: '' }]);
    for (const odd of [`${'0'.repeat(39)}1`, '--output=/tmp/x', 'HEAD', ''])
      await expect(readDiff(fixture.git, dir, { from: odd, to })).rejects.toMatchObject({
        code: 'not_found',
      });
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(readDiff(fixture.git, dir, { to, signal })).rejects.toThrow('gone');
  });
});

describe('the parser', () => {
  const LIMITS = {
    files: 100,
    loadedFiles: 100,
    loadedOfMany: 100,
    linesOfMany: 1000,
    linesPerFile: 1000,
    lines: 1000,
    bytes: 1e6,
    lineLength: 100,
  };

  it('gives the same wherever the output is cut into chunks', async () => {
    const { dir, from, to } = await diffOf(
      [
        { path: 'one', content: 'a\nb\nc' },
        { path: 't', content: 'x' },
      ],
      [
        { path: 'two', content: 'a\nb\nc\nd\n' },
        { path: 't', content: 'y', mode: '120000' },
      ],
    );
    const output = native(dir, ['diff-tree', '-r', '-M', '--raw', '-z', '-p', '--full-index', from, to]);
    const parse = (size: number) => {
      const parser = parseDiff(LIMITS);
      for (let at = 0; at < output.length; at += size) parser.push(output.subarray(at, at + size));
      return parser.end();
    };
    const whole = parse(output.length);
    expect(whole.fileCount).toBe(2);
    for (const size of [1, 2, 3, 7, 50, 101]) expect(parse(size)).toEqual(whole);
  });

  it('bears output that ends anywhere', async () => {
    const { dir, from, to } = await diffOf(
      [{ path: 'a', content: '1\n2\n' }],
      [{ path: 'a', content: '1\n3\n' }],
    );
    const output = native(dir, ['diff-tree', '-r', '--raw', '-z', '-p', '--full-index', from, to]);
    for (let length = 0; length < output.length; length++) {
      const parser = parseDiff(LIMITS);
      parser.push(output.subarray(0, length));
      expect(parser.end().files.length).toBeLessThanOrEqual(1);
    }
  });

  it('holds no more of a line than is asked for', () => {
    const found: [string, boolean][] = [];
    const lines = splitLines(4, (line, cut) => found.push([line.toString(), cut]));
    for (const chunk of ['ab', 'cdef', 'gh\n', '\nxy', 'z\nlast']) lines.push(Buffer.from(chunk), 0);
    lines.end();
    expect(found).toEqual([
      ['abcd', true],
      ['', false],
      ['xyz', false],
      ['last', false],
    ]);
  });
});
