// Lists and counts of commits, compared with git's own on random histories.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countAheadBehind } from '../../../src/platform/git/ahead-behind.ts';
import type { Oid, RepoDir } from '../../../src/platform/git/git.types.ts';
import {
  containsCommit,
  countCommits,
  listCommits,
  listCommitsBetween,
  mergeBase,
} from '../../../src/platform/git/history.ts';
import { type Fixture, native, nativeText, openFixture, writeCommits } from './fixture.ts';
import { makeHistory } from './random-history.ts';

let fixture: Fixture;
let dir: RepoDir;
let oids: Oid[];
beforeAll(async () => {
  fixture = await openFixture();
  dir = fixture.bare('history');
  oids = writeCommits(dir, makeHistory(11, 250));
});
afterAll(async () => fixture.close());

async function allPages(from: Oid, limit: number, path?: Buffer): Promise<Oid[]> {
  const found: Oid[] = [];
  let cursor: string | undefined;
  do {
    const page = await listCommits(fixture.git, dir, {
      from,
      limit,
      ...(path ? { path } : {}),
      ...(cursor ? { cursor } : {}),
    });
    expect(page.commits.length).toBeLessThanOrEqual(limit);
    found.push(...page.commits.map((commit) => commit.oid));
    cursor = page.next;
  } while (cursor);
  return found;
}

describe('commits', () => {
  it('come page by page as git lists them', async () => {
    const tip = oids.at(-1) ?? '';
    const all = nativeText(dir, ['rev-list', tip]).split('\n');
    expect(await allPages(tip, 17)).toEqual(all);
    expect(await allPages(tip, all.length)).toEqual(all);
    expect(await countCommits(fixture.git, dir, tip)).toBe(all.length);
    native(dir, ['update-ref', 'refs/heads/main', tip]);
    native(dir, ['repack', '-adbq']);
    expect(await countCommits(fixture.git, dir, tip)).toBe(all.length);
  });

  it.each(['a', 'dir', 'dir/deep/e', 'ü', 'line\nfeed', ' dir/\r', '*', ':(glob)**', 'no/such'])(
    'of %j are those git lists',
    async (path) => {
      const tip = oids.at(-1) ?? '';
      const all = nativeText(dir, ['--literal-pathspecs', 'rev-list', tip, '--', path])
        .split('\n')
        .filter(Boolean);
      expect(await allPages(tip, 5, Buffer.from(path))).toEqual(all);
    },
  );

  it('of a path that is not UTF-8 are found', async () => {
    const tip = oids.at(-1) ?? '';
    const bytes = Buffer.from('\xff\xfe', 'latin1');
    const expected = nativeText(
      dir,
      ['rev-list', '--stdin'],
      Buffer.concat([Buffer.from(`${tip}\n--\n`), bytes, Buffer.from('\n')]),
    );
    expect((await allPages(tip, 50, bytes)).join('\n')).toBe(expected);
    expect(expected).not.toBe('');
  });

  it('are not looked for by anything but an id, a path and a cursor that a page gave', async () => {
    const from = oids[0] ?? '';
    for (const odd of ['--all', 'HEAD', `${from}\n--all`, '', `^${from}`])
      await expect(listCommits(fixture.git, dir, { from: odd, limit: 5 })).rejects.toMatchObject({
        code: 'not_found',
      });
    for (const cursor of ['-1', '1e3', '9999999999', 'x', '0x10'])
      await expect(listCommits(fixture.git, dir, { from, limit: 5, cursor })).rejects.toMatchObject({
        code: 'invalid',
      });
    for (const path of [Buffer.from('a\0b'), Buffer.from('\xff\n', 'latin1')])
      await expect(listCommits(fixture.git, dir, { from, limit: 5, path })).rejects.toMatchObject({
        code: 'invalid',
      });
  });

  it('that one side has and the other has not are listed', async () => {
    const [one = '', two = ''] = [oids[100], oids[180]];
    const expected = nativeText(dir, ['rev-list', `${one}..${two}`])
      .split('\n')
      .filter(Boolean);
    const page = await listCommitsBetween(fixture.git, dir, { base: one, head: two, limit: 1000 });
    expect(page.commits.map((commit) => commit.oid)).toEqual(expected);
    const base = await mergeBase(fixture.git, dir, one, two);
    expect(base === undefined || (await containsCommit(fixture.git, dir, base, two))).toBe(true);
    expect(await containsCommit(fixture.git, dir, '0'.repeat(40), two)).toBe(false);
  });
});

describe('ahead and behind', () => {
  const GRAPHS: Record<string, () => void> = {
    'without a graph': () => {},
    'with a chain of some': () => {
      for (const at of [60, 140])
        native(dir, ['commit-graph', 'write', '--stdin-commits', '--split=no-merge'], `${oids[at]}\n`);
    },
    'with a graph of all': () =>
      void native(dir, ['commit-graph', 'write', '--stdin-commits'], oids.join('\n')),
  };
  it.each(Object.entries(GRAPHS))('are what rev-list counts, %s', async (_name, prepare) => {
    prepare();
    const tips = oids.filter((_, index) => index % 9 === 0);
    for (const base of [oids.at(-1) ?? '', oids[120] ?? '', oids[3] ?? '']) {
      const found = await countAheadBehind({ dir, objects: fixture.git.objects(dir) }, base, [
        ...tips,
        base,
        '0'.repeat(40),
      ]);
      expect(found.size).toBe(new Set([...tips, base]).size);
      for (const [tip, { ahead, behind }] of found) {
        const counts = nativeText(dir, ['rev-list', '--left-right', '--count', `${base}...${tip}`]);
        expect(`${behind}\t${ahead}`, `${base} ${tip}`).toBe(counts);
      }
    }
  });
});
