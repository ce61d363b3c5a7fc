// Threads as the JSON that Gitea's API clients expect.
import type { Actor } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { newestComments } from '../issues/comments.service.ts';
import { repositoriesJson } from '../repos/repository.json.ts';
import { subjectHref } from './inbox.present.ts';
import { pathOf } from './inbox.service.ts';
import { asReader, type ReadableThread } from './readable-threads.service.ts';

type Json = Record<string, unknown>;

/** Threads as `GET /api/v1/notifications` of Gitea shows them, in a constant number of statements; what is saved counts as pinned. */
export async function threadsJson(app: App, actor: Actor, rows: readonly ReadableThread[]): Promise<Json[]> {
  if (rows.length === 0) return [];
  const commented = rows.flatMap(({ issue }) => (issue && issue.commentCount > 0 ? [issue.id] : []));
  const [repositories, comments] = await Promise.all([
    repositoriesJson(app, asReader(actor), [...new Set(rows.map((row) => row.repository.repository.id))]),
    newestComments(app, commented),
  ]);
  const byId = new Map(repositories.map((json) => [json.id as number, json]));
  const site = app.publicUrl();
  return rows.map((row) => ({
    id: row.thread.id,
    repository: byId.get(row.repository.repository.id) ?? null,
    subject: subjectJson(site, row, comments.get(row.issue?.id ?? 0)),
    unread: row.thread.state === 'unread',
    pinned: row.thread.isSaved,
    updated_at: isoTime(row.thread.updatedAt),
    url: `${site}/api/v1/notifications/threads/${row.thread.id}`,
    reason: row.thread.reason,
  }));
}

function subjectJson(site: string, row: ReadableThread, commentId: number | undefined): Json {
  const { issue, release, repository } = row;
  const api = `${site}/api/v1/repos/${pathOf(repository)}`;
  const page = site + subjectHref(row);
  return {
    title: issue?.title ?? (release?.title || release?.tagName || ''),
    url: issue ? `${api}/issues/${issue.number}` : `${api}/releases/${release?.id}`,
    html_url: page,
    latest_comment_url: commentId === undefined ? '' : `${api}/issues/comments/${commentId}`,
    latest_comment_html_url: commentId === undefined ? '' : `${page}#issuecomment-${commentId}`,
    type: issue ? (issue.isPull ? 'Pull' : 'Issue') : 'Release',
    state: issue?.closeReason === 'merged' ? 'merged' : (issue?.state ?? ''),
  };
}
