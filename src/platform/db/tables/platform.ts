// Tables of the platform itself: events, jobs, schedules, instance settings.
import { id, index, int, json, key, table, text, time, unique } from '../columns.ts';

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
