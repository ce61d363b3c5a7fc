// What is shown as Development: the issues that a pull request closes, and the pull requests that close an issue.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listClosedBy, listClosersOf } from './closings.store.ts';
import type { IssueRow } from './issues.types.ts';
import { type RelatedIssue, relatedIssue } from './relations.present.ts';
import { readablePaths } from './visible-issues.service.ts';

export interface Development {
  /** What merging brings about, or what is under way. */
  words: string;
  items: RelatedIssue[];
}

/** What whoever opened the repository may see of it; undefined where there is nothing. */
export async function developmentModel(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
): Promise<Development | undefined> {
  const list = issue.isPull ? listClosedBy : listClosersOf;
  const rows = await list(app.db.read, issue.id);
  if (rows.length === 0) return undefined;
  const pathOf = await readablePaths(app, open.actor, rows, open);
  const items = rows.flatMap((row) => relatedIssue(open, pathOf, row));
  return items.length === 0 ? undefined : { words: wordsFor(issue, items.length), items };
}

function wordsFor({ isPull, state, closeReason }: IssueRow, count: number): string {
  const [these, issues] = [count === 1 ? 'this' : 'these', count === 1 ? 'issue' : 'issues'];
  if (!isPull) return `Merging ${these} closes the issue.`;
  if (closeReason === 'merged') return `It was merged to close ${these} ${issues}.`;
  return state === 'open'
    ? `Merging it closes ${these} ${issues}.`
    : `It would have closed ${these} ${issues}.`;
}
