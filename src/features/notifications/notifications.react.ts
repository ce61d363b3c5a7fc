// Tells people what happened: reacts to events, and forgets what nobody asks for any more.
import type { App } from '../../platform/app.types.ts';
import type { EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { onIssueView } from '../issues/page-visits.service.ts';
import { moveThreads, removeThreadsAbout } from './deliveries.store.ts';
import { tellOf } from './delivery.service.ts';
import { hasUnread } from './inbox.service.ts';
import { markIssueRead } from './marking.service.ts';
import { registerNotificationJobs } from './notifications.jobs.ts';
import { isTold, TOLD_EVENTS } from './occurrences.service.ts';

const KINDS = [
  ...TOLD_EVENTS,
  'issue.deleted',
  'issue.transferred',
  'release.deleted',
] as const satisfies readonly EventKind[];

/** Subscribes the room to events and defines its jobs. */
export function registerNotifications(app: App): void {
  registerNotificationJobs(app);
  onIssueView(app, (c, issue) => markViewed(app, c, issue));
  app.events.subscribe({ name: 'notifications', kinds: KINDS, onEvent: (event) => react(app, event) });
}

/** Whoever looks at an issue has read what they were told of it. */
async function markViewed(app: App, c: WebContext, issue: IssueRow): Promise<void> {
  const { actor } = c.var;
  if (!c.var.session || actor.kind !== 'user') return;
  if (await markIssueRead(app, actor.userId, issue)) c.set('hasUnread', await hasUnread(app, actor));
}

async function react(app: App, event: RecordedEvent): Promise<void> {
  if (isTold(event)) return tellOf(app, event);
  if (event.kind === 'issue.deleted')
    return app.db.write(async (tx) => {
      await removeThreadsAbout(tx, { subject: 'issue', subjectId: event.issueId });
      await removeThreadsAbout(tx, { subject: 'pull', subjectId: event.issueId });
    });
  if (event.kind === 'release.deleted')
    return app.db.write((tx) => removeThreadsAbout(tx, { subject: 'release', subjectId: event.releaseId }));
  if (event.kind === 'issue.transferred')
    return app.db.write((tx) =>
      moveThreads(tx, { subject: 'issue', subjectId: event.issueId }, event.repositoryId),
    );
}
