// Which of some repositories somebody may see, asked at once: for feeds, pins, stars and counts.
import type { Actor } from '../../base/actor.ts';
import { hasAdminPower, requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { RepositorySummary } from './repos.types.ts';
import { findVisible, type SetViewer } from './visible.store.ts';

/** Repositories in one statement at most. */
const AT_ONCE = 1000;

/** Those of the repositories that exist and the actor may see, by their id: the rule of `standingOf`, for a set. */
export async function visibleAmong(
  app: App,
  actor: Actor,
  ids: Iterable<number>,
): Promise<Map<number, RepositorySummary>> {
  requireSiteAbility(actor, 'repositories:list');
  const viewer = setViewerOf(actor);
  const wanted = [...new Set(ids)];
  const found = new Map<number, RepositorySummary>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE);
    for (const row of await findVisible(app.db.read, viewer, part)) found.set(row.repository.id, row);
  }
  return found;
}

function setViewerOf(actor: Actor): SetViewer {
  if (actor.kind === 'system') return { sees: 'all' };
  if (actor.kind !== 'user') return { sees: ['public'] };
  const selection = actor.repositoryIds === undefined ? {} : { selection: actor.repositoryIds };
  if (hasAdminPower(actor)) return { sees: 'all', ...selection };
  const sees = actor.isRestricted ? [] : (['public', 'internal'] as const);
  return { userId: actor.userId, sees, ...selection };
}
