// Commits made in a bare repository are those that git itself would make of the same changes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Oid, RepoDir } from '../../../src/platform/git/git.types.ts';
import { pathProblem } from '../../../src/platform/git/path-names.ts';
import { type NewCommit, type TreeChange, writeCommit } from '../../../src/platform/git/write-commit.ts';
import { type Fixture, openFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/' };
const git = (dir: string, ...args: string[]) =>
  execFileSync('git', ['-C', dir, '-c', 'core.fsync=none', ...args], { env, encoding: 'utf8' }).trim();

const WHO = { name: 'Ada', email: 'ada@example.org', time: 1_700_000_000_000, offset: 0 };
const DATE = '1700000000 +0000';

function commitAll(clone: string, message: string): { commit: Oid; tree: Oid } {
  git(clone, 'add', '-A');
  execFileSync('git', ['-C', clone, 'commit', '-q', '--allow-empty', '-m', message], {
    env: {
      ...env,
      GIT_AUTHOR_NAME: WHO.name,
      GIT_AUTHOR_EMAIL: WHO.email,
      GIT_AUTHOR_DATE: DATE,
      GIT_COMMITTER_NAME: WHO.name,
      GIT_COMMITTER_EMAIL: WHO.email,
      GIT_COMMITTER_DATE: DATE,
    },
  });
  return { commit: git(clone, 'rev-parse', 'HEAD'), tree: git(clone, 'rev-parse', 'HEAD^{tree}') };
}

const put = (path: string, content: string, mode: '100644' | '100755' | '120000' = '100644'): TreeChange => ({
  path: Buffer.from(path),
  mode,
  content: Buffer.from(content),
});
const drop = (path: string): TreeChange => ({ path: Buffer.from(path), delete: true });
const move = (from: string, to: string): TreeChange => ({ path: Buffer.from(from), moveTo: Buffer.from(to) });

describe.each(['sha1', 'sha256'] as const)('a commit in a %s repository', (format) => {
  let dir: RepoDir;
  let clone: string;
  let base: Oid;

  const make = (changes: TreeChange[], more: Partial<NewCommit> = {}) =>
    writeCommit(fixture.git, dir, {
      format,
      parents: [base],
      changes,
      author: WHO,
      committer: WHO,
      message: 'change',
      ...more,
    });

  function inClone(path: string, content: string): void {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), content);
  }

  beforeAll(async () => {
    dir = fixture.bare(`write-${format}.git`, format);
    clone = join(fixture.work, `clone-${format}`);
    git(fixture.work, 'init', '-q', '-b', 'main', `--object-format=${format}`, clone);
    git(clone, 'remote', 'add', 'origin', dir);
    for (const path of ['README.md', 'a/x', 'a/y', 'a.b', 'a-b', 'a0/z', 'deep/er/est/file', 'only/one'])
      inClone(path, `${path}\n`);
    symlinkSync('a/x', join(clone, 'link'));
    writeFileSync(join(clone, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    base = commitAll(clone, 'first').commit;
    git(clone, 'push', '-q', 'origin', 'HEAD:refs/heads/main');
  });

  it('is the very commit that git makes of the same changes', async () => {
    const changes = [
      put('README.md', 'new\n'),
      put('brand/new/dir/file.txt', 'hello'),
      put('a', 'a file where a directory was\n'),
      drop('deep/er/est/file'),
      move('only', 'moved/only'),
      move('run.sh', 'bin/run.sh'),
      put('link', 'elsewhere', '120000'),
    ];
    changes.splice(2, 0, drop('a'));
    inClone('README.md', 'new\n');
    inClone('brand/new/dir/file.txt', 'hello');
    rmSync(join(clone, 'a'), { recursive: true });
    inClone('a', 'a file where a directory was\n');
    rmSync(join(clone, 'deep'), { recursive: true });
    mkdirSync(join(clone, 'moved'));
    mkdirSync(join(clone, 'bin'));
    renameSync(join(clone, 'only'), join(clone, 'moved/only'));
    renameSync(join(clone, 'run.sh'), join(clone, 'bin/run.sh'));
    rmSync(join(clone, 'link'));
    symlinkSync('elsewhere', join(clone, 'link'));
    const native = commitAll(clone, 'change');

    const oid = await make(changes);
    expect(git(dir, 'rev-parse', `${oid}^{tree}`)).toBe(native.tree);
    expect(oid).toBe(native.commit);
    expect(git(dir, 'rev-parse', 'refs/heads/main')).toBe(base);
    expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
    git(clone, 'reset', '-q', '--hard', base);
  });

  it('begins a history where there is none, also with no file', async () => {
    const oid = await make([put('dir/first', '1')], { parents: [] });
    expect(git(dir, 'ls-tree', '-r', '--name-only', oid)).toBe('dir/first');
    const empty = await make([], { parents: [] });
    expect(git(dir, 'ls-tree', '-r', empty)).toBe('');
  });

  it('holds names in any bytes and sorts them as git does', async () => {
    const odd = Buffer.from([0xff, 0xfe, 0x0a, 0x22, 0x3c]);
    const oid = await make([
      { path: odd, mode: '100644', content: Buffer.from('odd') },
      put('a-', 'x'),
      put('a!/b', 'y'),
    ]);
    const raw = execFileSync('git', ['-C', dir, 'ls-tree', '-z', '--name-only', oid], { env });
    expect(raw.includes(Buffer.concat([odd, Buffer.from([0])]))).toBe(true);
    expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('takes an object that is there, and removes directories that become empty', async () => {
    const blob = git(dir, 'rev-parse', `${base}:a/x`);
    const oid = await make([
      { path: Buffer.from('copy'), mode: '100755', oid: blob },
      drop('deep/er/est/file'),
    ]);
    expect(git(dir, 'ls-tree', oid, 'copy')).toBe(`100755 blob ${blob}\tcopy`);
    expect(git(dir, 'ls-tree', oid, 'deep')).toBe('');
  });

  it('refuses what cannot be: a directory in a file, a file in a directory, what is missing', async () => {
    const refusal = (changes: TreeChange[]) => expect(make(changes)).rejects;
    await refusal([put('README.md/x', '')]).toThrow('"README.md" is a file, not a directory.');
    await refusal([put('a', '')]).toThrow('"a" is a directory.');
    await refusal([drop('missing')]).toThrow('"missing" does not exist.');
    await refusal([drop('README.md/x')]).toThrow('does not exist');
    await refusal([move('a/x', 'a/y')]).toThrow('"a/y" exists already.');
    await refusal([put('link/x', '')]).toThrow('"link" is a file');
  });

  it('writes a header line that nobody breaks out of', async () => {
    const author = { ...WHO, name: 'Eve\ncommitter <x> 0', email: 'e>\nparent@x', offset: -330 };
    const oid = await make([], { author, message: 'subject\n\n<b>body\0</b>\n\n' });
    const text = git(dir, 'cat-file', 'commit', oid);
    expect(text).toContain('author Evecommitter x 0 <eparent@x> 1700000000 -0530\n');
    expect(text.endsWith('subject\n\n<b>body</b>')).toBe(true);
    expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('stores a hundred files of some size by one process', async () => {
    const changes = Array.from({ length: 100 }, (_, index) =>
      put(`many/${index}`, `${index}`.repeat(20_000)),
    );
    const oid = await make(changes);
    expect(git(dir, 'ls-tree', '-r', '--name-only', oid, 'many/').split('\n')).toHaveLength(100);
    expect(readdirSync(join(dir, 'objects')).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });
});

describe('names that would lead a checkout into its own .git', () => {
  it.each([
    '.git',
    '.GIT/config',
    'a/.Git/hooks/post-checkout',
    'git~1',
    'GIT~1/config',
    '.git. ',
    '.git::$INDEX_ALLOCATION/x',
    '.git\u200c/x',
    '.g\u200eit',
    'a\\.git\\config',
    '..',
    'a/../b',
    './a',
    '/abs',
    'a//b',
    'a/',
    '',
    'a\0b',
  ])('%j is refused', (path) => {
    expect(pathProblem(Buffer.from(path))).toBeDefined();
  });

  it.each([
    '.gitignore',
    '.gitmodules',
    'git',
    'git~2',
    '.gitx',
    '...',
    '-rf',
    '<script>',
    'a b',
    '.github/x',
  ])('%j is a name as any other', (path) => {
    expect(pathProblem(Buffer.from(path))).toBeUndefined();
  });

  it.each(['.gitmodules', '.GITMODULES', 'gitmod~1', '.gitmodules .', 'gi7eba~1'])(
    'a symbolic link %j is refused, as git does',
    (path) => {
      expect(pathProblem(Buffer.from(path), true)).toBeDefined();
    },
  );
});
