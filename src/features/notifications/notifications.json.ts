// Threads as the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { subjectHref } from './inbox.present.ts';
import { pathOf } from './inbox.service.ts';
import type { ReadableThread } from './readable-threads.service.ts';

/** A thread as `GET /api/v1/notifications` of Gitea shows it; what is saved counts as pinned. */
export function threadJson(app: App, row: ReadableThread): Record<string, unknown> {
  const { thread, repository } = row;
  const site = app.publicUrl();
  return {
    id: thread.id,
    repository: {
      id: repository.repository.id,
      name: repository.repository.name,
      full_name: pathOf(repository),
      owner: { id: repository.repository.ownerId, login: repository.ownerName },
      private: repository.repository.visibility !== 'public',
      html_url: `${site}/${pathOf(repository)}`,
      url: `${site}/api/v1/repos/${pathOf(repository)}`,
    },
    subject: subjectJson(site, row),
    reason: thread.reason,
    unread: thread.state === 'unread',
    pinned: thread.isSaved,
    updated_at: isoTime(thread.updatedAt),
    url: `${site}/api/v1/notifications/threads/${thread.id}`,
  };
}

function subjectJson(site: string, row: ReadableThread): Record<string, unknown> {
  const { issue, release, repository } = row;
  const api = `${site}/api/v1/repos/${pathOf(repository)}`;
  const url = issue ? `${api}/issues/${issue.number}` : `${api}/releases/${release?.id}`;
  return {
    title: issue?.title ?? (release?.title || release?.tagName),
    url,
    html_url: site + subjectHref(row),
    latest_comment_url: '',
    latest_comment_html_url: '',
    type: issue ? (issue.isPull ? 'Pull' : 'Issue') : 'Release',
    state: issue?.state ?? '',
  };
}
