// Issues and what is in their timelines, by id, for rooms that were told of them by an event: nothing here judges who may.
import type { App } from '../../platform/app.types.ts';
import { findEntry } from './entries.store.ts';
import { findIssueById } from './issues.store.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';

/** An issue or pull request by its id, in whatever repository it is by now. */
export async function findIssue(app: App, id: number): Promise<IssueRow | undefined> {
  return findIssueById(app.db.read, id);
}

/** An entry of an issue's timeline, e.g. a comment; undefined when it was deleted. */
export async function findTimelineEntry(
  app: App,
  issueId: number,
  entryId: number,
): Promise<EntryRow | undefined> {
  return findEntry(app.db.read, issueId, entryId);
}
