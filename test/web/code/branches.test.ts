// Branches on the web: their lists, and making, renaming, deleting and restoring them, per role and with their events.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import {
  forgetDeletedBranches,
  keepPushedAway,
} from '../../../src/features/code/deleted-branches.service.ts';
import { giveAccess } from '../../../src/features/repos/collaborators.service.ts';
import { setArchived } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

const DAY = 86_400_000;
const EVIL = '"><svg-onload=hit()>';

let t: TestApp;
let open: OpenRepository;
let ada: Visitor;
let number = 0;
let now = Date.UTC(2026, 5, 1);

beforeAll(async () => {
  t = await testApp({}, { clock: { now: () => now } as never });
});
afterAll(() => t.close());

beforeEach(async () => {
  number += 1;
  open = await makeRepository(t, 'ada', `engine${number}`, [
    { ref: HEAD, message: 'First', files: [{ path: 'a', data: 'a' }], time: (now - DAY) / 1000 },
    {
      ref: 'refs/heads/old',
      from: HEAD,
      message: 'Old',
      files: [{ path: 'b', data: 'b' }],
      time: (now - 200 * DAY) / 1000,
    },
    {
      ref: 'refs/heads/topic/x',
      from: HEAD,
      message: 'Topic',
      files: [{ path: 'c', data: 'c' }],
      time: (now - 2 * DAY) / 1000,
    },
  ]);
  ada = await t.as('ada');
});

const tip = (ref: string) => t.app.git.ref(open.dir, `refs/heads/${ref}`);
const hidden = async () => (await t.app.git.refs(open.dir, 'refs/opencodehub/deleted/')).length;
const text = async (visitor: Visitor, path: string) => (await visitor.get(open.path + path)).text();
const pushes = async () =>
  (await t.app.events.recent({ repositoryId: open.repository.id, limit: 50 }))
    .filter((event) => event.kind === 'push')
    .map((event) => (event.kind === 'push' ? event.updates.map(({ ref }) => ref) : []));

describe('lists of branches', () => {
  it('tell active from stale ones, find by words, and page by keyset', async () => {
    expect(await text(ada, '/branches/active')).toContain('topic/x');
    expect(await text(ada, '/branches/active')).not.toContain('>old<');
    expect(await text(ada, '/branches/stale')).toContain('>old<');
    expect(await text(ada, '/branches/stale')).not.toContain('topic/x');
    expect(await text(ada, '/branches?q=TOPIC')).toContain('topic/x');
    expect(await text(ada, '/branches?q=TOPIC')).not.toContain('>old<');
    const many = Array.from(
      { length: 70 },
      (_, n) => `create refs/heads/m/${String(n).padStart(3, '0')} ${HEAD}\n`,
    );
    runGit(open.dir, 'update-ref', 'refs/heads/zz', HEAD);
    for (const line of many) runGit(open.dir, 'update-ref', line.split(' ')[1] ?? '', HEAD);
    for (const tab of ['all', 'active']) {
      const seen = new Set<string>();
      let path = `/branches/${tab}`;
      for (let pages = 0; pages < 9; pages++) {
        const page = await text(ada, path);
        for (const [, name = ''] of page.matchAll(/name="name" value="([^"]+)"/g)) seen.add(name);
        const next = /rel="next" href="([^"]+)"/.exec(page)?.[1];
        if (!next) break;
        path = next.replaceAll('&amp;', '&').slice(open.path.length);
      }
      expect(seen.size).toBe(tab === 'all' ? 73 : 72);
    }
  });

  it('show as theirs what somebody pushed to', async () => {
    await ada.post(`${open.path}/branches`, { name: 'mine', from: 'main' });
    expect(await text(ada, '/branches/yours')).toContain('>mine<');
    expect(await text(ada, '/branches/yours')).not.toContain('>old<');
    expect(await text(ada, '/branches')).toContain('Your branches');
  });
});

