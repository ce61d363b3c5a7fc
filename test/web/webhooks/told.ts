// What webhooks would be told of what happened since, without any webhook: each event's happenings and messages.
import { happeningsOf } from '../../../src/features/webhooks/happenings.service.ts';
import type { Happening } from '../../../src/features/webhooks/happenings.types.ts';
import type { Hook, HookFormat } from '../../../src/features/webhooks/hooks.types.ts';
import { type HookMessage, messageOf } from '../../../src/features/webhooks/messages.service.ts';
import type { EventKind } from '../../../src/platform/events/events.types.ts';
import type { TestApp } from '../../support/test-app.ts';

export type Json = Record<string, unknown>;

export interface Told extends HookMessage {
  happening: Happening;
  json: Json;
}

/** A webhook that was never stored. */
export function hookOf(format: HookFormat, more: Partial<Hook> = {}): Hook {
  return {
    ...{ id: 1, scope: 'site', repositoryId: null, ownerId: null, format, contentType: 'json', options: {} },
    ...{ events: [], sendsAll: true, branchFilter: '', verifiesTls: true, isActive: true },
    ...{ createdById: null, createdAt: 0, updatedAt: 0, failingSince: null, failures: 0, retryAt: null },
    ...{ suspendedAt: null, lastState: null, lastTriedAt: null },
    ...{ url: 'https://hooks.example.org/in', secret: '', authorization: '', ...more },
  };
}

/** Notes where the events end; what comes behind is told by `told`. */
export async function now(t: TestApp): Promise<number> {
  const [last] = await t.app.events.recent({ limit: 1 });
  return last?.id ?? 0;
}

/** What webhooks of a format are told of the events behind one, oldest first. */
export async function told(
  t: TestApp,
  format: HookFormat,
  after: number,
  { kind, hook = {} }: { kind?: EventKind; hook?: Partial<Hook> } = {},
): Promise<Told[]> {
  const events = await t.app.events.recent({ limit: 100, ...(kind ? { kind } : {}) });
  const messages: Told[] = [];
  for (const event of events.filter(({ id }) => id > after).reverse())
    for (const happening of await happeningsOf(t.app, event)) {
      if (happening.formats && !happening.formats.includes(format)) continue;
      const message = await messageOf(t.app, hookOf(format, hook), happening);
      messages.push({ ...message, happening, json: JSON.parse(message.body.toString()) as Json });
    }
  return messages;
}
