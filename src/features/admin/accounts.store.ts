// Queries on accounts and addresses by numbered pages, as the API lists them for administrators.
import { and, asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { emailAddresses, users } from '../../platform/db/tables/users.ts';

export interface Slice {
  limit: number;
  offset: number;
}

export interface AccountWanted {
  /** The whole name, in any case. */
  name?: string;
  /** A part of the name, in any case. */
  words?: string;
}

/** Ids of people and bots by name. */
export async function listAccountIds(
  reader: Reader,
  wanted: AccountWanted,
  { limit, offset }: Slice,
): Promise<number[]> {
  const rows = await reader
    .select({ id: users.id })
    .from(users)
    .where(isWanted(wanted))
    .orderBy(asc(users.nameKey))
    .limit(limit)
    .offset(offset);
  return rows.map(({ id }) => id);
}

export async function countAccounts(reader: Reader, wanted: AccountWanted): Promise<number> {
  const [row] = await reader.select({ total: count() }).from(users).where(isWanted(wanted));
  return row?.total ?? 0;
}

function isWanted({ name, words }: AccountWanted): SQL | undefined {
  return and(
    inArray(users.kind, ['user', 'bot']),
    name === undefined ? undefined : eq(users.nameKey, name.toLowerCase()),
    words === undefined ? undefined : contains(users.nameKey, words),
  );
}

/** `_` is a wildcard of LIKE and legal in names, so it is escaped by a character that no name holds. */
function contains(column: typeof users.nameKey | typeof emailAddresses.emailKey, words: string): SQL {
  const pattern = `%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  return sql`${column} like ${pattern} escape '!'`;
}

export interface ListedAddress {
  email: string;
  isVerified: boolean;
  isPrimary: boolean;
  userId: number;
  username: string;
}

/** Every address, in the order they were added; `words` is a part of it. */
export async function listAddresses(
  reader: Reader,
  words: string | undefined,
  { limit, offset }: Slice,
): Promise<ListedAddress[]> {
  const rows = await reader
    .select({
      email: emailAddresses.email,
      emailKey: emailAddresses.emailKey,
      verifiedAt: emailAddresses.verifiedAt,
      primaryKey: users.emailKey,
      userId: users.id,
      username: users.name,
    })
    .from(emailAddresses)
    .innerJoin(users, eq(users.id, emailAddresses.userId))
    .where(words === undefined ? undefined : contains(emailAddresses.emailKey, words))
    .orderBy(asc(emailAddresses.id))
    .limit(limit)
    .offset(offset);
  return rows.map(({ email, emailKey, verifiedAt, primaryKey, userId, username }) => {
    return { email, isVerified: verifiedAt !== null, isPrimary: emailKey === primaryKey, userId, username };
  });
}

export async function countAddresses(reader: Reader, words: string | undefined): Promise<number> {
  const [row] = await reader
    .select({ total: count() })
    .from(emailAddresses)
    .where(words === undefined ? undefined : contains(emailAddresses.emailKey, words));
  return row?.total ?? 0;
}
