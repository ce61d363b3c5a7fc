// Queries for watching at once what one makes or is given.
import { and, eq, inArray, notExists } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { notificationSettings, repositoryWatches } from '../../platform/db/tables/notifications.ts';
import { teamAncestors, teamMembers } from '../../platform/db/tables/orgs.ts';
import { teamRepositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;

/** Says whether it is new; what somebody chose stays. */
export async function insertWatch(tx: Tx, row: typeof repositoryWatches.$inferInsert): Promise<boolean> {
  return insertIfAbsent(tx, repositoryWatches, row);
}

/** Of these accounts the people who do not refuse to watch what they are given. */
export async function listAutoWatching(db: Db, userIds: readonly number[]): Promise<number[]> {
  if (userIds.length === 0) return [];
  const refusal = db
    .select({ id: notificationSettings.userId })
    .from(notificationSettings)
    .where(and(eq(notificationSettings.userId, users.id), eq(notificationSettings.autoWatch, false)));
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, [...userIds]), eq(users.kind, 'user'), notExists(refusal)));
  return rows.map((row) => row.id);
}

/** Who is in a team, or in one below it. */
export async function listPeopleThrough(db: Db, teamId: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectDistinct({ userId: teamMembers.userId })
    .from(teamAncestors)
    .innerJoin(teamMembers, eq(teamMembers.teamId, teamAncestors.teamId))
    .where(eq(teamAncestors.ancestorId, teamId))
    .limit(limit);
  return rows.map((row) => row.userId);
}

/** Repositories that a team, or one above it, was given to write in. */
export async function listWrittenThrough(db: Db, teamId: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: teamRepositories.repositoryId })
    .from(teamAncestors)
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(
      and(
        eq(teamAncestors.teamId, teamId),
        inArray(teamRepositories.permission, ['write', 'maintain', 'admin']),
      ),
    )
    .limit(limit);
  return rows.map((row) => row.id);
}
