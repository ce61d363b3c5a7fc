// Watching repositories: how much of each somebody is told of. They themselves choose it; what is watched without a
// choice is in watches.react.ts.
import type { Actor, UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { WatchedKind, WatchLevel } from '../../platform/db/tables/notifications.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { personCursorOf } from '../users/people.service.ts';
import type { Person } from '../users/people.types.ts';
import { readersAmong } from './readers.service.ts';
import { requireAbility } from './repos.policy.ts';
import type { OpenRepository, RepositorySummary, WatchChoice } from './repos.types.ts';
import { visibleAmong } from './visible.service.ts';
import { forgetCounts } from './watch-counts.service.ts';
import { watchesKind } from './watches.policy.ts';
import {
  findWatch,
  findWatchRow,
  listWatcherIds,
  listWatchers,
  listWatchesOf,
  putWatch,
  removeWatch,
  type WatchRow,
  watchesAmong,
} from './watches.store.ts';

export const WATCHES_PAGE_SIZE = 30;
/** What can be watched of a repository by itself. */
export const WATCHED_KINDS = ['issues', 'pulls', 'releases'] as const satisfies readonly WatchedKind[];
/** Rows read at once, and how often, to fill a page of those that may be seen. */
const READ_AT_ONCE = 100;
const ROUNDS = 5;

/** What somebody chose for a repository; who chose nothing is told of what they take part in. */
export async function watchOf(
  app: App,
  userId: number,
  repositoryId: number,
  reader: Reader | Tx = app.db.read,
): Promise<WatchChoice> {
  return findWatch(reader, userId, repositoryId);
}

/** What somebody chose for a repository and when they did; undefined where they are told of what they take part in. */
export async function chosenWatch(
  app: App,
  userId: number,
  repositoryId: number,
): Promise<WatchRow | undefined> {
  const row = await findWatchRow(app.db.read, userId, repositoryId);
  return row?.level === 'participating' ? undefined : row;
}

/** What each of some people chose for a repository, by their ids; who chose nothing is left out. */
export async function watchesOfPeople(
  app: App,
  repositoryId: number,
  userIds: readonly number[],
): Promise<Map<number, WatchChoice>> {
  const rows = await watchesAmong(app.db.read, repositoryId, userIds);
  return new Map(rows.map((row) => [row.userId, row]));
}

/** Ids of those who watch a repository in some way, in order; the next ones behind `after`. */
export async function watcherIdsAfter(
  app: App,
  repositoryId: number,
  after: number,
  limit: number,
): Promise<number[]> {
  return listWatcherIds(app.db.read, repositoryId, { after, limit });
}

/** Chooses what the actor is told of; throws AppError forbidden where the owner blocked whoever wants to watch. */
export async function watchRepository(
  app: App,
  actor: Actor,
  open: Pick<OpenRepository, 'repository' | 'owner'>,
  choice: WatchChoice,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'repository:watch');
  const { userId } = requireWatcher(actor);
  const repositoryId = open.repository.id;
  const row = { userId, repositoryId, ...settled(choice), createdAt: app.clock.now() };
  await app.db.write(async (tx) => {
    const isMore = row.level === 'all' || row.level === 'custom';
    if (isMore && (await isBlocked(app, open.owner.id, userId, tx)))
      throw new AppError('forbidden', 'You cannot watch this repository.');
    await putWatch(tx, row);
  });
  forgetCounts(app);
}

/** A choice of nothing is the level for those who take part. */
function settled({ level, kinds }: WatchChoice): { level: WatchLevel; kinds: WatchedKind[] } {
  if (level !== 'custom') return { level, kinds: [] };
  const known = WATCHED_KINDS.filter((kind) => kinds.includes(kind));
  return known.length === 0 ? { level: 'participating', kinds: [] } : { level, kinds: known };
}

/** Forgets what the actor chose. */
export async function unwatchRepository(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'repository:watch');
  const { userId } = requireWatcher(actor);
  await app.db.write((tx) => removeWatch(tx, userId, open.repository.id));
  forgetCounts(app);
}

/** Takes one kind away from what somebody watches, in the caller's transaction; the caller has judged. */
export async function watchLessWithin(
  tx: Tx,
  app: App,
  userId: number,
  repositoryId: number,
  without: WatchedKind,
): Promise<void> {
  const choice = await findWatch(tx, userId, repositoryId);
  if (!watchesKind(choice, without)) return;
  const kinds = WATCHED_KINDS.filter((kind) => kind !== without && watchesKind(choice, kind));
  const row = { userId, repositoryId, ...settled({ level: 'custom', kinds }), createdAt: app.clock.now() };
  await putWatch(tx, row);
}

function requireWatcher(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to watch repositories.');
  return actor;
}

export interface WatcherPage {
  items: Person[];
  /** The id behind which the next page begins; undefined on the last one. */
  next: number | undefined;
}

/** A page of those who watch a repository and may see it. */
export async function pageOfWatchers(app: App, open: OpenRepository, after: number): Promise<WatcherPage> {
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const items: Person[] = [];
  let at = after;
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await listWatchers(app.db.read, open.repository.id, { after: at, limit: READ_AT_ONCE });
    const ids = rows.map((row) => row.id);
    const readers = await readersAmong(app, owned, undefined, ids);
    for (const row of rows) {
      if (items.length === WATCHES_PAGE_SIZE) return { items, next: at };
      at = row.id;
      if (readers.has(row.id)) items.push(row);
    }
    if (rows.length < READ_AT_ONCE) return { items, next: undefined };
  }
  return { items, next: at };
}

export interface Watched extends RepositorySummary {
  watch: WatchChoice;
}

export interface WatchPage {
  items: Watched[];
  next: string | undefined;
}

/** A page of what the actor watches or ignores, as far as they may see it, the newest choice first. */
export async function pageOfWatches(
  app: App,
  actor: UserActor,
  afterText: string | undefined,
  size = WATCHES_PAGE_SIZE,
): Promise<WatchPage> {
  const items: Watched[] = [];
  const begin = personCursorOf(afterText);
  let after = begin && { createdAt: begin.since, repositoryId: begin.id };
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await watchesAfter(app, actor.userId, after);
    const ids = rows.map((row) => row.repositoryId);
    const seen = await visibleAmong(app, actor, ids);
    for (const row of rows) {
      if (items.length === size) return { items, next: textOf(after) };
      after = row;
      const summary = seen.get(row.repositoryId);
      if (summary) items.push({ ...summary, watch: { level: row.level, kinds: row.kinds } });
    }
    if (rows.length < READ_AT_ONCE) return { items, next: undefined };
  }
  return { items, next: textOf(after) };
}

type Place = Pick<WatchRow, 'createdAt' | 'repositoryId'>;

function watchesAfter(app: App, userId: number, after: Place | undefined): Promise<WatchRow[]> {
  const cursor = after && { after: { since: after.createdAt, id: after.repositoryId } };
  return listWatchesOf(app.db.read, userId, { limit: READ_AT_ONCE, ...cursor });
}

function textOf(place: Place | undefined): string | undefined {
  return place && `${place.createdAt}-${place.repositoryId}`;
}
