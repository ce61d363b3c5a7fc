// Queries on memberships of organizations.
import { and, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { organizationMembers, organizations } from '../../platform/db/tables/orgs.ts';

export async function isTwoFactorRequiredByMembership(db: Reader | Tx, userId: number): Promise<boolean> {
  const rows = await db
    .select({ id: organizations.userId })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(and(eq(organizationMembers.userId, userId), eq(organizations.requiresTwoFactor, true)))
    .limit(1);
  return rows.length > 0;
}
