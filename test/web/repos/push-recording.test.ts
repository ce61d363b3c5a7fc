// A push is recorded once, however often its recording is tried.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { decidePush, openTransport, recordPush } from '../../../src/features/repos/transport.service.ts';
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
  const decision = await decidePush(t.app, push, [UPDATE], []);
  if (!decision.accept) throw new Error(decision.message);
  for (let times = 0; times < 2; times++) await recordPush(t.app, push, decision.intentId, [UPDATE]);
  const events = await t.app.events.recent({ repositoryId: id, limit: 10 });
  expect(events.filter((event) => event.kind === 'push')).toHaveLength(1);
});
