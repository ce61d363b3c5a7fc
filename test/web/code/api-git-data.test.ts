// Git's objects and refs, single commits, notes, patches and files in the REST API, as Gitea's clients know them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
let token: string;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      message: 'Begin\n',
      files: [
        { path: 'a.txt', data: 'one\ntwo\n' },
        { path: 'dir/b.txt', data: 'b\n' },
        { path: '.editorconfig', data: '[*.txt]\nindent_style = space\nindent_size = 3\n' },
      ],
    },
    { ref: HEAD, message: 'Go on\n', files: [{ path: 'a.txt', data: 'one\nthree\nfour\n' }] },
  ]);
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  runGit(open.dir, ...author, 'notes', 'add', '-m', 'Seen', 'main');
  runGit(open.dir, ...author, 'tag', '-a', 'v1', '-m', 'One', 'main');
  runGit(open.dir, 'tag', 'light', 'main');
  runGit(open.dir, 'update-ref', 'refs/opencodehub/secret', 'main');
  runGit(open.dir, 'update-ref', 'refs/pull/1/head', 'main');
  token = await t.token('ada', 'all');
}, 60_000);
afterAll(() => t.close());

type Json = Record<string, unknown>;

async function api(path: string): Promise<{ answer: Response; body: Json & Json[] }> {
  const answer = await t.anonymous.get(`/api/v1/repos/ada/engine${path}`);
  const text = await answer.text();
  return {
    answer,
    body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as Json & Json[],
  };
}

