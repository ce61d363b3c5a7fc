// Queries on memberships of organizations.
import { and, count, eq, gt, ne, notInArray, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { organizationMembers, organizations } from '../../platform/db/tables/orgs.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import { ORGANIZATION_COLUMNS } from './orgs.store.ts';
import type { Member, MemberRole, Membership, Viewer } from './orgs.types.ts';

type Db = Reader | Tx;
type MemberRow = typeof organizationMembers.$inferSelect;

export async function isTwoFactorRequiredByMembership(db: Db, userId: number): Promise<boolean> {
  const rows = await db
    .select({ id: organizations.userId })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(and(eq(organizationMembers.userId, userId), eq(organizations.requiresTwoFactor, true)))
    .limit(1);
  return rows.length > 0;
}

/** Somebody's membership of one organization. */
export async function findMembership(
  db: Db,
  organizationId: number,
  userId: number,
): Promise<MemberRow | undefined> {
  const [row] = await db
    .select()
    .from(organizationMembers)
    .where(
      and(eq(organizationMembers.organizationId, organizationId), eq(organizationMembers.userId, userId)),
    );
  return row;
}

/** Says false when they are a member already. */
export async function insertMembership(tx: Tx, row: MemberRow): Promise<boolean> {
  return insertIfAbsent(tx, organizationMembers, row);
}

export async function updateMembership(
  tx: Tx,
  organizationId: number,
  userId: number,
  changes: Partial<Pick<MemberRow, 'role' | 'isPublic'>>,
): Promise<void> {
  await tx
    .update(organizationMembers)
    .set(changes)
    .where(
      and(eq(organizationMembers.organizationId, organizationId), eq(organizationMembers.userId, userId)),
    );
}

/** Says false when they were no member. */
export async function removeMembership(tx: Tx, organizationId: number, userId: number): Promise<boolean> {
  const { organizationId: ofOrganization, userId: ofUser } = organizationMembers;
  const removed = await tx
    .delete(organizationMembers)
    .where(and(eq(ofOrganization, organizationId), eq(ofUser, userId)));
  return changedRows(removed) > 0;
}

/** How many owners there are who can act, leaving one person aside. */
export async function countOtherOwners(db: Db, organizationId: number, userId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(organizationMembers)
    .innerJoin(users, eq(users.id, organizationMembers.userId))
    .where(
      and(
        eq(organizationMembers.organizationId, organizationId),
        eq(organizationMembers.role, 'owner'),
        ne(organizationMembers.userId, userId),
        eq(users.kind, 'user'),
        eq(users.isSuspended, false),
      ),
    );
  return row?.total ?? 0;
}

const MEMBER_COLUMNS = {
  userId: users.id,
  name: users.name,
  nameKey: users.nameKey,
  displayName: users.displayName,
  avatarHash: users.avatarHash,
  role: organizationMembers.role,
  isPublic: organizationMembers.isPublic,
  isSuspended: users.isSuspended,
  hasSecondFactor: users.hasSecondFactor,
  createdAt: organizationMembers.createdAt,
};

export interface MemberFilter {
  /** What visitors see: who made their membership public, and is not suspended. */
  publicOnly: boolean;
  /** A part of the name, any case. */
  words?: string;
  role?: MemberRole;
  withoutSecondFactor?: true;
  /** Continues behind this name in lower case. */
  after?: string;
  limit: number;
}

/** Members by name. */
export async function listMembers(db: Db, organizationId: number, filter: MemberFilter): Promise<Member[]> {
  return db
    .select(MEMBER_COLUMNS)
    .from(organizationMembers)
    .innerJoin(users, eq(users.id, organizationMembers.userId))
    .where(and(eq(organizationMembers.organizationId, organizationId), ...memberConditions(filter)))
    .orderBy(users.nameKey)
    .limit(filter.limit);
}

function memberConditions(filter: MemberFilter): (SQL | undefined)[] {
  return [
    ...publicConditions(filter.publicOnly),
    filter.words ? nameContains(filter.words) : undefined,
    filter.role && eq(organizationMembers.role, filter.role),
    filter.withoutSecondFactor && and(eq(users.hasSecondFactor, false), eq(users.kind, 'user')),
    filter.after === undefined ? undefined : gt(users.nameKey, filter.after),
  ];
}

function publicConditions(publicOnly: boolean): SQL[] {
  return publicOnly ? [eq(organizationMembers.isPublic, true), eq(users.isSuspended, false)] : [];
}

/** `_` is a wildcard of LIKE and legal in names, so it is escaped by a character that no name holds. */
function nameContains(words: string): SQL {
  const literal = words.toLowerCase().replace(/[!%_]/g, '!$&');
  return sql`${users.nameKey} like ${`%${literal}%`} escape '!'`;
}

export async function countMembers(db: Db, organizationId: number, publicOnly: boolean): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(organizationMembers)
    .innerJoin(users, eq(users.id, organizationMembers.userId))
    .where(and(eq(organizationMembers.organizationId, organizationId), ...publicConditions(publicOnly)));
  return row?.total ?? 0;
}

