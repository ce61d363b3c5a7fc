// What the room does when something was pushed: it counts the commits for those who wrote them.
import type { App } from '../../platform/app.types.ts';
import { countPush } from './contributions.service.ts';

/** Subscribes the room to events. */
export function registerProfiles(app: App): void {
  app.events.subscribe({
    name: 'profiles',
    kinds: ['push', 'repository.created'],
    onEvent: (event) => countPush(app, event),
  });
}
