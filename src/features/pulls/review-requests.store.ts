// Queries on whose review is asked for.
import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { teams } from '../../platform/db/tables/orgs.ts';
import { pullReviews, reviewRequests } from '../../platform/db/tables/pulls.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;

/** Reviews of one pull request that are looked at. */
const MOST_REVIEWS = 1000;

/** A request with who is meant; a team of the organization that owns the repository. */
export interface RequestItem {
  id: number;
  issueId: number;
  byCodeOwners: boolean;
  createdAt: number;
  user: { id: number; name: string; displayName: string; avatarHash: string | null } | undefined;
  team: { id: number; name: string; isSecret: boolean } | undefined;
}

/** Those of some pull requests, the oldest first. */
export async function listRequests(db: Db, issueIds: readonly number[]): Promise<RequestItem[]> {
  if (issueIds.length === 0) return [];
  const rows = await db
    .select({
      id: reviewRequests.id,
      issueId: reviewRequests.issueId,
      byCodeOwners: reviewRequests.byCodeOwners,
      createdAt: reviewRequests.createdAt,
      user: {
        id: users.id,
        name: users.name,
        displayName: users.displayName,
        avatarHash: users.avatarHash,
      },
      team: { id: teams.id, name: teams.name, isSecret: teams.isSecret },
    })
    .from(reviewRequests)
    .leftJoin(users, eq(users.id, reviewRequests.userId))
    .leftJoin(teams, eq(teams.id, reviewRequests.teamId))
    .where(inArray(reviewRequests.issueId, [...issueIds]))
    .orderBy(asc(reviewRequests.id));
  return rows.map(({ user, team, ...row }) => ({ ...row, user: user ?? undefined, team: team ?? undefined }));
}

export type NewRequest = Omit<typeof reviewRequests.$inferInsert, 'id'>;

/** Does nothing where the same review is asked for already. */
export async function insertRequest(tx: Tx, row: NewRequest): Promise<void> {
  await insertIfAbsent(tx, reviewRequests, row);
}

/** Says whether it was there. */
export async function removeRequest(
  tx: Tx,
  issueId: number,
  who: { userId: number } | { teamId: number },
): Promise<boolean> {
  const is = 'userId' in who ? eq(reviewRequests.userId, who.userId) : eq(reviewRequests.teamId, who.teamId);
  const removed = await tx.delete(reviewRequests).where(and(eq(reviewRequests.issueId, issueId), is));
  return changedRows(removed) > 0;
}

/** Who has reviewed a pull request. */
export async function listReviewerIds(db: Db, issueId: number): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: pullReviews.reviewerId })
    .from(pullReviews)
    .where(eq(pullReviews.issueId, issueId));
  return rows.map(({ id }) => id);
}

/** Reviews with who wrote them, the oldest first; the newest of very many. */
export async function listLastReviews(db: Db, issueId: number) {
  const rows = await db
    .select({
      person: {
        id: users.id,
        name: users.name,
        displayName: users.displayName,
        avatarHash: users.avatarHash,
      },
      state: pullReviews.state,
      isStale: pullReviews.isStale,
    })
    .from(pullReviews)
    .innerJoin(users, eq(users.id, pullReviews.reviewerId))
    .where(eq(pullReviews.issueId, issueId))
    .orderBy(desc(pullReviews.id))
    .limit(MOST_REVIEWS);
  return rows.reverse();
}
