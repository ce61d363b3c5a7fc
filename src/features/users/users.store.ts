// Queries on accounts.
import { and, count, eq, gt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { UserRow } from './users.types.ts';

type Db = Reader | Tx;

/** An account by its name in lower case. */
export async function findByNameKey(db: Db, nameKey: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(eq(users.nameKey, nameKey));
  return row;
}

/** An account by its e-mail address in lower case. */
export async function findByEmailKey(db: Db, emailKey: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(eq(users.emailKey, emailKey));
  return row;
}

export async function findById(db: Db, id: number): Promise<UserRow | undefined> {
  const [row] = await db.select().from(users).where(eq(users.id, id));
  return row;
}

export async function insertUser(tx: Tx, row: Omit<UserRow, 'id'>): Promise<UserRow> {
  return insertReturning(tx, users, row);
}

/** An account by its id that was not deleted: what is on its way to one meanwhile must not become a ghost's. */
export async function findLivingById(db: Db, id: number): Promise<UserRow | undefined> {
  const row = await findById(db, id);
  return row?.kind === 'ghost' ? undefined : row;
}

export async function updateUser(tx: Tx, id: number, changes: Partial<UserRow>): Promise<void> {
  await tx.update(users).set(changes).where(eq(users.id, id));
}

/** People, not organizations. */
export async function countPeople(db: Db): Promise<number> {
  const [row] = await db.select({ total: count() }).from(users).where(eq(users.kind, 'user'));
  return row?.total ?? 0;
}

/** People in the order they were added, behind the id `after`. */
export async function listPeople(db: Db, after: number, limit: number): Promise<UserRow[]> {
  return db
    .select()
    .from(users)
    .where(and(eq(users.kind, 'user'), gt(users.id, after)))
    .orderBy(users.id)
    .limit(limit);
}
