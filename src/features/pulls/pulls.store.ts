// Queries on pull requests themselves.
import { and, asc, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pullReviews, pullRevisions, pulls } from '../../platform/db/tables/pulls.ts';
import type { NewPullRow, Pull, PullRow, ReviewRow, RevisionRow } from './pulls.types.ts';

type Db = Reader | Tx;

export async function findPullByNumber(
  db: Db,
  repositoryId: number,
  number: number,
): Promise<Pull | undefined> {
  const [row] = await db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(and(eq(pulls.repositoryId, repositoryId), eq(pulls.number, number)));
  return row;
}

export async function findPullById(db: Db, issueId: number): Promise<Pull | undefined> {
  const [row] = await db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(eq(pulls.issueId, issueId));
  return row;
}

/** Those that exist, in no order. */
export async function findPullsByIds(db: Db, issueIds: readonly number[]): Promise<Pull[]> {
  if (issueIds.length === 0) return [];
  return db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(inArray(pulls.issueId, [...issueIds]));
}

/** The open ones whose head is a branch, in order of id. */
export async function listOpenByHead(db: Db, headRepositoryId: number, headBranch: string): Promise<Pull[]> {
  return listOpen(db, and(eq(pulls.headRepositoryId, headRepositoryId), eq(pulls.headBranch, headBranch)));
}

/** What the newest pull request merged from a branch of its own repository went into. */
export async function findMergedByHead(
  db: Db,
  repositoryId: number,
  headBranch: string,
): Promise<PullRow | undefined> {
  const [row] = await db
    .select()
    .from(pulls)
    .where(
      and(
        eq(pulls.headRepositoryId, repositoryId),
        eq(pulls.headBranch, headBranch),
        eq(pulls.repositoryId, repositoryId),
        isNotNull(pulls.mergedAt),
      ),
    )
    .orderBy(desc(pulls.issueId))
    .limit(1);
  return row;
}

/** The open ones from a repository whose branches maintainers of the base may push to, in order of id. */
export async function listOpenForEdits(db: Db, headRepositoryId: number, limit: number): Promise<Pull[]> {
  return db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(
      and(
        eq(pulls.headRepositoryId, headRepositoryId),
        eq(pulls.allowsEdits, true),
        eq(issues.state, 'open'),
      ),
    )
    .orderBy(asc(pulls.issueId))
    .limit(limit);
}

/** The open ones of a repository whose commits came by refs/for/ under a topic, in order of id; none for no topic. */
export async function listOpenByTopic(
  db: Db,
  repositoryId: number,
  topic: string | undefined,
): Promise<Pull[]> {
  if (topic === undefined) return [];
  return listOpen(db, and(eq(pulls.repositoryId, repositoryId), eq(pulls.topic, topic)));
}

/** The open ones into a branch, in order of id. */
export async function listOpenByBase(db: Db, repositoryId: number, baseBranch: string): Promise<Pull[]> {
  return listOpen(
    db,
    and(eq(pulls.repositoryId, repositoryId), eq(pulls.baseBranch, baseBranch), isNull(pulls.mergedAt)),
  );
}

async function listOpen(db: Db, which: ReturnType<typeof and>): Promise<Pull[]> {
  return db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(and(which, eq(issues.state, 'open')))
    .orderBy(asc(pulls.issueId));
}

export async function insertPull(tx: Tx, row: NewPullRow): Promise<void> {
  await tx.insert(pulls).values(row);
}

export async function updatePull(tx: Tx, issueId: number, columns: Partial<PullRow>): Promise<void> {
  await tx.update(pulls).set(columns).where(eq(pulls.issueId, issueId));
}

export async function insertRevision(tx: Tx, row: typeof pullRevisions.$inferInsert): Promise<void> {
  await tx.insert(pullRevisions).values(row);
}

/** The heads a pull request had, the newest first. */
export async function listRevisions(db: Db, issueId: number, limit: number): Promise<RevisionRow[]> {
  return db
    .select()
    .from(pullRevisions)
    .where(eq(pullRevisions.issueId, issueId))
    .orderBy(desc(pullRevisions.revision))
    .limit(limit);
}

export async function findRevision(
  db: Db,
  issueId: number,
  revision: number,
): Promise<RevisionRow | undefined> {
  const [row] = await db
    .select()
    .from(pullRevisions)
    .where(and(eq(pullRevisions.issueId, issueId), eq(pullRevisions.revision, revision)));
  return row;
}

/** Those of the reviews that belong to a pull request, in no order. */
export async function listReviewsByIds(
  db: Db,
  issueId: number,
  ids: readonly number[],
): Promise<ReviewRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(pullReviews)
    .where(and(eq(pullReviews.issueId, issueId), inArray(pullReviews.id, [...ids])));
}

/** The number of another open pull request that brings the same head to the same base. */
export async function findOpenTwin(
  db: Db,
  of: Pick<PullRow, 'issueId' | 'repositoryId' | 'baseBranch' | 'headRepositoryId' | 'headBranch'>,
): Promise<number | undefined> {
  if (of.headRepositoryId === null || of.headBranch === '') return undefined;
  const same = await listOpenByHead(db, of.headRepositoryId, of.headBranch);
  return same.find(
    ({ pull }) =>
      pull.issueId !== of.issueId &&
      pull.repositoryId === of.repositoryId &&
      pull.baseBranch === of.baseBranch,
  )?.pull.number;
}
