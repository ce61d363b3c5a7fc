// Feeds: what happened around somebody, and what somebody did. Nobody learns from them of a repository they may not see.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { codeReadableAmong, releasesReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import { actorSources, newestIds, type Rated, repositorySources } from './feed.store.ts';
import type { FeedEntry, FeedEvent, FeedPage } from './feed.types.ts';

const PAGE_SIZE = 20;
/** Events looked at at once, and how often, to fill a page of those that are told and may be seen. */
const READ_AT_ONCE = 60;
const ROUNDS = 4;
const NEWEST = Number.MAX_SAFE_INTEGER;

type FindSources = (before: number) => Promise<readonly Rated[]>;

/** What happened in the actor's repositories and those they star, and what the people they follow did. */
export async function feedOf(app: App, actor: Actor, before?: string): Promise<FeedPage> {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to see your feed.');
  const { userId } = actor;
  return fillPage(app, actor, beforeOf(before), async (id) => {
    const [own, followed] = await Promise.all([
      repositorySources(app.db.read, userId, id, READ_AT_ONCE),
      actorSources(app.db.read, userId, id, READ_AT_ONCE),
    ]);
    return [...own, ...followed];
  });
}

/** What somebody did, as far as the actor may see it. */
export async function activityOf(app: App, actor: Actor, userId: number, before?: string): Promise<FeedPage> {
  return fillPage(app, actor, beforeOf(before), async () => [
    { source: { kind: 'actor', id: userId }, newest: NEWEST },
  ]);
}

function beforeOf(text: string | undefined): number {
  if (text === undefined || text === '') return NEWEST;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
}

async function fillPage(app: App, actor: Actor, start: number, sources: FindSources): Promise<FeedPage> {
  const entries: FeedEntry[] = [];
  let before = start;
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await newestIds(app.db.read, await sources(before), before, READ_AT_ONCE);
    const found = await entriesOf(app, actor, ids);
    for (const id of ids) {
      if (entries.length === PAGE_SIZE) return { entries, next: before };
      before = id;
      const entry = found.get(id);
      if (entry) entries.push(entry);
    }
    if (ids.length < READ_AT_ONCE) return { entries, next: undefined };
    if (entries.length === PAGE_SIZE) break;
  }
  return { entries, next: before };
}

/** Those of the events that are told and that the actor may see, by id. */
async function entriesOf(app: App, actor: Actor, ids: number[]): Promise<Map<number, FeedEntry>> {
  const events = (await app.events.byIds(ids)).flatMap((event) => toldOf(event) ?? []);
  const [repositories, actors] = await Promise.all([
    visibleAmong(
      app,
      actor,
      events.map((event) => event.repositoryId),
    ),
    namesOf(
      app,
      events.map((event) => event.actorId),
    ),
  ]);
  const [readable, withReleases] = await Promise.all([
    codeReadableAmong(app, actor, repositories.values()),
    releasesReadableAmong(app, actor, repositories.values()),
  ]);
  const entries = new Map<number, FeedEntry>();
  for (const event of events) {
    const repository = repositories.get(event.repositoryId);
    const who = actors.get(event.actorId);
    // Names of branches belong to the code: whoever may not read it learns of no push.
    if (event.kind === 'push' && !readable.has(event.repositoryId)) continue;
    if (event.kind === 'release.published' && !withReleases.has(event.repositoryId)) continue;
    if (repository && who) entries.set(event.id, { event, repository, actor: who });
  }
  return entries;
}

/** Undefined for what feeds do not tell of, and for what nobody is named for. */
function toldOf(event: RecordedEvent): FeedEvent | undefined {
  const { id, createdAt, actorId, kind } = event;
  if (actorId === undefined) return undefined;
  if (kind === 'push') {
    const { repositoryId, updates } = event;
    return { id, createdAt, actorId, kind, repositoryId, updates };
  }
  if (kind === 'release.published')
    return { id, createdAt, actorId, kind, repositoryId: event.repositoryId, tag: event.tag };
  if (kind !== 'repository.created' && kind !== 'repository.starred' && kind !== 'repository.forked')
    return undefined;
  return { id, createdAt, actorId, kind, repositoryId: event.repositoryId };
}
