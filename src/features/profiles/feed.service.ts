// Feeds: what happened around somebody, and what somebody did. Nobody learns from them of a repository they may not see.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenOrganization, OpenTeam } from '../orgs/orgs.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { visibleAmong } from '../repos/visible.service.ts';
import {
  actorSources,
  firstEventSince,
  newestIds,
  organizationSources,
  type Rated,
  repositorySources,
  teamSources,
} from './feed.store.ts';
import type { FeedEntry, FeedPage } from './feed.types.ts';
import { visibleEntries } from './feed-entries.service.ts';

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

/** Where a feed begins that goes back from the end of the day (in UTC) that begins at `start`. */
export async function endOfDay(app: App, start: number): Promise<number> {
  return firstEventSince(app.db.read, start + DAY);
}

/** What somebody did, as far as the actor may see it. */
export async function activityOf(app: App, actor: Actor, userId: number, before?: string): Promise<FeedPage> {
  return fillPage(app, actor, beforeOf(before), async () => [
    { source: { kind: 'actor', id: userId }, newest: NEWEST },
  ]);
}

/** What happened in a repository, and nothing of what has left it since. */
export async function repositoryActivity(
  app: App,
  actor: Actor,
  { repository: { id } }: OpenRepository,
  before?: string,
): Promise<FeedPage> {
  const sources: FindSources = async () => [{ source: { kind: 'repository', id }, newest: NEWEST }];
  return fillPage(app, actor, beforeOf(before), sources, (entry) => entry.repository.repository.id === id);
}

/** What happened in an organization's repositories, as far as the actor may see them. */
export async function organizationActivity(
  app: App,
  actor: Actor,
  { organization }: OpenOrganization,
  before?: string,
): Promise<FeedPage> {
  return fillPage(
    app,
    actor,
    beforeOf(before),
    async (id) => {
      const sources = await organizationSources(app.db.read, organization.id, id);
      return visibleSources(app, actor, sources, READ_AT_ONCE);
    },
    (entry) => entry.repository.repository.ownerId === organization.id,
  );
}

/** What happened in a team's repositories, as far as the actor may see them; the team was opened for them. */
export async function teamActivity(
  app: App,
  actor: Actor,
  { team }: OpenTeam,
  before?: string,
): Promise<FeedPage> {
  return fillPage(
    app,
    actor,
    beforeOf(before),
    async (id) => {
      const sources = await teamSources(app.db.read, team.id, id);
      return visibleSources(app, actor, sources, READ_AT_ONCE);
    },
    (entry) => entry.repository.repository.ownerId === team.organizationId,
  );
}

/** Repositories judged in one statement: hardly ever are there more that may not be seen. */
const JUDGED_AT_ONCE = 200;

/** The newest sources that the actor may see, so that what is hidden takes no place on the page. */
async function visibleSources(
  app: App,
  actor: Actor,
  sources: readonly Rated[],
  most: number,
): Promise<Rated[]> {
  const seen: Rated[] = [];
  for (let from = 0; from < sources.length && seen.length < most; from += JUDGED_AT_ONCE) {
    const part = sources.slice(from, from + JUDGED_AT_ONCE);
    const visible = await visibleAmong(
      app,
      actor,
      part.map(({ source }) => source.id),
    );
    seen.push(...part.filter(({ source }) => visible.has(source.id)));
  }
  return seen.slice(0, most);
}

function beforeOf(text: string | undefined): number {
  if (text === undefined || text === '') return NEWEST;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
}

async function fillPage(
  app: App,
  actor: Actor,
  start: number,
  sources: FindSources,
  belongs: (entry: FeedEntry) => boolean = () => true,
): Promise<FeedPage> {
  const entries: FeedEntry[] = [];
  let before = start;
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await newestIds(app.db.read, await sources(before), before, READ_AT_ONCE);
    const found = await visibleEntries(app, actor, ids);
    for (const id of ids) {
      if (entries.length === PAGE_SIZE) return { entries, next: before };
      before = id;
      const entry = found.get(id);
      if (entry && belongs(entry)) entries.push(entry);
    }
    if (ids.length < READ_AT_ONCE) return { entries, next: undefined };
    if (entries.length === PAGE_SIZE) break;
  }
  return { entries, next: before };
}
