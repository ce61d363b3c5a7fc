// Pushes that are judged after the repository they began with has changed its name, its people, or its existence.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserActor } from '../../../src/base/actor.ts';
import { actorOfSshKey, addSshKey, removeSshKey } from '../../../src/features/auth/ssh-keys.service.ts';
import {
  actorOfToken,
  createAccessToken,
  removeAccessToken,
} from '../../../src/features/auth/tokens.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess, takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { deleteAccount } from '../../../src/features/repos/owner-deletion.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { changeRepository, createRepository } from '../../../src/features/repos/repos.service.ts';
import { decidePush, openTransport } from '../../../src/features/repos/transport.service.ts';
import { setAdmin, suspendUser } from '../../../src/features/users/standing.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQ48NfS8zOcurdS7a9IwLvXQsKNsHze8uyXs3Ea1o7O ada@laptop';
const UPDATE = { ref: 'refs/heads/topic', oldOid: '0'.repeat(40), newOid: '1'.repeat(40) };

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

test('another repository that took the name in between lends a push no permission', async () => {
  const { app } = t;
  const [ada, bob] = [await t.actor('ada'), await t.actor('bob')];
  const created = parseNewRepository({ name: 'tool', visibility: 'private' });
  await createRepository(app, ada, created);
  const open = await openRepository(app, ada, 'ada', 'tool', 'access:manage');
  await giveAccess(app, ada, open, { username: 'bob', permission: 'write' });
  const push = await openTransport(app, bob, '/ada/tool.git', 'receive-pack');
  await takeAccess(app, ada, open, bob.userId);
  await changeRepository(app, ada, open, { name: 'secret' });
  await createRepository(app, ada, created);
  const other = await openRepository(app, ada, 'ada', 'tool', 'access:manage');
  await giveAccess(app, ada, other, { username: 'bob', permission: 'write' });
  await expect(decidePush(app, push, [UPDATE])).rejects.toMatchObject({ code: 'not_found' });
});

test('a push goes on when its repository is renamed meanwhile', async () => {
  const ada = await t.actor('ada');
  await createRepository(t.app, ada, parseNewRepository({ name: 'old-name', visibility: 'public' }));
  const push = await openTransport(t.app, ada, '/ada/old-name.git', 'receive-pack');
  const open = await openRepository(t.app, ada, 'ada', 'old-name', 'repository:own');
  await changeRepository(t.app, ada, open, { name: 'new-name' });
  await expect(decidePush(t.app, push, [UPDATE])).resolves.toMatchObject({ accept: true });
});

test('a push that began before its person was suspended, deleted or no longer an administrator is refused', async () => {
  const { app } = t;
  const ada = await t.actor('ada');
  await createRepository(app, ada, parseNewRepository({ name: 'slow', visibility: 'public' }));
  const open = await openRepository(app, ada, 'ada', 'slow', 'access:manage');
  const [sue, dan] = [await t.actor('sue'), await t.actor('dan')];
  for (const username of ['sue', 'dan']) await giveAccess(app, ada, open, { username, permission: 'write' });
  const chief = await t.actor('chief', { isAdmin: true });
  const second = await t.actor('second', { isAdmin: true });
  const begin = (actor: UserActor) => openTransport(app, actor, '/ada/slow.git', 'receive-pack');
  const pushes = [await begin(sue), await begin(dan), await begin(second)];
  await suspendUser(app, chief, sue.userId);
  await deleteAccount(app, chief, dan.userId);
  await setAdmin(app, chief, second.userId, false);
  for (const push of pushes)
    await expect(decidePush(app, push, [UPDATE])).rejects.toMatchObject({ code: 'forbidden' });
});

test('a push that began with a token or a key that was removed meanwhile is refused', async () => {
  const { app } = t;
  const ada = await t.actor('ada');
  await createRepository(app, ada, parseNewRepository({ name: 'keyed', visibility: 'public' }));
  const { token, row } = await createAccessToken(app, ada, ada.userId, { name: 'ci', scopes: ['all'] });
  const key = await addSshKey(app, ada, ada.userId, { title: 'laptop', key: KEY });
  const actors = [await actorOfToken(app, token), (await actorOfSshKey(app, key.fingerprint))?.actor];
  const pushes = await Promise.all(
    actors.map((actor) => openTransport(app, actor as UserActor, '/ada/keyed.git', 'receive-pack')),
  );
  for (const push of pushes)
    await expect(decidePush(app, push, [UPDATE])).resolves.toMatchObject({ accept: true });
  await removeAccessToken(app, ada, ada.userId, row.id);
  await removeSshKey(app, ada, ada.userId, key.id);
  for (const push of pushes)
    await expect(decidePush(app, push, [UPDATE])).rejects.toMatchObject({ code: 'forbidden' });
});
