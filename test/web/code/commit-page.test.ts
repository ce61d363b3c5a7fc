// What a commit's page says beside its changes.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
const files = (data: string) => [{ path: 'a.txt', data }];

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'olga', 'engine', [
    { ref: HEAD, message: 'One', files: files('1\n') },
    {
      ref: HEAD,
      author: 'Olga <OLGA@example.org>',
      message: [
        'Two <b>bold</b>',
        '',
        'See https://example.org/x?a=1&b=2. and javascript:alert(1)',
        `also ${'a'.repeat(40)} and (https://example.org/y)`,
        '',
        'Co-authored-by: Carl <carl@example.org>',
        'Co-authored-by: "><script>alert(1)</script> <evil@example.org>',
        'Co-authored-by: Olga <sven@example.org>',
      ].join('\n'),
      files: files('2\n'),
    },
  ]);
  await t.actor('sven');
}, 60_000);
afterAll(() => t.close());

const text = async (path: string) => {
  const answer = await t.anonymous.get(`/olga/engine${path}`);
  return { status: answer.status, html: await answer.text() };
};

it('links addresses and commits in the message, and names co-authors and accounts', async () => {
  const oid = runGit(open.dir, 'rev-parse', HEAD);
  const { html } = await text(`/commit/${oid}`);
  expect(html).toContain('href="https://example.org/x?a=1&amp;b=2" rel="nofollow ugc noopener"');
  expect(html).toContain('href="https://example.org/y"');
  expect(html).toContain(`href="/olga/engine/commit/${'a'.repeat(40)}"`);
  expect(html).not.toMatch(/href="javascript|<script>alert/);
  expect(html).toMatch(/href="\/olga" title="Olga">olga/);
  expect(html).toContain('<strong title="carl@example.org">Carl</strong>');
  expect(html).toMatch(/href="\/sven" title="Olga">sven/);
});

it('shows the note on it', async () => {
  const oid = runGit(open.dir, 'rev-parse', HEAD);
  runGit(
    open.dir,
    '-c',
    'user.name=N',
    '-c',
    'user.email=n@e',
    'notes',
    'add',
    '-m',
    'Seen <i>by</i> me',
    oid,
  );
  expect((await text(`/commit/${oid}`)).html).toContain('Seen &lt;i&gt;by&lt;/i&gt; me');
});

it('names the branches and tags that hold it, after the page and without scripts', async () => {
  const [head, first] = [runGit(open.dir, 'rev-parse', HEAD), runGit(open.dir, 'rev-parse', `${HEAD}^`)];
  runGit(open.dir, 'update-ref', 'refs/heads/old', first);
  runGit(open.dir, 'update-ref', 'refs/heads/x/<b>', head);
  runGit(open.dir, 'update-ref', 'refs/opencodehub/hidden', head);
  runGit(open.dir, 'tag', 'v1', first);
  runGit(open.dir, '-c', 'user.name=N', '-c', 'user.email=n@e', 'tag', '-a', '-m', 'x', 'v2', head);
  for (const graph of [false, true]) {
    if (graph) runGit(open.dir, 'commit-graph', 'write', '--reachable');
    const ofHead = (await text(`/branch_commits/${head}`)).html;
    expect([...ofHead.matchAll(/class="topic"[^>]*>([^<]*)</g)].map((one) => one[1])).toEqual([
      ...['main', 'x/&lt;b&gt;', 'v2'],
    ]);
    const ofFirst = (await text(`/commit/${first}?containing=1`)).html;
    expect([...ofFirst.matchAll(/class="topic"[^>]*>([^<]*)</g)].map((one) => one[1])).toEqual([
      ...['main', 'old', 'x/&lt;b&gt;', 'v1', 'v2'],
    ]);
  }
  expect((await text(`/commit/${head}`)).html).toContain(
    `<late-fragment src="/olga/engine/branch_commits/${head}">`,
  );
  expect((await text(`/branch_commits/${'f'.repeat(40)}`)).status).toBe(404);
  const lost = runGit(open.dir, 'rev-parse', `${HEAD}^{tree}`);
  const alone = runGit(open.dir, '-c', 'user.name=N', '-c', 'user.email=n@e', 'commit-tree', '-m', 'x', lost);
  expect((await text(`/branch_commits/${alone}`)).html).toContain('No branch or tag holds this commit');
});

it('agrees with git for-each-ref --contains in a history with merges', async () => {
  const { makeRandomHistory } = await import('./random-branches.ts');
  const wide = await makeRepository(t, 'olga', 'wide', []);
  makeRandomHistory(wide.dir);
  const all = runGit(wide.dir, 'rev-list', '--all').split('\n');
  for (const graph of [false, true]) {
    if (graph) runGit(wide.dir, 'commit-graph', 'write', '--reachable');
    for (const oid of all.filter((_, index) => index % 7 === 0)) {
      const expected = runGit(
        wide.dir,
        'for-each-ref',
        '--contains',
        oid,
        '--format=%(refname:short)',
        'refs/heads',
      );
      const { html } = { html: await (await t.anonymous.get(`/olga/wide/branch_commits/${oid}`)).text() };
      const found = [...html.matchAll(/class="topic"[^>]*>([^<]*)</g)].map((one) => one[1]);
      expect(found.sort()).toEqual(expected.split('\n').filter(Boolean).sort());
    }
  }
});
