// Queries on the people whom a repository knows: its owner, collaborators, and members of its organization.
import { and, asc, eq, inArray, like, or, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { organizationMembers } from '../../platform/db/tables/orgs.ts';
import { collaborators } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

type Db = Reader | Tx;

export interface KnownPerson {
  id: number;
  name: string;
  displayName: string;
  avatarHash: string | null;
}

const PERSON = {
  id: users.id,
  name: users.name,
  displayName: users.displayName,
  avatarHash: users.avatarHash,
};

interface Place {
  id: number;
  ownerId: number;
}

/** Those that are not suspended, by name; perhaps only those whose name or display name begins with something. */
export async function listKnownPeople(
  db: Db,
  place: Place,
  { begins, limit }: { begins?: string | undefined; limit: number },
): Promise<KnownPerson[]> {
  return db
    .select(PERSON)
    .from(users)
    .where(and(inArray(users.id, knownIds(db, place)), isActive(), begins ? beginsWith(begins) : undefined))
    .orderBy(asc(users.nameKey))
    .limit(limit);
}

/** The people and bots of these ids that are not suspended, by name. */
export async function listPeople(db: Db, ids: readonly number[]): Promise<KnownPerson[]> {
  if (ids.length === 0) return [];
  return db
    .select(PERSON)
    .from(users)
    .where(and(inArray(users.id, [...ids]), isActive()))
    .orderBy(asc(users.nameKey));
}

/** Of these people those whom a repository knows. */
export async function findKnownAmong(db: Db, place: Place, userIds: readonly number[]): Promise<Set<number>> {
  if (userIds.length === 0) return new Set();
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, [...userIds]), inArray(users.id, knownIds(db, place))));
  return new Set(rows.map(({ id }) => id));
}

function knownIds(db: Db, { id, ownerId }: Place) {
  const byName = db
    .select({ id: collaborators.userId })
    .from(collaborators)
    .where(eq(collaborators.repositoryId, id));
  const members = db
    .select({ id: organizationMembers.userId })
    .from(organizationMembers)
    .where(eq(organizationMembers.organizationId, ownerId));
  const owner = db.select({ id: users.id }).from(users).where(eq(users.id, ownerId));
  return byName.unionAll(members).unionAll(owner);
}

function beginsWith(text: string): SQL | undefined {
  const literal = text.toLowerCase().replace(/[\\%_]/g, '');
  return or(like(users.nameKey, `${literal}%`), like(users.displayName, `${literal}%`));
}

function isActive(): SQL | undefined {
  return and(eq(users.isSuspended, false), inArray(users.kind, ['user', 'bot']));
}
