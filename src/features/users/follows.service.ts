// Following people: whose work shows up in one's feed.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { isBlockedEitherWay } from './blocks.store.ts';
import {
  type FollowSide,
  followedAmong,
  insertFollow,
  isFollow,
  listFollowIds,
  listFollows,
  removeFollow,
} from './follows.store.ts';
import { PEOPLE_PAGE_SIZE, pageOfPeople, personCursorOf, requirePerson } from './people.service.ts';
import type { PeoplePage } from './people.types.ts';
import { requireAccountAbility } from './users.policy.ts';

export type { FollowSide } from './follows.store.ts';

/** Follows somebody; nothing happens when the actor does already. Throws AppError not_found, forbidden (blocked), invalid (oneself). */
export async function followUser(app: App, actor: Actor, name: string): Promise<void> {
  const [followerId, person] = await sidesOf(app, actor, name);
  if (followerId === person.id) throw new AppError('invalid', 'You cannot follow yourself.');
  await app.db.write(async (tx) => {
    if (await isBlockedEitherWay(tx, followerId, person.id))
      throw new AppError('forbidden', 'You cannot follow this account.');
    const createdAt = app.clock.now();
    if (!(await insertFollow(tx, { followerId, followedId: person.id, createdAt }))) return;
    await app.events.record(tx, { kind: 'user.followed', ...doneBy(actor), userId: person.id });
  });
}

/** Follows somebody no longer; nothing happens when the actor did not. */
export async function unfollowUser(app: App, actor: Actor, name: string): Promise<void> {
  const [followerId, person] = await sidesOf(app, actor, name);
  await app.db.write(async (tx) => {
    if (!(await removeFollow(tx, followerId, person.id))) return;
    await app.events.record(tx, { kind: 'user.unfollowed', ...doneBy(actor), userId: person.id });
  });
}

async function sidesOf(app: App, actor: Actor, name: string) {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to follow people.');
  const person = await requirePerson(app, actor, name);
  requireAccountAbility(actor, person.id, 'follows:write');
  return [actor.userId, person] as const;
}

/** Whether the actor follows an account. */
export async function isFollowing(app: App, actor: Actor, userId: number): Promise<boolean> {
  return actor.kind === 'user' && isFollow(app.db.read, actor.userId, userId);
}

/** One page of an account's followers, or of those it follows, the newest first. */
export async function pageOfFollows(
  app: App,
  userId: number,
  side: FollowSide,
  after: string | undefined,
): Promise<PeoplePage> {
  const cursor = personCursorOf(after);
  const page = { limit: PEOPLE_PAGE_SIZE + 1, ...(cursor ? { after: cursor } : {}) };
  return pageOfPeople(await listFollows(app.db.read, userId, side, page));
}

/** Whether one account follows another, as anybody may know. */
export async function follows(app: App, followerId: number, followedId: number): Promise<boolean> {
  return isFollow(app.db.read, followerId, followedId);
}

/** The ids on one page of an account's followers, or of those it follows, the newest first. */
export async function followIds(
  app: App,
  userId: number,
  side: FollowSide,
  { page, limit }: { page: number; limit: number },
): Promise<number[]> {
  return listFollowIds(app.db.read, userId, side, { offset: (page - 1) * limit, limit });
}

/** Which of these accounts the actor follows. */
export async function followingAmong(app: App, actor: Actor, ids: number[]): Promise<Set<number>> {
  return actor.kind === 'user' ? followedAmong(app.db.read, actor.userId, ids) : new Set();
}
