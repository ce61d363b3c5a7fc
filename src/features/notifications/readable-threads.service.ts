// Which threads somebody may see now. What they were told of once they may have lost since, and what is gone is no thread.
import type { Unit } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';
import { unitReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import type { ThreadRow } from './threads.store.ts';

/** A thread that its person may see. */
export interface ReadableThread extends ThreadRow {
  repository: RepositorySummary;
}

/** Where what a thread is about is now; undefined when it is gone. */
function placeOf({ issue, release }: ThreadRow): { repositoryId: number; unit: Unit } | undefined {
  if (issue) return { repositoryId: issue.repositoryId, unit: issue.isPull ? 'pulls' : 'issues' };
  return release ? { repositoryId: release.repositoryId, unit: 'releases' } : undefined;
}

/** Of these threads those the actor may read, in their order, in a constant number of statements. */
export async function readableThreads(
  app: App,
  actor: Actor,
  rows: readonly ThreadRow[],
): Promise<ReadableThread[]> {
  const ids = rows.flatMap((row) => placeOf(row)?.repositoryId ?? []);
  if (ids.length === 0) return [];
  const reader = asReader(actor);
  const seen = await visibleAmong(app, reader, ids);
  const units = new Set(rows.flatMap((row) => placeOf(row)?.unit ?? []));
  const readable = new Map<Unit, Set<number>>();
  for (const unit of units) readable.set(unit, await unitReadableAmong(app, reader, seen.values(), unit));
  return rows.flatMap((row) => {
    const place = placeOf(row);
    const repository = place && seen.get(place.repositoryId);
    if (!repository || !readable.get(place.unit)?.has(place.repositoryId)) return [];
    return [{ ...row, repository }];
  });
}

/** A token for notifications tells of what they are about: it lists repositories for that, and for nothing else. */
export function asReader(actor: Actor): Actor {
  if (actor.kind !== 'user' || actor.via !== 'token') return actor;
  return { ...actor, scopes: [...(actor.scopes ?? []), 'read:repository'] };
}
