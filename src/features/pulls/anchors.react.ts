// Ties comments to the code anew when the head or the base of a pull request has changed.
import type { App } from '../../platform/app.types.ts';
import { defineFollowing, followThreadsLater } from './anchors.service.ts';

/** Subscribes to what moves code, and defines the job that follows it. */
export function registerAnchors(app: App): void {
  defineFollowing(app);
  app.events.subscribe({
    name: 'pulls.anchors',
    kinds: ['pull.synchronized', 'pull.base_changed'],
    onEvent: async (event) => {
      if (event.kind !== 'pull.synchronized' && event.kind !== 'pull.base_changed') return;
      const { issueId } = event;
      await app.db.write((tx) => followThreadsLater(tx, app, issueId));
    },
  });
}