function call(method: string, path: string, body: unknown): Promise<Response> {
  const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
  return t.anonymous.request(`/api/v1/repos/ada/engine${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
}

const rev = (name: string) => runGit(open.dir, 'rev-parse', name);

test('one commit with its counts and files, by id and by name', async () => {
  const { body } = await api(`/git/commits/${rev('main')}`);
  expect(body).toMatchObject({
    sha: rev('main'),
    stats: { additions: 2, deletions: 1, total: 3 },
    files: [{ filename: 'a.txt', status: 'modified' }],
    parents: [{ sha: rev('main~1') }],
    commit: { message: 'Go on\n', verification: { verified: false, reason: 'gpg.error.not_signed_commit' } },
  });
  expect((await api('/git/commits/main')).body.sha).toBe(rev('main'));
  const first = await api(`/git/commits/${rev('main~1')}?stat=false`);
  expect(first.body.stats).toBeNull();
  expect((first.body.files as Json[]).map(({ filename, status }) => [filename, status])).toEqual([
    ['.editorconfig', 'added'],
    ['a.txt', 'added'],
    ['dir/b.txt', 'added'],
  ]);
  const bare = await api('/git/commits/main?stat=false&files=0&verification=false');
  expect(bare.body).toMatchObject({ stats: null, files: null, commit: { verification: null } });
  expect((await api('/git/commits/nosuch')).answer.status).toBe(404);
  expect((await api('/git/commits/main?stat=maybe')).answer.status).toBe(422);
});

test('a commit as a diff and as a patch', async () => {
  const diff = await api('/git/commits/main.diff');
  expect(diff.answer.headers.get('content-type')).toContain('text/plain');
  expect(String(diff.body)).toContain('+three');
  expect(String((await api(`/git/commits/${rev('main')}.patch`)).body)).toContain('Subject: [PATCH] Go on');
});

test('commits without those of another branch', async () => {
  const { body, answer } = await api(`/commits?not=${rev('main~1')}`);
  expect(body.map(({ sha }) => sha)).toEqual([rev('main')]);
  expect(answer.headers.get('x-total-count')).toBe('1');
  expect((await api('/commits?path=dir&not=main')).body).toEqual([]);
});

test('notes', async () => {
  expect((await api('/git/notes/main')).body).toMatchObject({
    message: 'Seen',
    commit: { sha: rev('main') },
  });
  expect((await api('/git/notes/main~1')).answer.status).toBe(404);
});

test('blobs, by whole ids alone', async () => {
  const sha = rev('main:a.txt');
  expect((await api(`/git/blobs/${sha}`)).body).toMatchObject({
    ...{ sha, size: 15, encoding: 'base64' },
    content: Buffer.from('one\nthree\nfour\n').toString('base64'),
  });
  for (const wrong of [rev('main'), sha.slice(0, 10), 'main:a.txt', 'HEAD', '-p'])
    expect((await api(`/git/blobs/${encodeURIComponent(wrong)}`)).answer.status).toBe(404);
});

test('trees in pages, whole or one directory', async () => {
  const { body } = await api('/git/trees/main');
  expect((body.tree as Json[]).map(({ path, mode, type, size }) => [path, mode, type, size])).toEqual([
    ['.editorconfig', '100644', 'blob', 45],
    ['a.txt', '100644', 'blob', 15],
    ['dir', '040000', 'tree', 0],
  ]);
  expect(body).toMatchObject({ sha: rev('main^{tree}'), truncated: false, total_count: 3, page: 1 });
  const part = await api(`/git/trees/${rev('main^{tree}')}?recursive=1&per_page=2&page=2`);
  expect((part.body.tree as Json[]).map(({ path }) => path)).toEqual(['dir', 'dir/b.txt']);
  expect(part.body).toMatchObject({ total_count: 4, truncated: false });
  expect((await api('/git/trees/main?recursive=true&per_page=1')).body.truncated).toBe(true);
});

test('refs, and none of the program’s own', async () => {
  const { body } = await api('/git/refs');
  expect(body.map(({ ref, object }) => [ref, (object as Json).type])).toEqual([
    ['refs/heads/main', 'commit'],
    ['refs/notes/commits', 'commit'],
    ['refs/tags/light', 'commit'],
    ['refs/tags/v1', 'tag'],
  ]);
  expect((await api('/git/refs/heads/main')).body.map(({ ref }) => ref)).toEqual(['refs/heads/main']);
  expect((await api('/git/refs/tags')).body).toHaveLength(2);
  for (const hidden of ['opencodehub', 'opencodehub/secret', 'pull/1/head', 'queue', 'heads/../opencodehub'])
    expect((await api(`/git/refs/${encodeURIComponent(hidden)}`)).answer.status).toBe(404);
});

test('annotated tags', async () => {
  const { body } = await api(`/git/tags/${rev('v1')}`);
  expect(body).toMatchObject({
    tag: 'v1',
    object: { sha: rev('main'), type: 'commit' },
    tagger: { name: 'Ada' },
  });
  expect((await api(`/git/tags/${rev('main')}`)).answer.status).toBe(404);
});

test('what .editorconfig says, the bytes of a file, and archives', async () => {
  expect((await api('/editorconfig/dir/x.txt')).body).toEqual({
    ...{ indent_style: 'space', indent_size: '3', tab_width: 3 },
  });
  expect((await api('/editorconfig/x.md')).answer.status).toBe(404);
  expect((await api('/media/dir/b.txt')).body).toBe('b\n');
  const archive = await t.anonymous.get('/api/v1/repos/ada/engine/archive/v1.zip');
  expect(archive.headers.get('content-type')).toBe('application/zip');
  expect((await t.anonymous.get('/api/v1/repos/ada/engine/archive/v1.rar')).status).toBe(404);
});

test('a patch is committed on a branch, as a push would be, and one that does not apply is refused', async () => {
  const content = runGit(open.dir, 'diff', '--binary', 'main~1', 'main');
  const answer = await call('POST', '/diffpatch', {
    ...{ content: `${content}\n`, message: 'Once more', branch: 'main', new_branch: 'patched' },
  });
  expect(answer.status).toBe(422);
  const fresh = await call('POST', '/diffpatch', {
    content: [
      'diff --git a/dir/b.txt b/dir/b.txt',
      'deleted file mode 100644',
      '--- a/dir/b.txt',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-b',
      'diff --git a/dir b/dir',
      'new file mode 100755',
      '--- /dev/null',
      '+++ b/dir',
      '@@ -0,0 +1 @@',
      '+now a file',
      '',
    ].join('\n'),
    ...{ message: 'Patch it', branch: 'main', new_branch: 'patched' },
    dates: { author: '2020-01-02T03:04:05+02:00' },
  });
  expect(fresh.status).toBe(201);
  const body = (await fresh.json()) as Json;
  expect(body).toMatchObject({ content: null, commit: { message: 'Patch it\n', sha: rev('patched') } });
  expect((body.commit as { author: Json }).author.date).toBe('2020-01-02T03:04:05+02:00');
  expect(runGit(open.dir, 'ls-tree', 'patched', 'dir')).toContain('100755 blob');
  expect(rev('patched~1')).toBe(rev('main'));
});

test('patches reach nothing outside of the tree, nor what git keeps for itself', async () => {
  const patch = (path: string) =>
    `diff --git a/x b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`;
  for (const path of ['../../evil', '.git/config', 'a/../../b', 'dir/.GIT/hooks/x', '/etc/evil']) {
    const answer = await call('POST', '/diffpatch', { content: patch(path), message: 'x' });
    expect(answer.status, path).toBe(422);
  }
  const link =
    'diff --git a/m b/m\nnew file mode 160000\n--- /dev/null\n+++ b/m\n@@ -0,0 +1 @@\n+Subproject commit ';
  expect((await call('POST', '/diffpatch', { content: `${link}${'1'.repeat(40)}\n` })).status).toBe(422);
  expect((await call('POST', '/diffpatch', { content: 'no patch' })).status).toBe(422);
});

test('the key that merges are signed with is the site’s', async () => {
  expect((await api('/signing-key.gpg')).answer.status).toBe(404);
  expect((await api('/signing-key.pub')).answer.status).toBe(404);
});

test('git hooks are refused with a reason', async () => {
  const answer = await call('PATCH', '/hooks/git/pre-receive', { content: '#!/bin/sh' });
  expect(answer.status).toBe(403);
  expect(((await answer.json()) as Json).message).toContain('webhooks');
});
