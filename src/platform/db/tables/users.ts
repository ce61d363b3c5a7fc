// People and organizations share one namespace, hence one table of accounts; `kind` tells them apart.
import { bool, id, index, int, key, table, text, time, unique } from '../columns.ts';

export const users = table(
  'users',
  {
    id: id(),
    kind: key('kind', 16).notNull().$type<'user' | 'organization'>(),
    name: key('name', 64).notNull(),
    /** The name in lower case: what is looked up and unique. */
    nameKey: key('name_key', 64).notNull(),
    displayName: text('display_name').notNull(),
    email: key('email', 254).notNull(),
    /** The address in lower case: what is looked up and unique. */
    emailKey: key('email_key', 254).notNull(),
    passwordHash: text('password_hash'),
    isAdmin: bool('is_admin').notNull(),
    isSuspended: bool('is_suspended').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    lastLoginAt: time('last_login_at'),
  },
  (t) => [unique('users_name_key').on(t.nameKey), unique('users_email_key').on(t.emailKey)],
);

export const sessions = table(
  'sessions',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenHash: key('token_hash', 64).notNull(),
    address: key('address', 64).notNull(),
    userAgent: text('user_agent').notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [unique('sessions_token_hash').on(t.tokenHash), index('sessions_user').on(t.userId)],
);

export const accessTokens = table(
  'access_tokens',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: key('name', 100).notNull(),
    tokenHash: key('token_hash', 64).notNull(),
    /** The last eight characters, shown so that its owner recognises it. */
    lastEight: key('last_eight', 8).notNull(),
    /** Comma-separated, e.g. `read:repository,write:user`, or `all`. */
    scopes: text('scopes').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [
    unique('access_tokens_token_hash').on(t.tokenHash),
    unique('access_tokens_user_name').on(t.userId, t.name),
  ],
);

export const sshKeys = table(
  'ssh_keys',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    title: key('title', 100).notNull(),
    keyType: key('key_type', 64).notNull(),
    /** `type base64`, without a comment. */
    publicKey: text('public_key').notNull(),
    /** `SHA256:…` as OpenSSH prints it; one key belongs to one account. */
    fingerprint: key('fingerprint', 64).notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [unique('ssh_keys_fingerprint').on(t.fingerprint), index('ssh_keys_user').on(t.userId)],
);