describe('a branch', () => {
  it('is made from a branch, a tag or a commit, with its event', async () => {
    const made = await ada.post(`${open.path}/branches`, { name: 'feature/new', from: 'topic/x' });
    expect(made.headers.get('location')).toBe(`${open.path}/tree/feature/new`);
    expect(await tip('feature/new')).toBe(await tip('topic/x'));
    expect(await pushes()).toEqual([['refs/heads/feature/new']]);
    const byCommit = await ada.post(`${open.path}/branches`, { name: 'at', from: (await tip('old')) ?? '' });
    expect(byCommit.status).toBe(303);
  });

  it.each([
    ['main', 'already a branch'],
    ['topic', 'beside the branch'],
    ['main/x', 'beside the branch'],
    ['a..b', 'not a name git accepts'],
    ['-rf', 'not a name git accepts'],
    ['HEAD', 'mistaken'],
    ['a'.repeat(40), 'mistaken'],
    ['', 'Give the branch a name'],
  ])('is not made as %s, and what was typed stays', async (name, message) => {
    const answer = await ada.post(`${open.path}/branches`, { name, from: 'old' });
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain(message);
    expect(page).toContain('value="old"');
    expect(await pushes()).toEqual([]);
  });

  it('is deleted and restored with its commits, both as pushes', async () => {
    const oid = await tip('topic/x');
    const form = { name: 'topic/x', oid: oid ?? '' };
    expect((await ada.post(`${open.path}/branches/deletion`, form)).status).toBe(303);
    expect(await tip('topic/x')).toBeUndefined();
    expect(await hidden()).toBe(1);
    await t.app.jobs.drain();
    expect(await hidden()).toBe(1);
    runGit(open.dir, 'gc', '--prune=now', '-q');
    const page = await text(ada, '/branches/deleted');
    expect(page).toContain('topic/x');
    const id = /name="id" value="(\d+)"/.exec(page)?.[1] ?? '';
    const back = await ada.post(`${open.path}/branches/restoration`, { id });
    expect(back.headers.get('location')).toBe(`${open.path}/tree/topic/x`);
    expect(await tip('topic/x')).toBe(oid);
    expect(await hidden()).toBe(0);
    expect((await ada.post(`${open.path}/branches/restoration`, { id })).status).toBe(404);
    expect(await pushes()).toEqual([['refs/heads/topic/x'], ['refs/heads/topic/x']]);
    await t.app.jobs.drain();
    expect(await hidden()).toBe(0);
  });

  it('is not deleted when it moved since the page was made, nor when it is the default one', async () => {
    const oid = (await tip('old')) ?? '';
    runGit(open.dir, 'update-ref', 'refs/heads/old', HEAD);
    expect((await ada.post(`${open.path}/branches/deletion`, { name: 'old', oid })).status).toBe(409);
    expect((await ada.post(`${open.path}/branches/deletion`, { name: 'main', oid: '' })).status).toBe(403);
    expect(await hidden()).toBe(0);
    expect(await text(ada, '/branches/deleted')).toContain('Nothing to restore');
  });

  it('that was deleted is not restored over a new one of its name', async () => {
    await ada.post(`${open.path}/branches/deletion`, { name: 'old' });
    await ada.post(`${open.path}/branches`, { name: 'old', from: 'main' });
    const id = /name="id" value="(\d+)"/.exec(await text(ada, '/branches/deleted'))?.[1] ?? '';
    expect((await ada.post(`${open.path}/branches/restoration`, { id })).status).toBe(409);
    expect(await tip('old')).toBe(await tip('main'));
  });

  it('that a push deleted can be restored too, once, and not after a rename', async () => {
    const oid = (await tip('old')) ?? '';
    const zero = '0'.repeat(40);
    runGit(open.dir, 'update-ref', '-d', 'refs/heads/old');
    const updates = [{ ref: 'refs/heads/old', oldOid: oid, newOid: zero }];
    const push = { repositoryId: open.repository.id, updates, createdAt: now };
    await keepPushedAway(t.app, push);
    await keepPushedAway(t.app, push);
    expect(await hidden()).toBe(1);
    await ada.post(`${open.path}/branches/name`, { branch: 'topic/x', name: 'topic/y' });
    await t.app.jobs.drain();
    expect(await hidden()).toBe(1);
  });

  it('deleted by a push with very many others costs no step of its own', async () => {
    const oid = (await tip('main')) ?? '';
    const zero = '0'.repeat(40);
    const updates = Array.from({ length: 250 }, (_, at) => ({
      ...{ ref: `refs/heads/many${at}`, oldOid: oid, newOid: zero },
    }));
    const before = await hidden();
    const steps = () => Number(t.app.git.activity.state(open.dir).split('-')[1]);
    const begun = steps();
    await keepPushedAway(t.app, { repositoryId: open.repository.id, updates, createdAt: now });
    expect(await hidden()).toBe(before + 250);
    // Each would be two.
    expect(steps() - begun).toBeLessThan(100);
  });

  it('is forgotten when its days are over', async () => {
    const before = await hidden();
    await ada.post(`${open.path}/branches/deletion`, { name: 'old' });
    await forgetDeletedBranches(t.app);
    expect(await hidden()).toBe(before + 1);
    now += 91 * DAY;
    await forgetDeletedBranches(t.app);
    now -= 91 * DAY;
    expect(await hidden()).toBe(0);
    expect(await text(ada, '/branches/deleted')).toContain('Nothing to restore');
  });

  it('is renamed, the default one with its setting', async () => {
    const [oid, main] = [await tip('old'), await tip('main')];
    await ada.post(`${open.path}/branches/name`, { branch: 'old', name: 'older' });
    expect([await tip('old'), await tip('older')]).toEqual([undefined, oid]);
    await ada.post(`${open.path}/branches/name`, { branch: 'main', name: 'trunk' });
    expect([await tip('main'), await tip('trunk')]).toEqual([undefined, main]);
    expect(await text(ada, '/branches')).toMatch(/>Default branch<[\s\S]{0,900}trunk/);
    expect(runGit(open.dir, 'symbolic-ref', 'HEAD').toString().trim()).toBe('refs/heads/trunk');
    const taken = await ada.post(`${open.path}/branches/name`, { branch: 'older', name: 'trunk' });
    expect(taken.status).toBe(422);
  });
});

