// Pushes that are judged after the repository they began with has changed its name, its people, or its existence.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { giveAccess, takeAccess } from '../../../src/features/repos/collaborators.service.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { changeRepository, createRepository } from '../../../src/features/repos/repos.service.ts';
import { decidePush, openTransport } from '../../../src/features/repos/transport.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

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
  await expect(decidePush(app, push, [UPDATE], [])).rejects.toMatchObject({ code: 'not_found' });
});

test('a push goes on when its repository is renamed meanwhile', async () => {
  const ada = await t.actor('ada');
  await createRepository(t.app, ada, parseNewRepository({ name: 'old-name', visibility: 'public' }));
  const push = await openTransport(t.app, ada, '/ada/old-name.git', 'receive-pack');
  const open = await openRepository(t.app, ada, 'ada', 'old-name', 'repository:own');
  await changeRepository(t.app, ada, open, { name: 'new-name' });
  await expect(decidePush(t.app, push, [UPDATE], [])).resolves.toMatchObject({ accept: true });
});
