// Which of some repositories somebody may see, asked at once: for feeds, pins, stars and counts.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { listVisibleAmong } from './lists.store.ts';
import { readableUnitAmong, viewerOf } from './repos.policy.ts';
import type { RepositorySummary } from './repos.types.ts';

/** Repositories in one statement at most. */
const AT_ONCE = 1000;

/** Those of the repositories that exist and the actor may see, by their id: the rule of `standingOf`, for a set. */
export async function visibleAmong(
  app: App,
  actor: Actor,
  ids: Iterable<number>,
): Promise<Map<number, RepositorySummary>> {
  requireSiteAbility(actor, 'repositories:list');
  const viewer = viewerOf(actor);
  const wanted = [...new Set(ids)];
  const found = new Map<number, RepositorySummary>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE);
    for (const row of await listVisibleAmong(app.db.read, viewer, part)) found.set(row.repository.id, row);
  }
  return found;
}

/** Of repositories the actor sees, the ids of those whose code is switched on and open to them. */
export async function codeReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'code');
}

/** As `codeReadableAmong`, of their releases. */
export async function releasesReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'releases');
}

/** As `codeReadableAmong`, of their issues. */
export async function issuesReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'issues');
}
