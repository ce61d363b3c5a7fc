// What administrators decide about accounts, and what stops at once because of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, COMMAND_LINE } from '../../../src/base/actor.ts';
import type { SshIdentity } from '../../../src/surfaces/ssh/ssh-authentication.ts';
import { HOST, type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
let standing: typeof import('../../../src/features/users/standing.service.ts');
let users: typeof import('../../../src/features/users/users.service.ts');

beforeAll(async () => {
  t = await testApp();
  standing = await import('../../../src/features/users/standing.service.ts');
  users = await import('../../../src/features/users/users.service.ts');
});
afterAll(() => t.close());

const admin = () => t.actor('olga', { isAdmin: true });
const idOf = async (name: string) => (await t.actor(name)).userId;
const rowOf = async (name: string) => users.requireUserByName(t.app, name);

async function kindsOf(userId: number): Promise<string[]> {
  const events = await t.app.events.recent({ limit: 200 });
  return events.filter((event) => 'userId' in event && event.userId === userId).map((event) => event.kind);
}

test('a suspended account loses its sessions, and its tokens and keys stop at once', async () => {
  const bob = await t.as('bob');
  const token = await t.token('bob');
  const keys = await import('../../../src/features/auth/ssh-keys.service.ts');
  const userId = await idOf('bob');
  const text = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop';
  const key = await keys.addSshKey(t.app, COMMAND_LINE, userId, { title: 'laptop', key: text });
  const { identityOfKey } = await import('../../../src/surfaces/ssh/ssh-authentication.ts');
  const identity = (): Promise<SshIdentity | undefined> => identityOfKey(t.app, key.fingerprint);
  const viaApi = () => t.anonymous.request('/api/v1/user', { headers: { authorization: `token ${token}` } });
  expect((await bob.get('/settings/profile')).status).toBe(200);
  expect((await viaApi()).status).toBe(200);
  expect(await identity()).toBeDefined();

  await standing.suspendUser(t.app, await admin(), userId);
  expect((await bob.get('/settings/profile')).headers.get('location')).toMatch(/^\/login/);
  expect((await viaApi()).status).toBe(401);
  // What a connection that is open already asks before its next command.
  expect(await identity()).toBeUndefined();

  await standing.unsuspendUser(t.app, await admin(), userId);
  expect((await viaApi()).status).toBe(200);
  expect(await identity()).toBeDefined();
  // The session is gone for good.
  expect((await bob.get('/settings/profile')).headers.get('location')).toMatch(/^\/login/);
  expect(await kindsOf(userId)).toEqual(expect.arrayContaining(['user.suspended', 'user.unsuspended']));
});

test('what is so already makes no event', async () => {
  const userId = await idOf('carol');
  const before = (await kindsOf(userId)).length;
  await standing.unsuspendUser(t.app, await admin(), userId);
  await standing.setRestricted(t.app, await admin(), userId, false);
  await standing.setAdmin(t.app, await admin(), userId, false);
  expect(await kindsOf(userId)).toHaveLength(before);
});

test('restricting and making an administrator are written down with who did it', async () => {
  const userId = await idOf('dora');
  const root = await admin();
  await standing.setRestricted(t.app, root, userId, true);
  await standing.setAdmin(t.app, root, userId, true);
  expect(await rowOf('dora')).toMatchObject({ isRestricted: true, isAdmin: true });
  const [granted, restricted] = await t.app.events.recent({ limit: 2 });
  expect([granted, restricted]).toMatchObject([
    { kind: 'user.admin_granted', actorId: root.userId, userId },
    { kind: 'user.restricted', actorId: root.userId, userId },
  ]);
  await standing.setAdmin(t.app, root, userId, false);
  await standing.setRestricted(t.app, root, userId, false);
});

test('a restricted account is offered nothing in the header that refuses it', async () => {
  const userId = await idOf('rita');
  const rita = await t.as('rita');
  expect(await (await rita.get('/explore')).text()).toContain('href="/organizations/new"');
  await standing.setRestricted(t.app, await admin(), userId, true);
  expect(await (await rita.get('/explore')).text()).not.toContain('href="/organizations/new"');
  expect((await rita.get('/organizations/new')).status).toBe(403);
});

test('nobody else may: strangers and tokens without the scope learn nothing', async () => {
  const userId = await idOf('erin');
  const root = await admin();
  const token: Actor = { ...root, via: 'token', scopes: ['write:user', 'write:repository'] };
  const reader: Actor = { ...root, via: 'token', scopes: ['read:admin'] };
  const acts = [
    (actor: Actor) => standing.suspendUser(t.app, actor, userId),
    (actor: Actor) => standing.unsuspendUser(t.app, actor, userId),
    (actor: Actor) => standing.setRestricted(t.app, actor, userId, true),
    (actor: Actor) => standing.setAdmin(t.app, actor, userId, true),
  ];
  for (const act of acts) {
    for (const actor of [await t.actor('mallory'), token]) {
      await expect(act(actor)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(act(reader)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(act({ kind: 'anonymous' })).rejects.toMatchObject({
      code: expect.stringMatching(/unauthenticated|not_found/),
    });
  }
  expect(await rowOf('erin')).toMatchObject({ isAdmin: false, isSuspended: false, isRestricted: false });
});

describe('the last administrator', () => {
  test('stays one, whoever asks', async () => {
    const root = await admin();
    for (const act of [
      standing.suspendUser(t.app, COMMAND_LINE, root.userId),
      standing.setAdmin(t.app, COMMAND_LINE, root.userId, false),
      standing.suspendUser(t.app, root, root.userId),
      standing.setAdmin(t.app, root, root.userId, false),
    ]) {
      await expect(act).rejects.toMatchObject({ code: 'conflict' });
    }
  });

  test('is left when two revoke each other at the same moment', async () => {
    const root = await admin();
    const second = await t.actor('second', { isAdmin: true });
    const outcomes = await Promise.allSettled([
      standing.setAdmin(t.app, root, second.userId, false),
      standing.setAdmin(t.app, second, root.userId, false),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

test('a bot has neither password nor address, and is no administrator', async () => {
  const bot = await users.createUser(t.app, COMMAND_LINE, { name: 'builder', email: '', kind: 'bot' });
  expect(bot).toMatchObject({ kind: 'bot', email: '', passwordHash: null });
  await users.createUser(t.app, COMMAND_LINE, { name: 'builder2', email: '', kind: 'bot' });
  await expect(standing.setAdmin(t.app, COMMAND_LINE, bot.id, true)).rejects.toMatchObject({
    code: 'conflict',
  });
  const mallory = await t.actor('mallory');
  await expect(
    users.createUser(t.app, mallory, { name: 'mine', email: '', kind: 'bot' }),
  ).rejects.toMatchObject({ code: 'not_found' });
  const token = await t.token('builder');
  const answer = await t.web.request(`${HOST}/api/v1/user`, {
    headers: { authorization: `token ${token}` },
  });
  expect(answer.status).toBe(200);
});
