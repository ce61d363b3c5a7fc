// Releases on the web and by the API, per role, with their events; drafts are for writers alone, wherever one looks.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { finishPublishing } from '../../../src/features/releases/publishing.service.ts';
import { setArchived } from '../../../src/features/repos/repos.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { runGit } from '../code/import-commits.ts';
import { liveParts } from '../code/live-parts.ts';
import { makeScenario, releaseEvents, type Scenario, sendForm } from './scenario.ts';

const EVIL = `"><svg onload=hit()>`;

let t: TestApp;
let s: Scenario;
let before: string[];

beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await makeScenario(t);
  before = await stored();
});

const stored = async () => (await t.app.storage.list('assets', Date.now() + 9e9)).sort();
const at = (path: string) => s.open.path + path;
const text = async (visitor: Visitor, path: string) => (await visitor.get(at(path))).text();
const tagOf = (name: string) => t.app.git.ref(s.open.dir, `refs/tags/${name}`);
const publish = (fields: Record<string, string>, files: Record<string, string> = {}) =>
  sendForm(s.writer, at('/releases'), { action: 'publish', target: 'main', ...fields }, files);

describe('publishing', () => {
  it('makes the tag, shows notes and files, and tells of it once', async () => {
    const made = await publish(
      { tag: 'v1.0', title: 'First', body: '**Hello** <script>hit()</script>' },
      { 'a b.txt': 'abc' },
    );
    expect(made.headers.get('location')).toBe(at('/releases/tag/v1.0'));
    expect(await tagOf('v1.0')).toBe(await t.app.git.ref(s.open.dir, 'refs/heads/main'));
    const page = await text(t.anonymous, '/releases/tag/v1.0');
    expect(page).toContain('<strong>Hello</strong>');
    expect(page).toContain('Latest');
    expect(page).toContain('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(page).toContain(`href="${at('/releases/download/v1.0/a%20b.txt')}"`);
    expect(liveParts(page)).toEqual([]);
    expect(await text(t.anonymous, '')).toContain('First');
    expect(await releaseEvents(t, s.open)).toEqual(['release_asset.added', 'release.published']);
    expect((await t.anonymous.get(at('/releases/latest'))).headers.get('location')).toBe(
      at('/releases/tag/v1.0'),
    );
  });

  it('takes a tag that exists, with a slash in it, and asks for no target', async () => {
    runGit(s.open.dir, 'tag', 'lib/v2', 'main~1');
    const made = await publish({ tag: 'lib/v2', target: 'nowhere' }, { 'x.bin': 'x' });
    expect(made.headers.get('location')).toBe(at('/releases/tag/lib/v2'));
    const file = await t.anonymous.get(at('/releases/download/lib/v2/x.bin'));
    expect(await file.text()).toBe('x');
    expect(await text(t.anonymous, '/releases/tag/lib/v2')).toContain('1 commit');
  });

  it.each([
    [{ tag: '' }, 'Give the tag a name'],
    [{ tag: 'a..b' }, 'not a name git accepts'],
    [{ tag: 'v1', target: 'nowhere' }, 'no such branch or commit'],
    [{ tag: 'v1', title: 'x'.repeat(256) }, 'at most 255'],
  ])('keeps what was typed when it is refused: %o', async (fields, message) => {
    const answer = await publish({ title: 'My title', body: 'My notes', ...fields }, { a: 'a' });
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain(message);
    expect(page).toContain('My notes');
    expect(await releaseEvents(t, s.open)).toEqual([]);
    expect(runGit(s.open.dir, 'tag')).toBe('');
    expect(await stored()).toEqual(before);
  });

  it('refuses a second release of a tag', async () => {
    await publish({ tag: 'v1' });
    const again = await publish({ tag: 'v1' });
    expect(again.status).toBe(422);
    expect(await again.text()).toContain('already a release of v1');
  });

  it('changes, keeps its day, and deletes with or without the tag', async () => {
    await publish({ tag: 'v1', body: 'one' }, { old: 'old' });
    const id = /name="removed" value="(\d+)"/.exec(await text(s.writer, '/releases/edit/v1'))?.[1] ?? '';
    const edit = { action: 'publish', tag: 'v1', title: 'Again', body: 'two', removed: id, prerelease: 'on' };
    await sendForm(s.ada, at('/releases/edit/v1'), edit, { fresh: 'fresh' });
    const page = await text(t.anonymous, '/releases/tag/v1');
    expect(page).toContain('Pre-release');
    expect(page).not.toContain('Latest');
    expect((await t.anonymous.get(at('/releases/download/v1/old'))).status).toBe(404);
    expect(await (await t.anonymous.get(at('/releases/download/v1/fresh'))).text()).toBe('fresh');
    const release = /name="id" value="(\d+)"/.exec(await text(s.writer, '/releases/tag/v1'))?.[1] ?? '';
    await s.writer.post(at('/releases/deletion'), { id: release });
    expect(await tagOf('v1')).toBeDefined();
    expect(await text(t.anonymous, '/releases/tag/v1')).toContain('Browse the files');
    expect(await stored()).toEqual(before);
    await publish({ tag: 'v1' });
    const other = /name="id" value="(\d+)"/.exec(await text(s.writer, '/releases/tag/v1'))?.[1] ?? '';
    await s.writer.post(at('/releases/deletion'), { id: other, with_tag: 'on' });
    expect(await tagOf('v1')).toBeUndefined();
    expect((await releaseEvents(t, s.open)).filter((kind) => kind === 'release.deleted')).toHaveLength(2);
  });

  it('is published by one of several forms of its draft that come at once', async () => {
    await sendForm(s.writer, at('/releases'), { action: 'draft', tag: 'v1' });
    const fields = { action: 'publish', tag: 'v1', target: 'main' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => sendForm(s.writer, at('/releases/edit/v1'), fields)),
    );
    expect(answers.map(({ status }) => status)).toContain(303);
    expect((await t.anonymous.get(at('/releases/tag/v1'))).status).toBe(200);
    expect(await text(t.anonymous, '/releases/tag/v1')).toContain('Latest');
    const told = (await releaseEvents(t, s.open)).filter((kind) => kind === 'release.published');
    expect(told).toHaveLength(1);
  });

  it('deletes no file by a form that is refused for another reason', async () => {
    await publish({ tag: 'v1' }, { old: 'old' });
    const id = /name="removed" value="(\d+)"/.exec(await text(s.writer, '/releases/edit/v1'))?.[1] ?? '';
    for (const wrong of [{ tag: 'v7', target: 'nowhere' }, { tag: 'a..b' }, { tag: 'v1', action: 'draft' }]) {
      const edit = { action: 'publish', removed: id, ...wrong };
      expect((await sendForm(s.writer, at('/releases/edit/v1'), edit)).status).toBe(422);
    }
    expect(await (await t.anonymous.get(at('/releases/download/v1/old'))).text()).toBe('old');
  });

  it('writes notes from the commits, in which nobody’s text is markup', async () => {
    await publish({ tag: 'v0', target: runGit(s.open.dir, 'rev-parse', 'main~3') });
    const answer = await sendForm(s.writer, at('/releases'), {
      action: 'generate',
      tag: 'v1',
      target: 'main',
      body: 'Mine.',
    });
    const page = await answer.text();
    expect(page).toContain('Mine.');
    expect(page).toContain('### Features');
    expect(page).toContain('### Fixes');
    expect(page).toContain('by @ada in');
    expect(page).toContain(`${at('/compare/v0...v1')}`);
    expect(page).toContain('mend \\&lt;b\\&gt;threads');
    expect(page).not.toContain('* Begin');
    expect(runGit(s.open.dir, 'tag')).toBe('v0');
    const preview = await sendForm(s.writer, at('/releases'), {
      action: 'preview',
      tag: 'v1',
      body: '# Hi <img src=x onerror=hit()>',
    });
    expect(liveParts(await preview.text())).toEqual([]);
  });

  it('pages by keyset', async () => {
    for (let n = 0; n < 12; n++) await publish({ tag: `v${n}` });
    const first = await text(t.anonymous, '/releases');
    expect(first).toContain('>v11<');
    expect(first).not.toContain('>v1</a>');
    const next = /rel="next" href="([^"]+)"/.exec(first)?.[1] ?? '';
    expect(next).toMatch(/after=\d+-\d+/);
    expect(await (await t.anonymous.get(next)).text()).toContain('>v1</a>');
    expect(first).toContain('compare/v10...v11');
  });
});

