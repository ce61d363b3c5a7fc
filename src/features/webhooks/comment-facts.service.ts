// What there is to say of comments.
import { SYSTEM } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { commentsJson } from '../issues/comments.json.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { findTimelineEntry } from '../issues/lookups.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import type { Facts, Json } from './facts.types.ts';
import type { Happening } from './happenings.types.ts';

/** The comment as it is by now; of a deleted one, who wrote it. Those on code are part of their review. */
export async function commentFacts(
  app: App,
  open: OpenRepository,
  { event, about }: Happening,
  issue: IssueRow,
): Promise<Pick<Facts, 'comment'>> {
  const { entryId } = about;
  if (entryId === undefined || event?.kind === 'pull.review_submitted') return {};
  const entry = await findTimelineEntry(app, issue.id, entryId);
  const authorId = event?.kind === 'issue.comment_deleted' ? event.authorId : undefined;
  if (!entry || event?.kind === 'issue.comment_deleted')
    return { comment: await goneComment(app, open, issue, entryId, authorId) };
  const [comment] = await commentsJson(app, SYSTEM, open, [{ entry, issue }]);
  return comment ? { comment } : {};
}

async function goneComment(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  id: number,
  authorId: number | undefined,
): Promise<Json> {
  const people = await accountsJson(app, undefined, authorId === undefined ? [] : [authorId]);
  const href = `${app.publicUrl()}${issueHref(open.path, issue)}`;
  const at = isoTime(app.clock.now());
  return {
    ...{ id, html_url: `${href}#issuecomment-${id}`, body: '', created_at: at, updated_at: at },
    issue_url: issue.isPull ? '' : href,
    pull_request_url: issue.isPull ? href : '',
    user: people.get(authorId ?? 0) ?? ghostJson(app),
    ...{ original_author: '', original_author_id: 0, assets: [], content_version: 0, hidden_reason: null },
  };
}
