// Histories across renames, by author and date; and the graph of branches.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOutGraph } from '../../../src/features/code/graph-lanes.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { type ImportedCommit, importCommits, runGit } from './import-commits.ts';
import { makeRandomHistory } from './random-branches.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
const BODY = `${Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n')}\n`;
const at = (day: number) => Date.UTC(2024, 0, day, 12) / 1000;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'olga', 'engine', [
    { ref: HEAD, message: 'Begin', time: at(1), files: [{ path: 'lib/old <b>.txt', data: BODY }] },
    {
      ref: HEAD,
      message: 'Edit',
      time: at(2),
      author: 'Olga <olga@example.org>',
      files: [{ path: 'lib/old <b>.txt', data: `${BODY}x\n` }],
    },
    {
      ref: HEAD,
      message: 'Move',
      time: at(3),
      deletes: ['lib/old <b>.txt'],
      files: [{ path: 'src/new.txt', data: `${BODY}x\n` }],
    },
    {
      ref: HEAD,
      message: 'After',
      time: at(4),
      author: 'Bob --all <bob@example.org>',
      files: [{ path: 'src/new.txt', data: `${BODY}y\n` }],
    },
    { ref: HEAD, message: 'Elsewhere', time: at(5), files: [{ path: 'other', data: 'x\n' }] },
  ]);
}, 60_000);
afterAll(() => t.close());

async function titles(path: string): Promise<string[]> {
  const answer = await t.anonymous.get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  const html = await answer.text();
  return [...html.matchAll(/class="commit-title"><a [^>]*>([^<]*)</g)].map(([, title = '']) => title);
}

