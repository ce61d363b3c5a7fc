// Stars: what somebody likes enough to find it again.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { requireAbility } from './repos.policy.ts';
import type { OpenRepository, RepositorySummary } from './repos.types.ts';
import { insertStar, listStargazers, listStars, removeStar, type StarCursor } from './stars.store.ts';
import { visibleAmong } from './visible.service.ts';

/** Stars a repository; nothing happens when the actor did already. Throws AppError forbidden when its owner blocked them. */
export async function starRepository(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  const { userId } = await requireMayStar(app, actor, open);
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    if (await isBlocked(app, open.owner.id, userId, tx))
      throw new AppError('forbidden', 'You cannot star this repository.');
    if (!(await insertStar(tx, { userId, repositoryId, createdAt: app.clock.now() }))) return;
    await app.events.record(tx, { kind: 'repository.starred', ...doneBy(actor), repositoryId });
  });
}

/** Takes a star back; nothing happens when there was none. */
export async function unstarRepository(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  const { userId } = await requireMayStar(app, actor, open);
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    if (!(await removeStar(tx, userId, repositoryId))) return;
    await app.events.record(tx, { kind: 'repository.unstarred', ...doneBy(actor), repositoryId });
  });
}

async function requireMayStar(app: App, actor: Actor, open: OpenRepository): Promise<UserActor> {
  await requireAbility(app.db.read, actor, open, 'repository:see');
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to star repositories.');
  requireSiteAbility(actor, 'stars:write');
  return actor;
}

export const STARS_PAGE_SIZE = 30;
/** Stars read at once, and how often, to fill a page of those the viewer may see. */
const READ_AT_ONCE = 100;
const ROUNDS = 5;

export interface StarPage {
  items: RepositorySummary[];
  next: string | undefined;
}

/** One page of what somebody starred, as far as the actor may see it, the newest first. */
export async function pageOfStars(
  app: App,
  actor: Actor,
  userId: number,
  afterText: string | undefined,
): Promise<StarPage> {
  const items: RepositorySummary[] = [];
  let after = starCursorOf(afterText);
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await listStars(app.db.read, userId, { limit: READ_AT_ONCE, ...(after ? { after } : {}) });
    const seen = await visibleAmong(
      app,
      actor,
      rows.map((row) => row.repositoryId),
    );
    for (const row of rows) {
      // The page is full: it goes on behind the last row it took.
      if (items.length === STARS_PAGE_SIZE) return { items, next: textOf(after) };
      after = row;
      const summary = seen.get(row.repositoryId);
      if (summary) items.push(summary);
    }
    if (rows.length < READ_AT_ONCE) return { items, next: undefined };
  }
  return { items, next: textOf(after) };
}

function textOf(cursor: StarCursor | undefined): string | undefined {
  return cursor && `${cursor.createdAt}-${cursor.repositoryId}`;
}

function starCursorOf(text: string | undefined): StarCursor | undefined {
  if (text === undefined || text === '') return undefined;
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!match)
    throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
  return { createdAt: Number(match[1]), repositoryId: Number(match[2]) };
}

/** One page of the ids of those who starred a repository, the first of them first. */
export async function stargazersOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { page, limit }: { page: number; limit: number },
): Promise<number[]> {
  await requireAbility(app.db.read, actor, open, 'repository:see');
  return listStargazers(app.db.read, open.repository.id, { offset: (page - 1) * limit, limit });
}
