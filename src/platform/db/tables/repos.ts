// Repositories, who may work in them, where renamed ones went, and pushes that are being recorded.
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { LevelOf } from '../../../base/abilities.ts';
import { big, bool, id, index, int, json, key, primaryKey, table, text, time, unique } from '../columns.ts';
import { teams } from './orgs.ts';
import { users } from './users.ts';

/** What a person or a team may be given on a repository. */
export type GivenPermission = Exclude<LevelOf<'repository'>, 'none' | 'owner'>;

/** Objects that forks share. A pool is filled once and never changed; it is removed when no repository uses it. */
export const objectPools = table(
  'object_pools',
  {
    id: id(),
    /** Name of the folder below pools/, random. */
    storageKey: key('storage_key', 40).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [unique('object_pools_storage_key').on(t.storageKey)],
);

export const repositories = table(
  'repositories',
  {
    id: id(),
    ownerId: int('owner_id')
      .notNull()
      .references(() => users.id),
    name: key('name', 100).notNull(),
    /** The name in lower case, unique per owner. Of a deleted repository: `<id>` behind a colon, which no name may hold. */
    nameKey: key('name_key', 120).notNull(),
    description: text('description').notNull(),
    website: text('website').notNull(),
    visibility: key('visibility', 16).notNull().$type<'public' | 'internal' | 'private'>(),
    defaultBranch: key('default_branch', 255).notNull(),
    objectFormat: key('object_format', 16).notNull().$type<'sha1' | 'sha256'>(),
    /** Name of the folder below repositories/, random and never changed: renames and transfers move no data. */
    storageKey: key('storage_key', 40).notNull(),
    isEmpty: bool('is_empty').notNull(),
    sizeBytes: big('size_bytes').notNull(),
    pushesSinceRepack: int('pushes_since_repack').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    pushedAt: time('pushed_at'),
    deletedAt: time('deleted_at'),
    archivedAt: time('archived_at'),
    /** Comma-separated units that are switched off, e.g. `wiki,packages`. */
    disabledUnits: key('disabled_units', 100).notNull().default(''),
    starCount: int('star_count').notNull().default(0),
    /** The repository this one was forked from, while that has not been purged. */
    parentId: int('parent_id').references((): AnySQLiteColumn => repositories.id, { onDelete: 'set null' }),
    /** Of forks: the id of the repository at the root of the network, which may be gone. Null outside of networks. */
    networkId: int('network_id'),
    forkCount: int('fork_count').notNull().default(0),
    /** Where objects shared with others of its network lie; see docs/architecture.md. */
    poolId: int('pool_id').references(() => objectPools.id),
    /** New repositories may begin with its files. */
    isTemplate: bool('is_template').notNull().default(false),
    /** Follows another repository and takes no pushes; see the table `mirrors`. */
    isMirror: bool('is_mirror').notNull().default(false),
  },
  (t) => [
    unique('repositories_owner_name').on(t.ownerId, t.nameKey),
    unique('repositories_storage_key').on(t.storageKey),
    // Lists are merged from runs of these, each read from its newest end: never from the middle of what one may not see.
    index('repositories_visibility_updated').on(t.visibility, t.updatedAt, t.id),
    index('repositories_owner_visibility').on(t.ownerId, t.visibility, t.updatedAt, t.id),
    index('repositories_parent').on(t.parentId),
    index('repositories_network').on(t.networkId),
    index('repositories_pool').on(t.poolId),
  ],
);

export const repositoryRedirects = table(
  'repository_redirects',
  {
    ownerId: int('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    nameKey: key('name_key', 100).notNull(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.nameKey] })],
);

export const collaborators = table(
  'collaborators',
  {
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    permission: key('permission', 16).notNull().$type<GivenPermission>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.repositoryId, t.userId] }), index('collaborators_user').on(t.userId)],
);

/** One ref a push moves; an all-zero id stands for "did not exist" or "is deleted". */
export interface RefUpdate {
  ref: string;
  oldOid: string;
  newOid: string;
}

/** Pushes accepted but not yet recorded as events; what is left at start is reconciled with the refs on disk. */
export const pushIntents = table(
  'push_intents',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    userId: int('user_id').references(() => users.id, { onDelete: 'set null' }),
    updates: json('updates').notNull().$type<RefUpdate[]>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('push_intents_repository').on(t.repositoryId)],
);

export const teamRepositories = table(
  'team_repositories',
  {
    teamId: int('team_id')
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    permission: key('permission', 16).notNull().$type<GivenPermission>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.repositoryId] }),
    index('team_repositories_repository').on(t.repositoryId),
  ],
);

/** A transfer that waits for the new owner's consent; one per repository. */
export const repositoryTransfers = table(
  'repository_transfers',
  {
    repositoryId: int('repository_id')
      .primaryKey()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    recipientId: int('recipient_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    requestedBy: int('requested_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('repository_transfers_recipient').on(t.recipientId)],
);

export const deployKeys = table(
  'deploy_keys',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    title: key('title', 100).notNull(),
    keyType: key('key_type', 64).notNull(),
    /** `type base64`, without a comment. */
    publicKey: text('public_key').notNull(),
    /** `SHA256:…`; one key is one repository's, and never a person's as well. */
    fingerprint: key('fingerprint', 64).notNull(),
    canWrite: bool('can_write').notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [
    unique('deploy_keys_fingerprint').on(t.fingerprint),
    index('deploy_keys_repository').on(t.repositoryId),
  ],
);

export const stars = table(
  'stars',
  {
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.repositoryId] }), index('stars_repository').on(t.repositoryId)],
);

/** Repositories on somebody's profile, in their order. */
export const pins = table(
  'pins',
  {
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    position: int('position').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.repositoryId] }), index('pins_repository').on(t.repositoryId)],
);

/** What somebody contributed to a repository, once each: for the graph on their profile. */
export const contributions = table(
  'contributions',
  {
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** What it was: a commit's id, or the kind and number of something else. */
    subject: key('subject', 80).notNull(),
    /** Days since 1970, UTC. */
    day: int('day').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.repositoryId, t.subject] }),
    index('contributions_day').on(t.userId, t.day, t.repositoryId),
    index('contributions_repository').on(t.repositoryId),
  ],
);

/** Words by which repositories are found. */
export const repositoryTopics = table(
  'repository_topics',
  {
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    name: key('name', 50).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.repositoryId, t.name] }),
    index('repository_topics_name').on(t.name, t.repositoryId),
  ],
);
