// What feeds read of issues: what they are called and where they are by now, and which comments may be told of.
import { and, inArray, isNull, notInArray, or } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { type HideReason, issueEntries, issues } from '../../platform/db/tables/issues.ts';
import { TEXT_KINDS } from './entries.types.ts';

export interface ToldIssue {
  id: number;
  repositoryId: number;
  number: number;
  title: string;
  isPull: boolean;
}

/** Of these issues and pull requests those that exist. */
export async function findTitles(db: Reader, ids: readonly number[]): Promise<ToldIssue[]> {
  if (ids.length === 0) return [];
  const { id, repositoryId, number, title, isPull } = issues;
  return db
    .select({ id, repositoryId, number, title, isPull })
    .from(issues)
    .where(inArray(id, [...ids]));
}

const UNTOLD: readonly HideReason[] = ['spam', 'abuse'];

/** Of these comments those that exist and are not hidden as something that nobody should have to see. */
export async function findToldComments(db: Reader, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ id: issueEntries.id })
    .from(issueEntries)
    .where(
      and(
        inArray(issueEntries.id, [...ids]),
        inArray(issueEntries.kind, [...TEXT_KINDS]),
        or(isNull(issueEntries.hiddenReason), notInArray(issueEntries.hiddenReason, [...UNTOLD])),
      ),
    );
  return rows.map((row) => row.id);
}
