// The life of a repository as its owner sees it: created, renamed, hidden, shared, deleted.
import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { changeRepository, deleteRepository } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let ada: Visitor;

beforeAll(async () => {
  t = await testApp();
  ada = await t.as('ada');
}, 60_000);
afterAll(() => t.close());

async function kinds(): Promise<string[]> {
  return (await t.app.events.recent({ limit: 5 })).map((event) => event.kind);
}

describe('creating', () => {
  it('makes an empty repository and records it', async () => {
    const answer = await ada.post('/new', { name: 'Empty-One', visibility: 'private' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/ada/Empty-One');
    expect((await kinds())[0]).toBe('repository.created');
    expect(await (await ada.get('/ada/empty-one')).text()).toContain('git remote add origin');
  });

  it.each(['sha1', 'sha256'])(
    'commits README, .gitignore and licence in a %s repository',
    async (objectFormat) => {
      const name = `full-${objectFormat}`;
      const form = {
        name,
        visibility: 'public',
        readme: 'on',
        gitignore: 'Node',
        licence: 'MIT',
        objectFormat,
        description: 'Fast & <small>',
      };
      expect((await ada.post('/new', form)).status).toBe(303);
      const open = await openRepository(t.app, await t.actor('ada'), 'ada', name, 'code:read');
      const objects = t.app.git.objects(open.dir);
      const commit = await objects.commit('refs/heads/main');
      expect(commit?.message).toBe('Initial commit\n');
      const tree = await objects.tree(commit?.tree ?? '');
      expect(tree.map((entry) => entry.name)).toEqual(['.gitignore', 'LICENSE', 'README.md']);
      const fsck = await t.app.git.run(['fsck', '--strict'], { dir: open.dir });
      expect(fsck.code).toBe(0);
      const home = await (await t.anonymous.get(`/ada/${name}`)).text();
      expect(home).toContain('Fast &amp; &lt;small&gt;');
    },
  );

  it.each([
    ['', 'Give the repository a name'],
    ['..', 'reserved'],
    ['a/b', 'letters, digits'],
    ['x.git', 'must not end'],
    ['naïve', 'letters, digits'],
    ['x'.repeat(101), 'at most 100'],
    ['EMPTY-ONE', 'already have a repository'],
  ])('refuses the name %j and keeps what was typed', async (name, message) => {
    const answer = await ada.post('/new', { name, visibility: 'public', description: 'kept text' });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain(message);
    expect(text).toContain('kept text');
  });

  it('leaves nothing on disk when the name is taken', async () => {
    const before = await t.app.git.run(['--version']);
    expect(before.code).toBe(0);
    await ada.post('/new', { name: 'empty-one', visibility: 'public' });
    const { listStorageKeys } = await import('../../../src/platform/git/repository.ts');
    const keys = await listStorageKeys(t.app.paths, { olderThan: Date.now() + 1000 });
    const rows = await t.app.db.read
      .select()
      .from((await import('../../../src/platform/db/tables/repos.ts')).repositories);
    expect(keys.sort()).toEqual(rows.map((row) => row.storageKey).sort());
  });

  it('lets one of two creations at once win', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => ada.post('/new', { name: 'raced', visibility: 'public' })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 422, 422]);
  });
});

describe('renaming', () => {
  it('redirects the earlier name until it is taken again', async () => {
    await ada.post('/new', { name: 'before', visibility: 'public', readme: 'on' });
    const answer = await ada.post('/ada/before/settings/name', { name: 'after' });
    expect(answer.headers.get('location')).toBe('/ada/after/settings');
    expect((await kinds())[0]).toBe('repository.renamed');
    const moved = await t.anonymous.get('/ada/before/blob/main/README.md?plain=1');
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toBe('/ada/after/blob/main/README.md?plain=1');
    await ada.post('/new', { name: 'before', visibility: 'public' });
    expect((await t.anonymous.get('/ada/before')).status).toBe(200);
    expect((await ada.post('/ada/before/settings/name', { name: 'after' })).status).toBe(422);
  });

  it('lets only the letter case change', async () => {
    await ada.post('/new', { name: 'case', visibility: 'public' });
    expect((await ada.post('/ada/case/settings/name', { name: 'CASE' })).status).toBe(303);
    expect(await (await ada.get('/ada')).text()).toContain('/ada/CASE');
  });

  it('tells nobody where a private repository went', async () => {
    await ada.post('/new', { name: 'secret', visibility: 'private' });
    await ada.post('/ada/secret/settings/name', { name: 'hidden' });
    expect((await t.anonymous.get('/ada/secret')).status).toBe(404);
  });
});

describe('deleting', () => {
  it('wants the name typed, then frees it at once and purges later', async () => {
    await ada.post('/new', { name: 'doomed', visibility: 'public', readme: 'on' });
    const open = await openRepository(t.app, await t.actor('ada'), 'ada', 'doomed', 'repository:own');
    expect((await ada.post('/ada/doomed/settings/deletion', { confirmation: 'doomed' })).status).toBe(422);
    expect((await ada.post('/ada/doomed/settings/deletion', { confirmation: 'ada/doomed' })).status).toBe(
      303,
    );
    expect((await ada.get('/ada/doomed')).status).toBe(404);
    await access(open.dir);
    expect((await ada.post('/new', { name: 'doomed', visibility: 'public' })).status).toBe(303);
    const [job] = (await t.app.jobs.list({ limit: 50 })).filter((row) => row.kind === 'repos.purge');
    await t.app.jobs.retry(job?.id ?? 0);
    await t.app.jobs.drain();
    await expect(access(open.dir)).rejects.toThrow();
    expect((await ada.get('/ada/doomed')).status).toBe(200);
  });
});

