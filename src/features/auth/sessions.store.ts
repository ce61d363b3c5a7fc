// Queries on sessions.
import { and, desc, eq, lt, ne } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { sessions, users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import { ACTOR_COLUMNS } from './actors.store.ts';
import type { ActorRow } from './actors.types.ts';
import type { SessionRow } from './sessions.types.ts';

type Db = Reader | Tx;

/** A session with what must be known about its person. */
export async function findByTokenHash(
  db: Db,
  tokenHash: string,
): Promise<{ session: SessionRow; user: ActorRow } | undefined> {
  const [row] = await db
    .select({
      session: sessions,
      user: ACTOR_COLUMNS,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.tokenHash, tokenHash));
  return row;
}

export async function findSession(db: Db, id: number): Promise<SessionRow | undefined> {
  const [row] = await db.select().from(sessions).where(eq(sessions.id, id));
  return row;
}

export async function insertSession(tx: Tx, row: Omit<SessionRow, 'id'>): Promise<SessionRow> {
  return insertReturning(tx, sessions, row);
}

/** Slides a session on unless somebody else did so since `seenAt`. */
export async function touchSession(
  tx: Tx,
  id: number,
  seenAt: number,
  changes: { lastUsedAt: number; expiresAt: number },
): Promise<void> {
  await tx
    .update(sessions)
    .set(changes)
    .where(and(eq(sessions.id, id), eq(sessions.lastUsedAt, seenAt)));
}

/** Notes that a session's person proved who they are. */
export async function noteProof(
  tx: Tx,
  id: number,
  proof: { provenAt: number; hasSecondFactor?: boolean },
): Promise<void> {
  await tx.update(sessions).set(proof).where(eq(sessions.id, id));
}

export async function removeSession(tx: Tx, id: number): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.id, id));
}

/** All sessions of a person, but `exceptId`. */
export async function removeSessionsOf(tx: Tx, userId: number, exceptId: number | undefined): Promise<void> {
  const own = eq(sessions.userId, userId);
  await tx.delete(sessions).where(exceptId === undefined ? own : and(own, ne(sessions.id, exceptId)));
}

/** A person's sessions that no second factor was given for; says whether there were any. */
export async function removeSessionsByPasswordOnly(tx: Tx, userId: number): Promise<boolean> {
  const { userId: owner, hasSecondFactor } = sessions;
  const result = await tx.delete(sessions).where(and(eq(owner, userId), eq(hasSecondFactor, false)));
  return changedRows(result) > 0;
}

export async function removeExpired(tx: Tx, now: number): Promise<void> {
  await tx.delete(sessions).where(lt(sessions.expiresAt, now));
}

/** A person's sessions, the most recently used first. */
export async function listSessionsOf(db: Db, userId: number): Promise<SessionRow[]> {
  return db
    .select()
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.id));
}