it('feeds tell of what was published, to whoever may see it', async () => {
  await publish({ tag: 'v1.5' });
  await sendForm(s.writer, at('/releases'), { action: 'draft', tag: 'v1.6' });
  const own = async (visitor: Visitor) => (await visitor.get('/writer')).text();
  expect(await own(t.anonymous)).toMatch(
    /released\s+<a class="mono" href="[^"]+releases\/tag\/v1\.5">v1\.5</,
  );
  expect(await own(s.ada)).not.toContain('v1.6');
  const { changeRepository } = await import('../../../src/features/repos/repos.service.ts');
  await changeRepository(t.app, await t.actor('ada'), s.open, { disabledUnits: 'releases' });
  expect(await own(t.anonymous)).not.toContain('releases/tag/v1.5');
});

describe('a crash while publishing', () => {
  it('after the tag was made is finished by a job, and only then', async () => {
    await sendForm(s.writer, at('/releases'), { action: 'draft', tag: 'v1', body: 'notes' });
    const api = `/api/v1/repos${s.open.path}/releases`;
    const headers = { authorization: `token ${await t.token('writer')}` };
    const read = async () =>
      (await (await t.anonymous.get(`${api}/tags/v1`, headers)).json()) as { id: number; draft: boolean };
    const { id } = await read();
    const { findRelease } = await import('../../../src/features/releases/releases.store.ts');
    const row = await findRelease(t.app.db.read, s.open.repository.id, id);
    const payload = { releaseId: id, repositoryId: s.open.repository.id, updatedAt: row?.updatedAt };
    await finishPublishing(t.app, payload);
    expect((await read()).draft).toBe(true);
    runGit(s.open.dir, 'tag', 'v1', 'main');
    await finishPublishing(t.app, { ...payload, updatedAt: 1 });
    expect((await read()).draft).toBe(true);
    await finishPublishing(t.app, payload);
    expect((await read()).draft).toBe(false);
    await finishPublishing(t.app, payload);
    expect(await releaseEvents(t, s.open)).toEqual(['release.created', 'release.published']);
  });

  it('is no matter when the tag is refused: the draft stays a draft, and nothing publishes it later', async () => {
    runGit(s.open.dir, 'update-ref', 'refs/tags/v1/below', 'main');
    expect((await publish({ tag: 'v1' })).status).toBe(422);
    expect(await releaseEvents(t, s.open)).toEqual([]);
    expect(await text(s.writer, '/releases')).toContain('No releases yet');
  });
});

