// Queries on who is assigned to issues.
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueAssignees, issuePeople } from '../../platform/db/tables/issues.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;

export interface AssigneeRow {
  issueId: number;
  userId: number;
  name: string;
  displayName: string;
  avatarHash: string | null;
}

/** Everybody assigned to issues, by name. */
export async function listAssigneesOf(db: Db, issueIds: readonly number[]): Promise<AssigneeRow[]> {
  if (issueIds.length === 0) return [];
  return db
    .select({
      issueId: issueAssignees.issueId,
      userId: users.id,
      name: users.name,
      displayName: users.displayName,
      avatarHash: users.avatarHash,
    })
    .from(issueAssignees)
    .innerJoin(users, eq(users.id, issueAssignees.userId))
    .where(inArray(issueAssignees.issueId, [...issueIds]))
    .orderBy(asc(users.nameKey));
}

export async function insertAssignee(
  tx: Tx,
  issueId: number,
  userId: number,
  createdAt: number,
): Promise<void> {
  await insertIfAbsent(tx, issueAssignees, { issueId, userId, createdAt });
}

export async function removeAssignees(tx: Tx, issueId: number, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await tx
    .delete(issueAssignees)
    .where(and(eq(issueAssignees.issueId, issueId), inArray(issueAssignees.userId, [...userIds])));
}

/** Whether somebody commented on an issue or was mentioned there: of these people those who did. */
export async function listTookPart(db: Db, issueId: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectDistinct({ userId: issuePeople.userId })
    .from(issuePeople)
    .where(and(eq(issuePeople.issueId, issueId), eq(issuePeople.role, 'commenter')))
    .limit(limit);
  return rows.map(({ userId }) => userId);
}
