// Queries on signing keys. Only keys that were proved are kept, hence found.
import { and, count, desc, eq, isNotNull, like, or } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { signingKeys } from '../../platform/db/tables/auth.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { FoundSigningKey, SigningKeyKind, SigningKeyRow } from './signing-keys.types.ts';

type Db = Reader | Tx;

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
  // Ids stand in JSON, each between quotes. They are letters and digits, so nothing in them is a wildcard.
  const fits = /^[0-9A-F]{16}$/.test(id)
    ? or(eq(signingKeys.fingerprint, id), like(signingKeys.keyIds, `%"${id}"%`))
    : eq(signingKeys.fingerprint, id);
  const [row] = await db
    .select({
      key: signingKeys,
      account: { id: users.id, name: users.name, isSuspended: users.isSuspended },
    })
    .from(signingKeys)
    .innerJoin(users, eq(users.id, signingKeys.userId))
    .where(and(eq(signingKeys.kind, kind), isNotNull(signingKeys.verifiedAt), fits))
    .orderBy(signingKeys.id)
    .limit(1);
  return row;
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
  return insertReturning(tx, signingKeys, row);
}

export async function updateSigningKey(tx: Tx, id: number, changes: Partial<SigningKeyRow>): Promise<void> {
  await tx.update(signingKeys).set(changes).where(eq(signingKeys.id, id));
}

export async function removeSigningKeyRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(signingKeys).where(eq(signingKeys.id, id));
}
