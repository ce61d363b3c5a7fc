// Notifications. Field names and types are those of Gitea's API; what is ours besides stands last in each.
import type { Shapes } from '../shape.ts';

export const notificationsShapes = {
  NotificationThread: {
    id: 'integer',
    pinned: 'boolean',
    repository: 'Repository|null',
    subject: 'NotificationSubject|null',
    unread: 'boolean',
    updated_at: 'date-time',
    url: 'string',
    reason: 'string',
  },
  NotificationSubject: {
    html_url: 'string',
    latest_comment_html_url: 'string',
    latest_comment_url: 'string',
    state: 'string',
    title: 'string',
    type: 'string',
    url: 'string',
  },
  NotificationCount: {
    new: 'integer',
  },
} as const satisfies Shapes;