describe('a draft', () => {
  beforeEach(async () => {
    runGit(s.open.dir, 'tag', 'v9-secret', 'main');
    await sendForm(
      s.writer,
      at('/releases'),
      { action: 'draft', tag: 'v9-secret', title: 'Hidden words', body: 'x' },
      { 'plan.txt': 'plan' },
    );
  });

  it('is seen and downloaded by writers', async () => {
    for (const visitor of [s.ada, s.writer]) {
      expect(await text(visitor, '/releases')).toContain('Hidden words');
      expect(await text(visitor, '/releases/tag/v9-secret')).toContain('Draft');
      expect((await visitor.get(at('/releases/download/v9-secret/plan.txt'))).status).toBe(200);
    }
    expect(await text(s.writer, '/tags')).toContain('Draft');
    expect(await releaseEvents(t, s.open)).toEqual(['release_asset.added', 'release.created']);
  });

  it('is nowhere for anybody else: lists, pages, files, feeds, home, API, ids', async () => {
    const reading = { authorization: `token ${await t.token('writer', 'read:repository')}` };
    const api = `/api/v1/repos${s.open.path}/releases`;
    const headers = { authorization: `token ${await t.token('writer')}` };
    const [own] = (await (await t.anonymous.get(api, headers)).json()) as {
      id: number;
      assets: { id: number }[];
    }[];
    const ids = `${api}/${own?.id}`;
    for (const [visitor, more] of [
      [t.anonymous, {}],
      [s.reader, {}],
      [t.anonymous, reading],
    ] as const) {
      for (const path of [
        '/releases',
        '/releases/tag/v9-secret',
        '/tags',
        '/releases.atom',
        '/tags.atom',
        '',
      ])
        expect(await (await visitor.get(at(path), more)).text(), path).not.toMatch(
          /Hidden words|plan\.txt|>Draft</,
        );
      expect((await visitor.get(at('/releases/download/v9-secret/plan.txt'), more)).status).toBe(404);
      expect((await visitor.get(at('/releases/latest/download/plan.txt'), more)).status).toBe(404);
      expect(await (await visitor.get(api, more)).json()).toEqual([]);
      expect(await (await visitor.get(`${api}?draft=true`, more)).json()).toEqual([]);
      for (const path of [
        ids,
        `${ids}/assets`,
        `${ids}/assets/${own?.assets[0]?.id}`,
        `${api}/latest`,
        `${api}/tags/v9-secret`,
      ])
        expect((await visitor.get(path, more)).status, path).toBe(404);
    }
    expect(own?.assets).toHaveLength(1);
  });

  it('is published by its form', async () => {
    await sendForm(s.writer, at('/releases/edit/v9-secret'), {
      action: 'publish',
      tag: 'v9-secret',
      title: 'Out',
      body: '',
    });
    expect(await text(t.anonymous, '/releases')).toContain('Out');
    const back = await sendForm(s.writer, at('/releases/edit/v9-secret'), {
      action: 'draft',
      tag: 'v9-secret',
    });
    expect(back.status).toBe(422);
  });
});

