// Webhooks and their deliveries as the API shows them: never a secret, and of a chat's address the host alone.
import { shownAddress } from './hook-addresses.service.ts';
import { HOOK_EVENTS } from './hook-events.data.ts';
import type { DeliveryRow, Hook, MessageRow } from './hooks.types.ts';

/** A webhook in Gitea's shape; what is only here stands last. */
export function hookJson(hook: Hook) {
  const { id, format, options, contentType, events, sendsAll, branchFilter, isActive } = hook;
  return {
    id,
    type: format,
    branch_filter: branchFilter,
    config: {
      ...options,
      url: shownAddress(format, hook.url),
      content_type: contentType,
      insecure_ssl: hook.verifiesTls ? '0' : '1',
    },
    events: sendsAll ? Object.keys(HOOK_EVENTS) : events,
    authorization_header: '',
    active: isActive,
    updated_at: timeOf(hook.updatedAt),
    created_at: timeOf(hook.createdAt),
    sends_all: sendsAll,
    has_secret: hook.secret !== '',
    has_authorization_header: hook.authorization !== '',
    last_status: hook.lastState ?? '',
    last_tried_at: timeOrNull(hook.lastTriedAt),
    failing_since: timeOrNull(hook.failingSince),
    suspended_at: timeOrNull(hook.suspendedAt),
  };
}

/** A delivery as lists show it. */
export function deliveryJson(row: DeliveryRow) {
  return {
    id: row.id,
    uuid: row.uuid,
    event: row.event,
    action: row.action,
    state: row.state,
    attempts: row.attempts,
    status_code: row.status,
    error: row.error ?? '',
    duration_ms: row.duration,
    is_test: row.isTest,
    repeats_id: row.repeatsId,
    created_at: timeOf(row.createdAt),
    tried_at: timeOrNull(row.triedAt),
    ended_at: timeOrNull(row.endedAt),
  };
}

/** A delivery with what was sent and what came back, where that was kept. */
export function deliveryDetailJson(row: DeliveryRow, message: MessageRow | undefined) {
  return {
    ...deliveryJson(row),
    request: {
      headers: message?.requestHeaders ?? {},
      payload: message ? Buffer.from(message.requestBody).toString('utf8') : '',
    },
    response: { headers: message?.responseHeaders ?? {}, payload: message?.responseBody ?? '' },
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeOf(ms);
}
