// Watching repositories: who may choose, what is watched without a choice, and who is shown as a watcher.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess, takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { watchOf } from '../../../src/features/repos/watches.service.ts';
import { blockUser } from '../../../src/features/users/blocks.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
  const ada = await t.actor('ada');
  for (const visibility of ['public', 'private'])
    await createRepository(t.app, ada, parseNewRepository({ name: visibility, visibility }));
});
afterEach(() => t.close());

async function levelOf(name: string, repo: string): Promise<string> {
  const open = await openRepository(t.app, SYSTEM, 'ada', repo, 'repository:see');
  const watch = await watchOf(t.app, (await t.actor(name)).userId, open.repository.id);
  return [watch.level, ...watch.kinds].join(' ');
}

test('each level is chosen in the menu of the repository, which says what holds', async () => {
  const bob = await t.as('bob');
  expect(await levelOf('bob', 'public')).toBe('participating');
  for (const [form, level] of [
    [{ level: 'all' }, 'all'],
    [{ level: 'ignore' }, 'ignore'],
    [{ level: 'custom', kinds: 'issues' }, 'custom issues'],
    [{ level: 'custom', kinds: 'wiki' }, 'participating'],
    [{ level: 'custom' }, 'participating'],
  ] as const) {
    const answer = await bob.post('/ada/public/watch', { ...form, back: '/ada/public/watchers' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/ada/public/watchers');
    expect(await levelOf('bob', 'public')).toBe(level);
  }
  await bob.post('/ada/public/watch', { level: 'ignore', back: 'https://evil.example' });
  expect(await (await bob.get('/ada/public/watchers')).text()).toContain('Ignoring');
  expect((await bob.post('/ada/public/watch', { level: 'everything' })).status).toBe(422);
  expect(
    (await bob.post('/ada/public/watch', { level: 'all', back: '//evil.example' })).headers.get('location'),
  ).toBe('/ada/public');
});

test('nobody watches what they may not see, and nobody at all without an account', async () => {
  const bob = await t.as('bob');
  expect((await bob.post('/ada/private/watch', { level: 'all' })).status).toBe(404);
  expect((await bob.get('/ada/private/watchers')).status).toBe(404);
  expect((await t.anonymous.post('/ada/public/watch', { level: 'all' })).status).toBe(401);
  expect((await t.anonymous.get('/watching')).headers.get('location')).toContain('/login');
  expect(await levelOf('bob', 'private')).toBe('participating');
});

test('whom the owner blocked cannot watch, and can still ignore', async () => {
  const bob = await t.as('bob');
  const ada = await t.actor('ada');
  await blockUser(t.app, ada, ada.userId, 'bob');
  expect((await bob.post('/ada/public/watch', { level: 'all' })).status).toBe(403);
  expect((await bob.post('/ada/public/watch', { level: 'ignore' })).status).toBe(303);
});

test('what one makes or may write in is watched at once, what one may read is not, and a choice stays', async () => {
  await t.app.jobs.drain();
  expect(await levelOf('ada', 'public')).toBe('all');
  const open = await openRepository(t.app, SYSTEM, 'ada', 'private', 'access:manage');
  for (const [name, permission] of [
    ['bob', 'write'],
    ['cora', 'read'],
    ['dan', 'admin'],
  ] as const) {
    await t.actor(name);
    await giveAccess(t.app, SYSTEM, open, { username: name, permission });
  }
  await (await t.as('dan')).post('/ada/private/watch', { level: 'ignore' });
  await t.app.jobs.drain();
  expect(await levelOf('bob', 'private')).toBe('all');
  expect(await levelOf('cora', 'private')).toBe('participating');
  expect(await levelOf('dan', 'private')).toBe('ignore');
});

test('the list of watchers names those who may see the repository, and one’s own list what one may see', async () => {
  const open = await openRepository(t.app, SYSTEM, 'ada', 'private', 'access:manage');
  const bob = await t.as('bob');
  await giveAccess(t.app, SYSTEM, open, { username: 'bob', permission: 'write' });
  await t.app.jobs.drain();
  const ada = await t.as('ada');
  expect(await (await ada.get('/ada/private/watchers')).text()).toContain('href="/bob"');
  expect(await (await bob.get('/watching')).text()).toContain('/ada/private');
  await takeAccess(t.app, SYSTEM, open, (await t.actor('bob')).userId);
  expect(await (await ada.get('/ada/private/watchers')).text()).not.toContain('href="/bob"');
  const own = await (await bob.get('/watching')).text();
  expect(own).not.toContain('/ada/private');
  expect(own).toContain('You watch no repository');
});
