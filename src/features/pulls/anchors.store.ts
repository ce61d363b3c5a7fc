// Queries on where threads stand in the code.
import { and, asc, desc, eq, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { pullRevisions, pullThreads } from '../../platform/db/tables/pulls.ts';
import type { RevisionRow, ThreadRow } from './pulls.types.ts';

type Db = Reader | Tx;

/** A thread without its hunk and its resolution. */
export type ThreadPlace = Omit<ThreadRow, 'hunk' | 'resolvedAt' | 'resolvedById' | 'createdAt'>;

/** The places of all threads of a pull request, in the order they were begun. */
export async function listThreadPlaces(db: Db, issueId: number): Promise<ThreadPlace[]> {
  const columns = {
    id: pullThreads.id,
    issueId: pullThreads.issueId,
    path: pullThreads.path,
    subject: pullThreads.subject,
    startSide: pullThreads.startSide,
    startLine: pullThreads.startLine,
    side: pullThreads.side,
    line: pullThreads.line,
    originalBaseOid: pullThreads.originalBaseOid,
    originalHeadOid: pullThreads.originalHeadOid,
    originalRevision: pullThreads.originalRevision,
    currentRevision: pullThreads.currentRevision,
    currentPath: pullThreads.currentPath,
    currentStartLine: pullThreads.currentStartLine,
    currentLine: pullThreads.currentLine,
    isOutdated: pullThreads.isOutdated,
  };
  return db
    .select(columns)
    .from(pullThreads)
    .where(eq(pullThreads.issueId, issueId))
    .orderBy(asc(pullThreads.id));
}

/** Says where a thread is in the changes of a revision, unless a later one is known already. */
export async function updateAnchor(
  tx: Tx,
  id: number,
  columns: Pick<
    ThreadRow,
    'currentRevision' | 'currentPath' | 'currentStartLine' | 'currentLine' | 'isOutdated'
  >,
): Promise<void> {
  const isOlder = lt(pullThreads.currentRevision, columns.currentRevision + 1);
  await tx
    .update(pullThreads)
    .set(columns)
    .where(and(eq(pullThreads.id, id), isOlder));
}

/** The newest revision that had a commit as its head. */
export async function findRevisionByHead(
  db: Db,
  issueId: number,
  headOid: string,
): Promise<RevisionRow | undefined> {
  const [row] = await db
    .select()
    .from(pullRevisions)
    .where(and(eq(pullRevisions.issueId, issueId), eq(pullRevisions.headOid, headOid)))
    .orderBy(desc(pullRevisions.revision))
    .limit(1);
  return row;
}
