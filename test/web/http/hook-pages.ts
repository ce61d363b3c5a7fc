// Webhooks for the tests that look at every page: one that is well with a delivery, one that fails, one that was suspended.
import type { UserActor } from '../../../src/base/actor.ts';
import { HOUR } from '../../../src/base/time.ts';
import { insertDelivery, insertMessage } from '../../../src/features/webhooks/deliveries.store.ts';
import { parseNewHook } from '../../../src/features/webhooks/hooks.input.ts';
import { createHook } from '../../../src/features/webhooks/hooks.service.ts';
import { updateHook } from '../../../src/features/webhooks/hooks.store.ts';
import type { TestApp } from '../../support/test-app.ts';

/** Makes webhooks of a repository; returns the addresses of their pages. */
export async function makeHooks(
  t: TestApp,
  actor: UserActor,
  { id: repositoryId, path }: { id: number; path: string },
): Promise<string[]> {
  const make = (raw: Record<string, unknown>) =>
    createHook(
      t.app,
      actor,
      { scope: 'repository', repositoryId },
      parseNewHook({ events: ['fork'], ...raw }),
    );
  const secrets = { secret: 'x', authorization: 'Bearer x' };
  const well = await make({ format: 'gitea', url: 'https://ci.example.org/hook', ...secrets });
  const failing = await make({ format: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' });
  const suspended = await make({ format: 'telegram', token: '1:x', options: { chat_id: '@here' } });
  const at = t.app.clock.now();
  const deliveryId = await t.app.db.write(async (tx) => {
    await updateHook(tx, well.id, { lastState: 'delivered', lastTriedAt: at });
    await updateHook(tx, failing.id, { failingSince: at - HOUR, failures: 3, lastTriedAt: at });
    await updateHook(tx, suspended.id, { failingSince: at - 30 * HOUR, suspendedAt: at });
    const { id } = await insertDelivery(tx, { ...DELIVERY, webhookId: well.id, createdAt: at, triedAt: at });
    await insertMessage(tx, { ...MESSAGE, deliveryId: id });
    return id;
  });
  const base = `${path}/settings/hooks`;
  return [
    ...[base, `${base}/new`, `${base}/new?format=matrix`, '/settings/hooks', '/admin/hooks'],
    ...[well, failing, suspended].map(({ id }) => `${base}/${id}`),
    ...['', `/${deliveryId}`].map((rest) => `${base}/${well.id}/deliveries${rest}`),
  ];
}

const UUID = '3f2b6a0e-5d4c-4b3a-9f8e-7d6c5b4a3f2e';
const DELIVERY = {
  ...{ uuid: UUID, cause: UUID, event: 'issues', action: 'opened', state: 'refused' as const, attempts: 2 },
  ...{ status: 404, error: 'The other side refused it.', duration: 12, repeatsId: null, isTest: true },
  endedAt: null,
};
const MESSAGE = {
  requestHeaders: { 'Content-Type': 'application/json', 'X-Gitea-Delivery': UUID },
  requestBody: Buffer.from('{"action":"opened","number":1}'),
  responseHeaders: { 'content-type': 'text/plain' },
  responseBody: 'no such hook',
};
