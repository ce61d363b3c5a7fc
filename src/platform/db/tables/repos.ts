// Repositories, who may work in them, where renamed ones went, and pushes that are being recorded.
import { big, bool, id, index, int, json, key, primaryKey, table, text, time, unique } from '../columns.ts';
import { users } from './users.ts';

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
    visibility: key('visibility', 16).notNull().$type<'public' | 'private'>(),
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
  },
  (t) => [
    unique('repositories_owner_name').on(t.ownerId, t.nameKey),
    unique('repositories_storage_key').on(t.storageKey),
    index('repositories_updated').on(t.updatedAt),
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
    permission: key('permission', 16).notNull().$type<'read' | 'write' | 'admin'>(),
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
