// From domain events to what webhooks are told of.
import type { App } from '../../platform/app.types.ts';
import type { DomainEvent, EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import { CONVERSATION_MAKERS } from './conversation-happenings.service.ts';
import { findSummary } from './happenings.store.ts';
import type { Happening, HappeningPart, Makers } from './happenings.types.ts';
import type { HookRow } from './hooks.types.ts';
import { PEOPLE_MAKERS } from './people-happenings.service.ts';
import { PULL_MAKERS } from './pull-happenings.service.ts';
import { REPOSITORY_MAKERS } from './repository-happenings.service.ts';

export type { Happening } from './happenings.types.ts';

const MAKERS: Makers = { ...REPOSITORY_MAKERS, ...CONVERSATION_MAKERS, ...PULL_MAKERS, ...PEOPLE_MAKERS };

/** The domain events that webhooks are told of. */
export const EVENT_KINDS_FOR_HOOKS = Object.keys(MAKERS) as EventKind[];

/**
 * Whose webhooks may be told of an event, without asking the database: those of the repositories, of the owners of those, of
 * the owners named, and of the site.
 */
export function placesOf(event: DomainEvent): { repositoryIds: number[]; ownerIds: number[] } {
  const none = { repositoryId: undefined, parentId: undefined, fromRepositoryId: undefined };
  const nobody = { organizationId: undefined, fromId: undefined, toId: undefined };
  const { repositoryId, parentId, fromRepositoryId, organizationId, fromId, toId } = {
    ...none,
    ...nobody,
    ...event,
  };
  const known = (ids: (number | undefined)[]) => ids.filter((id) => id !== undefined);
  return {
    repositoryIds: known([repositoryId, parentId, fromRepositoryId]),
    ownerIds: known([organizationId, fromId, toId]),
  };
}

/** Whether a webhook chose to be told of such a happening, leaving aside its filter of branches, and can be in its format. */
export function isChosenBy(
  hook: Pick<HookRow, 'format' | 'sendsAll' | 'events'>,
  { name, formats }: Pick<Happening, 'name' | 'formats'>,
): boolean {
  if (formats && !formats.includes(hook.format)) return false;
  return name === 'ping' || hook.sendsAll || hook.events.includes(name);
}

/** What webhooks are told of an event: nothing where what it is about is gone. Each part once, in order. */
export async function happeningsOf(app: App, event: RecordedEvent): Promise<Happening[]> {
  const make = MAKERS[event.kind] as
    | ((app: App, event: RecordedEvent) => HappeningPart[] | Promise<HappeningPart[]>)
    | undefined;
  const parts = make ? await make(app, event) : [];
  const owners = new Map<number, number>();
  for (const id of new Set(parts.flatMap(({ repositoryId }) => repositoryId ?? []))) {
    const found = await findSummary(app.db.read, id);
    if (found) owners.set(id, found.repository.ownerId);
  }
  return parts.map((part) => {
    const owner = owners.get(part.repositoryId ?? 0);
    const ownerIds = new Set([...(part.ownerIds ?? []), ...(owner === undefined ? [] : [owner])]);
    return { ...part, about: part.about ?? {}, ownerIds: [...ownerIds], event, at: event.createdAt };
  });
}
