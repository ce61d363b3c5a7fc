// Queries for what composers complete.
import { and, desc, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import type { IssueRow } from './issues.types.ts';

type Db = Reader | Tx;

/** An issue as it is offered. */
export type OfferedIssue = Pick<IssueRow, 'number' | 'title' | 'state' | 'isPull' | 'closeReason'>;

const OFFERED = {
  number: issues.number,
  title: issues.title,
  state: issues.state,
  isPull: issues.isPull,
  closeReason: issues.closeReason,
};

/** Those of a repository that changed last. */
export async function listRecentIssues(
  db: Db,
  repositoryId: number,
  kinds: Kinds,
  limit: number,
): Promise<OfferedIssue[]> {
  return db
    .select(OFFERED)
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), ofKinds(kinds)))
    .orderBy(desc(issues.updatedAt))
    .limit(limit);
}

/** Which of the two kinds are looked at. */
interface Kinds {
  issues: boolean;
  pulls: boolean;
}

function ofKinds({ issues: takesIssues, pulls }: Kinds) {
  return takesIssues && pulls ? undefined : eq(issues.isPull, pulls);
}

export async function findOfferedIssue(
  db: Db,
  repositoryId: number,
  number: number,
): Promise<OfferedIssue | undefined> {
  const [row] = await db
    .select(OFFERED)
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), eq(issues.number, number)));
  return row;
}

/** Who opened what changed last in a repository, perhaps several times. */
export async function listRecentAuthors(
  db: Db,
  repositoryId: number,
  kinds: Kinds,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .select({ authorId: issues.authorId })
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), ofKinds(kinds)))
    .orderBy(desc(issues.updatedAt))
    .limit(limit);
  return rows.map(({ authorId }) => authorId);
}
