// Queries on reactions. Entry 0 stands for an issue's own text.
import { and, asc, count, eq, inArray, max, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { issueEntries, issues, reactions } from '../../platform/db/tables/issues.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import { TEXT_KINDS } from './entries.types.ts';
import type { Reaction } from './reactions.types.ts';

type Db = Reader | Tx;
type ReactionRow = typeof reactions.$inferSelect;

/** Says whether it is new. */
export async function insertReaction(tx: Tx, row: ReactionRow): Promise<boolean> {
  return insertIfAbsent(tx, reactions, row);
}

/** Says whether there was one. */
export async function removeReaction(
  tx: Tx,
  { issueId, entryId, userId, content }: Omit<ReactionRow, 'createdAt'>,
): Promise<boolean> {
  const isIt = and(
    eq(reactions.issueId, issueId),
    eq(reactions.entryId, entryId),
    eq(reactions.userId, userId),
    eq(reactions.content, content),
  );
  return changedRows(await tx.delete(reactions).where(isIt)) > 0;
}

/** Counts one reaction to an issue's own text in (1) or out (-1). */
export async function countReaction(tx: Tx, issueId: number, by: 1 | -1): Promise<void> {
  await tx
    .update(issues)
    .set({ reactionCount: sql`${issues.reactionCount} + ${by}` })
    .where(eq(issues.id, issueId));
}

export interface CountedReactions {
  entryId: number;
  content: string;
  total: number;
  /** 1 where the viewer is among them. */
  mine: number;
}

/** How many reacted how to texts of one issue; the viewer's own are marked. */
export async function countReactions(
  db: Db,
  issueId: number,
  entryIds: readonly number[],
  viewerId: number,
): Promise<CountedReactions[]> {
  if (entryIds.length === 0) return [];
  const isMine = sql<number>`case when ${reactions.userId} = ${viewerId} then 1 else 0 end`;
  const rows = await db
    .select({
      entryId: reactions.entryId,
      content: reactions.content,
      total: count(),
      mine: max(isMine),
    })
    .from(reactions)
    .where(and(eq(reactions.issueId, issueId), inArray(reactions.entryId, [...entryIds])))
    .groupBy(reactions.entryId, reactions.content);
  return rows.map((row) => ({ ...row, mine: Number(row.mine) }));
}

/** The names of the first who reacted, some for each text and reaction; suspended and deleted accounts are left out. */
export async function listReactors(
  db: Db,
  issueId: number,
  entryIds: readonly number[],
  most: number,
): Promise<{ entryId: number; content: string; name: string }[]> {
  if (entryIds.length === 0) return [];
  const ranked = db
    .select({
      entryId: sql<number>`${reactions.entryId}`.as('entry'),
      content: sql<string>`${reactions.content}`.as('kind'),
      name: sql<string>`${users.name}`.as('who'),
      place:
        sql<number>`row_number() over (partition by ${reactions.entryId}, ${reactions.content} order by ${reactions.createdAt}, ${reactions.userId})`.as(
          'place',
        ),
    })
    .from(reactions)
    .innerJoin(users, eq(users.id, reactions.userId))
    .where(
      and(
        eq(reactions.issueId, issueId),
        inArray(reactions.entryId, [...entryIds]),
        eq(users.isSuspended, false),
        inArray(users.kind, ['user', 'bot']),
      ),
    )
    .as('ranked');
  const { entryId, content, name, place } = ranked;
  return db
    .select({ entryId, content, name })
    .from(ranked)
    .where(sql`${place} <= ${most}`)
    .orderBy(asc(place));
}

/** The reactions to one text by who reacted, the first of very many: for the API. */
export async function listReactions(
  db: Db,
  issueId: number,
  entryId: number,
  limit: number,
): Promise<Reaction[]> {
  return db
    .select({ userId: reactions.userId, content: reactions.content, createdAt: reactions.createdAt })
    .from(reactions)
    .where(and(eq(reactions.issueId, issueId), eq(reactions.entryId, entryId)))
    .orderBy(asc(reactions.userId), asc(reactions.content))
    .limit(limit);
}

/** The issue of a comment in a repository. */
export async function findIssueOfComment(
  db: Db,
  repositoryId: number,
  entryId: number,
): Promise<number | undefined> {
  const [row] = await db
    .select({ issueId: issueEntries.issueId })
    .from(issueEntries)
    .innerJoin(issues, eq(issues.id, issueEntries.issueId))
    .where(
      and(
        eq(issueEntries.id, entryId),
        inArray(issueEntries.kind, [...TEXT_KINDS]),
        eq(issues.repositoryId, repositoryId),
      ),
    );
  return row?.issueId;
}
