// Uploading a picture: by a plain form, made anew, served so that it can do nothing, and gone when removed.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { deleteAccount } from '../../../src/features/repos/owner-deletion.service.ts';
import { changeProfile, findUserById, findUserByName } from '../../../src/features/users/users.service.ts';
import { avatars } from '../../../src/platform/db/tables/users.ts';
import { png, pngClaiming } from '../../support/images.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

let t: TestApp;
let ada: Visitor;
beforeAll(async () => {
  t = await testApp();
  ada = await t.as('ada');
});
afterAll(() => t.close());

function upload(
  visitor: Visitor,
  bytes: Buffer | string,
  type = 'image/png',
  field = 'avatar',
): Promise<Response> {
  const body = new FormData();
  body.set(field, new File([bytes as Uint8Array<ArrayBuffer>], 'me.png', { type }));
  return visitor.request('/settings/avatar', { method: 'POST', body });
}

const hash = async () => (await findUserByName(t.app, 'ada'))?.avatarHash ?? '';

describe('a picture', () => {
  it('is taken, made anew, shown on the page of its person, and served harmless and for ever', async () => {
    const sent = png(20, 20);
    expect((await upload(ada, sent)).status).toBe(303);
    const address = `/avatars/ada/${await hash()}`;
    expect(await (await t.anonymous.get('/ada')).text()).toContain(`src="${address}"`);
    const answer = await t.anonymous.get(address);
    const served = Buffer.from(await answer.arrayBuffer());
    expect(answer.status).toBe(200);
    expect(served.equals(sent)).toBe(false);
    expect(served.subarray(1, 4).toString()).toBe('PNG');
    const header = (name: string) => answer.headers.get(name);
    expect(header('content-type')).toBe('image/png');
    expect(header('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(header('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(header('x-content-type-options')).toBe('nosniff');
  });

  it('is found under its own name and hash only', async () => {
    const now = await hash();
    for (const path of [
      `/avatars/bob/${now}`,
      `/avatars/ada/${'0'.repeat(64)}`,
      '/avatars/ada/x',
      `/avatars/a%2Fb/${now}`,
    ])
      expect((await t.anonymous.get(path)).status, path).toBe(404);
  });

  it('is refused beside the field where it is none, is damaged, or is a wall of pixels; the old one stays', async () => {
    const before = await hash();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const bytes of [
      svg,
      '<!DOCTYPE html><p>hi',
      pngClaiming(60_000, 60_000),
      png(9, 9).subarray(0, 60),
    ]) {
      const answer = await upload(ada, bytes);
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('id="field-avatar-error"');
    }
    expect((await upload(ada, Buffer.alloc(5 * 1024 * 1024 + 1))).status).toBe(422);
    expect((await ada.post('/settings/avatar', {})).status).toBe(422);
    expect((await upload(ada, png(2, 2), 'image/png', 'other')).status).toBe(422);
    expect(await hash()).toBe(before);
  });

  it('keeps what else the profile says', async () => {
    await ada.post('/settings/profile', { displayName: 'Ada', bio: 'Counts.' });
    expect(await (await upload(ada, 'no picture')).text()).toContain('Counts.');
  });

  it('cannot be uploaded by nobody, nor from another site', async () => {
    expect([303, 401]).toContain((await upload(t.anonymous, png(2, 2))).status);
    const body = new FormData();
    body.set('avatar', new File([png(2, 2) as Uint8Array<ArrayBuffer>], 'me.png'));
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await ada.request('/settings/avatar', { method: 'POST', body, headers })).status).toBe(403);
  });

  it('goes when it is removed, also from its address', async () => {
    const address = `/avatars/ada/${await hash()}`;
    expect((await ada.post('/settings/avatar/removal')).status).toBe(303);
    expect((await t.anonymous.get(address)).status).toBe(404);
    expect(await (await t.anonymous.get('/ada')).text()).not.toContain('<img class="avatar');
    expect(await hash()).toBe('');
  });
});

it('a picture that is still being made when its account is deleted is kept by nobody', async () => {
  const { userId } = await t.actor('leaving');
  const leaving = await t.as('leaving');
  const uploaded = upload(leaving, png(400, 400));
  await deleteAccount(t.app, SYSTEM, userId);
  expect([303, 404]).toContain((await uploaded).status);
  expect(await findUserById(t.app, userId)).toMatchObject({ kind: 'ghost', avatarHash: null });
  expect(await t.app.db.read.select().from(avatars).where(eq(avatars.userId, userId))).toEqual([]);
  const actor = { ...(await t.actor('other')), userId };
  const late = changeProfile(t.app, actor, userId, { displayName: 'Still Here' });
  await expect(late).rejects.toMatchObject({ code: 'not_found' });
});
