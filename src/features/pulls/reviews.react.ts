// What reviews do after events.
import type { App } from '../../platform/app.types.ts';
import { forgetEmptyThreads } from './threads.service.ts';

/** Subscribes to the deletion of comments: a thread goes with its last one. */
export function registerReviews(app: App): void {
  app.events.subscribe({
    name: 'pulls.threads',
    kinds: ['issue.comment_deleted'],
    onEvent: async (event) => {
      if (event.kind === 'issue.comment_deleted') await forgetEmptyThreads(app, event.issueId);
    },
  });
}
