// What is known of code beside git itself. Derived facts are keyed by object ids, so they never go stale and are safe to delete.
import { big, bool, bytes, id, index, int, key, primaryKey, table, text, time, unique } from '../columns.ts';
import { repositories } from './repos.ts';
import { users } from './users.ts';

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
    kind: key('kind', 32).notNull().$type<'languages' | 'commit-count' | 'licence' | 'insights'>(),
    value: bytes('value').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.repositoryId, t.commitOid, t.kind] }),
    index('commit_facts_created').on(t.createdAt),
  ],
);

/** Where names are defined in the files of a repository's default branch, as of the commit in `symbol_indexes`. */
export const symbols = table(
  'symbols',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    name: key('name', 190).notNull(),
    kind: key('kind', 16).notNull(),
    path: text('path').notNull(),
    /** SHA-256 in hex of the path. */
    pathHash: key('path_hash', 64).notNull(),
    /** From 1. */
    line: int('line').notNull(),
  },
  (t) => [
    index('symbols_name').on(t.repositoryId, t.name),
    index('symbols_path').on(t.repositoryId, t.pathHash),
  ],
);

export const symbolIndexes = table(
  'symbol_indexes',
  {
    repositoryId: int('repository_id')
      .primaryKey()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    commitOid: key('commit_oid', 64).notNull(),
    /** Changes whenever what is indexed, or how, changes: other versions are built anew. */
    version: int('version').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  () => [],
);

/** What a check outside said of a commit; the newest row of each context counts. */
export const commitStatuses = table(
  'commit_statuses',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    commitOid: key('commit_oid', 64).notNull(),
    context: key('context', 255).notNull(),
    state: key('state', 16).notNull().$type<'pending' | 'success' | 'error' | 'failure' | 'warning'>(),
    description: text('description').notNull(),
    /** An http or https address, or empty. */
    targetUrl: text('target_url').notNull(),
    creatorId: int('creator_id').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('commit_statuses_commit').on(t.repositoryId, t.commitOid, t.id)],
);

/** Files of a comparison that somebody has looked at. A mark covers both versions, so a changed file loses it. */
export const viewedFiles = table(
  'viewed_files',
  {
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** SHA-256 in hex over the path and both blob ids. */
    mark: key('mark', 64).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.repositoryId, t.mark] }),
    index('viewed_files_repository').on(t.repositoryId),
    index('viewed_files_created').on(t.createdAt),
  ],
);

/** Branches that were deleted and can be restored: an internal ref keeps their commits. */
export const deletedBranches = table(
  'deleted_branches',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    commitOid: key('commit_oid', 64).notNull(),
    deletedBy: int('deleted_by').references(() => users.id, { onDelete: 'set null' }),
    deletedAt: time('deleted_at').notNull(),
  },
  (t) => [index('deleted_branches_repository').on(t.repositoryId, t.id)],
);

export const releases = table(
  'releases',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    tagName: key('tag_name', 255).notNull(),
    /** The branch or commit that is tagged when it is published and the tag does not exist. */
    target: key('target', 255).notNull(),
    title: key('title', 255).notNull(),
    /** Markdown. */
    body: text('body').notNull(),
    isDraft: bool('is_draft').notNull(),
    isPrerelease: bool('is_prerelease').notNull(),
    authorId: int('author_id').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    publishedAt: time('published_at'),
  },
  (t) => [
    unique('releases_tag').on(t.repositoryId, t.tagName),
    index('releases_published').on(t.repositoryId, t.isDraft, t.publishedAt, t.id),
  ],
);

export const releaseAssets = table(
  'release_assets',
  {
    id: id(),
    releaseId: int('release_id')
      .notNull()
      .references(() => releases.id, { onDelete: 'cascade' }),
    name: key('name', 255).notNull(),
    sizeBytes: big('size_bytes').notNull(),
    sha256: key('sha256', 64).notNull(),
    /** Where `app.storage` holds it. */
    storageKey: key('storage_key', 100).notNull(),
    downloadCount: int('download_count').notNull(),
    uploaderId: int('uploader_id').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    unique('release_assets_name').on(t.releaseId, t.name),
    unique('release_assets_storage_key').on(t.storageKey),
  ],
);

/** Files that are being uploaded in parts; forgotten when nothing has come for some days. */
export const uploads = table(
  'uploads',
  {
    id: id(),
    /** Random, part of the upload's address. */
    token: key('token', 64).notNull(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** What it will belong to. */
    releaseId: int('release_id').references(() => releases.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: key('name', 255).notNull(),
    sizeBytes: big('size_bytes').notNull(),
    receivedBytes: big('received_bytes').notNull(),
    storageKey: key('storage_key', 100).notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [unique('uploads_token').on(t.token), index('uploads_updated').on(t.updatedAt)],
);

/** Large files of a repository (Git LFS). The content is kept once, whoever has it. */
export const lfsObjects = table(
  'lfs_objects',
  {
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** SHA-256 in hex. */
    oid: key('oid', 64).notNull(),
    sizeBytes: big('size_bytes').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.repositoryId, t.oid] }), index('lfs_objects_oid').on(t.oid)],
);

export const lfsLocks = table(
  'lfs_locks',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    path: text('path').notNull(),
    /** SHA-256 in hex of the path. */
    pathHash: key('path_hash', 64).notNull(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [unique('lfs_locks_path').on(t.repositoryId, t.pathHash)],
);