describe('the history of a path', () => {
  it('goes on under the names it had before, and says so', async () => {
    expect(await titles('/olga/engine/commits/main/src/new.txt')).toEqual(['After', 'Move', 'Edit', 'Begin']);
    const html = await (await t.anonymous.get('/olga/engine/commits/main/src/new.txt')).text();
    const parent = runGit(open.dir, 'rev-parse', `${HEAD}~3`);
    expect(html).toContain(
      `href="/olga/engine/commits/${parent}/lib/old%20%3Cb%3E.txt">lib/old &lt;b&gt;.txt</a>`,
    );
    expect(await titles(`/olga/engine/commits/${parent}/lib/old%20%3Cb%3E.txt`)).toEqual(['Edit', 'Begin']);
    // A directory was renamed where files in it kept their names.
    expect(await titles('/olga/engine/commits/main/src')).toEqual(['After', 'Move']);
    importCommits(open.dir, [
      {
        ...{ ref: 'refs/heads/dirs', from: HEAD, message: 'Dirs', time: at(6), deletes: ['src/new.txt'] },
        files: [{ path: 'deep/er/new.txt', data: `${BODY}y\n` }],
      },
    ]);
    expect(await titles('/olga/engine/commits/dirs/deep/er')).toEqual(['Dirs', 'After', 'Move']);
  });

  it('of many commits goes on page by page, across a rename', async () => {
    const commits: ImportedCommit[] = [];
    for (let n = 0; n < 80; n++) {
      const path = n < 45 ? 'a.txt' : 'b.txt';
      commits.push({
        ...{ ref: HEAD, message: `c${n}`, files: [{ path, data: `${BODY}${n}\n` }] },
        ...(n === 45 ? { deletes: ['a.txt'] } : {}),
      });
    }
    await makeRepository(t, 'olga', 'many', commits);
    const seen: string[] = [];
    let next: string | undefined = '/olga/many/commits/main/b.txt';
    for (let page = 0; next && page < 9; page++) {
      seen.push(...(await titles(next)));
      const html = await (await t.anonymous.get(next)).text();
      next = /rel="next" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toEqual(Array.from({ length: 80 }, (_, n) => `c${79 - n}`));
  });
});

describe('a filter', () => {
  it.each([
    ['author=OLGA', ['Edit']],
    ['author=olga', ['Edit']],
    ['author=@olga', ['Edit']],
    ['author=bob%40example', ['After']],
    ['author=--all', ['After']],
    ['author=.*', []],
    ['author=nobody', []],
    ['since=2024-01-04', ['Elsewhere', 'After']],
    ['until=2024-01-02', ['Edit', 'Begin']],
    ['since=2024-01-02&until=2024-01-03', ['Move', 'Edit']],
    ['author=ada&since=2024-01-02', ['Elsewhere', 'Move']],
    ['author=&since=&until=', ['Elsewhere', 'After', 'Move', 'Edit', 'Begin']],
  ])('%s', async (query, expected) => {
    expect(await titles(`/olga/engine/commits/main?${query}`)).toEqual(expected);
  });

  it('is kept on the way to the next page, and works on a path', async () => {
    expect(await titles('/olga/engine/commits/main/src/new.txt?author=bob')).toEqual(['After']);
    const html = await (await t.anonymous.get('/olga/many/commits/main?author=ada')).text();
    expect(html).toContain('?author=ada&amp;after=35');
    expect(await titles('/olga/many/commits/main?author=ada&after=70')).toHaveLength(10);
  });

  it.each([
    'since=yesterday',
    'since=2024-13-41',
    `author=${'x'.repeat(300)}`,
    'author=a%0Ab',
    'author=x&after=-1',
  ])('%s is refused', async (query) => {
    expect((await t.anonymous.get(`/olga/engine/commits/main?${query}`)).status).toBe(422);
  });
});

describe('the graph', () => {
  it('shows every commit once over its pages, children first, with the names at them', async () => {
    const wide = await makeRepository(t, 'olga', 'wide', []);
    makeRandomHistory(wide.dir);
    importCommits(
      wide.dir,
      Array.from({ length: 30 }, (_, n) => ({
        ref: 'refs/heads/b0',
        message: `t${n}`,
        files: [{ path: 'f', data: `${n}` }],
      })),
    );
    runGit(wide.dir, 'update-ref', 'refs/heads/<b>', 'refs/heads/b1');
    runGit(wide.dir, 'tag', 'v1', 'refs/heads/b2');
    const expected = runGit(wide.dir, 'rev-list', '--branches').split('\n').sort();
    const seen: string[] = [];
    let all = '';
    let next: string | undefined = '/olga/wide/graph';
    for (let page = 0; next && page < 9; page++) {
      const answer = await t.anonymous.get(next);
      expect(answer.status).toBe(200);
      const html = await answer.text();
      all += html;
      seen.push(
        ...[...html.matchAll(/class="graph-title" href="[^"]*commit\/([0-9a-f]+)"/g)].map(
          ([, oid = '']) => oid,
        ),
      );
      expect([...html.matchAll(/<svg class="graph-svg"/g)].length).toBeGreaterThan(0);
      next = /rel="next" href="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen.slice().sort()).toEqual(expected);
    const parents = new Map(
      seen.map((oid) => [oid, runGit(wide.dir, 'rev-list', '--parents', '-1', oid).split(' ').slice(1)]),
    );
    for (const [oid, above] of parents)
      for (const parent of above) expect(seen.indexOf(parent)).toBeGreaterThan(seen.indexOf(oid));
    expect(all).toContain('&lt;b&gt;</a>');
    expect(all).toMatch(/label-muted[^>]*>.*?v1<\/a>/s);
    expect(all).not.toMatch(/ style=/);
  });

  it('of one branch holds what that reaches; bad cursors and strange names are answered', async () => {
    const html = await (await t.anonymous.get('/olga/wide/graph/b3')).text();
    const count = [...html.matchAll(/class="graph-row"/g)].length;
    expect(count).toBe(
      Math.min(60, Number(runGit((await reopened()).dir, 'rev-list', '--count', 'refs/heads/b3'))),
    );
    expect((await t.anonymous.get('/olga/wide/graph/nothing')).status).toBe(404);
    for (const after of ['x', '-1.', '5.zz', `1.${'a'.repeat(500)}`])
      expect((await t.anonymous.get(`/olga/wide/graph?after=${after}`)).status).toBe(422);
    expect((await t.anonymous.get('/olga/wide/graph?after=9999.')).status).toBe(200);
    await makeRepository(t, 'olga', 'nothing', []);
    expect((await t.anonymous.get('/olga/nothing/graph')).status).toBe(200);
  });

  async function reopened(): Promise<OpenRepository> {
    const { openRepository } = await import('../../../src/features/repos/access.service.ts');
    return openRepository(t.app, await t.actor('olga'), 'olga', 'wide', 'code:read');
  }

  it('keeps its lanes joined, and within bounds whatever is pushed', () => {
    const one = layOutGraph([
      { oid: 'd', parents: ['c', 'b'] },
      { oid: 'c', parents: ['a'] },
      { oid: 'b', parents: ['a'] },
      { oid: 'a', parents: [] },
    ]);
    expect(one.rows.map(({ column, passing, from, to }) => [column, passing, from, to])).toEqual([
      [0, [], [], [0, 1]],
      [0, [1], [0], [0]],
      [1, [0], [1], [1]],
      [0, [], [0, 1], []],
    ]);
    const octopus = Array.from({ length: 300 }, (_, n) => ({
      oid: `x${n}`,
      parents: Array.from({ length: 60 }, (_, k) => `y${n}-${k}`),
    }));
    expect(layOutGraph(octopus).width).toBeLessThanOrEqual(24);
  });
});
