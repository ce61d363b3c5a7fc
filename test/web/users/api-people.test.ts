// People in the REST API: oneself, others, following, blocking, pictures and searches, as Gitea's clients use them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { createOrganization } from '../../../src/features/orgs/orgs.service.ts';
import { suspendUser } from '../../../src/features/users/standing.service.ts';
import { events } from '../../../src/platform/db/tables/platform.ts';
import { callApi } from '../../support/api-calls.ts';
import { png } from '../../support/images.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
  for (const name of ['ada', 'bob', 'eve', 'carol']) await t.actor(name);
});
afterAll(() => t.close());

const call = (token: string | undefined, method: string, path: string, body?: unknown) =>
  callApi(t, token, method, path, body);

const names = (json: { login: string }[]) => json.map(({ login }) => login);

describe('GET /users/{username}', () => {
  it('shows people to anybody, without their address and standing', async () => {
    const { status, json } = await call(undefined, 'GET', '/users/ADA');
    expect(status).toBe(200);
    expect(json).toMatchObject({ login: 'ada', active: false, is_admin: false });
    expect(json.email).toMatch(/noreply/);
    expect((await call(await t.token('ada', 'read:user'), 'GET', '/users/ada')).json.email).toBe(
      'ada@example.org',
    );
  });

  it('needs a token to hold the scope, if there is one', async () => {
    const token = await t.token('bob', 'read:repository');
    expect((await call(token, 'GET', '/users/ada')).status).toBe(403);
    expect((await call(token, 'GET', '/users/search')).status).toBe(403);
  });

  it('answers suspended people, private organizations and names of nobody alike', async () => {
    const { userId } = await t.actor('gone');
    await suspendUser(t.app, SYSTEM, userId);
    const owner = await t.actor('carol');
    await createOrganization(t.app, owner, { name: 'hidden-org', visibility: 'private' });
    await createOrganization(t.app, owner, { name: 'open-org', visibility: 'public' });
    const token = await t.token('bob', 'all');
    const missing = await call(token, 'GET', '/users/nobody-here');
    for (const name of ['gone', 'hidden-org', 'ghost', '%3A1', 'a%2Fb'])
      expect([(await call(token, 'GET', `/users/${name}`)).status, missing.status], name).toEqual([404, 404]);
    for (const name of ['gone', 'hidden-org'])
      expect((await call(token, 'GET', `/users/${name}`)).json).toEqual(missing.json);
    expect((await call(undefined, 'GET', '/users/open-org')).json).toMatchObject({ login: 'open-org' });
    const own = await t.token('carol', 'read:user');
    expect((await call(own, 'GET', '/users/hidden-org')).json.visibility).toBe('private');
    expect((await call(undefined, 'GET', '/users/search?q=gone')).json.data).toEqual([]);
  });
});

describe('GET /users/search', () => {
  it('finds by a part of the name, in pages with their number, and never by an address', async () => {
    const found = await call(undefined, 'GET', '/users/search?q=A&limit=1&sort=alphabetically');
    expect(found.json.ok).toBe(true);
    expect(names(found.json.data)).toEqual(['ada']);
    expect(Number(found.headers.get('x-total-count'))).toBeGreaterThan(1);
    expect(found.headers.get('link')).toContain('rel="next"');
    expect((await call(undefined, 'GET', '/users/search?q=example.org')).json.data).toEqual([]);
    expect((await call(undefined, 'GET', '/users/search?q=%25')).json.data).toEqual([]);
    const { userId } = await t.actor('bob');
    expect(names((await call(undefined, 'GET', `/users/search?uid=${userId}`)).json.data)).toEqual(['bob']);
    expect(names((await call(undefined, 'GET', '/users/search?q=open-org')).json.data)).toEqual([]);
  });

  it.each([`q=${'x'.repeat(101)}`, 'uid=x', 'uid=-1', 'sort=sideways'])('refuses %s', async (query) => {
    expect((await call(undefined, 'GET', `/users/search?${query}`)).status).toBe(422);
  });
});

