// Comments in the JSON that Gitea's API clients expect.
import type { Actor } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import { issueHref } from './addresses.service.ts';
import { assetJson } from './attachments.present.ts';
import { listAttachmentsAmong } from './attachments.store.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';

type Json = Record<string, unknown>;

type Commented = Pick<IssueRow, 'number' | 'isPull'>;

/** Comments of the repository at `path` (or of their own) as a viewer sees them, in order, in a constant number of statements. */
export async function commentsJson(
  app: App,
  viewer: Actor,
  { path: here }: { path: string },
  comments: readonly { entry: EntryRow; issue: Commented; path?: string }[],
): Promise<Json[]> {
  if (comments.length === 0) return [];
  const [people, files] = await Promise.all([
    accountsJson(
      app,
      viewer,
      comments.flatMap(({ entry }) => entry.actorId ?? []),
    ),
    listAttachmentsAmong(
      app.db.read,
      [...new Set(comments.map(({ entry }) => entry.issueId))],
      comments.map(({ entry }) => entry.id),
    ),
  ]);
  const byEntry = Map.groupBy(files, ({ entryId }) => entryId);
  return comments.map(({ entry, issue, path = here }) => ({
    ...entryJson(app, path, issue, entry),
    user: people.get(entry.actorId ?? 0) ?? ghostJson(app),
    original_author: '',
    original_author_id: 0,
    assets: (byEntry.get(entry.id) ?? []).map((row) => assetJson(app, path, row)),
    content_version: entry.bodyVersion,
    hidden_reason: entry.hiddenReason,
  }));
}

/** What comments and every other entry of a timeline have in common. */
export function entryJson(app: App, path: string, issue: Commented, entry: EntryRow): Json {
  const href = `${app.publicUrl()}${issueHref(path, issue)}`;
  return {
    id: entry.id,
    html_url: `${href}#issuecomment-${entry.id}`,
    issue_url: issue.isPull ? '' : href,
    pull_request_url: issue.isPull ? href : '',
    body: entry.body ?? '',
    created_at: isoTime(entry.createdAt),
    updated_at: isoTime(entry.bodyEditedAt ?? entry.createdAt),
  };
}
