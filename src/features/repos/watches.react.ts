// Lets people watch what they make and what they are given to write in, unless they chose something for it already, or
// refuse that in their settings.
import type { App } from '../../platform/app.types.ts';
import type { EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import { insertWatch, listAutoWatching, listPeopleThrough, listWrittenThrough } from './auto-watch.store.ts';
import { permissionIncludes } from './repos.policy.ts';
import type { Permission } from './repos.types.ts';

const KINDS = [
  'repository.created',
  'repository.forked',
  'collaborator.set',
  'team_repository.set',
  'team_member.added',
] as const satisfies readonly EventKind[];

/** People in one transaction, and what one event lets begin at most: nobody reads more. */
const AT_ONCE = 50;
const MOST = 1000;

/** Subscribes what watches by itself. */
export function subscribeWatches(app: App): void {
  app.events.subscribe({ name: 'watches', kinds: KINDS, onEvent: (event) => watchGiven(app, event) });
}

async function watchGiven(app: App, event: RecordedEvent): Promise<void> {
  switch (event.kind) {
    case 'repository.created':
    case 'repository.forked':
      return watchAll(app, [event.repositoryId], event.actorId === undefined ? [] : [event.actorId]);
    case 'collaborator.set':
      return writes(event.permission) ? watchAll(app, [event.repositoryId], [event.userId]) : undefined;
    case 'team_repository.set': {
      if (!writes(event.permission)) return;
      const people = await listPeopleThrough(app.db.read, event.teamId, MOST);
      return watchAll(app, [event.repositoryId], people);
    }
    case 'team_member.added':
      return watchAll(app, await listWrittenThrough(app.db.read, event.teamId, MOST), [event.userId]);
  }
}

function writes(permission: string): boolean {
  return permissionIncludes(permission as Permission, 'write');
}

async function watchAll(
  app: App,
  repositoryIds: readonly number[],
  userIds: readonly number[],
): Promise<void> {
  for (let from = 0; from < userIds.length; from += AT_ONCE)
    for (let at = 0; at < repositoryIds.length; at += AT_ONCE)
      await watchSome(app, repositoryIds.slice(at, at + AT_ONCE), userIds.slice(from, from + AT_ONCE));
}

async function watchSome(
  app: App,
  repositoryIds: readonly number[],
  userIds: readonly number[],
): Promise<void> {
  const createdAt = app.clock.now();
  await app.db.write(async (tx) => {
    for (const userId of await listAutoWatching(tx, userIds))
      for (const repositoryId of repositoryIds)
        await insertWatch(tx, { userId, repositoryId, level: 'all', kinds: [], createdAt });
  });
}
