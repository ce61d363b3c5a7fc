// Queries that look for people by a part of their name.
import { and, asc, count, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { users } from '../../platform/db/tables/users.ts';

export type PeopleOrder = 'oldest' | 'newest' | 'alphabetically' | 'reversealphabetically';

export interface PeopleWanted {
  words?: string | undefined;
  id?: number | undefined;
}

/** Ids of the people and bots that fit, without suspended ones. */
export async function listFound(
  db: Reader,
  wanted: PeopleWanted,
  page: { order: PeopleOrder; offset: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(fits(wanted))
    .orderBy(ORDERS[page.order]())
    .limit(page.limit)
    .offset(page.offset);
  return rows.map(({ id }) => id);
}

export async function countFound(db: Reader, wanted: PeopleWanted): Promise<number> {
  const [row] = await db.select({ total: count() }).from(users).where(fits(wanted));
  return row?.total ?? 0;
}

const ORDERS: Record<PeopleOrder, () => SQL> = {
  oldest: () => asc(users.id),
  newest: () => desc(users.id),
  alphabetically: () => asc(users.nameKey),
  reversealphabetically: () => desc(users.nameKey),
};

function fits({ words, id }: PeopleWanted): SQL | undefined {
  return and(
    inArray(users.kind, ['user', 'bot']),
    eq(users.isSuspended, false),
    id === undefined ? undefined : eq(users.id, id),
    words === undefined ? undefined : holds(words),
  );
}

/** `%` and `_` are wildcards of LIKE and may be searched for. */
function holds(words: string): SQL | undefined {
  const pattern = `%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  return or(
    sql`${users.nameKey} like ${pattern} escape '!'`,
    sql`lower(${users.displayName}) like ${pattern} escape '!'`,
  );
}
