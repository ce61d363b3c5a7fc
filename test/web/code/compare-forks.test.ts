// Comparing across a network of forks: only what one may read, and byte for byte what git itself says.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { repositories } from '../../../src/platform/db/tables/repos.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let base: OpenRepository;
let fork: OpenRepository;
let hidden: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  const begin = {
    ref: HEAD,
    message: 'Begin',
    time: 1_700_000_000,
    files: [{ path: 'a.txt', data: 'one\ntwo\n' }],
  };
  base = await makeRepository(t, 'ada', 'tool', [begin]);
  fork = await makeRepository(t, 'bob', 'tool', [begin]);
  hidden = await makeRepository(t, 'eve', 'tool', [begin], { visibility: 'private' });
  await makeRepository(t, 'mallory', 'tool', [begin]);
  await joinNetwork(fork, hidden);
  importCommits(base.dir, [
    {
      ref: HEAD,
      from: HEAD,
      message: 'Go on',
      time: 1_700_000_100,
      files: [{ path: 'base.txt', data: 'base\n' }],
    },
  ]);
  importCommits(fork.dir, [
    {
      ref: 'refs/heads/fix',
      from: HEAD,
      message: 'Mend <it>',
      time: 1_700_000_200,
      files: [
        { path: 'a.txt', data: 'one\n2\n' },
        { path: 'bin', data: Buffer.from([0, 1, 2]) },
      ],
    },
    {
      ref: 'refs/heads/fix',
      message: 'Again',
      time: 1_700_000_300,
      files: [{ path: 'b.txt', data: 'b\n' }],
    },
  ]);
  importCommits(hidden.dir, [
    {
      ref: 'refs/heads/secret',
      from: HEAD,
      message: 'Secret',
      time: 1_700_000_200,
      files: [{ path: 's.txt', data: 'secret\n' }],
    },
  ]);
}, 60_000);
afterAll(() => t.close());

async function joinNetwork(...forks: OpenRepository[]): Promise<void> {
  const { eq } = await import('drizzle-orm');
  await t.app.db.write(async (tx) => {
    for (const { repository } of forks)
      await tx
        .update(repositories)
        .set({ networkId: base.repository.id, parentId: base.repository.id })
        .where(eq(repositories.id, repository.id));
  });
  fork = await openRepository(t.app, await t.actor('bob'), 'bob', 'tool', 'code:read');
}

const get = (path: string) => t.anonymous.get(path);

