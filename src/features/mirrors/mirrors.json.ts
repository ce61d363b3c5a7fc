// How a mirror follows another repository, as fields of the repository in Gitea's REST API v1.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ApiPart } from '../repos/shown-parts.service.ts';
import { minutesOf } from './durations.service.ts';
import { changeMirror, mirrorsOf, requireInterval } from './mirrors.service.ts';

/** What the room changes of repositories in the API; what it shows stands in the repository's own facts. */
export const mirrorPart: ApiPart = { change: checkChange };

async function checkChange(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { mirror_interval: interval }: Record<string, unknown>,
): Promise<(() => Promise<void>) | undefined> {
  if (typeof interval !== 'string' || interval === '' || !open.repository.isMirror) return undefined;
  const intervalMinutes = minutesOf(interval, 'mirror_interval');
  requireInterval(app, intervalMinutes);
  const all = await mirrorsOf(app, actor, open);
  const followed = all.find(({ direction }) => direction === 'pull');
  if (!followed || followed.intervalMinutes === intervalMinutes) return undefined;
  const { id, onPush, lfs } = followed;
  const changes = { intervalMinutes, onPush, lfs, credentials: undefined };
  return () => changeMirror(app, actor, open, id, changes);
}