describe('who may', () => {
  it('write releases: writers, while the repository is no archive', async () => {
    await publish({ tag: 'v1' });
    const id = /name="id" value="(\d+)"/.exec(await text(s.writer, '/releases/tag/v1'))?.[1] ?? '';
    for (const [visitor, status] of [
      [t.anonymous, 401],
      [s.reader, 403],
    ] as const) {
      expect(
        (await sendForm(visitor, at('/releases'), { action: 'publish', tag: 'v2', target: 'main' })).status,
      ).toBe(status);
      expect(
        (await sendForm(visitor, at('/releases/edit/v1'), { action: 'publish', tag: 'v1' })).status,
      ).toBe(status);
      expect((await visitor.post(at('/releases/deletion'), { id })).status).toBe(status);
      expect((await visitor.post(at('/tags'), { name: 'x', target: 'main' })).status).toBe(status);
      expect((await visitor.post(at('/tags/deletion'), { name: 'v1' })).status).toBe(status);
      expect(await text(visitor, '/releases')).not.toContain('New release');
    }
    await setArchived(t.app, SYSTEM, s.open, true);
    expect((await publish({ tag: 'v2' })).status).toBe(403);
    expect((await s.writer.post(at('/tags/deletion'), { name: 'v1' })).status).toBe(403);
    expect(await text(s.writer, '/releases/tag/v1')).not.toContain('Delete this release');
    expect((await t.anonymous.get(at('/releases/tag/v1'))).status).toBe(200);
  });

  it('see releases: nobody where they are switched off', async () => {
    await publish({ tag: 'v1' }, { a: 'a' });
    const { changeRepository } = await import('../../../src/features/repos/repos.service.ts');
    await changeRepository(t.app, await t.actor('ada'), s.open, { disabledUnits: 'releases' });
    for (const path of ['/releases', '/releases/tag/v1', '/releases/download/v1/a', '/releases.atom'])
      expect((await s.ada.get(at(path))).status, path).toBe(404);
    expect(await text(s.ada, '')).not.toContain('Releases');
    expect(await text(s.ada, '/tags')).not.toContain('>Release<');
  });

  it('inject markup by names of tags, titles and files: nobody', async () => {
    const tag = EVIL.replaceAll(' ', '-');
    await publish(
      { tag, title: EVIL, body: `[x](javascript:hit()) ${EVIL}` },
      { [EVIL]: 'x', '../../etc/passwd': 'y', 'a\u202etxt.exe': 'z' },
    );
    for (const path of [
      '/releases',
      `/releases/tag/${encodeURIComponent(tag)}`,
      '/tags',
      `/releases/edit/${encodeURIComponent(tag)}`,
      '',
    ]) {
      const page = await text(s.writer, path);
      expect(page).toContain('svg');
      expect(liveParts(page), path).toEqual([]);
      expect(page).not.toContain('<svg onload');
    }
    expect(await text(s.writer, '/releases')).toContain('>passwd<');
    const file = await t.anonymous.get(
      at(`/releases/download/${encodeURIComponent(tag)}/${encodeURIComponent(EVIL)}`),
    );
    expect(file.status).toBe(200);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="_svg_onload_hit_"; /);
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('tags', () => {
  it('are made with and without a message, listed with their release, and deleted', async () => {
    expect(
      (await s.writer.post(at('/tags'), { name: 'v1', target: 'main', message: 'One\r\n\r\nMore' })).status,
    ).toBe(303);
    expect(
      (
        await s.writer.post(at('/tags'), {
          name: 'v2',
          target: runGit(s.open.dir, 'rev-parse', 'main~1'),
          message: '',
        })
      ).status,
    ).toBe(303);
    expect(runGit(s.open.dir, 'cat-file', '-t', 'v1')).toBe('tag');
    expect(runGit(s.open.dir, 'cat-file', '-t', 'v2')).toBe('commit');
    await publish({ tag: 'v2' });
    const page = await text(s.writer, '/tags');
    expect(page).toContain('One');
    expect(page).toContain('>Release<');
    const refused = await s.writer.post(at('/tags'), { name: 'v1', target: 'main' });
    expect(refused.status).toBe(422);
    const moved = await s.writer.post(at('/tags/deletion'), { name: 'v1', oid: '1'.repeat(40) });
    expect(moved.status).toBe(409);
    await s.writer.post(at('/tags/deletion'), { name: 'v1', oid: (await tagOf('v1')) ?? '' });
    expect(await tagOf('v1')).toBeUndefined();
  });

  it('go on by keyset', async () => {
    for (let n = 0; n < 35; n++) runGit(s.open.dir, 'tag', `v1.${n}`);
    const first = await text(t.anonymous, '/tags');
    expect(first).toContain('>v1.34<');
    const next = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await (await t.anonymous.get(next)).text();
    expect(second).toContain('>v1.0<');
    expect(second).toContain('>v1.4<');
    expect(second).not.toContain('>v1.5<');
  });
});