/** Both repositories' objects in one, for git to compare by itself. */
function native(...args: string[]): Buffer {
  const env = {
    PATH: process.env.PATH,
    GIT_DIR: base.dir,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `${fork.dir}/objects`,
    HOME: '/nonexistent',
  };
  return execFileSync('git', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('a branch of a fork', () => {
  it.each(['main...bob:fix', 'main...bob:tool:fix', 'ada:main...BOB:fix'])(
    'is compared by %s',
    async (range) => {
      const answer = await get(`/ada/tool/compare/${range}`);
      expect(answer.status).toBe(200);
      const text = await answer.text();
      expect(text).toContain('Mend &lt;it&gt;');
      expect(text).toContain('<strong>2 commits</strong>');
      expect(text).toContain('b.txt');
      expect(text).not.toContain('base.txt');
      expect(text).toContain(`/bob/tool/blob/${runGit(fork.dir, 'rev-parse', 'fix')}/b.txt`);
    },
  );

  it('is compared from its own repository too, in both directions, and as the two are', async () => {
    expect(await (await get('/bob/tool/compare/ada:main...fix')).text()).toContain('Mend &lt;it&gt;');
    const back = await (await get('/bob/tool/compare/fix...ada:main')).text();
    expect(back).toContain('base.txt');
    expect(back).not.toContain('b.txt"');
    const direct = await (await get('/ada/tool/compare/main..bob:fix')).text();
    expect(direct).toContain('base.txt');
    expect(direct).toContain('b.txt');
  });

  it('is given as git writes it', async () => {
    const [one, other] = [runGit(base.dir, 'rev-parse', 'main'), runGit(fork.dir, 'rev-parse', 'fix')];
    const parted = native('merge-base', one, other).toString().trim();
    const bytes = async (path: string) => Buffer.from(await (await get(path)).arrayBuffer());
    const options = ['-r', '-M', '-p', '--full-index', '--binary'];
    expect(await bytes('/ada/tool/compare/main...bob:fix.diff')).toEqual(
      native('diff-tree', ...options, parted, other),
    );
    expect(await bytes('/ada/tool/compare/main..bob:fix.diff')).toEqual(
      native('diff-tree', ...options, one, other),
    );
    const mails = native(
      'format-patch',
      '--stdout',
      '--no-signature',
      '--full-index',
      '--binary',
      `${one}..${other}`,
    );
    expect(await bytes('/ada/tool/compare/main...bob:fix.patch')).toEqual(mails);
  });

  it('leaves nothing in either repository', () => {
    const other = runGit(fork.dir, 'rev-parse', 'fix');
    expect(() => runGit(base.dir, 'cat-file', '-e', other)).toThrow();
  });

  it('is answered by the API in Gitea’s shape, in pages', async () => {
    const api = async (range: string) => {
      const answer = await get(`/api/v1/repos/ada/tool/compare/${range}`);
      return { answer, body: await answer.json() };
    };
    const { answer, body } = await api('main...bob:fix');
    expect(answer.status).toBe(200);
    const other = runGit(fork.dir, 'rev-parse', 'fix');
    const begin = {
      commit: { message: 'Mend <it>' },
      html_url: expect.stringContaining('/bob/tool/commit/'),
    };
    expect(body).toMatchObject({ total_commits: 2, commits: [{ sha: other }, begin] });
    const second = await api('main...bob:fix?limit=1&page=2');
    expect(second.body).toMatchObject({ total_commits: 2, commits: [begin] });
    expect((await api('bob:fix...main')).body.total_commits).toBe(1);
    for (const range of [
      'main...eve:secret',
      'main...nobody:secret',
      'main...nothing',
      'main...',
      'main...--all',
    ])
      expect((await api(range)).answer.status, range).toBe(404);
  });

  it('has its files and hidden lines by fragments', async () => {
    const text = await (await get('/ada/tool/compare/main...bob:fix')).text();
    const [, lines = ''] = /data-lines="([^"]+a\.txt[^"]*)"/.exec(text) ?? [];
    expect(lines).toMatch(/^\/bob\/tool\/diff-lines\//);
    expect(await (await get(`${lines}&from=1&to=2&old=1`)).text()).toContain('one');
    const [one, other] = [runGit(base.dir, 'rev-parse', 'main'), runGit(fork.dir, 'rev-parse', 'fix')];
    for (const what of ['files', 'tree', 'totals', 'file'])
      expect(
        (await get(`/ada/tool/diff/${one}..${other}/${what}?head=bob/tool&path=a.txt`)).status,
        what,
      ).toBe(200);
    expect((await get(`/ada/tool/diff/${one}..${other}/files`)).status).toBe(404);
  });
});

describe('what one may not read', () => {
  it('is answered exactly like what is missing', async () => {
    const bodyOf = async (path: string) => {
      const answer = await get(path);
      const text = await answer.text();
      return {
        status: answer.status,
        text: text.replaceAll(/request[^<]*<[^>]*>[^<]*|eve|nobody|\/ada[^"]*/gi, ''),
      };
    };
    const missing = await bodyOf('/ada/tool/compare/main...nobody:secret');
    expect(missing.status).toBe(404);
    expect(await bodyOf('/ada/tool/compare/main...eve:secret')).toEqual(missing);
    expect((await bodyOf('/ada/tool/compare/main...eve:tool:secret')).status).toBe(404);
    const oid = runGit(hidden.dir, 'rev-parse', 'secret');
    const one = runGit(base.dir, 'rev-parse', 'main');
    for (const query of ['', '?head=eve/tool', '?head=nobody/tool', '?base=eve/tool'])
      expect((await get(`/ada/tool/diff/${one}..${oid}/files${query}`)).status, query).toBe(404);
    expect((await get(`/ada/tool/compare-refs?base=main&head=eve:secret&which=head`)).status).toBe(200);
    expect(
      await (await get(`/ada/tool/compare-refs?base=main&head=eve:secret&which=head`)).text(),
    ).not.toContain('secret"');
  });

  it('is shown to whoever may', async () => {
    const eve = await t.as('eve');
    expect(await (await eve.get('/ada/tool/compare/main...eve:secret')).text()).toContain('s.txt');
  });

  it('private data is not reachable through repositories outside of the network', async () => {
    for (const range of [
      'main...mallory:main',
      'main...mallory:tool:main',
      'main...a:b:c:d',
      'main...:main',
      'main...bob:',
    ])
      expect((await get(`/ada/tool/compare/${range}`)).status, range).toBe(404);
  });
});

describe('the menus', () => {
  it('find any of thousands of branches by a part of its name', async () => {
    const oid = runGit(base.dir, 'rev-parse', 'main');
    const lines = Array.from({ length: 4000 }, (_, index) => `create refs/heads/topic/n${index} ${oid}\n`);
    execFileSync('git', ['--git-dir', base.dir, 'update-ref', '--stdin'], { input: lines.join('') });
    const text = await (await get('/ada/tool/compare/main...topic/n3999')).text();
    expect(text).toContain('Nothing to compare');
    expect(text.length).toBeLessThan(80_000);
    const list = await (await get('/ada/tool/compare-refs?base=main&head=main&which=head&q=N3998')).text();
    expect(list).toContain('href="/ada/tool/compare/main...topic/n3998"');
    const sent = await get('/ada/tool/compare?base=main&head=bob:fix');
    expect(sent.headers.get('location')).toBe('/ada/tool/compare/main...bob:fix');
  }, 60_000);

  it('lead to both sides swapped and to the other way of comparing', async () => {
    const text = await (await get('/ada/tool/compare/main...bob:fix')).text();
    expect(text).toContain('href="/ada/tool/compare/bob:fix...main"');
    expect(text).toContain('href="/ada/tool/compare/main..bob:fix"');
  });
});
