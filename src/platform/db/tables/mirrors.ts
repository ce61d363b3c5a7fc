// Repositories that are filled from elsewhere, follow another one, or are followed by one.
import { bool, bytes, id, index, int, key, table, text, time } from '../columns.ts';
import { repositories } from './repos.ts';
import { users } from './users.ts';

/** Repositories that follow another one, or that others follow: fetched from, or pushed to, on a schedule. */
export const mirrors = table(
  'mirrors',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    direction: key('direction', 8).notNull().$type<'pull' | 'push'>(),
    /** Without credentials. */
    url: text('url').notNull(),
    /** JSON of name and password, sealed by `app.secrets`; null without. */
    sealedCredentials: bytes('sealed_credentials'),
    /** Minutes between two runs; 0: only when asked for. */
    intervalMinutes: int('interval_minutes').notNull(),
    /** Push mirrors: also after each push. */
    onPush: bool('on_push').notNull(),
    /** Whether LFS objects go along. */
    lfs: bool('lfs').notNull(),
    nextRunAt: time('next_run_at'),
    lastRunAt: time('last_run_at'),
    lastSuccessAt: time('last_success_at'),
    /** What went wrong in the last run, without secrets. */
    lastError: text('last_error'),
    failures: int('failures').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('mirrors_repository').on(t.repositoryId, t.direction), index('mirrors_due').on(t.nextRunAt)],
);

/** A repository that is being filled, or was, from an address elsewhere; one row per repository. */
export const imports = table(
  'imports',
  {
    repositoryId: int('repository_id')
      .primaryKey()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** Without credentials. */
    url: text('url').notNull(),
    /** As those of mirrors; gone once the import has ended. */
    sealedCredentials: bytes('sealed_credentials'),
    lfs: bool('lfs').notNull(),
    /** Becomes a pull mirror with this many minutes between runs; null: a plain repository. */
    mirrorMinutes: int('mirror_minutes'),
    state: key('state', 16).notNull().$type<'waiting' | 'running' | 'done' | 'failed' | 'cancelled'>(),
    /** What it is at, in git's own words, such as `Receiving objects`. */
    stage: text('stage').notNull(),
    percent: int('percent').notNull(),
    error: text('error'),
    requestedBy: int('requested_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
    finishedAt: time('finished_at'),
  },
  () => [],
);
