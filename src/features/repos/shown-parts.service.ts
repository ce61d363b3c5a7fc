// What other rooms know of a repository that the API shows and changes with it: they add it here.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository, RepositoryStanding, RepositorySummary } from './repos.types.ts';

/** A repository that somebody may see, with where they stand towards it. */
export interface SeenRepository extends RepositorySummary {
  standing: Pick<RepositoryStanding, 'permission' | 'units'>;
}

type Fields = Record<string, unknown>;

/** The fields of each repository by its id, in a constant number of statements. */
export type ShowPart = (app: App, seen: readonly SeenRepository[]) => Promise<Map<number, Fields>>;

/** Checks what the API was given for a repository; what it returns carries it out. Throws AppError invalid. */
export type ChangePart = (
  app: App,
  actor: Actor,
  open: OpenRepository,
  body: Fields,
) => Promise<(() => Promise<void>) | undefined>;

export interface ApiPart {
  show?: ShowPart;
  change?: ChangePart;
}

const added = new WeakMap<App, ApiPart[]>();

/** Adds fields of a room to those of repositories in the API. */
export function addApiPart(app: App, part: ApiPart): void {
  added.set(app, [...(added.get(app) ?? []), part]);
}

/** What rooms add to the fields of each repository, by its id. */
export async function shownParts(app: App, seen: readonly SeenRepository[]): Promise<Map<number, Fields>> {
  const all = new Map<number, Fields>();
  for (const { show } of added.get(app) ?? [])
    for (const [id, fields] of (await show?.(app, seen)) ?? []) all.set(id, { ...all.get(id), ...fields });
  return all;
}

/** What is to be done of a change that was checked by every room. */
export async function checkedChanges(
  app: App,
  actor: Actor,
  open: OpenRepository,
  body: Fields,
): Promise<(() => Promise<void>)[]> {
  const changes: (() => Promise<void>)[] = [];
  for (const { change } of added.get(app) ?? []) {
    const carryOut = await change?.(app, actor, open, body);
    if (carryOut) changes.push(carryOut);
  }
  return changes;
}
