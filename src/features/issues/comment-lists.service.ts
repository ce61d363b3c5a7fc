// Comments as lists, for the API: of one issue, and of all issues of a repository.
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  type CommentFilter,
  listCommentedIssues,
  listCommentsAmong,
  listCommentsOf,
} from './comment-lists.store.ts';
import { readsKind } from './issues.policy.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';

/** Comments that can be reached by numbers of pages; `since` leads to the rest. */
const DEEPEST = 10_000;
/** Comments of one issue that are answered where no page is asked for. */
export const MOST_COMMENTS = 5000;
const ISSUES_AT_ONCE = 500;
const MOST_BATCHES = 20;

export interface CommentPage extends CommentFilter {
  page: number;
  limit: number;
}

type CommentedIssue = Pick<IssueRow, 'id' | 'number' | 'isPull'>;

/** A page of the comments of an issue, the oldest first. */
export async function commentsOfIssue(
  app: App,
  issue: IssueRow,
  { page, limit, ...filter }: CommentPage,
): Promise<{ comments: EntryRow[]; hasMore: boolean }> {
  const wanted = requireReachable(page, limit);
  const rows = await listCommentsOf(app.db.read, issue.id, { ...filter, after: 0, limit: wanted + 1 });
  return { comments: rows.slice(wanted - limit, wanted), hasMore: rows.length > wanted };
}

/**
 * A page of the comments of a repository, issue by issue: in order of their numbers, or with `since` in the order in which
 * they changed.
 */
export async function commentsOfRepository(
  app: App,
  open: OpenRepository,
  { page, limit, ...filter }: CommentPage,
): Promise<{ comments: { entry: EntryRow; issue: CommentedIssue }[]; hasMore: boolean }> {
  const wanted = requireReachable(page, limit);
  const found: { entry: EntryRow; issue: CommentedIssue }[] = [];
  let [since, afterNumber] = [filter.since, 0];
  for (let batch = 0; batch < MOST_BATCHES && found.length <= wanted; batch++) {
    const next = { since, afterNumber, limit: ISSUES_AT_ONCE };
    const issues = await listCommentedIssues(app.db.read, open.repository.id, next);
    const byId = new Map(issues.filter((issue) => readsKind(open, issue)).map((issue) => [issue.id, issue]));
    const room = wanted + 1 - found.length;
    for (const entry of await listCommentsAmong(app.db.read, [...byId.keys()], { ...filter, limit: room })) {
      const issue = byId.get(entry.issueId);
      if (issue) found.push({ entry, issue });
    }
    const last = issues.at(-1);
    if (!last || issues.length < ISSUES_AT_ONCE) break;
    afterNumber = last.number;
    if (since !== undefined) since = last.updatedAt;
  }
  return { comments: found.slice(wanted - limit, wanted), hasMore: found.length > wanted };
}

function requireReachable(page: number, limit: number): number {
  if (page * limit > DEEPEST && page > 1)
    throw invalid({ page: `Ask for the first ${DEEPEST} by pages, and for others by since.` });
  return page * limit;
}
