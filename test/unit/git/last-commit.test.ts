// The last commit of each entry, compared with `git rev-list -1 -- path` on histories made at random from a fixed seed.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { murmur3, pathKey } from '../../../src/platform/git/changed-paths.ts';
import { openCommitGraph } from '../../../src/platform/git/commit-graph.ts';
import type { Oid, RepoDir } from '../../../src/platform/git/git.types.ts';
import { walkLastCommits } from '../../../src/platform/git/last-commit/last-commit.ts';
import { type Fixture, native, nativeText, openFixture, writeCommits } from './fixture.ts';
import { makeHistory } from './random-history.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => fixture.close());

/** What git says: one process per entry. */
function expected(dir: RepoDir, commit: Oid, path: Buffer): Map<string, Oid> {
  const spec = path.length > 0 ? [`${commit}:${path.toString('utf8')}`] : [commit];
  const names = native(dir, ['ls-tree', '-z', '--name-only', ...spec])
    .toString('latin1')
    .split('\0')
    .slice(0, -1);
  return new Map(
    names.map((name) => {
      const full = Buffer.concat([
        path,
        Buffer.from(path.length > 0 ? '/' : ''),
        Buffer.from(name, 'latin1'),
      ]);
      const odd = full.includes(10) || full.at(-1) === 13;
      const input = odd ? '' : Buffer.concat([Buffer.from(`${commit}\n--\n`), full, Buffer.from('\n')]);
      const args = odd ? [commit, '--', full.toString('utf8')] : ['--stdin'];
      return [name, nativeText(dir, ['--literal-pathspecs', 'rev-list', '-1', ...args], input)] as const;
    }),
  );
}

const DIRECTORIES = ['', 'dir', 'dir/deep', 'x', '日'].map((path) => Buffer.from(path));

function sorted(entries: ReadonlyMap<string, Oid>): [string, Oid][] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function walk(dir: RepoDir, commit: Oid, path: Buffer, more: object = {}) {
  return walkLastCommits({ dir, objects: fixture.git.objects(dir) }, { commit, path, ...more });
}

function isDirectory(dir: RepoDir, commit: Oid, path: Buffer): boolean {
  if (path.length === 0) return true;
  const [line = ''] = nativeText(dir, ['ls-tree', commit, path.toString('utf8')]).split('\n');
  return line.startsWith('040000 tree');
}

const GRAPHS: Record<string, (dir: RepoDir, oids: Oid[]) => void> = {
  'without a commit-graph': () => {},
  'with a graph and Bloom filters': (dir) =>
    void native(dir, ['commit-graph', 'write', '--reachable', '--changed-paths']),
  'with a graph without filters': (dir) => void native(dir, ['commit-graph', 'write', '--reachable']),
  'with a graph of the older half': (dir, oids) =>
    void native(
      dir,
      ['commit-graph', 'write', '--stdin-commits', '--changed-paths'],
      `${oids[oids.length >> 1]}\n`,
    ),
  'with a chain of graphs': (dir, oids) => {
    for (const at of [0.3, 0.5, 0.8]) {
      const upTo = `${oids[Math.floor(oids.length * at)]}\n`;
      const split = ['--split=no-merge', ...(at === 0.5 ? ['--no-changed-paths'] : ['--changed-paths'])];
      native(dir, ['commit-graph', 'write', '--stdin-commits', ...split], upTo);
    }
  },
};

