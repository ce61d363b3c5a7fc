// A push is recorded once, however often its recording is tried.
import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listIntents } from '../../../src/features/repos/pushes.store.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import {
  decidePush,
  openTransport,
  reconcilePushes,
  recordPush,
} from '../../../src/features/repos/transport.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';

const UPDATE = { ref: 'refs/heads/main', oldOid: '0'.repeat(40), newOid: '1'.repeat(40) };

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

test('recording again what was recorded already adds no second event', async () => {
  const ada = await t.actor('ada');
  const { id } = await createRepository(
    t.app,
    ada,
    parseNewRepository({ name: 'tool', visibility: 'public' }),
  );
  const push = await openTransport(t.app, ada, '/ada/tool.git', 'receive-pack');
  const decision = await decidePush(t.app, push, [UPDATE]);
  if (!decision.accept) throw new Error(decision.message);
  for (let times = 0; times < 2; times++) await recordPush(t.app, push, decision.intentId, [UPDATE]);
  const events = await t.app.events.recent({ repositoryId: id, limit: 10 });
  expect(events.filter((event) => event.kind === 'push')).toHaveLength(1);
});

test('the first branch becomes the default one, also when tags came before it', async () => {
  const ada = await t.actor('ada');
  await createRepository(t.app, ada, parseNewRepository({ name: 'tags', visibility: 'public' }));
  const record = async (ref: string) => {
    const push = await openTransport(t.app, ada, '/ada/tags.git', 'receive-pack');
    const decision = await decidePush(t.app, push, [{ ...UPDATE, ref }]);
    if (!decision.accept) throw new Error(decision.message);
    await recordPush(t.app, push, decision.intentId, [{ ...UPDATE, ref }]);
    return (await openTransport(t.app, ada, '/ada/tags.git', 'receive-pack')).repository.defaultBranch;
  };
  expect(await record('refs/tags/v1')).toBe('main');
  expect(await record('refs/heads/master')).toBe('master');
});

test('what is known of a push is kept while its repository has no data', async () => {
  const ada = await t.actor('ada');
  await createRepository(t.app, ada, parseNewRepository({ name: 'away', visibility: 'public' }));
  const push = await openTransport(t.app, ada, '/ada/away.git', 'receive-pack');
  const decision = await decidePush(t.app, push, [UPDATE]);
  await rename(push.dir, `${push.dir}.away`);
  await reconcilePushes(t.app);
  const kept = async () => (await listIntents(t.app.db.read)).map((intent) => intent.id);
  expect(decision.accept && (await kept()).includes(decision.intentId)).toBe(true);
  await rename(`${push.dir}.away`, push.dir);
  await reconcilePushes(t.app);
  expect(await kept()).toEqual([]);
});

test.each([
  'refs/heads/HEAD',
  'refs/heads/refs/heads/main',
  'refs/pull/1/head',
  `refs/heads/${'a'.repeat(40)}`,
])('%s is refused', async (ref) => {
  const push = await openTransport(t.app, await t.actor('ada'), '/ada/tool.git', 'receive-pack');
  expect((await decidePush(t.app, push, [{ ...UPDATE, ref }])).accept).toBe(false);
});
