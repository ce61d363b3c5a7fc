// Issues that one has to do with, as far as somebody may see them.
import type { Actor } from '../../base/actor.ts';
import { isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listBlocked, listBlockers } from './dependencies.store.ts';
import { abilityOn } from './issues.policy.ts';
import { findIssueById } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import { listParts } from './parts.store.ts';
import { type PathOf, readablePaths } from './visible-issues.service.ts';

/** Issues with the paths of their repositories. */
export interface SeenIssues {
  issues: IssueRow[];
  pathOf: PathOf;
}

const FINDERS = {
  parts: listParts,
  blockers: listBlockers,
  blocked: listBlocked,
} as const;

/** The parts of an issue, what it waits for or what waits for it; what the actor of `open` may not see is left out. */
export async function relatedTo(
  app: App,
  open: OpenRepository,
  issue: Pick<IssueRow, 'id'>,
  how: keyof typeof FINDERS,
): Promise<SeenIssues> {
  return seenOf(app, open, await FINDERS[how](app.db.read, issue.id));
}

/** The issue that one is a part of; throws AppError not_found, also where the actor may not see it. */
export async function requireParent(app: App, open: OpenRepository, issue: IssueRow): Promise<SeenIssues> {
  const parent = issue.parentId === null ? undefined : await findIssueById(app.db.read, issue.parentId);
  const seen = await seenOf(app, open, parent ? [parent] : []);
  if (seen.issues.length === 0) throw notFound('issue');
  return seen;
}

async function seenOf(app: App, open: OpenRepository, rows: readonly IssueRow[]): Promise<SeenIssues> {
  const pathOf = await readablePaths(app, open.actor, rows, open);
  return { issues: rows.filter((row) => pathOf(row) !== undefined), pathOf };
}

/** How people would write down the issue of an id, `owner/name#12`; throws AppError not_found for what they may not read. */
export async function writtenIssue(app: App, actor: Actor, id: number): Promise<string> {
  const issue = await findIssueById(app.db.read, id);
  if (!issue) throw notFound('issue');
  const open = await openRepositoryById(app, actor, issue.repositoryId, abilityOn(issue, 'read')).catch(
    (error: unknown) => {
      throw isAppError(error, 'not_found', 'forbidden') ? notFound('issue') : error;
    },
  );
  return `${open.path.slice(1)}#${issue.number}`;
}