describe.each([
  [1, 'sha1'],
  [2, 'sha1'],
  [3, 'sha256'],
] as const)('last commits of history %i in %s', (seed, format) => {
  let plain: RepoDir;
  let oids: Oid[];
  let answers: { commit: Oid; path: Buffer; entries: Map<string, Oid> }[];
  beforeAll(() => {
    plain = fixture.bare(`history-${seed}`, format);
    oids = writeCommits(plain, makeHistory(seed, 220, format));
    const asked = [oids.length - 1, oids.length - 30].map((index) => oids[index] ?? '');
    answers = asked.flatMap((commit) =>
      DIRECTORIES.filter((path) => isDirectory(plain, commit, path)).map((path) => ({
        commit,
        path,
        entries: expected(plain, commit, path),
      })),
    );
  });

  it.each(Object.entries(GRAPHS))('are those of git %s', async (name, prepare) => {
    const dir = join(fixture.work, `history-${seed}-${name.replaceAll(' ', '-')}`) as RepoDir;
    cpSync(plain, dir, { recursive: true });
    prepare(dir, oids);
    expect(answers.length).toBeGreaterThan(3);
    for (const { commit, path, entries } of answers) {
      const answer = await walk(dir, commit, path);
      expect(answer.complete).toBe(true);
      expect(sorted(answer.entries), path.toString()).toEqual(sorted(entries));
    }
    await fixture.git.forget(dir);
    rmSync(dir, { recursive: true });
  });

  it('are advanced from any earlier answer, whether an ancestor or not', async () => {
    const commit = oids.at(-1) ?? '';
    const root = Buffer.alloc(0);
    const entries = answers[0]?.entries ?? new Map();
    for (const earlier of [oids[40], oids[150], oids.at(-2), commit]) {
      const known = await walk(plain, earlier ?? '', root);
      const advanced = await walk(plain, commit, root, {
        known: { commit: earlier, entries: known.entries },
      });
      expect(sorted(advanced.entries)).toEqual(sorted(entries));
    }
  });

  it('are complete after as many resumptions as it takes', async () => {
    const commit = oids.at(-1) ?? '';
    // Time flies: each step is over its slice, so that each call makes one step.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    let answer = await walk(plain, commit, Buffer.alloc(0), { deadline: 1 });
    let resumptions = 0;
    for (; resumptions < 500 && !answer.complete; resumptions++) {
      answer = await walk(plain, commit, Buffer.alloc(0), { resume: answer.rest, deadline: 1 });
    }
    clock.mockRestore();
    expect(resumptions).toBeGreaterThan(5);
    expect(answer.complete).toBe(true);
    expect(sorted(answer.entries)).toEqual(sorted(answers[0]?.entries ?? new Map()));
  });
});

describe('last commits', () => {
  it('refuse a directory or commit that does not exist', async () => {
    const dir = fixture.bare('refused');
    const [commit = ''] = writeCommits(dir, [{ parents: [], entries: [{ path: 'file', content: '' }] }]);
    await expect(walk(dir, commit, Buffer.from('file'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(walk(dir, commit, Buffer.from('no'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(walk(dir, 'f'.repeat(40), Buffer.alloc(0))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('ignore a graph that is damaged rather than believe it', async () => {
    const dir = fixture.bare('damaged');
    const [commit = ''] = writeCommits(dir, [{ parents: [], entries: [{ path: 'file', content: '' }] }]);
    native(dir, ['commit-graph', 'write', '--reachable', '--changed-paths']);
    const path = join(dir, 'objects/info/commit-graph');
    const whole = readFileSync(path);
    rmSync(path);
    for (let length = 0; length < whole.length; length += 37) {
      writeFileSync(path, whole.subarray(0, length));
      expect((await walk(dir, commit, Buffer.alloc(0))).entries.get('file')).toBe(commit);
    }
    writeFileSync(path, whole);
    expect(openCommitGraph(dir)?.count).toBe(1);
  });

  it('stop when aborted', async () => {
    const dir = fixture.bare('aborted');
    const [commit = ''] = writeCommits(dir, [{ parents: [], entries: [{ path: 'file', content: '' }] }]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(walk(dir, commit, Buffer.alloc(0), { signal })).rejects.toThrow('enough');
  });
});

describe('changed paths', () => {
  it('are hashed as the format says', () => {
    // Test vectors of git's own t0095-bloom.
    expect(murmur3(Buffer.from(''), 0)).toBe(0x00000000);
    expect(murmur3(Buffer.from('Hello world!'), 0)).toBe(0x627b0c2c);
    expect(murmur3(Buffer.from('The quick brown fox jumps over the lazy dog'), 0)).toBe(0x2e4ff723);
  });

  it('leave names beyond ASCII open in version 1, whose hash depends on the machine', () => {
    expect(pathKey(Buffer.from('é'), 1)).toBeUndefined();
    expect(pathKey(Buffer.from('é'), 2)).toBeDefined();
  });
});
