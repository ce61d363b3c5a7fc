// Queries on signing keys. Only keys that were proved are kept, hence found.
import { and, count, desc, eq, gt, inArray, isNotNull, notExists } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { signingKeyIds, signingKeys } from '../../platform/db/tables/auth.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { FoundSigningKey, SigningKeyKind, SigningKeyRow } from './signing-keys.types.ts';

type Db = Reader | Tx;

const KEY_ID = /^[0-9A-F]{16}$/;

export async function findSigningKeyRow(db: Db, id: number): Promise<SigningKeyRow | undefined> {
  const [row] = await db.select().from(signingKeys).where(eq(signingKeys.id, id));
  return row;
}

export async function findByKindAndFingerprint(
  db: Db,
  kind: SigningKeyKind,
  fingerprint: string,
): Promise<SigningKeyRow | undefined> {
  const [row] = await db
    .select()
    .from(signingKeys)
    .where(and(eq(signingKeys.kind, kind), eq(signingKeys.fingerprint, fingerprint)));
  return row;
}

/** A proved key by its fingerprint, or by the id of one of its keys in upper-case hex; the oldest where several fit. */
export async function findVerifier(
  db: Db,
  kind: SigningKeyKind,
  id: string,
): Promise<FoundSigningKey | undefined> {
  const isKeyId = kind === 'gpg' && KEY_ID.test(id);
  const found = await (isKeyId ? findByKeyIds(db, [id]) : findByFingerprints(db, kind, [id]));
  return found[0];
}

/** The proved keys with one of these fingerprints, the oldest first. */
export async function findByFingerprints(
  db: Db,
  kind: SigningKeyKind,
  fingerprints: readonly string[],
): Promise<FoundSigningKey[]> {
  if (fingerprints.length === 0) return [];
  return verifiers(db)
    .where(
      and(
        eq(signingKeys.kind, kind),
        isNotNull(signingKeys.verifiedAt),
        inArray(signingKeys.fingerprint, [...fingerprints]),
      ),
    )
    .orderBy(signingKeys.id);
}

/** The proved OpenPGP keys that hold one of these ids (16 digits of upper-case hex), the oldest first. */
export async function findByKeyIds(db: Db, keyIds: readonly string[]): Promise<FoundSigningKey[]> {
  const wanted = keyIds.filter((id) => KEY_ID.test(id));
  if (wanted.length === 0) return [];
  const holders = db
    .select({ id: signingKeyIds.signingKeyId })
    .from(signingKeyIds)
    .where(inArray(signingKeyIds.keyId, wanted));
  return verifiers(db)
    .where(
      and(eq(signingKeys.kind, 'gpg'), isNotNull(signingKeys.verifiedAt), inArray(signingKeys.id, holders)),
    )
    .orderBy(signingKeys.id);
}

function verifiers(db: Db) {
  const { id, name, isSuspended, avatarHash } = users;
  return db
    .select({ key: signingKeys, account: { id, name, isSuspended, avatarHash } })
    .from(signingKeys)
    .innerJoin(users, eq(users.id, signingKeys.userId))
    .$dynamic();
}

/** OpenPGP keys behind the id `after` whose ids are not in the index yet. */
export async function listKeysWithoutIds(
  db: Db,
  after: number,
  limit: number,
): Promise<Pick<SigningKeyRow, 'id' | 'keyIds'>[]> {
  const indexed = db
    .select({ id: signingKeyIds.signingKeyId })
    .from(signingKeyIds)
    .where(eq(signingKeyIds.signingKeyId, signingKeys.id));
  return db
    .select({ id: signingKeys.id, keyIds: signingKeys.keyIds })
    .from(signingKeys)
    .where(and(eq(signingKeys.kind, 'gpg'), gt(signingKeys.id, after), notExists(indexed)))
    .orderBy(signingKeys.id)
    .limit(limit);
}

/** Makes these the ids that a key is found by. */
export async function setKeyIds(tx: Tx, signingKeyId: number, keyIds: readonly string[]): Promise<void> {
  await tx.delete(signingKeyIds).where(eq(signingKeyIds.signingKeyId, signingKeyId));
  const wanted = [...new Set(keyIds)].filter((id) => KEY_ID.test(id));
  if (wanted.length === 0) return;
  await tx.insert(signingKeyIds).values(wanted.map((keyId) => ({ keyId, signingKeyId })));
}

/** A person's keys, the newest first. */
export async function listSigningKeysOf(db: Db, userId: number): Promise<SigningKeyRow[]> {
  return db.select().from(signingKeys).where(eq(signingKeys.userId, userId)).orderBy(desc(signingKeys.id));
}

export async function countSigningKeysOf(db: Db, userId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(signingKeys).where(eq(signingKeys.userId, userId));
  return row?.total ?? 0;
}

export async function insertSigningKey(tx: Tx, row: Omit<SigningKeyRow, 'id'>): Promise<SigningKeyRow> {
  const inserted = await insertReturning(tx, signingKeys, row);
  await setKeyIds(tx, inserted.id, row.keyIds);
  return inserted;
}

export async function updateSigningKey(tx: Tx, id: number, changes: Partial<SigningKeyRow>): Promise<void> {
  await tx.update(signingKeys).set(changes).where(eq(signingKeys.id, id));
  if (changes.keyIds) await setKeyIds(tx, id, changes.keyIds);
}

export async function removeSigningKeyRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(signingKeys).where(eq(signingKeys.id, id));
}