describe('the default branch in the settings', () => {
  it('is chosen even where no such branch is offered, so that saving something else leaves it alone', async () => {
    await ada.post('/new', { name: 'branchy', visibility: 'public', readme: 'on' });
    const open = await openRepository(t.app, await t.actor('ada'), 'ada', 'branchy', 'code:read');
    await t.app.git.run(['branch', '-m', 'main', 'another'], { dir: open.dir });
    const page = await (await ada.get('/ada/branchy/settings')).text();
    expect(page).toMatch(/<option value="main" selected[^>]*>main<\/option>/);
    expect(page).toContain('<option value="another"');
    const form = { description: 'New', website: '', defaultBranch: 'main' };
    expect((await ada.post('/ada/branchy/settings', form)).status).toBe(303);
  });
});

describe('two changes at once', () => {
  it('a change that comes after the deletion leaves the name free and is not recorded', async () => {
    const actor = await t.actor('ada');
    expect((await ada.post('/new', { name: 'late', visibility: 'public' })).status).toBe(303);
    const open = await openRepository(t.app, actor, 'ada', 'late', 'code:read');
    await deleteRepository(t.app, actor, open);
    const before = await kinds();
    await expect(changeRepository(t.app, actor, open, { name: 'late2' })).rejects.toThrow('does not exist');
    await expect(deleteRepository(t.app, actor, open)).rejects.toThrow('does not exist');
    expect(await kinds()).toEqual(before);
    expect((await ada.post('/new', { name: 'late2', visibility: 'public' })).status).toBe(303);
  });

  it('a refused change leaves the default branch of clones alone', async () => {
    const actor = await t.actor('ada');
    await ada.post('/new', { name: 'one', visibility: 'public' });
    await ada.post('/new', { name: 'two', visibility: 'public' });
    const open = await openRepository(t.app, actor, 'ada', 'one', 'code:read');
    const both = { name: 'two', defaultBranch: 'trunk' };
    await expect(changeRepository(t.app, actor, open, both)).rejects.toThrow('already');
    const head = await t.app.git.run(['symbolic-ref', 'HEAD'], { dir: open.dir });
    expect(head.stdout.toString().trim()).toBe('refs/heads/main');
  });

  it('access that nobody had is not taken away', async () => {
    const actor = await t.actor('ada');
    const open = await openRepository(t.app, actor, 'ada', 'one', 'code:read');
    const before = await kinds();
    await takeAccess(t.app, actor, open, 123_456);
    expect(await kinds()).toEqual(before);
  });
});

describe('the API', () => {
  async function api(path: string, method: string, token: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' };
    return t.anonymous.request(`/api/v1${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }

  it('creates, reads, changes and deletes in Gitea shapes', async () => {
    const token = await t.token('bob');
    const created = await api('/user/repos', 'POST', token, { name: 'tool', private: true, auto_init: true });
    expect(created.status).toBe(201);
    const json = (await created.json()) as Record<string, unknown>;
    expect(json).toMatchObject({
      full_name: 'bob/tool',
      private: true,
      empty: false,
      default_branch: 'main',
    });
    expect(json.permissions).toEqual({ admin: true, push: true, pull: true });
    const changed = await api('/repos/bob/tool', 'PATCH', token, {
      name: 'tool2',
      private: false,
      description: 'd',
    });
    expect(await changed.json()).toMatchObject({ full_name: 'bob/tool2', private: false, description: 'd' });
    expect((await api('/repos/bob/tool', 'GET', token)).status).toBe(301);
    expect((await api('/repos/bob/tool2', 'DELETE', token)).status).toBe(204);
    expect((await api('/repos/bob/tool2', 'GET', token)).status).toBe(404);
  });

  it('leaves alone what is null, and makes nothing public by a value it does not know', async () => {
    const token = await t.token('bob');
    const made = { name: 'shy', private: true, description: null, gitignores: null };
    expect((await api('/user/repos', 'POST', token, made)).status).toBe(201);
    const left = await api('/repos/bob/shy', 'PATCH', token, { private: null, name: null, website: null });
    expect(await left.json()).toMatchObject({ full_name: 'bob/shy', private: true });
    expect((await api('/repos/bob/shy', 'PATCH', token, { private: 'true' })).status).toBe(422);
    expect((await api('/user/repos', 'POST', token, { name: 'shy2', private: 1 })).status).toBe(422);
    expect(await (await api('/repos/bob/shy', 'GET', token)).json()).toMatchObject({ private: true });
  });

  it('answers 409 for a name that is taken', async () => {
    const token = await t.token('bob');
    expect((await api('/user/repos', 'POST', token, { name: 'taken' })).status).toBe(201);
    const again = await api('/user/repos', 'POST', token, { name: 'Taken' });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({
      errors: ['name: You already have a repository named Taken.'],
    });
  });

  it('asks of a token the scope that the call needs', async () => {
    const reader = await t.token('bob', 'read:repository');
    expect((await api('/user/repos', 'POST', reader, { name: 'no' })).status).toBe(403);
    const userOnly = await t.token('bob', 'read:user');
    await api('/user/repos', 'POST', await t.token('bob'), { name: 'open' });
    expect((await api('/repos/bob/open', 'GET', reader)).status).toBe(200);
    expect((await api('/repos/bob/open', 'GET', userOnly)).status).toBe(403);
  });

  it('names the field that is wrong', async () => {
    const answer = await api('/user/repos', 'POST', await t.token('bob'), { name: 'a b' });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(await answer.json())).toContain('letters, digits');
  });
});
