// Stars, follows and blocks: their buttons, what they count, and whom they refuse.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/base/actor.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { pageOfStars } from '../../../src/features/repos/stars.service.ts';
import { findUserByName } from '../../../src/features/users/users.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let ada: Visitor;
let bob: Visitor;

beforeAll(async () => {
  t = await testApp();
  [ada, bob] = [await t.as('ada'), await t.as('bob')];
  const owner = await t.actor('ada');
  for (const visibility of ['public', 'private'])
    await createRepository(t.app, owner, parseNewRepository({ name: visibility, visibility, readme: true }));
});
afterAll(() => t.close());

const kinds = async () => (await t.app.events.recent({ limit: 200 })).map((event) => event.kind);

describe('stars', () => {
  it('are given once, counted, shown on the repository, and taken back', async () => {
    for (let n = 0; n < 2; n++) {
      const answer = await bob.post('/ada/public/star');
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/ada/public']);
    }
    const text = await (await bob.get('/ada/public')).text();
    expect(text).toContain('action="/ada/public/star/removal"');
    expect(text).toMatch(/Starred <span class="counter">1</);
    expect(await (await t.anonymous.get('/ada/public')).text()).toMatch(/Star <span class="counter">1</);
    expect((await kinds()).filter((kind) => kind === 'repository.starred')).toHaveLength(1);
    await bob.post('/ada/public/star/removal');
    expect(await (await bob.get('/ada/public')).text()).toMatch(/Star <span class="counter">0</);
  });

  it('cannot be given by strangers to what they may not see, nor by anybody who is not signed in', async () => {
    const missing = await bob.post('/ada/nothing/star');
    const hidden = await bob.post('/ada/private/star');
    expect([missing.status, hidden.status]).toEqual([404, 404]);
    expect([303, 401]).toContain((await t.anonymous.post('/ada/public/star')).status);
    expect((await t.anonymous.post('/ada/private/star')).status).toBe(404);
  });

  it('of private repositories are listed to nobody else', async () => {
    const owner = await t.actor('ada');
    await ada.post('/ada/private/star');
    await ada.post('/ada/public/star');
    const named = async (actor: Parameters<typeof pageOfStars>[1]) =>
      (await pageOfStars(t.app, actor, owner.userId, undefined)).items.map((row) => row.repository.name);
    expect(await named(owner)).toEqual(['public', 'private']);
    expect(await named(await t.actor('bob'))).toEqual(['public']);
    expect(await named(ANONYMOUS)).toEqual(['public']);
  });
});

describe('follows', () => {
  it('count on both sides and end', async () => {
    for (let n = 0; n < 2; n++) expect((await bob.post('/users/ada/follow')).status).toBe(303);
    expect((await findUserByName(t.app, 'ada'))?.followerCount).toBe(1);
    expect((await findUserByName(t.app, 'bob'))?.followingCount).toBe(1);
    await bob.post('/users/ada/follow/removal');
    expect((await findUserByName(t.app, 'ada'))?.followerCount).toBe(0);
  });

  it('refuse oneself and missing people', async () => {
    expect((await ada.post('/users/ada/follow')).status).toBe(422);
    expect((await ada.post('/users/nobody-here/follow')).status).toBe(404);
    expect((await ada.post('/users/%2Fexample.org/follow')).status).toBe(404);
  });
});

describe('blocks', () => {
  it('end follows both ways, and keep the blocked from following, and from starring', async () => {
    await bob.post('/users/ada/follow');
    await ada.post('/users/bob/follow');
    expect((await ada.post('/settings/blocks', { username: 'Bob' })).status).toBe(303);
    expect(await (await ada.get('/settings/blocks')).text()).toContain('href="/bob"');
    for (const name of ['ada', 'bob']) {
      const user = await findUserByName(t.app, name);
      expect([user?.followerCount, user?.followingCount]).toEqual([0, 0]);
    }
    expect((await bob.post('/users/ada/follow')).status).toBe(403);
    expect((await ada.post('/users/bob/follow')).status).toBe(403);
    expect((await bob.post('/ada/public/star')).status).toBe(403);
    expect(await kinds()).toContain('user.blocked');
  });

  it('are seen by the blocker alone, and end', async () => {
    expect(await (await bob.get('/settings/blocks')).text()).not.toContain('href="/ada"');
    const { userId } = await t.actor('bob');
    expect((await bob.post(`/settings/blocks/${userId}/removal`)).status).toBe(303);
    expect((await bob.post('/users/ada/follow')).status).toBe(403);
    expect((await ada.post(`/settings/blocks/${userId}/removal`)).status).toBe(303);
    expect((await bob.post('/users/ada/follow')).status).toBe(303);
  });

  it('of nobody and of oneself are refused beside the field', async () => {
    const answer = await ada.post('/settings/blocks', { username: 'no-such' });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('id="field-username-error"');
    expect((await ada.post('/settings/blocks', { username: 'ada' })).status).toBe(422);
  });
});
