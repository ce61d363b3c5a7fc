// What the API keeps of its answers is never old and never somebody else's.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { send } from './requests.ts';

let t: TestApp;
let ada: string;

beforeAll(async () => {
  t = await testApp();
  ada = await t.token('ada');
  const body = JSON.stringify({ name: 'engine', private: true });
  await send(t, '/api/v1/user/repos', { method: 'POST', headers: by(ada), body });
});
afterAll(() => t.close());

const by = (token: string) => ({ authorization: `token ${token}` });
const ask = (headers: Record<string, string>) => send(t, '/api/v1/repos/ada/engine', { headers });

it('asked again is not made again, and has the same tag', async () => {
  const first = await ask(by(ada));
  const before = t.app.caches.readings().find(({ name }) => name === 'answers');
  const again = await ask(by(ada));
  expect(before?.entries).toBe(1);
  expect(await again.text()).toBe(await first.text());
  expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
  const known = await ask({ ...by(ada), 'if-none-match': first.headers.get('etag') ?? '' });
  expect(known.status).toBe(304);
});

it('is each person’s own: what one may see tells another nothing', async () => {
  expect((await ask(by(ada))).status).toBe(200);
  expect((await ask(by(await t.token('bob')))).status).toBe(404);
  expect((await ask({})).status).toBe(404);
  expect((await ask(by(await t.token('ada', 'read:issue')))).status).toBe(403);
  const mine = (await (await ask(by(ada))).json()) as { permissions: object };
  expect(mine.permissions).toEqual({ admin: true, push: true, pull: true });
});

it('follows every change: access given and taken, a rename, another program that writes', async () => {
  const { openRepository } = await import('../../../src/features/repos/access.service.ts');
  const access = await import('../../../src/features/repos/collaborators.service.ts');
  const bob = await t.token('bob');
  const open = await openRepository(t.app, SYSTEM, 'ada', 'engine', 'access:manage');
  await access.giveAccess(t.app, SYSTEM, open, { username: 'bob', permission: 'read' });
  expect((await ask(by(bob))).status).toBe(200);
  await access.takeAccess(t.app, SYSTEM, open, (await t.actor('bob')).userId);
  expect((await ask(by(bob))).status).toBe(404);
  const other = new Database(join(t.directory, 'opencodehub.db'));
  other.prepare("update repositories set description = 'from outside'").run();
  expect(await (await ask(by(ada))).json()).toMatchObject({ description: 'from outside' });
  other.prepare('update users set is_suspended = 1 where name = ?').run('ada');
  expect((await ask(by(ada))).status).toBe(401);
  other.prepare('update users set is_suspended = 0 where name = ?').run('ada');
  other.close();
  expect((await ask(by(ada))).status).toBe(200);
});

it('ends with the token it was asked by', async () => {
  const { removeAccessToken, listAccessTokens } = await import(
    '../../../src/features/auth/tokens.service.ts'
  );
  const token = await t.token('ada', 'read:repository');
  expect((await ask(by(token))).status).toBe(200);
  const { userId } = await t.actor('ada');
  const rows = await listAccessTokens(t.app, SYSTEM, userId);
  const row = rows.find(({ lastEight }) => token.endsWith(lastEight));
  await removeAccessToken(t.app, SYSTEM, userId, row?.id ?? 0);
  expect((await ask(by(token))).status).toBe(401);
});

it('of a token that expires ends at that moment, though no row changes', async () => {
  const { createAccessToken } = await import('../../../src/features/auth/tokens.service.ts');
  const { userId } = await t.actor('ada');
  const expiresAt = t.app.clock.now() + 60_000;
  const scopes = ['read:repository'] as const;
  const { token } = await createAccessToken(t.app, SYSTEM, userId, { name: 'short', scopes, expiresAt });
  expect((await ask(by(token))).status).toBe(200);
  vi.spyOn(t.app.clock, 'now').mockReturnValue(expiresAt + 1);
  expect((await ask(by(token))).status).toBe(401);
});

it('names no origin that another request came from, nor one that is allowed no more', async () => {
  const { api } = t.app.config;
  const before = api.cors_origins;
  const originOf = async (origin: Record<string, string>) =>
    (await ask({ ...by(ada), ...origin })).headers.get('access-control-allow-origin');
  try {
    api.cors_origins = ['https://pages.example'];
    // Something changes, so that the next answer is made anew.
    await t.token('bob');
    expect(await originOf({ origin: 'https://pages.example' })).toBe('https://pages.example');
    expect(await originOf({ origin: 'https://evil.example' })).toBeNull();
    expect(await originOf({})).toBeNull();
    api.cors_origins = [];
    expect(await originOf({ origin: 'https://pages.example' })).toBeNull();
  } finally {
    api.cors_origins = before;
  }
});
