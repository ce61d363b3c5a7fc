// What is left of an account that is deleted: a row without a name, for what it wrote.
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { removeDependentsOf } from '../../platform/db/dependents.ts';
import { issueAssignees, issueChanges, issues, reactions } from '../../platform/db/tables/issues.ts';
import { events } from '../../platform/db/tables/platform.ts';
import { repositories, stars } from '../../platform/db/tables/repos.ts';
import { follows, retiredNames, users } from '../../platform/db/tables/users.ts';
import { insertFrom, insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;

/** Events about an account alone: addresses, devices, keys. What it did in repositories and organizations stays. */
const PERSONAL_EVENTS = [
  ...['user.%', 'session.%', 'email.%', 'ssh!_key.%', 'signing!_key.%', 'access!_token.%'],
  ...['totp.%', 'passkey.%', 'recovery!_code%', 'second!_factors.%'],
];

/** Takes away everything that belongs to an account, and makes its row a ghost's. */
export async function turnIntoGhost(tx: Tx, userId: number, at: number): Promise<void> {
  await takeBackCounts(tx, userId);
  await noteIssues(tx, userId, at);
  await removeDependentsOf(tx, userId);
  const personal = PERSONAL_EVENTS.map((kind) => sql`${events.kind} like ${kind} escape '!'`);
  await tx
    .delete(events)
    .where(and(eq(events.actorId, userId), isNull(events.repositoryId), or(...personal)));
  await tx
    .update(users)
    .set({
      ...{ kind: 'ghost', name: 'ghost', nameKey: `:${userId}`, email: '', emailKey: `:${userId}` },
      ...{ displayName: '', bio: '', location: '', website: '', avatarHash: null, passwordHash: null },
      ...{ isAdmin: false, isSuspended: false, isRestricted: false, mustChangePassword: false },
      ...{ hidesEmail: true, hasSecondFactor: false, followerCount: 0, followingCount: 0 },
      ...{ lastLoginAt: null, updatedAt: at },
    })
    .where(eq(users.id, userId));
}

/** Counts kept beside what the account gave: its stars, and whom it followed and was followed by. */
async function takeBackCounts(tx: Tx, userId: number): Promise<void> {
  const starred = tx.select({ id: stars.repositoryId }).from(stars).where(eq(stars.userId, userId));
  await tx
    .update(repositories)
    .set({ starCount: sql`${repositories.starCount} - 1` })
    .where(inArray(repositories.id, starred));
  const followed = tx.select({ id: follows.followedId }).from(follows).where(eq(follows.followerId, userId));
  await tx
    .update(users)
    .set({ followerCount: sql`${users.followerCount} - 1` })
    .where(inArray(users.id, followed));
  const following = tx.select({ id: follows.followerId }).from(follows).where(eq(follows.followedId, userId));
  await tx
    .update(users)
    .set({ followingCount: sql`${users.followingCount} - 1` })
    .where(inArray(users.id, following));
  await takeBackReactions(tx, userId);
}

async function takeBackReactions(tx: Tx, userId: number): Promise<void> {
  const isTheirs = and(eq(reactions.userId, userId), eq(reactions.entryId, 0));
  const reacted = tx.select({ id: reactions.issueId }).from(reactions).where(isTheirs);
  const given = sql`(select count(*) from ${reactions} where ${isTheirs} and ${reactions.issueId} = ${issues.id})`;
  await tx
    .update(issues)
    .set({ reactionCount: sql`${issues.reactionCount} - ${given}` })
    .where(inArray(issues.id, reacted));
}

/** Tells the index of issues whose lists show something of the account: who is assigned, and how many reacted. */
async function noteIssues(tx: Tx, userId: number, at: number): Promise<void> {
  const isAssigned = eq(issueAssignees.userId, userId);
  const hasReacted = and(eq(reactions.userId, userId), eq(reactions.entryId, 0));
  const columns = ['issueId', 'at'] as const;
  const assigned = sql`select ${issueAssignees.issueId}, ${at} from ${issueAssignees} where ${isAssigned}`;
  await insertFrom(tx, issueChanges, columns, assigned);
  const reacted = sql`select ${reactions.issueId}, ${at} from ${reactions} where ${hasReacted}`;
  await insertFrom(tx, issueChanges, columns, reacted);
}

/** Keeps a name from being taken again. */
export async function retireName(tx: Tx, nameHash: string, retiredAt: number): Promise<void> {
  await insertIfAbsent(tx, retiredNames, { nameHash, retiredAt });
}

export async function isRetired(db: Db, nameHash: string): Promise<boolean> {
  const rows = await db.select().from(retiredNames).where(eq(retiredNames.nameHash, nameHash));
  return rows.length > 0;
}
