// The code routes of the REST API, as Gitea's clients know them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    ...Array.from({ length: 45 }, (_, index) => ({
      ref: HEAD,
      message: `Change ${index}\n`,
      files: [{ path: index % 2 ? 'odd.txt' : 'dir/even.txt', data: `${index}\n` }],
    })),
    { ref: HEAD, message: 'Link', files: [{ path: 'link', data: 'odd.txt', mode: '120000' as const }] },
  ]);
  runGit(open.dir, 'update-ref', 'refs/heads/feature/x', 'refs/heads/main~3');
  await makeRepository(t, 'ada', 'empty', []);
}, 60_000);
afterAll(() => t.close());

type Json = Record<string, unknown>;

async function api(path: string): Promise<{ answer: Response; body: Json & Json[] }> {
  const answer = await t.anonymous.get(`/api/v1/repos/ada/engine${path}`);
  return { answer, body: (await answer.json()) as Json & Json[] };
}

test('branches, listed and one', async () => {
  const { answer, body } = await api('/branches');
  expect(body.map((branch) => branch.name)).toEqual(['main', 'feature/x']);
  expect(answer.headers.get('x-total-count')).toBe('2');
  const one = await api('/branches/feature/x');
  const id = runGit(open.dir, 'rev-parse', 'refs/heads/feature/x');
  expect(one.body).toMatchObject({ name: 'feature/x', commit: { id, author: { name: 'Ada Lovelace' } } });
  expect((await api('/branches/nosuch')).answer.status).toBe(404);
});

test('branches in pages', async () => {
  const { answer, body } = await api('/branches?limit=1&page=2');
  expect(body.map((branch) => branch.name)).toEqual(['feature/x']);
  expect(answer.headers.get('link')).toContain('branches?limit=1&page=1>; rel="prev"');
  expect((await api('/branches?page=9')).body).toEqual([]);
});

test('commits, newest first, in pages', async () => {
  const first = await api('/commits');
  expect(first.body.length).toBe(30);
  expect(first.body[0]).toMatchObject({
    sha: runGit(open.dir, 'rev-parse', 'main'),
    commit: { message: 'Link' },
  });
  expect(first.answer.headers.get('x-total-count')).toBe('46');
  expect(first.answer.headers.get('x-hasmore')).toBe('true');
  expect(first.answer.headers.get('link')).toContain('commits?page=2&limit=30>; rel="next"');
  const second = await api('/commits?page=2');
  expect(second.body.length).toBe(16);
  const shas = new Set([...first.body, ...second.body].map((commit) => commit.sha));
  expect(shas.size).toBe(46);
  expect(second.answer.headers.get('x-hasmore')).toBe('false');
});

test('commits of a path and of a revision', async () => {
  const { body } = await api('/commits?path=odd.txt&limit=50');
  expect(body.length).toBe(22);
  expect((await api('/commits?sha=feature/x&limit=1')).body[0]?.sha).toBe(
    runGit(open.dir, 'rev-parse', 'main~3'),
  );
  expect((await api('/commits?sha=nosuch')).answer.status).toBe(404);
});

test('a path that leads out of the repository is no path, for the API and for pages', async () => {
  for (const path of ['..%2F..%2Fetc', '..', 'dir%2F..%2F..%2Fx', '.%2F..%2F..'])
    expect((await api(`/commits?path=${path}`)).answer.status, path).toBe(422);
  for (const path of ['..%2F..%2Fetc', 'dir%2F..%2F..%2Fx']) {
    const page = await t.anonymous.get(`/ada/engine/commits/branch/main/${path}`);
    expect(page.status, path).toBeLessThan(500);
  }
  expect((await api('/commits?path=..dir/..x')).body).toEqual([]);
});

test('contents of a directory, a file and a link', async () => {
  const root = await api('/contents');
  expect(root.body.map(({ name, type }) => [name, type])).toEqual([
    ['dir', 'dir'],
    ['link', 'symlink'],
    ['odd.txt', 'file'],
  ]);
  const file = await api('/contents/dir/even.txt?ref=main');
  expect(file.body).toMatchObject({
    name: 'even.txt',
    path: 'dir/even.txt',
    type: 'file',
    size: 3,
    encoding: 'base64',
    content: Buffer.from('44\n').toString('base64'),
    sha: runGit(open.dir, 'rev-parse', 'main:dir/even.txt'),
    last_commit_sha: runGit(open.dir, 'rev-parse', 'main~1'),
    download_url: 'http://127.0.0.1:3000/ada/engine/raw/main/dir/even.txt',
  });
  expect((await api('/contents/link')).body).toMatchObject({ type: 'symlink', target: 'odd.txt' });
  expect((await api('/contents/nosuch')).answer.status).toBe(404);
});

test('raw content at a revision', async () => {
  const answer = await t.anonymous.get('/api/v1/repos/ada/engine/raw/odd.txt?ref=feature/x');
  expect(await answer.text()).toBe('41\n');
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
});

test('an empty repository has no commits and no branches', async () => {
  expect((await t.anonymous.get('/api/v1/repos/ada/empty/commits')).status).toBe(409);
  expect(await (await t.anonymous.get('/api/v1/repos/ada/empty/branches')).json()).toEqual([]);
});
