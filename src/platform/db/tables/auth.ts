// What proves who somebody is beyond a password: second factors, passkeys, single-use tokens, signing keys, known devices.
import {
  big,
  bool,
  bytes,
  id,
  index,
  int,
  json,
  key,
  primaryKey,
  table,
  text,
  time,
  unique,
} from '../columns.ts';
import { users } from './users.ts';

/** One authenticator application per account (RFC 6238). */
export const totpSecrets = table(
  'totp_secrets',
  {
    userId: int('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Sealed by `app.secrets`. */
    sealedSecret: bytes('sealed_secret').notNull(),
    /** Null until a code was typed back: only then it counts. */
    confirmedAt: time('confirmed_at'),
    /** The last time step whose code was taken: no code works twice. */
    lastStep: big('last_step').notNull(),
    createdAt: time('created_at').notNull(),
  },
  () => [],
);

export const recoveryCodes = table(
  'recovery_codes',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    codeHash: key('code_hash', 64).notNull(),
    usedAt: time('used_at'),
  },
  (t) => [unique('recovery_codes_hash').on(t.userId, t.codeHash)],
);

/** WebAuthn credentials: passkeys and security keys. */
export const passkeys = table(
  'passkeys',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: key('name', 100).notNull(),
    /** base64url. */
    credentialId: text('credential_id').notNull(),
    /** SHA-256 in hex of the credential id, which may be too long to index. */
    credentialHash: key('credential_hash', 64).notNull(),
    publicKey: bytes('public_key').notNull(),
    signCount: big('sign_count').notNull(),
    transports: json('transports').notNull().$type<string[]>(),
    /** Verifies its person by itself (PIN, finger), so that it may be the sole sign-in. */
    isDiscoverable: bool('is_discoverable').notNull(),
    isBackedUp: bool('is_backed_up').notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [unique('passkeys_credential').on(t.credentialHash), index('passkeys_user').on(t.userId)],
);

/** Secrets that work once and for a short time: links in mails, half-finished sign-ins, WebAuthn challenges. */
export const oneTimeTokens = table(
  'one_time_tokens',
  {
    id: id(),
    kind: key('kind', 32).notNull(),
    tokenHash: key('token_hash', 64).notNull(),
    userId: int('user_id').references(() => users.id, { onDelete: 'cascade' }),
    data: json('data').notNull().$type<Record<string, unknown>>(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    unique('one_time_tokens_hash').on(t.tokenHash),
    index('one_time_tokens_user').on(t.userId, t.kind),
    index('one_time_tokens_expires').on(t.expiresAt),
  ],
);

/** Browsers an account has signed in from; a sign-in from any other is told of by mail. */
export const knownDevices = table(
  'known_devices',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    deviceHash: key('device_hash', 64).notNull(),
    createdAt: time('created_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
  },
  (t) => [unique('known_devices_hash').on(t.userId, t.deviceHash)],
);

/** Keys that sign commits and tags; each was proved by a signature over a challenge of ours. */
export const signingKeys = table(
  'signing_keys',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: key('kind', 8).notNull().$type<'gpg' | 'ssh'>(),
    title: key('title', 100).notNull(),
    /** `SHA256:…` of an SSH key, the hexadecimal fingerprint of the primary GPG key. */
    fingerprint: key('fingerprint', 80).notNull(),
    publicKey: text('public_key').notNull(),
    /** GPG: ids of the primary key and its subkeys in hex, and the addresses in its user ids. */
    keyIds: json('key_ids').notNull().$type<string[]>(),
    emails: json('emails').notNull().$type<string[]>(),
    expiresAt: time('expires_at'),
    createdAt: time('created_at').notNull(),
    /** Null until possession was proved: only then it verifies anything. */
    verifiedAt: time('verified_at'),
  },
  (t) => [
    unique('signing_keys_fingerprint').on(t.kind, t.fingerprint),
    index('signing_keys_user').on(t.userId),
  ],
);

/** The ids of GPG keys and their subkeys, by which signatures name them. */
export const signingKeyIds = table(
  'signing_key_ids',
  {
    /** 16 hexadecimal digits, upper case. */
    keyId: key('key_id', 16).notNull(),
    signingKeyId: int('signing_key_id')
      .notNull()
      .references(() => signingKeys.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.keyId, t.signingKeyId] }),
    index('signing_key_ids_key').on(t.signingKeyId),
  ],
);

/** Invitations to register while registration is by invitation. */
export const registrationInvitations = table(
  'registration_invitations',
  {
    id: id(),
    email: key('email', 254).notNull(),
    emailKey: key('email_key', 254).notNull(),
    tokenHash: key('token_hash', 64).notNull(),
    invitedBy: int('invited_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    unique('registration_invitations_email').on(t.emailKey),
    unique('registration_invitations_token').on(t.tokenHash),
  ],
);
