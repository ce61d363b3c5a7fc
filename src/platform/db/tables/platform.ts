// Tables of the platform itself: events, jobs, schedules, instance settings.
import { bytes, id, index, int, json, key, table, text, time, unique } from '../columns.ts';

export const events = table(
  'events',
  {
    id: id(),
    kind: key('kind', 64).notNull(),
    actorId: int('actor_id'),
    repositoryId: int('repository_id'),
    data: json('data').notNull().$type<Record<string, unknown>>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('events_repository').on(t.repositoryId, t.id), index('events_actor').on(t.actorId, t.id)],
);

export const jobs = table(
  'jobs',
  {
    id: id(),
    queue: key('queue', 32).notNull(),
    kind: key('kind', 64).notNull(),
    payload: json('payload').notNull().$type<Record<string, unknown>>(),
    state: key('state', 16).notNull().$type<'waiting' | 'running' | 'done' | 'dead'>(),
    /** Lower runs first. */
    priority: int('priority').notNull(),
    runAt: time('run_at').notNull(),
    attempts: int('attempts').notNull(),
    maxAttempts: int('max_attempts').notNull(),
    /** At most one waiting job holds a given key; cleared when it starts to run. */
    uniqueKey: key('unique_key', 190),
    /** What fairness is shared between, e.g. `repo:12`. */
    fairnessKey: key('fairness_key', 64).notNull(),
    leaseOwner: key('lease_owner', 64),
    leaseUntil: time('lease_until'),
    lastError: text('last_error'),
    createdAt: time('created_at').notNull(),
    finishedAt: time('finished_at'),
  },
  (t) => [
    unique('jobs_unique_key').on(t.uniqueKey),
    index('jobs_due').on(t.state, t.queue, t.priority, t.fairnessKey, t.runAt),
    index('jobs_lease').on(t.state, t.leaseUntil),
    index('jobs_finished').on(t.state, t.finishedAt),
  ],
);

export const schedules = table(
  'schedules',
  {
    name: key('name', 64).primaryKey(),
    lastRunAt: time('last_run_at').notNull(),
  },
  () => [],
);

export const settings = table(
  'settings',
  {
    name: key('name', 64).primaryKey(),
    value: text('value').notNull(),
  },
  () => [],
);

/** Every security-relevant act, in order; each row's hash covers the one before. Rows are never changed or removed. */
export const auditEntries = table(
  'audit_entries',
  {
    id: id(),
    /** 1, 2, 3 …: a gap means that a row is missing. */
    sequence: int('sequence').notNull(),
    at: time('at').notNull(),
    kind: key('kind', 64).notNull(),
    /** Not a reference: the log outlives accounts. */
    actorId: int('actor_id'),
    actorName: key('actor_name', 254).notNull(),
    /** session, password, token, ssh, deploy-key, anonymous or system. */
    via: key('via', 16).notNull(),
    address: key('address', 64).notNull(),
    /** The account it was done to. */
    userId: int('user_id'),
    organizationId: int('organization_id'),
    repositoryId: int('repository_id'),
    /** JSON, exactly as it was hashed. */
    data: text('data').notNull(),
    /** HMAC-SHA256 in hex under a key outside the database, over the hash before and every column. */
    hash: key('hash', 64).notNull(),
  },
  (t) => [
    unique('audit_entries_sequence').on(t.sequence),
    index('audit_entries_organization').on(t.organizationId, t.id),
    index('audit_entries_actor').on(t.actorId, t.id),
    index('audit_entries_user').on(t.userId, t.id),
    index('audit_entries_kind').on(t.kind, t.id),
  ],
);

/** Mails that wait to be sent: they may hold links that sign in, so they are sealed and gone once sent. */
export const outgoingMails = table(
  'outgoing_mails',
  {
    id: id(),
    /** Sealed by `app.secrets`. */
    sealed: bytes('sealed').notNull(),
    createdAt: time('created_at').notNull(),
  },
  () => [],
);

/** Messages of the administrators to everybody, above every page. */
export const notices = table(
  'notices',
  {
    id: id(),
    kind: key('kind', 16).notNull().$type<'info' | 'warn'>(),
    /** Markdown. */
    text: text('text').notNull(),
    createdAt: time('created_at').notNull(),
    /** Shown until then; null: until it is removed. */
    endsAt: time('ends_at'),
  },
  () => [],
);
