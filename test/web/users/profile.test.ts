// The profile form: one's own name, and nobody else's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeProfile, findUserById } from '../../../src/features/users/users.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

describe('the profile', () => {
  it('is where the settings begin', async () => {
    const ada = await t.as('ada');
    expect((await ada.get('/settings')).headers.get('location')).toBe('/settings/profile');
    expect((await t.anonymous.get('/settings')).headers.get('location')).toMatch(/^\/login/);
  });

  it('is saved, shown again, and recorded once', async () => {
    const ada = await t.as('ada');
    const { userId } = await t.actor('ada');
    for (let n = 0; n < 2; n++) {
      const answer = await ada.post('/settings/profile', { displayName: ' Ada & Lovelace ' });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/settings/profile']);
    }
    expect(await (await ada.get('/settings/profile')).text()).toContain('value="Ada &amp; Lovelace"');
    expect(await (await t.anonymous.get('/ada')).text()).toContain('Ada &amp; Lovelace');
    const changes = (await t.app.events.recent({ limit: 50 })).filter(
      (event) => event.kind === 'user.updated',
    );
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ actorId: userId, userId, changes: ['displayName'] });
  });

  it('keeps what was typed beside what is wrong with it', async () => {
    const ada = await t.as('ada');
    const answer = await ada.post('/settings/profile', { displayName: 'a<b>' });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('value="a&lt;b&gt;"');
    expect(text).toContain('id="field-displayName-error"');
  });

  it('cannot make anybody an administrator, nor touch other fields', async () => {
    const ada = await t.as('ada');
    const { userId } = await t.actor('ada');
    await ada.post('/settings/profile', {
      displayName: 'x',
      isAdmin: 'true',
      name: 'other',
      email: 'a@b.c',
      id: '1',
    });
    expect(await findUserById(t.app, userId)).toMatchObject({
      name: 'ada',
      isAdmin: false,
      email: 'ada@example.org',
    });
  });

  it('of somebody else is changed by administrators only', async () => {
    const { userId } = await t.actor('ada');
    const eve = await t.actor('eve');
    const change = { displayName: 'changed' };
    await expect(changeProfile(t.app, eve, userId, change)).rejects.toMatchObject({ code: 'not_found' });
    await changeProfile(t.app, await t.actor('chief', { isAdmin: true }), userId, change);
    expect(await findUserById(t.app, userId)).toMatchObject(change);
  });
});