describe('following', () => {
  it('is put, seen from both sides, and taken back', async () => {
    const ada = await t.token('ada', 'write:user');
    expect((await call(ada, 'GET', '/user/following/bob')).status).toBe(404);
    for (let n = 0; n < 2; n++) expect((await call(ada, 'PUT', '/user/following/bob')).status).toBe(204);
    expect((await call(ada, 'GET', '/user/following/bob')).status).toBe(204);
    const following = await call(ada, 'GET', '/user/following');
    expect([names(following.json), following.headers.get('x-total-count')]).toEqual([['bob'], '1']);
    expect(names((await call(undefined, 'GET', '/users/ada/following')).json)).toEqual(['bob']);
    expect(names((await call(undefined, 'GET', '/users/bob/followers')).json)).toEqual(['ada']);
    expect(names((await call(await t.token('bob', 'read:user'), 'GET', '/user/followers')).json)).toEqual([
      'ada',
    ]);
    expect((await call(undefined, 'GET', '/users/ada/following/bob')).status).toBe(204);
    expect((await call(undefined, 'GET', '/users/bob/following/ada')).status).toBe(404);
    expect((await call(undefined, 'GET', '/users/bob')).json.followers_count).toBe(1);
    for (let n = 0; n < 2; n++) expect((await call(ada, 'DELETE', '/user/following/bob')).status).toBe(204);
    expect((await call(ada, 'GET', '/user/following')).json).toEqual([]);
    const told = await t.app.db.read.select({ kind: events.kind }).from(events);
    expect(told.map(({ kind }) => kind).filter((kind) => /^user\.(un)?followed$/.test(kind))).toEqual([
      'user.followed',
      'user.unfollowed',
    ]);
  });

  it('takes the scope to write, and somebody else', async () => {
    const reads = await t.token('ada', 'read:user');
    expect((await call(reads, 'PUT', '/user/following/bob')).status).toBe(403);
    expect((await call(undefined, 'PUT', '/user/following/bob')).status).toBe(401);
    const ada = await t.token('ada', 'write:user');
    expect((await call(ada, 'PUT', '/user/following/ada')).status).toBe(422);
    expect((await call(ada, 'PUT', '/user/following/open-org')).status).toBe(404);
    expect((await call(ada, 'PUT', '/user/following/nobody-here')).status).toBe(404);
  });
});

describe('blocking', () => {
  it('is put, listed to its own person only, ends follows, and is taken back', async () => {
    const ada = await t.token('ada', 'write:user');
    const eve = await t.token('eve', 'write:user');
    await call(eve, 'PUT', '/user/following/ada');
    expect((await call(ada, 'GET', '/user/blocks/eve')).status).toBe(404);
    expect((await call(ada, 'PUT', '/user/blocks/eve')).status).toBe(204);
    expect((await call(ada, 'GET', '/user/blocks/eve')).status).toBe(204);
    const list = await call(await t.token('ada', 'read:user'), 'GET', '/user/blocks');
    expect([names(list.json), list.headers.get('x-total-count')]).toEqual([['eve'], '1']);
    expect((await call(eve, 'GET', '/user/blocks')).json).toEqual([]);
    expect((await call(eve, 'PUT', '/user/following/ada')).status).toBe(403);
    expect((await call(undefined, 'GET', '/users/ada/followers')).json).toEqual([]);
    expect((await call(ada, 'PUT', '/user/blocks/ada')).status).toBe(422);
    expect((await call(ada, 'PUT', '/user/blocks/nobody-here')).status).toBe(404);
    expect((await call(ada, 'DELETE', '/user/blocks/eve')).status).toBe(204);
    expect((await call(ada, 'GET', '/user/blocks/eve')).status).toBe(404);
  });
});

describe('a picture', () => {
  it('is set from base64, shown by its address, and removed', async () => {
    const token = await t.token('ada', 'write:user');
    const image = png(20, 20).toString('base64');
    expect((await call(token, 'POST', '/user/avatar', { image })).status).toBe(204);
    const { avatar_url } = (await call(token, 'GET', '/user')).json;
    expect(avatar_url).toMatch(/\/avatars\/ada\/[0-9a-f]{64}$/);
    expect((await t.anonymous.get(new URL(avatar_url).pathname)).headers.get('content-type')).toBe(
      'image/png',
    );
    expect(
      (await call(token, 'POST', '/user/avatar', { image: `data:image/png;base64,${image}` })).status,
    ).toBe(204);
    expect((await call(token, 'DELETE', '/user/avatar')).status).toBe(204);
    const plain = (await call(token, 'GET', '/user')).json.avatar_url;
    expect((await t.anonymous.get(new URL(plain).pathname)).headers.get('content-type')).toBe(
      'image/svg+xml',
    );
  });

  it.each([{}, { image: '' }, { image: 12 }, { image: 'no base64!' }, { image: 'bm8gcGljdHVyZQ==' }])(
    'is refused where it is %j',
    async (body) => {
      expect((await call(await t.token('ada', 'write:user'), 'POST', '/user/avatar', body)).status).toBe(422);
    },
  );
});
