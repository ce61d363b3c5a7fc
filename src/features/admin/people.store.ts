// Queries on accounts for administrators.
import {
  and,
  count,
  desc,
  eq,
  exists,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Reader } from '../../platform/db/db.types.ts';
import { passkeys, signingKeys, totpSecrets } from '../../platform/db/tables/auth.ts';
import { organizationMembers } from '../../platform/db/tables/orgs.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { accessTokens, emailAddresses, sessions, sshKeys, users } from '../../platform/db/tables/users.ts';
import type { AccountDetails, AccountFilter, AccountRow } from './people.types.ts';

/** Newest first, behind the id `before`. */
export async function listAccounts(
  reader: Reader,
  wanted: { words?: string; filter?: AccountFilter; before?: number; limit: number },
): Promise<AccountRow[]> {
  const { words, filter, before, limit } = wanted;
  return reader
    .select()
    .from(users)
    .where(
      and(
        inArray(users.kind, ['user', 'bot']),
        filter === undefined ? undefined : CONDITIONS[filter](),
        words === undefined ? undefined : matches(reader, words),
        before === undefined ? undefined : lt(users.id, before),
      ),
    )
    .orderBy(desc(users.id))
    .limit(limit);
}

const CONDITIONS: Record<AccountFilter, () => SQL | undefined> = {
  administrators: () => eq(users.isAdmin, true),
  suspended: () => eq(users.isSuspended, true),
  restricted: () => eq(users.isRestricted, true),
  bots: () => eq(users.kind, 'bot'),
  'without-second-factor': () => and(eq(users.kind, 'user'), eq(users.hasSecondFactor, false)),
  'never-signed-in': () => and(eq(users.kind, 'user'), isNull(users.lastLoginAt)),
};

function matches(reader: Reader, words: string): SQL | undefined {
  const pattern = `%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  const address = reader
    .select({ id: emailAddresses.id })
    .from(emailAddresses)
    .where(
      and(eq(emailAddresses.userId, users.id), sql`${emailAddresses.emailKey} like ${pattern} escape '!'`),
    );
  return or(
    sql`${users.nameKey} like ${pattern} escape '!'`,
    sql`lower(${users.displayName}) like ${pattern} escape '!'`,
    exists(address),
  );
}

/** What hangs on an account, in a handful of counts. */
export async function readDetails(reader: Reader, account: AccountRow, now: number): Promise<AccountDetails> {
  const { id } = account;
  const addresses = await reader
    .select()
    .from(emailAddresses)
    .where(eq(emailAddresses.userId, id))
    .orderBy(emailAddresses.id);
  const totp = await reader
    .select({ id: totpSecrets.userId })
    .from(totpSecrets)
    .where(and(eq(totpSecrets.userId, id), isNotNull(totpSecrets.confirmedAt)));
  const owned = and(eq(repositories.ownerId, id), isNull(repositories.deletedAt));
  return {
    account,
    addresses: addresses.map(({ email, verifiedAt }) => ({
      email,
      isVerified: verifiedAt !== null,
      isPrimary: email === account.email,
    })),
    sessions: await countOf(reader, sessions, and(eq(sessions.userId, id), gt(sessions.expiresAt, now))),
    accessTokens: await countOf(reader, accessTokens, eq(accessTokens.userId, id)),
    sshKeys: await countOf(reader, sshKeys, eq(sshKeys.userId, id)),
    signingKeys: await countOf(reader, signingKeys, eq(signingKeys.userId, id)),
    passkeys: await countOf(reader, passkeys, eq(passkeys.userId, id)),
    hasTotp: totp.length > 0,
    repositories: {
      total: await countOf(reader, repositories, owned),
      newest: await reader
        .select({ name: repositories.name, visibility: repositories.visibility })
        .from(repositories)
        .where(owned)
        .orderBy(desc(repositories.updatedAt))
        .limit(10),
    },
    organizations: await reader
      .select({ name: users.name, role: organizationMembers.role })
      .from(organizationMembers)
      .innerJoin(users, eq(users.id, organizationMembers.organizationId))
      .where(eq(organizationMembers.userId, id))
      .orderBy(users.nameKey)
      .limit(50),
  };
}

async function countOf(reader: Reader, table: SQLiteTable, where: SQL | undefined): Promise<number> {
  const [row] = await reader.select({ total: count() }).from(table).where(where);
  return row?.total ?? 0;
}
