// People, bots and organizations share one namespace, hence one table of accounts; `kind` tells them apart.
// What proves who somebody is has its tables in auth.ts, what organizations are made of in orgs.ts.
import { bool, bytes, id, index, int, json, key, primaryKey, table, text, time, unique } from '../columns.ts';

/** `ghost`: a deleted account, whose row stays behind its authorship with everything personal removed. */
export type AccountKind = 'user' | 'organization' | 'bot' | 'ghost';

export const users = table(
  'users',
  {
    id: id(),
    kind: key('kind', 16).notNull().$type<AccountKind>(),
    name: key('name', 64).notNull(),
    /** The name in lower case: what is looked up and unique. Of a ghost: `:<id>`, which no name may hold. */
    nameKey: key('name_key', 64).notNull(),
    displayName: text('display_name').notNull(),
    /** The primary address, which `email_addresses` holds as well; empty for organizations and ghosts. */
    email: key('email', 254).notNull(),
    /** The address in lower case: what is looked up and unique. Without an address: a colon and something unique. */
    emailKey: key('email_key', 254).notNull(),
    passwordHash: text('password_hash'),
    isAdmin: bool('is_admin').notNull(),
    isSuspended: bool('is_suspended').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    lastLoginAt: time('last_login_at'),
    /** Sees only what was given to them by name. */
    isRestricted: bool('is_restricted').notNull().default(false),
    mustChangePassword: bool('must_change_password').notNull().default(false),
    bio: key('bio', 250).notNull().default(''),
    location: key('location', 100).notNull().default(''),
    website: key('website', 255).notNull().default(''),
    /** SHA-256 in hex of the uploaded picture; without one an identicon is drawn. */
    avatarHash: key('avatar_hash', 64),
    /** Web commits carry the private no-reply address instead of the primary one. */
    hidesEmail: bool('hides_email').notNull().default(true),
    /** Whether any second factor is set up: kept by the auth room, read with every request. */
    hasSecondFactor: bool('has_second_factor').notNull().default(false),
    followerCount: int('follower_count').notNull().default(0),
    followingCount: int('following_count').notNull().default(0),
  },
  (t) => [unique('users_name_key').on(t.nameKey), unique('users_email_key').on(t.emailKey)],
);

/**
 * Names of deleted accounts and organizations. Nobody takes them again, or clones and links of old would lead to whoever
 * did. Only a hash is kept: it answers whether a name is one of them, and names nobody.
 */
export const retiredNames = table(
  'retired_names',
  {
    /** SHA-256 in hex of the name in lower case. */
    nameHash: key('name_hash', 64).primaryKey(),
    retiredAt: time('retired_at').notNull(),
  },
  () => [],
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
    /** When its person last proved who they are: dangerous acts ask for it again after a while. */
    provenAt: time('proven_at').notNull().default(0),
    /** Whether a second factor was given at sign-in. */
    hasSecondFactor: bool('has_second_factor').notNull().default(false),
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
    /** The ids of the repositories it is limited to; null: every one its person reaches. */
    repositoryIds: json('repository_ids').$type<number[]>(),
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

/** Every address of every account, the primary one included. An address without `verifiedAt` proves nothing. */
export const emailAddresses = table(
  'email_addresses',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    email: key('email', 254).notNull(),
    emailKey: key('email_key', 254).notNull(),
    verifiedAt: time('verified_at'),
    createdAt: time('created_at').notNull(),
  },
  (t) => [unique('email_addresses_key').on(t.emailKey), index('email_addresses_user').on(t.userId)],
);

export const avatars = table(
  'avatars',
  {
    userId: int('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** A square picture made anew by us from what was uploaded; never the bytes that came. */
    bytes: bytes('bytes').notNull(),
    mediaType: key('media_type', 32).notNull(),
  },
  () => [],
);

export const follows = table(
  'follows',
  {
    followerId: int('follower_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    followedId: int('followed_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.followerId, t.followedId] }), index('follows_followed').on(t.followedId)],
);

export const blocks = table(
  'blocks',
  {
    /** A person or an organization. */
    blockerId: int('blocker_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    blockedId: int('blocked_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.blockerId, t.blockedId] }), index('blocks_blocked').on(t.blockedId)],
);
