// Queries that find rows which contradict each other.
import { and, count, eq, exists, isNotNull, ne, not, notExists, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { passkeys, totpSecrets } from '../../platform/db/tables/auth.ts';
import { organizationMembers } from '../../platform/db/tables/orgs.ts';
import { repositories, stars } from '../../platform/db/tables/repos.ts';
import { follows, users } from '../../platform/db/tables/users.ts';

const MOST = 100;

/** Organizations that nobody owns. */
export async function ownerlessOrganizations(reader: Reader): Promise<string[]> {
  const owner = reader
    .select({ id: organizationMembers.userId })
    .from(organizationMembers)
    .where(and(eq(organizationMembers.organizationId, users.id), eq(organizationMembers.role, 'owner')));
  const rows = await reader
    .select({ name: users.name })
    .from(users)
    .where(and(eq(users.kind, 'organization'), notExists(owner)))
    .limit(MOST);
  return rows.map(({ name }) => name);
}

/** How many administrators can sign in, and how many people there are. */
export async function countAdministrators(
  reader: Reader,
): Promise<{ people: number; administrators: number }> {
  const [people] = await reader.select({ total: count() }).from(users).where(eq(users.kind, 'user'));
  const [able] = await reader
    .select({ total: count() })
    .from(users)
    .where(and(eq(users.kind, 'user'), eq(users.isAdmin, true), eq(users.isSuspended, false)));
  return { people: people?.total ?? 0, administrators: able?.total ?? 0 };
}

/** Accounts whose mark of a second factor is not true, which decides how they sign in. */
export async function wrongFactorMarks(
  reader: Reader,
): Promise<{ id: number; name: string; has: boolean }[]> {
  const totp = reader
    .select({ id: totpSecrets.userId })
    .from(totpSecrets)
    .where(and(eq(totpSecrets.userId, users.id), isNotNull(totpSecrets.confirmedAt)));
  const passkey = reader.select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.userId, users.id));
  const has = or(exists(totp), exists(passkey)) as SQL;
  const rows = await reader
    .select({ id: users.id, name: users.name, marked: users.hasSecondFactor })
    .from(users)
    .where(or(and(eq(users.hasSecondFactor, false), has), and(eq(users.hasSecondFactor, true), not(has))))
    .limit(MOST);
  return rows.map(({ id, name, marked }) => ({ id, name, has: !marked }));
}

export async function setFactorMark(tx: Tx, userId: number, has: boolean): Promise<void> {
  await tx.update(users).set({ hasSecondFactor: has }).where(eq(users.id, userId));
}

/** How many rows hold a counter that is not what it counts. */
export async function wrongCounters(reader: Reader): Promise<number> {
  const [ofRepositories] = await reader
    .select({ total: count() })
    .from(repositories)
    .where(ne(repositories.starCount, starsOf()));
  const [ofUsers] = await reader
    .select({ total: count() })
    .from(users)
    .where(or(ne(users.followerCount, followersOf()), ne(users.followingCount, followedBy())));
  return (ofRepositories?.total ?? 0) + (ofUsers?.total ?? 0);
}

/** Counts anew where a counter is wrong. */
export async function recount(tx: Tx): Promise<void> {
  await tx.update(repositories).set({ starCount: starsOf() }).where(ne(repositories.starCount, starsOf()));
  await tx
    .update(users)
    .set({ followerCount: followersOf(), followingCount: followedBy() })
    .where(or(ne(users.followerCount, followersOf()), ne(users.followingCount, followedBy())));
}

function starsOf(): SQL<number> {
  return sql<number>`(select count(*) from ${stars} where ${stars.repositoryId} = ${repositories.id})`;
}

function followersOf(): SQL<number> {
  return sql<number>`(select count(*) from ${follows} where ${follows.followedId} = ${users.id})`;
}

function followedBy(): SQL<number> {
  return sql<number>`(select count(*) from ${follows} where ${follows.followerId} = ${users.id})`;
}

/** What SQLite itself says of its file; other engines look after theirs. */
export async function faultsOfFile(reader: Reader): Promise<string[]> {
  const quick = (await reader
    .select({ text: sql<string>`quick_check` })
    .from(sql.raw('pragma_quick_check'))) as { text: string }[];
  const broken = (await reader
    .select({ child: sql<string>`"table"`, parent: sql<string>`"parent"` })
    .from(sql.raw('pragma_foreign_key_check'))
    .limit(20)) as { child: string; parent: string }[];
  return [
    ...quick.map(({ text }) => text).filter((text) => text !== 'ok'),
    ...broken.map(({ child, parent }) => `a row of ${child} names a row of ${parent} that is missing`),
  ];
}
