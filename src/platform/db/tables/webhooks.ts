// Webhooks, and every message to one: what is waiting, what was said and what came back.
import { bool, bytes, id, index, int, json, key, table, text, time, unique } from '../columns.ts';
import { repositories } from './repos.ts';
import { users } from './users.ts';

/** `site`: of the instance, told of everything. */
export type HookScope = 'repository' | 'organization' | 'user' | 'site';
/** In whose shape messages are: the first two are those of forges, the others of chats. */
export type HookFormat =
  | 'gitea'
  | 'github'
  | 'slack'
  | 'discord'
  | 'msteams'
  | 'matrix'
  | 'telegram'
  | 'mattermost';
/**
 * `recorded`: something happened that is not yet put into words. `refused`: the other side said no to this very message;
 * `failed`: it was given up after all its tries.
 */
export type DeliveryState = 'recorded' | 'waiting' | 'delivered' | 'refused' | 'failed';

export const webhooks = table(
  'webhooks',
  {
    id: id(),
    scope: key('scope', 16).notNull().$type<HookScope>(),
    repositoryId: int('repository_id').references(() => repositories.id, { onDelete: 'cascade' }),
    /** The person or organization whose hook it is, told of all their repositories; null for the other scopes. */
    ownerId: int('owner_id').references(() => users.id, { onDelete: 'cascade' }),
    format: key('format', 16).notNull().$type<HookFormat>(),
    contentType: key('content_type', 8).notNull().$type<'json' | 'form'>(),
    /** JSON of the address, the secret and what else nobody but its managers may know (HookSecrets), sealed by `app.secrets`. */
    sealed: bytes('sealed').notNull(),
    /** What chats are told besides that is no secret, such as a name and a colour. */
    options: json('options').notNull().$type<Record<string, string>>(),
    /** Names of events as in hooks.types.ts; with `sendsAll` it is told of every one. */
    events: json('events').notNull().$type<string[]>(),
    sendsAll: bool('sends_all').notNull(),
    /** A glob; only pushes, creations and deletions of branches that match. Empty: all. */
    branchFilter: key('branch_filter', 255).notNull(),
    verifiesTls: bool('verifies_tls').notNull(),
    isActive: bool('is_active').notNull(),
    createdById: int('created_by_id').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    /** Since when nothing got through; null while all is well. */
    failingSince: time('failing_since'),
    failures: int('failures').notNull(),
    /** Before this nothing is tried. */
    retryAt: time('retry_at'),
    /** When it was given up until its owner looks at it: nothing is kept for it from then on. */
    suspendedAt: time('suspended_at'),
    /** Of the last try: delivered, refused or failed. */
    lastState: key('last_state', 16).$type<DeliveryState>(),
    lastTriedAt: time('last_tried_at'),
  },
  (t) => [
    index('webhooks_repository').on(t.repositoryId),
    index('webhooks_owner').on(t.ownerId),
    index('webhooks_scope').on(t.scope),
  ],
);

export const webhookDeliveries = table(
  'webhook_deliveries',
  {
    id: id(),
    webhookId: int('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** What the other side knows it by, in each try: a UUID. */
    uuid: key('uuid', 36).notNull(),
    /** `<event id>:<part>`: what happened makes one delivery of each hook, however often the reaction runs. Tests and redeliveries: the uuid. */
    cause: key('cause', 80).notNull(),
    /** Name of the event as Gitea says it in X-Gitea-Event. */
    event: key('event', 40).notNull(),
    /** Such as `opened`; empty where the event has none. */
    action: key('action', 40).notNull(),
    state: key('state', 16).notNull().$type<DeliveryState>(),
    attempts: int('attempts').notNull(),
    /** Status of the last answer; null when none came. */
    status: int('status'),
    /** Why the last try failed, in a sentence without secrets. */
    error: text('error'),
    /** Milliseconds from the first byte sent to the last one read. */
    duration: int('duration'),
    /** The delivery that this one repeats. */
    repeatsId: int('repeats_id'),
    isTest: bool('is_test').notNull(),
    createdAt: time('created_at').notNull(),
    triedAt: time('tried_at'),
    endedAt: time('ended_at'),
  },
  (t) => [
    unique('webhook_deliveries_uuid').on(t.uuid),
    unique('webhook_deliveries_cause').on(t.webhookId, t.cause),
    index('webhook_deliveries_queue').on(t.webhookId, t.state, t.id),
    index('webhook_deliveries_created').on(t.createdAt),
  ],
);

/** What was sent and what came back, apart, so that lists and the queue never touch it. */
export const webhookMessages = table(
  'webhook_messages',
  {
    deliveryId: int('delivery_id')
      .primaryKey()
      .references(() => webhookDeliveries.id, { onDelete: 'cascade' }),
    /** Without secrets. */
    requestHeaders: json('request_headers').notNull().$type<Record<string, string>>(),
    requestBody: bytes('request_body').notNull(),
    responseHeaders: json('response_headers').$type<Record<string, string>>(),
    /** Its beginning. */
    responseBody: text('response_body'),
  },
  () => [],
);
