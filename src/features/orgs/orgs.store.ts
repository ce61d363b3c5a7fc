// Queries on organizations: a row of accounts and a row of rules each.
import { and, count, eq, inArray, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { organizations } from '../../platform/db/tables/orgs.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { NewOrganization, Organization, OrganizationRow } from './orgs.types.ts';

type Db = Reader | Tx;

/** The columns of an organization, for every query that ends in one. */
export const ORGANIZATION_COLUMNS = {
  id: users.id,
  name: users.name,
  displayName: users.displayName,
  bio: users.bio,
  email: users.email,
  location: users.location,
  website: users.website,
  avatarHash: users.avatarHash,
  createdAt: users.createdAt,
  visibility: organizations.visibility,
  basePermission: organizations.basePermission,
  memberCreation: organizations.memberCreation,
  requiresTwoFactor: organizations.requiresTwoFactor,
};

/** An organization by its name in lower case. */
export async function findByNameKey(db: Db, nameKey: string): Promise<Organization | undefined> {
  const [row] = await selectOrganizations(db).where(
    and(eq(users.nameKey, nameKey), eq(users.kind, 'organization')),
  );
  return row;
}

export async function findById(db: Db, id: number): Promise<Organization | undefined> {
  const [row] = await selectOrganizations(db).where(and(eq(users.id, id), eq(users.kind, 'organization')));
  return row;
}

export async function findByIds(db: Db, ids: readonly number[]): Promise<Organization[]> {
  if (ids.length === 0) return [];
  return selectOrganizations(db).where(and(inArray(users.id, [...ids]), eq(users.kind, 'organization')));
}

function selectOrganizations(db: Db) {
  return db
    .select(ORGANIZATION_COLUMNS)
    .from(users)
    .innerJoin(organizations, eq(organizations.userId, users.id));
}

/** Inserts the account and its rules; a name that is taken violates `users_name_key`. */
export async function insertOrganization(
  tx: Tx,
  values: Pick<NewOrganization, 'name' | 'displayName' | 'visibility'> &
    Partial<NewOrganization> & { emailKey: string; createdAt: number } & Omit<
      OrganizationRow,
      'userId' | 'visibility'
    >,
): Promise<number> {
  const { name, displayName, emailKey, createdAt, ...rules } = values;
  const { bio = '', email = '', location = '', website = '' } = values;
  const { id } = await insertReturning(tx, users, {
    kind: 'organization',
    name,
    nameKey: name.toLowerCase(),
    displayName,
    ...{ bio, email, location, website },
    emailKey,
    isAdmin: false,
    isSuspended: false,
    createdAt,
    updatedAt: createdAt,
  });
  const { visibility, basePermission, memberCreation, requiresTwoFactor } = rules;
  await insertReturning(tx, organizations, {
    userId: id,
    visibility,
    basePermission,
    memberCreation,
    requiresTwoFactor,
  });
  return id;
}

export async function updateAccount(
  tx: Tx,
  id: number,
  changes: Partial<typeof users.$inferSelect>,
): Promise<void> {
  await tx.update(users).set(changes).where(eq(users.id, id));
}

export async function updateRules(tx: Tx, id: number, changes: Partial<OrganizationRow>): Promise<void> {
  await tx.update(organizations).set(changes).where(eq(organizations.userId, id));
}

/** How many live repositories of an organization have one of these visibilities. */
export async function countRepositoriesSeenAs(
  db: Db,
  organizationId: number,
  visibilities: readonly ('public' | 'internal' | 'private')[],
): Promise<number> {
  if (visibilities.length === 0) return 0;
  const [row] = await db
    .select({ total: count() })
    .from(repositories)
    .where(
      and(
        eq(repositories.ownerId, organizationId),
        isNull(repositories.deletedAt),
        inArray(repositories.visibility, [...visibilities]),
      ),
    );
  return row?.total ?? 0;
}
