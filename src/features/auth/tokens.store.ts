// Queries on access tokens.
import { and, count, desc, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { accessTokens, users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import { ACTOR_COLUMNS } from './actors.store.ts';
import type { ActorRow } from './actors.types.ts';
import type { AccessTokenRow } from './tokens.types.ts';

type Db = Reader | Tx;

/** A token with what must be known about its person. */
export async function findByTokenHash(
  db: Db,
  tokenHash: string,
): Promise<
  | {
      token: AccessTokenRow;
      user: ActorRow & { email: string };
    }
  | undefined
> {
  const [row] = await db
    .select({ token: accessTokens, user: { ...ACTOR_COLUMNS, email: users.email } })
    .from(accessTokens)
    .innerJoin(users, eq(users.id, accessTokens.userId))
    .where(eq(accessTokens.tokenHash, tokenHash));
  return row;
}

export async function insertToken(tx: Tx, row: Omit<AccessTokenRow, 'id'>): Promise<AccessTokenRow> {
  return insertReturning(tx, accessTokens, row);
}

export async function findToken(db: Db, id: number): Promise<AccessTokenRow | undefined> {
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.id, id));
  return row;
}

/** A person's tokens, the newest first. */
export async function listTokensOf(db: Db, userId: number): Promise<AccessTokenRow[]> {
  return db.select().from(accessTokens).where(eq(accessTokens.userId, userId)).orderBy(desc(accessTokens.id));
}

export async function countTokensOf(db: Db, userId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(accessTokens).where(eq(accessTokens.userId, userId));
  return row?.total ?? 0;
}

export async function isNameTaken(db: Db, userId: number, name: string): Promise<boolean> {
  const rows = await db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(and(eq(accessTokens.userId, userId), eq(accessTokens.name, name)));
  return rows.length > 0;
}

export async function noteTokenUse(tx: Tx, id: number, at: number): Promise<void> {
  await tx.update(accessTokens).set({ lastUsedAt: at }).where(eq(accessTokens.id, id));
}

export async function removeToken(tx: Tx, id: number): Promise<void> {
  await tx.delete(accessTokens).where(eq(accessTokens.id, id));
}
