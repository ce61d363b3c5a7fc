// What the API answers beside people and repositories: version, templates, settings, and Markdown as HTML.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssue } from '../../../src/features/issues/issues.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { VERSION } from '../../../src/platform/runtime/version.ts';
import { callApi } from '../../support/api-calls.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
  const ada = await t.actor('ada');
  await t.actor('bob');
  for (const [name, visibility] of [
    ['tools', 'public'],
    ['diary', 'private'],
  ] as const) {
    await createRepository(t.app, ada, parseNewRepository({ name, visibility, readme: true }));
    const open = await openRepository(t.app, ada, 'ada', name, 'issues:create');
    await createIssue(t.app, ada, open, { title: `Secret of ${name}`, body: '' });
  }
}, 60_000);
afterAll(() => t.close());

const get = (path: string) => callApi(t, undefined, 'GET', path);
const post = (token: string | undefined, path: string, body: unknown) =>
  callApi(t, token, 'POST', path, body);

describe('anybody is told', () => {
  it('the level of Gitea and our own version', async () => {
    const { json } = await get('/version');
    expect(json.version).toMatch(/^1\.24\.\d+\+opencodehub-/);
    expect(json.opencodehub).toBe(VERSION);
  });

  it('templates of .gitignore, licences and labels, by name', async () => {
    expect((await get('/gitignore/templates')).json).toContain('C#');
    expect((await get('/gitignore/templates/C%23')).json).toMatchObject({ name: 'C#' });
    expect((await get('/gitignore/templates/Rust')).json.source).toContain('/target/');
    const mit = (await get('/licenses')).json.find(({ key }: { key: string }) => key === 'MIT');
    expect(mit).toMatchObject({ name: 'MIT License' });
    expect(mit.url).toMatch(/\/api\/v1\/licenses\/MIT$/);
    expect((await get('/licenses/MIT')).json.body).toContain('Permission is hereby granted');
    const [first] = (await get('/label/templates')).json;
    const labels = (await get(`/label/templates/${first}`)).json;
    expect(labels).toContainEqual({
      name: 'bug',
      color: 'd73a4a',
      description: "Something isn't working",
      exclusive: false,
    });
    for (const path of [
      '/gitignore/templates/__proto__',
      '/licenses/constructor',
      '/label/templates/none',
      '/licenses/..%2F..%2Fetc%2Fpasswd',
    ])
      expect((await get(path)).status, path).toBe(404);
  });

  it('the limits of the API and of files, what repositories do, and the reactions', async () => {
    expect((await get('/settings/api')).json).toMatchObject({
      max_response_items: 50,
      default_paging_num: 30,
    });
    const files = (await get('/settings/attachment')).json;
    expect(files).toMatchObject({ enabled: true, max_size: 25 });
    expect(files.allowed_types).toContain('.png');
    expect((await get('/settings/repository')).json).toMatchObject({
      time_tracking_disabled: true,
      lfs_disabled: false,
    });
    expect((await get('/settings/ui')).json.allowed_reactions).toContain('+1');
  });

  it('how many use the site, of what is public', async () => {
    const { json } = await get('/nodeinfo');
    expect(json).toMatchObject({ version: '2.1', software: { name: 'opencodehub', version: VERSION } });
    expect(json.usage).toEqual({ users: { total: 2, activeMonth: 0, activeHalfyear: 0 }, localPosts: 1 });
  });
});

describe('Markdown', () => {
  it('is rendered as a comment with its references, as HTML that nothing runs in', async () => {
    const ada = await t.token('ada', 'all');
    const { status, text, headers } = await post(ada, '/markdown', {
      Text: 'See #1, @ada\n**now** <script>alert(1)</script><img src=x onerror=alert(1)>',
      Mode: 'gfm',
      Context: 'ada/tools',
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(text).toContain('/ada/tools/issues/1');
    expect(text).toContain('<strong>now</strong>');
    expect(text).not.toMatch(/<script|onerror/);
  });

  it('as a document leads into the repository, from the directory of its context', async () => {
    const ada = await t.token('ada', 'all');
    const render = async (body: Record<string, unknown>) => (await post(ada, '/markup', body)).text;
    const link = { Text: '[guide](guide.md)', Mode: 'file', FilePath: 'README.md' };
    expect(await render({ ...link, Context: '/ada/tools/src/branch/main/docs' })).toContain(
      'href="/ada/tools/blob/main/docs/guide.md"',
    );
    expect(await render({ ...link, Context: `${t.app.publicUrl()}/ada/tools` })).toContain(
      'href="/ada/tools/blob/HEAD/guide.md"',
    );
    expect(await render({ Text: '# Title' })).toContain('<h1');
    expect((await post(ada, '/markdown/raw', '# Raw\n\n- [x] done')).text).toContain('Raw');
    expect(await render({ ...link, Context: '../../%2e%2e/"><script>' })).not.toContain('<script');
  });

  it('tells nobody a title of a repository they may not see', async () => {
    const text = 'Of ada/diary#1 and #1';
    const body = { Text: text, Mode: 'comment', Context: 'ada/diary' };
    expect((await post(await t.token('ada', 'all'), '/markdown', body)).text).toContain('Secret of diary');
    for (const token of [await t.token('bob', 'all'), await t.token('ada', 'read:user')]) {
      const answer = await post(token, '/markdown', body);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('Secret');
      const missing = { ...body, Context: 'ada/nothing-there' };
      expect((await post(token, '/markdown', missing)).text).toBe(answer.text);
    }
  });

  it('takes a sign-in, a known mode and a text that is no document of another kind', async () => {
    expect((await post(undefined, '/markdown', { Text: 'x' })).status).toBe(401);
    expect((await post(undefined, '/markdown/raw', 'x')).status).toBe(401);
    const bob = await t.token('bob', 'read:user');
    expect((await post(bob, '/markdown', { Text: 'x', Mode: 'html' })).status).toBe(422);
    expect((await post(bob, '/markdown', { Text: 12 })).status).toBe(422);
    expect((await post(bob, '/markup', { Text: 'x', Mode: 'file', FilePath: 'a.rst' })).status).toBe(422);
  });
});