/** The organizations somebody belongs to, by name, as far as the viewer may see both. */
export async function listMemberships(db: Db, userId: number, viewer: Viewer): Promise<Membership[]> {
  const rows = await db
    .select({
      organization: ORGANIZATION_COLUMNS,
      role: organizationMembers.role,
      isPublic: organizationMembers.isPublic,
    })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .innerJoin(users, eq(users.id, organizations.userId))
    .where(and(eq(organizationMembers.userId, userId), ...membershipConditions(db, userId, viewer)))
    .orderBy(users.nameKey);
  return rows;
}

/** Whether a viewer may know of somebody's membership of the row, and of the organization. */
export function membershipConditions(db: Db, userId: number, viewer: Viewer): (SQL | undefined)[] {
  if (viewer === 'all' || (viewer !== 'anyone' && viewer.userId === userId)) return [];
  if (viewer === 'anyone') return [eq(organizationMembers.isPublic, true), visibleTo(db, viewer)];
  const shared = membershipOf(db, viewer.userId);
  return [or(eq(organizationMembers.isPublic, true), shared), visibleTo(db, viewer)];
}

/** Whether a viewer may know of the organization of the row: the policy's rule, as a condition. */
export function visibleTo(db: Db, viewer: Viewer): SQL | undefined {
  if (viewer === 'all') return undefined;
  if (viewer === 'anyone') return eq(organizations.visibility, 'public');
  const open = viewer.isRestricted ? undefined : ne(organizations.visibility, 'private');
  return or(open, membershipOf(db, viewer.userId));
}

function membershipOf(db: Db, userId: number): SQL {
  const own = db
    .select({ id: sql`om.organization_id` })
    .from(sql`organization_members om`)
    .where(sql`om.user_id = ${userId}`);
  return sql`${organizations.userId} in (${own})`;
}

/** Organizations somebody owns and no other account that can act does. */
export async function listSoleOwnerships(db: Db, userId: number): Promise<{ id: number; name: string }[]> {
  const others = db
    .select({ id: organizationMembers.organizationId })
    .from(organizationMembers)
    .innerJoin(users, eq(users.id, organizationMembers.userId))
    .where(
      and(
        eq(organizationMembers.role, 'owner'),
        ne(organizationMembers.userId, userId),
        eq(users.kind, 'user'),
        eq(users.isSuspended, false),
      ),
    );
  return db
    .select({ id: users.id, name: users.name })
    .from(organizationMembers)
    .innerJoin(users, eq(users.id, organizationMembers.organizationId))
    .where(
      and(
        eq(organizationMembers.userId, userId),
        eq(organizationMembers.role, 'owner'),
        notInArray(organizationMembers.organizationId, others),
      ),
    )
    .orderBy(users.nameKey);
}
