// Accounts in the JSON of the API: every field of Gitea's, and private ones for their person and administrators alone.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS, SYSTEM } from '../../../src/base/actor.ts';
import { deleteAccount } from '../../../src/features/repos/owner-deletion.service.ts';
import { accountsJson } from '../../../src/features/users/accounts.json.ts';
import { users } from '../../../src/platform/db/tables/users.ts';
import { faultsOfJson } from '../../support/api-answers.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

describe('an account', () => {
  it('is shown in every field, and the ghost in the same', async () => {
    const ada = await t.actor('ada');
    const shown = await accountsJson(t.app, ANONYMOUS, [ada.userId, 999_999]);
    for (const json of shown.values()) expect(faultsOfJson('User', json)).toEqual([]);
    expect(shown.get(ada.userId)).toMatchObject({ login: 'ada', username: 'ada', visibility: 'public' });
    expect(shown.get(999_999)).toMatchObject({ id: -1, login: 'ghost' });
  });

  it('keeps its address and standing from strangers, tokens without the scope, and the program that tells others', async () => {
    const ada = await t.actor('ada');
    const chief = await t.actor('chief', { isAdmin: true });
    const bob = await t.actor('bob');
    const emailFor = async (viewer: Parameters<typeof accountsJson>[1]) =>
      (await accountsJson(t.app, viewer, [ada.userId])).get(ada.userId);
    for (const viewer of [
      undefined,
      ANONYMOUS,
      SYSTEM,
      bob,
      { ...ada, via: 'token' as const, scopes: ['read:repository' as const] },
      { ...ada, via: 'token' as const, scopes: ['all' as const], repositoryIds: [1] },
      { ...chief, via: 'token' as const, scopes: ['read:user' as const] },
    ]) {
      const json = await emailFor(viewer);
      expect(json?.email).toMatch(/^\d+\+ada@users\.noreply\./);
      expect(json).toMatchObject({ active: false, is_admin: false, last_login: '0001-01-01T00:00:00Z' });
    }
    for (const viewer of [ada, chief]) {
      expect(await emailFor(viewer)).toMatchObject({ email: 'ada@example.org', active: true });
    }
    await t.app.db.write((tx) => tx.update(users).set({ hidesEmail: false }).where(eq(users.id, ada.userId)));
    expect((await emailFor(bob))?.email).toBe('ada@example.org');
    expect((await emailFor(ANONYMOUS))?.email).toMatch(/noreply/);
    expect((await emailFor(SYSTEM))?.email).toMatch(/noreply/);
  });

  it('is the ghost once it is deleted', async () => {
    const gone = await t.actor('gone');
    await deleteAccount(t.app, SYSTEM, gone.userId);
    expect((await accountsJson(t.app, ANONYMOUS, [gone.userId])).get(gone.userId)).toMatchObject({
      id: -1,
      login: 'ghost',
    });
  });

  it('without a picture has one under its name, which does nothing when it is opened', async () => {
    const answer = await t.anonymous.get('/avatars/ada');
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(await answer.text()).toMatch(/^<svg xmlns/);
    expect((await t.anonymous.get('/avatars/a%2Fb')).status).toBe(404);
    // Told nothing of accounts: nobody is called so.
    expect((await t.anonymous.get('/avatars/nobody-at-all')).status).toBe(200);
  });
});
