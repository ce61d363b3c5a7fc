// Derived facts about commits, keyed by object ids so that they never go stale; safe to delete.
import { bytes, index, int, key, primaryKey, table, time } from '../columns.ts';
import { repositories } from './repos.ts';

/** The last commit of every entry of a directory, as of a commit. */
export const directoryHistories = table(
  'directory_histories',
  {
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    commitOid: key('commit_oid', 64).notNull(),
    /** SHA-256 in hex of the directory's path bytes. */
    pathHash: key('path_hash', 64).notNull(),
    /** Encoded by the code room. */
    entries: bytes('entries').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.repositoryId, t.commitOid, t.pathHash] }),
    index('directory_histories_created').on(t.createdAt),
  ],
);

/** Facts about a whole tree: bytes per language, number of commits, licence. */
export const commitFacts = table(
  'commit_facts',
  {
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    commitOid: key('commit_oid', 64).notNull(),
    kind: key('kind', 32).notNull().$type<'languages' | 'commit-count' | 'licence'>(),
    value: bytes('value').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.repositoryId, t.commitOid, t.kind] }),
    index('commit_facts_created').on(t.createdAt),
  ],
);
