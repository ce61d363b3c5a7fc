// Queries on the audit log for those who read it.
import { and, desc, eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { teams } from '../../platform/db/tables/orgs.ts';
import { auditEntries } from '../../platform/db/tables/platform.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { AuditFilter, AuditRow } from './audit.types.ts';

/** Newest first, behind the id `before`. `personId` is today's account of the filter's person, if there is one. */
export async function listEntries(
  reader: Reader,
  filter: AuditFilter & { personId?: number; before?: number; limit: number },
): Promise<AuditRow[]> {
  return reader
    .select()
    .from(auditEntries)
    .where(and(...conditionsOf(filter)))
    .orderBy(desc(auditEntries.id))
    .limit(filter.limit);
}

function conditionsOf(filter: AuditFilter & { personId?: number; before?: number }): (SQL | undefined)[] {
  const { kind, address, from, to, organizationId, before } = filter;
  return [
    kind === undefined ? undefined : eq(auditEntries.kind, kind),
    address === undefined ? undefined : startsWith(address),
    from === undefined ? undefined : gte(auditEntries.at, from),
    to === undefined ? undefined : lt(auditEntries.at, to),
    organizationId === undefined ? undefined : eq(auditEntries.organizationId, organizationId),
    before === undefined ? undefined : lt(auditEntries.id, before),
    personOf(filter),
  ];
}

function personOf({ person, personId }: { person?: string; personId?: number }): SQL | undefined {
  if (person === undefined) return undefined;
  const named = eq(sql`lower(${auditEntries.actorName})`, person.toLowerCase());
  if (personId === undefined) return named;
  return or(eq(auditEntries.actorId, personId), eq(auditEntries.userId, personId), named);
}

function startsWith(address: string): SQL {
  return sql`${auditEntries.address} like ${`${address.replace(/[!%_]/g, '!$&')}%`} escape '!'`;
}

/** The names of accounts by id; what is gone is left out. */
export async function namesOfAccounts(reader: Reader, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The names of teams by id; what is gone is left out. */
export async function namesOfTeams(reader: Reader, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .select({ id: teams.id, name: teams.name })
    .from(teams)
    .where(inArray(teams.id, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** `owner/name` of repositories by id, deleted ones included, all or those of one owner; what is purged is left out. */
export async function namesOfRepositories(
  reader: Reader,
  ids: number[],
  ownerId?: number,
): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .select({ id: repositories.id, name: repositories.name, owner: users.name })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(
        inArray(repositories.id, ids),
        ownerId === undefined ? undefined : eq(repositories.ownerId, ownerId),
      ),
    );
  return new Map(rows.map(({ id, name, owner }) => [id, `${owner}/${name}`]));
}
