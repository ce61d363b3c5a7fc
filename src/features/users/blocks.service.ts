// Blocking people. Whoever is blocked cannot follow the blocker, star the blocker's repositories or be invited by them,
// and the other way round; rooms that add people ask `isBlocked`.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  countBlocked,
  hasBlocked,
  insertBlock,
  isBlockedEitherWay,
  listApartAmong,
  listBlocked,
  listBlockedIds,
  listBlockersAmong,
  removeBlock,
} from './blocks.store.ts';
import { removeFollow } from './follows.store.ts';
import { PEOPLE_PAGE_SIZE, pageOfPeople, personCursorOf } from './people.service.ts';
import type { PeoplePage } from './people.types.ts';
import { requireAccountAbility } from './users.policy.ts';
import { findUserByName } from './users.service.ts';
import { findById } from './users.store.ts';

/** Blocks an account for the actor's own. Follows end both ways. Throws AppError invalid on `username`. */
export async function blockUser(app: App, actor: Actor, blockerId: number, username: string): Promise<void> {
  requireAccountAbility(actor, blockerId, 'blocks:manage');
  await block(app, actor, blockerId, username);
}

/** Unblocks an account for the actor's own. */
export async function unblockUser(
  app: App,
  actor: Actor,
  blockerId: number,
  blockedId: number,
): Promise<void> {
  requireAccountAbility(actor, blockerId, 'blocks:manage');
  await unblock(app, actor, blockerId, blockedId);
}

/** One page of those the actor's own account blocked. */
export async function listBlocks(
  app: App,
  actor: Actor,
  blockerId: number,
  after?: string,
): Promise<PeoplePage> {
  requireAccountAbility(actor, blockerId, 'blocks:read');
  return pageOfBlocks(app, blockerId, after);
}

/** The ids on one page of those the actor's own account blocked, the newest first, and how many there are. */
export async function blockedIds(
  app: App,
  actor: Actor,
  blockerId: number,
  { page, limit }: { page: number; limit: number },
): Promise<{ ids: number[]; total: number }> {
  requireAccountAbility(actor, blockerId, 'blocks:read');
  return blockedIdsOf(app, blockerId, { page, limit });
}

/** As `blockedIds` of any account, an organization's too; the caller has judged who may see it. */
export async function blockedIdsOf(
  app: App,
  blockerId: number,
  { page, limit }: { page: number; limit: number },
): Promise<{ ids: number[]; total: number }> {
  const [ids, total] = await Promise.all([
    listBlockedIds(app.db.read, blockerId, { offset: (page - 1) * limit, limit }),
    countBlocked(app.db.read, blockerId),
  ]);
  return { ids, total };
}

/** Blocks an account for an organization; the orgs room has judged who may. */
export async function blockForOrganization(
  app: App,
  actor: Actor,
  organizationId: number,
  username: string,
): Promise<void> {
  await block(app, actor, organizationId, username, { organizationId });
}

/** Unblocks an account for an organization; the orgs room has judged who may. */
export async function unblockForOrganization(
  app: App,
  actor: Actor,
  organizationId: number,
  blockedId: number,
): Promise<void> {
  await unblock(app, actor, organizationId, blockedId, { organizationId });
}

/** One page of those an organization blocked; the orgs room has judged who may see it. */
export async function pageOfBlocks(app: App, blockerId: number, after?: string): Promise<PeoplePage> {
  const cursor = personCursorOf(after);
  const page = { limit: PEOPLE_PAGE_SIZE + 1, ...(cursor ? { after: cursor } : {}) };
  return pageOfPeople(await listBlocked(app.db.read, blockerId, page));
}

/** Whether one account has blocked another; `reader` may be a running transaction. */
export async function isBlocked(
  app: App,
  blockerId: number,
  blockedId: number,
  reader: Reader | Tx = app.db.read,
): Promise<boolean> {
  return hasBlocked(reader, blockerId, blockedId);
}

/** Of these accounts those that have blocked one. */
export async function blockersAmong(
  app: App,
  accountIds: Iterable<number>,
  blockedId: number,
): Promise<Set<number>> {
  return listBlockersAmong(app.db.read, [...new Set(accountIds)], blockedId);
}

/** Whether either of two accounts has blocked the other: then neither adds or invites the other. */
export async function areApart(
  app: App,
  one: number,
  other: number,
  reader: Reader | Tx = app.db.read,
): Promise<boolean> {
  return isBlockedEitherWay(reader, one, other);
}

/** Of some accounts those that have blocked one, or that it has blocked: as `areApart`, for a set. */
export async function apartAmong(app: App, one: number, others: readonly number[]): Promise<Set<number>> {
  return new Set(await listApartAmong(app.db.read, one, others));
}

async function block(
  app: App,
  actor: Actor,
  blockerId: number,
  username: string,
  by: { organizationId?: number } = {},
): Promise<void> {
  const person = await findUserByName(app, username.trim());
  if (!person || (person.kind !== 'user' && person.kind !== 'bot'))
    throw invalid({ username: `There is no user named ${username.trim().slice(0, 40)}.` });
  if (person.id === blockerId) throw invalid({ username: 'You cannot block yourself.' });
  await app.db.write(async (tx) => {
    const createdAt = app.clock.now();
    if (!(await insertBlock(tx, { blockerId, blockedId: person.id, createdAt }))) return;
    await removeFollow(tx, blockerId, person.id);
    await removeFollow(tx, person.id, blockerId);
    await app.events.record(tx, { kind: 'user.blocked', ...doneBy(actor), userId: person.id, ...by });
  });
}

async function unblock(
  app: App,
  actor: Actor,
  blockerId: number,
  blockedId: number,
  by: { organizationId?: number } = {},
): Promise<void> {
  await app.db.write(async (tx) => {
    if (!(await findById(tx, blockedId))) throw notFound('user');
    if (!(await removeBlock(tx, blockerId, blockedId))) return;
    await app.events.record(tx, { kind: 'user.unblocked', ...doneBy(actor), userId: blockedId, ...by });
  });
}