describe('who may', () => {
  it('change branches: writers; nobody else learns of deleted ones', async () => {
    await t.actor('reader');
    await t.actor('writer');
    await giveAccess(t.app, await t.actor('ada'), open, { username: 'writer', permission: 'write' });
    await ada.post(`${open.path}/branches/deletion`, { name: 'old' });
    const id = /name="id" value="(\d+)"/.exec(await text(ada, '/branches/deleted'))?.[1] ?? '';
    const [reader, writer] = [await t.as('reader'), await t.as('writer')];
    const acts: [string, Record<string, string>][] = [
      ['', { name: 'n', from: 'main' }],
      ['/name', { branch: 'topic/x', name: 'n2' }],
      ['/deletion', { name: 'topic/x' }],
      ['/restoration', { id }],
    ];
    for (const [path, form] of acts) {
      expect((await reader.post(`${open.path}/branches${path}`, form)).status, path).toBe(403);
      expect((await t.anonymous.post(`${open.path}/branches${path}`, form)).status, path).toBe(401);
    }
    expect((await reader.get(`${open.path}/branches/deleted`)).status).toBe(403);
    expect(await text(reader, '/branches')).not.toContain('Rename');
    expect((await writer.post(`${open.path}/branches/name`, { branch: 'main', name: 'n3' })).status).toBe(
      403,
    );
    expect(await text(writer, '/branches/all')).toContain('branch=topic%2Fx');
    expect(await text(writer, '/branches/all')).not.toContain('branch=main"');
    for (const [path, form] of acts)
      expect((await writer.post(`${open.path}/branches${path}`, form)).status, path).toBe(
        path === '/deletion' ? 404 : 303,
      );
  });

  it('change branches of an archived repository: nobody', async () => {
    await setArchived(t.app, SYSTEM, open, true);
    expect((await ada.post(`${open.path}/branches`, { name: 'n', from: 'main' })).status).toBe(403);
    expect((await ada.post(`${open.path}/branches/deletion`, { name: 'old' })).status).toBe(403);
    expect(await text(ada, '/branches')).not.toContain('New branch');
  });

  it('inject markup by a name: nobody', async () => {
    runGit(open.dir, 'update-ref', `refs/heads/${EVIL}`, HEAD);
    for (const path of [
      '/branches/all',
      `/branches/name?branch=${encodeURIComponent(EVIL)}`,
      '/branches/new',
    ])
      expect(await text(ada, path)).not.toContain('<svg-onload');
    await ada.post(`${open.path}/branches/deletion`, { name: EVIL });
    expect(await text(ada, '/branches/deleted')).not.toContain('<svg-onload');
    expect(await tip(EVIL)).toBeUndefined();
  });
});

describe('the API', () => {
  it('makes, renames and deletes branches and tags as Gitea’s does', async () => {
    const headers = { authorization: `token ${await t.token('ada')}`, 'content-type': 'application/json' };
    const api = async (method: string, path: string, body?: object) => {
      const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
      const answer = await t.anonymous.request(`/api/v1/repos${open.path}${path}`, init);
      return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
    };
    const made = await api('POST', '/branches', { new_branch_name: 'a/b', old_ref_name: 'old' });
    expect(made).toMatchObject({ status: 201, body: { name: 'a/b', commit: { id: await tip('old') } } });
    expect((await api('POST', '/branches', { new_branch_name: 'a/b' })).status).toBe(409);
    // No bytes stand for half a character.
    expect((await api('POST', '/branches', { new_branch_name: 'a\ud800' })).status).toBe(422);
    expect((await api('POST', '/tags', { tag_name: 'a\ud800' })).status).toBe(422);
    expect((await api('PATCH', '/branches/a/b', { name: 'a/c' })).status).toBe(204);
    expect((await api('DELETE', '/branches/a/c')).status).toBe(204);
    expect((await api('DELETE', '/branches/main')).status).toBe(403);
    expect(await tip('a/c')).toBeUndefined();
    const tag = await api('POST', '/tags', { tag_name: 'v1', target: 'old', message: 'One' });
    expect(tag).toMatchObject({
      status: 201,
      body: { name: 'v1', message: 'One\n', commit: { sha: await tip('old') } },
    });
    expect((await api('POST', '/tags', { tag_name: 'v2' })).body).toMatchObject({
      commit: { sha: await tip('main') },
    });
    expect((await api('GET', '/tags')).body).toMatchObject([{ name: 'v2' }, { name: 'v1' }]);
    expect(runGit(open.dir, 'cat-file', 'tag', 'v1')).toMatch(
      /^object \w+\ntype commit\ntag v1\ntagger ada </,
    );
    expect(runGit(open.dir, 'fsck', '--strict')).toBe('');
    expect((await api('DELETE', '/tags/v1')).status).toBe(204);
    expect((await api('GET', '/tags/v1')).status).toBe(404);
    const reading = { authorization: `token ${await t.token('ada', 'read:repository')}` };
    const refused = await t.anonymous.request(`/api/v1/repos${open.path}/tags/v2`, {
      method: 'DELETE',
      headers: reading,
    });
    expect(refused.status).toBe(403);
  });
});
