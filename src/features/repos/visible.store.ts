// The one query that says which of some repositories somebody may see; the rule is that of standing.store.ts.
import { and, eq, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
} from '../../platform/db/tables/orgs.ts';
import { collaborators, repositories, teamRepositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { RepositorySummary } from './repos.types.ts';

type Db = Reader | Tx;

export interface SetViewer {
  /** What they were given is seen besides. */
  userId?: number;
  /** The visibilities seen without having been given anything. */
  sees: 'all' | readonly ('public' | 'internal')[];
  /** A token limited to these: of all others it sees what is public, if its person does. */
  selection?: readonly number[];
}

/** Live repositories among `ids` that the viewer may see. */
export async function findVisible(db: Db, viewer: SetViewer, ids: number[]): Promise<RepositorySummary[]> {
  if (ids.length === 0) return [];
  return db
    .select({ repository: repositories, ownerName: users.name, ownerKind: users.kind })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(and(inArray(repositories.id, ids), isNull(repositories.deletedAt), isSeenBy(db, viewer)));
}

function isSeenBy(db: Db, { userId, sees, selection }: SetViewer): SQL | undefined {
  const seen =
    sees === 'all' ? sql`1 = 1` : or(isOneOf(sees), ...(userId === undefined ? [] : givenTo(db, userId)));
  if (selection === undefined) return seen;
  const isPublic = sees === 'all' || sees.includes('public') ? isOneOf(['public']) : sql`1 = 0`;
  const isSelected = selection.length === 0 ? sql`1 = 0` : inArray(repositories.id, [...selection]);
  return or(isPublic, and(isSelected, seen));
}

function isOneOf(visibilities: readonly ('public' | 'internal')[]): SQL {
  return visibilities.length === 0 ? sql`1 = 0` : inArray(repositories.visibility, [...visibilities]);
}

/** Owned, given by name, by membership, or by a team and those above it. */
function givenTo(db: Db, userId: number): SQL[] {
  const byName = db
    .select({ id: collaborators.repositoryId })
    .from(collaborators)
    .where(eq(collaborators.userId, userId));
  const byMembership = db
    .select({ id: organizationMembers.organizationId })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(
      and(
        eq(organizationMembers.userId, userId),
        or(eq(organizationMembers.role, 'owner'), ne(organizations.basePermission, 'none')),
      ),
    );
  const byTeam = db
    .select({ id: teamRepositories.repositoryId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(eq(teamMembers.userId, userId));
  return [
    eq(repositories.ownerId, userId),
    inArray(repositories.id, byName),
    inArray(repositories.ownerId, byMembership),
    inArray(repositories.id, byTeam),
  ];
}
