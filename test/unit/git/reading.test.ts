// Objects and refs read from real repositories, while they change under the reader.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Git, RepoDir } from '../../../src/platform/git/git.types.ts';
import { parseCommit } from '../../../src/platform/git/parse-commit.ts';
import { isValidRefName } from '../../../src/platform/git/ref-names.ts';
import { readHead } from '../../../src/platform/git/refs.ts';
import { type Fixture, nativeText as native, openFixture } from './fixture.ts';

let fixture: Fixture;
let git: Git;

beforeAll(async () => {
  fixture = await openFixture();
  git = fixture.git;
});
afterAll(() => fixture.close());

/** Commits one file to a ref and returns the commit's id. */
function commit(dir: RepoDir, ref: string, content: string): string {
  const blob = native(dir, ['hash-object', '-w', '--stdin'], content);
  const tree = native(dir, ['mktree'], `100644 blob ${blob}\tfile\n`);
  const oid = native(dir, ['commit-tree', tree, '-m', content]);
  native(dir, ['update-ref', ref, oid]);
  return oid;
}

/** The processes whose repository is `dir`. */
function processesOn(dir: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && environmentOf(pid).includes(`GIT_DIR=${dir}\0`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

describe.each(['sha1', 'sha256'] as const)('objects of a %s repository', (format) => {
  it('reads commits, trees and blobs, and what was just pushed', async () => {
    const dir = fixture.bare(`objects-${format}`, format);
    const first = commit(dir, 'refs/heads/main', 'one');
    const objects = git.objects(dir);
    const found = await objects.commit('refs/heads/main');
    expect(found).toMatchObject({ oid: first, message: 'one\n', parents: [] });
    const [entry] = await objects.tree(found?.tree ?? '');
    expect(entry).toMatchObject({ name: 'file', mode: '100644', type: 'blob' });
    expect((await objects.read(entry?.oid ?? ''))?.data.toString()).toBe('one');
    const second = commit(dir, 'refs/heads/main', 'two');
    expect((await objects.commit('refs/heads/main'))?.oid).toBe(second);
  });
});

describe('objects', () => {
  it('answers many requests at once in their order', async () => {
    const dir = fixture.bare('many');
    const blobs = Array.from({ length: 200 }, (_, i) => `content ${i} ${'x'.repeat(i * 37)}`);
    const oids = blobs.map((text) => native(dir, ['hash-object', '-w', '--stdin'], text));
    const objects = git.objects(dir);
    const read = await Promise.all(oids.map((oid) => objects.read(oid)));
    expect(read.map((object) => object?.data.toString())).toEqual(blobs);
  });

  it('answers undefined for what is missing, and is not confused by odd names', async () => {
    const dir = fixture.bare('missing');
    const oid = commit(dir, 'refs/heads/main', 'x');
    const objects = git.objects(dir);
    expect(await objects.info('0'.repeat(40))).toBeUndefined();
    expect(await objects.info('refs/heads/no such')).toBeUndefined();
    expect(await objects.info(`${oid}\ncontents ${oid}`)).toBeUndefined();
    expect(await objects.info('')).toBeUndefined();
    expect((await objects.info(oid))?.type).toBe('commit');
  });

  it('refuses an object over the limit without reading it', async () => {
    const dir = fixture.bare('large');
    const oid = native(dir, ['hash-object', '-w', '--stdin'], 'y'.repeat(5000));
    await expect(git.objects(dir).read(oid, 4999)).rejects.toMatchObject({ code: 'too_large' });
    expect((await git.objects(dir).read(oid, 5000))?.size).toBe(5000);
  });

  it('survives a repack, and the death of its process', async () => {
    const dir = fixture.bare('repacked');
    const oid = commit(dir, 'refs/heads/main', 'x');
    const objects = git.objects(dir);
    await objects.info(oid);
    native(dir, ['repack', '-adq']);
    expect((await objects.info('refs/heads/main'))?.oid).toBe(oid);
    for (const pid of processesOn(dir)) process.kill(pid, 'SIGKILL');
    expect((await objects.info(oid))?.oid).toBe(oid);
  });

  it('follows annotated tags to their commit', async () => {
    const dir = fixture.bare('tags');
    const oid = commit(dir, 'refs/heads/main', 'x');
    native(dir, ['tag', '-a', '-m', 'release', 'v1', oid]);
    native(dir, ['tag', '-a', '-m', 'again', 'v2', 'v1']);
    expect((await git.objects(dir).commit('refs/tags/v2'))?.oid).toBe(oid);
  });
});

describe('commits', () => {
  it('keep signatures, decode old encodings and bear broken dates', () => {
    const text =
      'tree 1\nparent 2\nparent 3\nauthor Jos\xe9 <j@x> 1700000000 -0530\ncommitter C <> notadate\nencoding ISO-8859-1\ngpgsig -----BEGIN\n line\n -----END\n\ncaf\xe9\n\nbody';
    const found = parseCommit('0', Buffer.from(text, 'latin1'));
    expect(found.author).toEqual({ name: 'José', email: 'j@x', time: 1_700_000_000_000, offset: -330 });
    expect(found.committer.time).toBe(0);
    expect(found.message).toBe('café\n\nbody');
    expect(found.parents).toEqual(['2', '3']);
    expect(found.signature).toBe('-----BEGIN\nline\n-----END');
  });
});

describe('refs', () => {
  it('are the same as for-each-ref lists, packed and loose mixed', async () => {
    const dir = fixture.bare('refs');
    const first = commit(dir, 'refs/heads/main', 'x');
    const lines = Array.from({ length: 3000 }, (_, i) => `create refs/heads/f/${i} ${first}`).join('\n');
    native(dir, ['update-ref', '--stdin'], `${lines}\n`);
    native(dir, ['tag', '-a', '-m', 't', 'v1', first]);
    native(dir, ['pack-refs', '--all']);
    commit(dir, 'refs/heads/f/7', 'newer');
    native(dir, ['update-ref', 'refs/heads/ünï/ä', first]);
    native(dir, ['update-ref', '-d', 'refs/heads/f/8']);
    const listed = native(dir, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/']);
    const read = await git.refs(dir, 'refs/heads/');
    expect(read.map((ref) => `${ref.oid} ${ref.name}`).join('\n')).toBe(listed);
    expect((await git.refs(dir, 'refs/tags/'))[0]?.peeled).toBe(first);
    expect(await git.ref(dir, 'refs/heads/f/8')).toBeUndefined();
    expect(await git.ref(dir, 'HEAD')).toBe(first);
    expect(await readHead(dir)).toBe('refs/heads/main');
  });

  it('are not read from outside of the repository', async () => {
    const dir = fixture.bare('tricks');
    const oid = commit(dir, 'refs/heads/main', 'x');
    writeFileSync(join(fixture.work, 'outside'), `${oid}\n`);
    for (const name of [
      '../outside',
      'refs/heads/../../../outside',
      'refs/../../outside',
      '/etc/passwd',
      'config',
      'refs/heads/main\0',
    ])
      expect(await git.ref(dir, name), name).toBeUndefined();
  });

  it.each(['refs/heads/main', 'refs/heads/a/b', 'refs/heads/ü'])('accept %s', (name) =>
    expect(isValidRefName(name)).toBe(true),
  );
  it.each([
    'refs/heads/.a',
    'refs/heads/a..b',
    'refs/heads/a.lock',
    'refs//a',
    'refs/heads/',
    'refs/a b',
    'refs/a\\b',
    'refs/@{x',
    'main',
  ])('refuse %s', (name) => expect(isValidRefName(name)).toBe(false));
});
