// Where issues and comments are found.
import type { IssueRow } from './issues.types.ts';

/** The page of an issue or pull request of the repository at `path`. */
export function issueHref(path: string, { number, isPull }: Pick<IssueRow, 'number' | 'isPull'>): string {
  return `${path}/${isPull ? 'pull' : 'issues'}/${number}`;
}

/** A comment on its page, however long that is. */
export function commentHref(
  path: string,
  issue: Pick<IssueRow, 'number' | 'isPull'>,
  entryId: number,
): string {
  return `${issueHref(path, issue)}?comment=${entryId}#issuecomment-${entryId}`;
}
