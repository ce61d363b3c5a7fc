// Merges and rebases in a bare repository are, object by object, what git itself makes in a work tree.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Oid, RepoDir } from '../../../src/platform/git/git.types.ts';
import { mergeCommits, UnrelatedHistories } from '../../../src/platform/git/merge-commits.ts';
import { listCommitsToRebase, rebaseCommits } from '../../../src/platform/git/rebase-commits.ts';
import { type Fixture, openFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const COMMITTER = { name: 'Merle Merger', email: 'merle@example.org', time: 1_700_009_999_000, offset: 0 };
const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  HOME: '/',
  TZ: 'UTC',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: COMMITTER.name,
  GIT_COMMITTER_EMAIL: COMMITTER.email,
  GIT_COMMITTER_DATE: '1700009999 +0000',
};
const git = (dir: string, args: string[], more: Record<string, string> = {}, input?: Buffer) =>
  execFileSync('git', ['-C', dir, '-c', 'core.fsync=none', ...args], {
    env: { ...env, ...more },
    ...(input ? { input } : {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
    .toString()
    .trim();

let count = 0;
interface Place {
  dir: RepoDir;
  work: string;
  format: 'sha1' | 'sha256';
  commit(files: Record<string, string | null>, message?: string | Buffer, more?: string[]): Oid;
  push(): void;
}

function place(format: 'sha1' | 'sha256' = 'sha1'): Place {
  const name = `rebase-${count++}`;
  const dir = fixture.bare(`${name}.git`, format);
  const work = join(fixture.work, name);
  git(fixture.work, ['init', '-q', '-b', 'main', `--object-format=${format}`, work]);
  git(work, ['remote', 'add', 'origin', dir]);
  let time = 1_700_000_000;
  const commit: Place['commit'] = (files, message = 'change', more = []) => {
    for (const [path, content] of Object.entries(files)) {
      const full = join(work, path);
      if (content === null) rmSync(full);
      else {
        mkdirSync(dirname(full), { recursive: true });
        writeFileSync(full, content);
      }
    }
    git(work, ['add', '-A']);
    time += 60;
    const when = { GIT_AUTHOR_DATE: `${time} +0530`, GIT_COMMITTER_DATE: `${time} +0000` };
    const args = [
      ...more,
      'commit',
      '-q',
      '--allow-empty',
      '--allow-empty-message',
      '--cleanup=verbatim',
      '-F',
      '-',
    ];
    git(work, args, when, Buffer.from(message));
    return git(work, ['rev-parse', 'HEAD']);
  };
  return { dir, work, format, commit, push: () => void git(work, ['push', '-q', '--all', '--force']) };
}

const lines = (count: number, change: Record<number, string> = {}) =>
  Array.from({ length: count }, (_, at) => change[at] ?? `line ${at}`).join('\n');

async function rebaseBoth(at: Place, onto: Oid, head: Oid): Promise<{ ours: unknown; theirs: string }> {
  at.push();
  const commits = await listCommitsToRebase(fixture.git, at.dir, { onto, head });
  const ours = await rebaseCommits(fixture.git, at.dir, {
    format: at.format,
    onto,
    commits,
    committer: COMMITTER,
  });
  git(at.work, ['checkout', '-q', '--detach', head]);
  const done = spawnSync('git', ['-C', at.work, 'rebase', '-q', onto], { env });
  const theirs = done.status === 0 ? git(at.work, ['rev-parse', 'HEAD']) : 'conflict';
  if (done.status !== 0) git(at.work, ['rebase', '--abort']);
  return { ours: 'tip' in ours ? ours.tip : 'conflict', theirs };
}

describe.each(['sha1', 'sha256'] as const)('rebasing in a %s repository', (format) => {
  it('makes the commits that git rebase makes, merges left out', async () => {
    const at = place(format);
    const base = at.commit({ 'a.txt': lines(30), 'dir/b.txt': 'b\n' });
    git(at.work, ['branch', 'side']);
    at.commit({ 'a.txt': lines(30, { 2: 'on main' }) });
    const onto = at.commit({ 'dir/new.txt': 'new\n' });
    git(at.work, ['checkout', '-q', 'side']);
    at.commit({ 'a.txt': lines(30, { 25: 'on the side' }) }, 'One\n\nwith a body\n\n\n');
    git(at.work, ['branch', 'other', base]);
    git(at.work, ['checkout', '-q', 'other']);
    at.commit({ 'other.txt': 'other\n' }, 'Other');
    git(at.work, ['checkout', '-q', 'side']);
    git(at.work, ['merge', '-q', '--no-ff', '-m', 'merge', 'other']);
    const head = at.commit({ 'dir/b.txt': null, 'dir/c.txt': 'b\n' }, 'Rename');
    const { ours, theirs } = await rebaseBoth(at, onto, head);
    expect(ours).toBe(theirs);
    expect(git(at.dir, ['rev-list', '--count', `${onto}..${ours}`])).toBe('3');
    expect(git(at.dir, ['fsck', '--connectivity-only', String(ours)])).not.toMatch(/missing|broken/);
  });

  it('keeps odd messages, authors and encodings as git does', async () => {
    const at = place(format);
    at.commit({ 'a.txt': lines(30) });
    git(at.work, ['branch', 'side']);
    const onto = at.commit({ 'b.txt': 'main\n' });
    git(at.work, ['checkout', '-q', 'side']);
    at.commit({ '1': '1' }, 'no line end');
    at.commit({ '2': '2' }, '\n  \n\nblank lines before, and after  \n\n\n');
    at.commit({ '3': '3' }, Buffer.from('Gr\xfc\xdfe in Latin-1\n', 'latin1'), [
      '-c',
      'i18n.commitEncoding=ISO-8859-1',
    ]);
    at.commit({ '4': '4' }, Buffer.from('no \xfc UTF-8 \xe4 and no encoding\n', 'latin1'));
    at.commit({ '5': '5' }, '');
    at.commit({ '6': '6' }, '# not a comment\n\ntext\n\nCo-authored-by: Bo <bo@example.org>\n');
    at.commit({}, 'empty from its beginning');
    const head = at.commit({ '7': '7' }, 'Grüße 🎉\n', ['-c', 'user.name=Ädä "quoted" .']);
    const { ours, theirs } = await rebaseBoth(at, onto, head);
    expect(ours).toBe(theirs);
  });

  it('leaves out what the other side has as a patch, and what changes nothing any more', async () => {
    const at = place(format);
    at.commit({ 'a.txt': lines(30) });
    git(at.work, ['branch', 'side']);
    git(at.work, ['checkout', '-q', 'side']);
    const picked = at.commit({ 'a.txt': lines(30, { 3: 'picked' }) }, 'Picked');
    at.commit({ 'x.txt': 'x\n' }, 'Made there in two');
    const head = at.commit({ 'y.txt': 'y\n' }, 'Stays');
    git(at.work, ['checkout', '-q', 'main']);
    git(at.work, ['cherry-pick', picked]);
    at.commit({ 'a.txt': lines(30, { 3: 'picked, then changed' }) });
    const onto = at.commit({ 'x.txt': 'x\n', 'z.txt': 'z\n' });
    const { ours, theirs } = await rebaseBoth(at, onto, head);
    expect(ours).toBe(theirs);
    expect(git(at.dir, ['rev-list', '--count', `${onto}..${ours}`])).toBe('1');
  });

  it('leaves commits alone that are on top already', async () => {
    const at = place(format);
    const onto = at.commit({ 'a.txt': 'a\n' });
    const head = at.commit({ 'b.txt': 'b\n' });
    const { ours, theirs } = await rebaseBoth(at, onto, head);
    expect([ours, theirs]).toEqual([head, head]);
  });

  it('puts many commits on top, of files that nobody else changed, moved and removed among them', async () => {
    const at = place(format);
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`d${i % 5}/e${i % 3}/f${i}.txt`, lines(12, { 0: `${i}` })]),
    );
    at.commit({ ...files, 'd0.txt': 'beside\n', 'only/here.txt': 'alone\n' });
    git(at.work, ['branch', 'side']);
    at.commit({ 'd1/e1/f1.txt': lines(12, { 0: 'main' }), 'd0-main.txt': 'sorts before d0/\n' });
    git(at.work, ['mv', 'd4', 'moved']);
    const onto = at.commit({ 'd2/new.txt': 'new\n' });
    git(at.work, ['checkout', '-q', 'side']);
    let head = onto;
    for (let i = 0; i < 45; i++) {
      const at5 = `d${i % 4}/e${i % 3}`;
      head = at.commit({ [`${at5}/added${i}.txt`]: `${i}\n`, [`${at5}.x/${i}.txt`]: `${i}\n` }, `Add ${i}`);
    }
    at.commit({ 'only/here.txt': null }, 'Nothing is left of a directory');
    at.commit({ 'd4/e1/f4.txt': lines(12, { 0: '4', 11: 'of a file that moved' }) });
    head = at.commit({ 'd1/e1/f1.txt': lines(12, { 0: '1', 11: 'both' }) }, 'Both changed it');
    const { ours, theirs } = await rebaseBoth(at, onto, head);
    expect(ours).toBe(theirs);
    expect(git(at.dir, ['fsck', '--connectivity-only', String(ours)])).not.toMatch(/missing|broken/);
  });

  it('leaves to git what is added to a directory that the other side moved', async () => {
    const at = place(format);
    at.commit({ 'old/a.txt': lines(12), 'old/b.txt': lines(14) });
    git(at.work, ['branch', 'side']);
    git(at.work, ['mv', 'old', 'new']);
    const onto = at.commit({}, 'Move');
    git(at.work, ['checkout', '-q', 'side']);
    at.commit({ 'beside.txt': 'plain\n' });
    const head = at.commit({ 'old/c.txt': 'git is not sure where this belongs\n' });
    expect(await rebaseBoth(at, onto, head)).toEqual({ ours: 'conflict', theirs: 'conflict' });
  });

  it('takes histories that begin anew', async () => {
    const at = place(format);
    const onto = at.commit({ 'a.txt': 'a\n' });
    git(at.work, ['checkout', '-q', '--orphan', 'side']);
    at.commit({ 'a.txt': 'a\n', 'b.txt': 'b\n' }, 'Root');
    const head = at.commit({ 'c.txt': 'c\n' }, 'Second');
    const { ours, theirs } = await rebaseBoth(at, onto, head);
    expect(ours).toBe(theirs);
  });

  it('names the commit and the paths in conflict', async () => {
    const at = place(format);
    at.commit({ 'a.txt': lines(30) });
    git(at.work, ['branch', 'side']);
    const onto = at.commit({ 'a.txt': lines(30, { 3: 'main' }) });
    git(at.work, ['checkout', '-q', 'side']);
    at.commit({ 'b.txt': 'fine\n' });
    const bad = at.commit({ 'a.txt': lines(30, { 3: 'side' }) });
    at.push();
    const commits = await listCommitsToRebase(fixture.git, at.dir, { onto, head: bad });
    const found = await rebaseCommits(fixture.git, at.dir, { format, onto, commits, committer: COMMITTER });
    if (!('conflict' in found)) throw new Error('no conflict');
    expect(found.conflict.commit).toBe(bad);
    expect(found.conflict.conflicts.map(({ path }) => path.toString())).toEqual(['a.txt']);
  });

  it('refuses histories without a common commit as git merge does', async () => {
    const at = place(format);
    const one = at.commit({ 'a.txt': 'a\n' });
    git(at.work, ['checkout', '-q', '--orphan', 'side']);
    const other = at.commit({ 'b.txt': 'b\n' });
    at.push();
    const merging = mergeCommits(fixture.git, at.dir, { ours: one, theirs: other });
    await expect(merging).rejects.toBeInstanceOf(UnrelatedHistories);
  });
});

/** A generator of numbers that is the same on every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe('random histories', () => {
  it.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'are merged and rebased as by git: %i',
    async (seed) => {
      const next = numbers(seed);
      const pick = (most: number) => Math.floor(next() * most);
      const at = place();
      const change = () => {
        const path = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/d.txt', `new/${pick(4)}.txt`][pick(5)] ?? 'a.txt';
        return {
          [path]: lines(40, { [pick(40)]: `changed ${pick(1000)}`, [pick(40)]: `and ${pick(1000)}` }),
        };
      };
      const move = () => {
        const [from, to] =
          [
            ['a.txt', `moved/${pick(3)}.txt`],
            ['dir/c.txt', 'e.txt'],
          ][pick(2)] ?? [];
        return spawnSync('sh', ['-c', `mkdir -p moved && git mv -f ${from} ${to}`], { cwd: at.work, env });
      };
      at.commit({ 'a.txt': lines(40), 'b.txt': lines(35), 'dir/c.txt': lines(45), 'dir/d.txt': lines(30) });
      git(at.work, ['branch', 'side']);
      const grow = (branch: string) => {
        git(at.work, ['checkout', '-q', branch]);
        for (let left = 1 + pick(4); left > 0; left--) {
          if (pick(4) === 0) move();
          at.commit(pick(5) === 0 ? {} : change(), `Change ${pick(100)}\n`);
        }
      };
      grow('main');
      grow('side');
      if (pick(2) === 0) {
        // Histories that crossed have several merge bases.
        const [main, side] = ['main', 'side'].map((name) => git(at.work, ['rev-parse', name]));
        for (const [branch, other] of [
          ['main', side],
          ['side', main],
        ]) {
          git(at.work, ['checkout', '-q', String(branch)]);
          const merge = spawnSync('git', ['-C', at.work, 'merge', '-q', '--no-edit', String(other)], { env });
          if (merge.status !== 0) git(at.work, ['merge', '--abort']);
        }
        grow('side');
        grow('main');
      }
      at.push();
      const [main, side] = ['main', 'side'].map((name) => git(at.work, ['rev-parse', name])) as [Oid, Oid];
      const merged = await mergeCommits(fixture.git, at.dir, { ours: main, theirs: side });
      git(at.work, ['checkout', '-q', '--detach', main]);
      const native = spawnSync('git', ['-C', at.work, 'merge', '-q', '--no-ff', '-m', 'x', side], { env });
      const expected = native.status === 0 ? git(at.work, ['rev-parse', 'HEAD^{tree}']) : 'conflict';
      if (native.status !== 0) git(at.work, ['merge', '--abort']);
      expect('tree' in merged ? merged.tree : 'conflict').toBe(expected);
      const { ours, theirs } = await rebaseBoth(at, main, side);
      expect(ours).toBe(theirs);
    },
  );
});
