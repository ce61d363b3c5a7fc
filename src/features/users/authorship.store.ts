// Queries that lead from addresses in commits to accounts.
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { emailAddresses, users } from '../../platform/db/tables/users.ts';

type Db = Reader | Tx;

/** Accounts that proved one of these addresses, which are in lower case. */
export async function findByVerified(
  db: Db,
  emailKeys: string[],
): Promise<{ emailKey: string; userId: number }[]> {
  if (emailKeys.length === 0) return [];
  return db
    .select({ emailKey: emailAddresses.emailKey, userId: emailAddresses.userId })
    .from(emailAddresses)
    .where(and(inArray(emailAddresses.emailKey, emailKeys), isNotNull(emailAddresses.verifiedAt)));
}

/** Those of these ids that are people or bots. */
export async function findPeopleAmong(db: Db, ids: number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, ids), inArray(users.kind, ['user', 'bot'])));
  return new Set(rows.map(({ id }) => id));
}

export interface Named {
  id: number;
  name: string;
  avatarHash: string | null;
}

/** Names of accounts that are neither suspended nor deleted. */
export async function findNamed(db: Db, ids: number[]): Promise<Named[]> {
  if (ids.length === 0) return [];
  return db
    .select({ id: users.id, name: users.name, avatarHash: users.avatarHash })
    .from(users)
    .where(
      and(
        inArray(users.id, ids),
        eq(users.isSuspended, false),
        inArray(users.kind, ['user', 'bot', 'organization']),
      ),
    );
}
