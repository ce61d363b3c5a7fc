// Queries on what an account may be: suspended, restricted, an administrator.
import { and, eq, ne } from 'drizzle-orm';
import type { Tx } from '../../platform/db/db.types.ts';
import { sessions, users } from '../../platform/db/tables/users.ts';

/** Whether somebody else is an administrator who can sign in. */
export async function hasOtherAdministrator(tx: Tx, userId: number): Promise<boolean> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.kind, 'user'),
        eq(users.isAdmin, true),
        eq(users.isSuspended, false),
        ne(users.id, userId),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

export async function endSessionsOf(tx: Tx, userId: number): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.userId, userId));
}
