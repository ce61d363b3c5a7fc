// Queries on follows, blocks and stars, and the one that says which of some repositories somebody may see.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listVisibleAmong } from '../../src/features/repos/lists.store.ts';
import { insertRepository, setCollaborator } from '../../src/features/repos/repos.store.ts';
import { hasStar, insertStar, listStars, removeStar } from '../../src/features/repos/stars.store.ts';
import {
  hasBlocked,
  insertBlock,
  isBlockedEitherWay,
  listBlocked,
  removeBlock,
} from '../../src/features/users/blocks.store.ts';
import { insertFollow, isFollow, listFollows, removeFollow } from '../../src/features/users/follows.store.ts';
import { findById, insertUser } from '../../src/features/users/users.store.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
  teams,
} from '../../src/platform/db/tables/orgs.ts';
import { repositories, teamRepositories } from '../../src/platform/db/tables/repos.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

const AT = 1_700_000_000_000;
const add = async (name: string, more = {}) =>
  place.db.write((tx) =>
    insertUser(tx, { ...newUser(name), passwordHash: null, lastLoginAt: null, ...more }),
  );
const addRepository = async (ownerId: number, name: string, more = {}) =>
  place.db.write((tx) =>
    insertRepository(tx, { ...newRepository(ownerId, name), pushedAt: null, deletedAt: null, ...more }),
  );

test('a follow counts once on both sides, and not at all when it ends', async () => {
  const [ada, bob] = [await add('ada'), await add('bob')];
  const row = { followerId: ada.id, followedId: bob.id, createdAt: AT };
  expect(await place.db.write((tx) => insertFollow(tx, row))).toBe(true);
  expect(await place.db.write((tx) => insertFollow(tx, row))).toBe(false);
  const { read } = place.db;
  expect(await isFollow(read, ada.id, bob.id)).toBe(true);
  expect(await isFollow(read, bob.id, ada.id)).toBe(false);
  expect((await findById(read, ada.id))?.followingCount).toBe(1);
  expect((await findById(read, bob.id))?.followerCount).toBe(1);
  expect(await place.db.write((tx) => removeFollow(tx, ada.id, bob.id))).toBe(true);
  expect(await place.db.write((tx) => removeFollow(tx, ada.id, bob.id))).toBe(false);
  expect((await findById(read, bob.id))?.followerCount).toBe(0);
});

test('followers come in pages, newest first, without suspended accounts', async () => {
  const star = await add('star');
  for (let n = 0; n < 5; n++) {
    const fan = await add(`fan-${n}`, { isSuspended: n === 2 });
    const row = { followerId: fan.id, followedId: star.id, createdAt: AT + (n > 2 ? 1 : 0) };
    await place.db.write((tx) => insertFollow(tx, row));
  }
  const { read } = place.db;
  const first = await listFollows(read, star.id, 'followers', { limit: 2 });
  expect(first.map((person) => person.name)).toEqual(['fan-4', 'fan-3']);
  const after = first[1];
  const rest = await listFollows(read, star.id, 'followers', { limit: 9, ...(after ? { after } : {}) });
  expect(rest.map((person) => person.name)).toEqual(['fan-1', 'fan-0']);
  expect(await listFollows(read, star.id, 'following', { limit: 9 })).toEqual([]);
});

test('a block has a direction, and both sides know that they are apart', async () => {
  const [ada, bob] = [await add('ada'), await add('bob')];
  const row = { blockerId: ada.id, blockedId: bob.id, createdAt: AT };
  expect(await place.db.write((tx) => insertBlock(tx, row))).toBe(true);
  expect(await place.db.write((tx) => insertBlock(tx, row))).toBe(false);
  const { read } = place.db;
  expect(await hasBlocked(read, ada.id, bob.id)).toBe(true);
  expect(await hasBlocked(read, bob.id, ada.id)).toBe(false);
  expect(await isBlockedEitherWay(read, bob.id, ada.id)).toBe(true);
  expect((await listBlocked(read, ada.id, { limit: 9 })).map((person) => person.name)).toEqual(['bob']);
  expect(await place.db.write((tx) => removeBlock(tx, ada.id, bob.id))).toBe(true);
  expect(await isBlockedEitherWay(read, bob.id, ada.id)).toBe(false);
});

test('a star counts once', async () => {
  const ada = await add('ada');
  const repository = await addRepository(ada.id, 'engine');
  const row = { userId: ada.id, repositoryId: repository.id, createdAt: AT };
  const counted = async () =>
    (await place.db.read.select({ count: repositories.starCount }).from(repositories))[0]?.count;
  expect(await place.db.write((tx) => insertStar(tx, row))).toBe(true);
  expect(await place.db.write((tx) => insertStar(tx, row))).toBe(false);
  expect(await counted()).toBe(1);
  expect(await hasStar(place.db.read, ada.id, repository.id)).toBe(true);
  expect(await listStars(place.db.read, ada.id, { limit: 9 })).toEqual([row]);
  expect(await listStars(place.db.read, ada.id, { limit: 9, after: row })).toEqual([]);
  expect(await place.db.write((tx) => removeStar(tx, ada.id, repository.id))).toBe(true);
  expect(await place.db.write((tx) => removeStar(tx, ada.id, repository.id))).toBe(false);
  expect(await counted()).toBe(0);
});

test('of some repositories everybody sees their own, what was given, and what is open to them', async () => {
  const [ada, bob, cyd, org] = [
    await add('ada'),
    await add('bob'),
    await add('cyd'),
    await add('org', { kind: 'organization' }),
  ];
  const open = await addRepository(ada.id, 'public');
  const inner = await addRepository(ada.id, 'internal', { visibility: 'internal' });
  const own = await addRepository(ada.id, 'private', { visibility: 'private' });
  const shared = await addRepository(ada.id, 'shared', { visibility: 'private' });
  const gone = await addRepository(ada.id, 'gone', { deletedAt: AT });
  const ofOrg = await addRepository(org.id, 'of-org', { visibility: 'private' });
  await place.db.write(async (tx) => {
    const given = { repositoryId: shared.id, userId: bob.id, permission: 'read' as const, createdAt: AT };
    await setCollaborator(tx, given);
    const rules = { visibility: 'public', memberCreation: 'all', requiresTwoFactor: false } as const;
    await tx.insert(organizations).values({ ...rules, userId: org.id, basePermission: 'none' });
    for (const userId of [bob.id, cyd.id]) {
      const member = { organizationId: org.id, userId, role: 'member', isPublic: true } as const;
      await tx.insert(organizationMembers).values({ ...member, createdAt: AT });
    }
    const named = { organizationId: org.id, description: '', isSecret: false, unitCaps: {}, createdAt: AT };
    const above = await insertReturning(tx, teams, { ...named, name: 'a', nameKey: 'a', parentId: null });
    const below = await insertReturning(tx, teams, { ...named, name: 'b', nameKey: 'b', parentId: above.id });
    for (const [teamId, ancestorId, depth] of [
      [above.id, above.id, 0],
      [below.id, below.id, 0],
      [below.id, above.id, 1],
    ] as const)
      await tx.insert(teamAncestors).values({ teamId, ancestorId, depth });
    const inTeam = { teamId: below.id, userId: cyd.id, role: 'member', createdAt: AT } as const;
    await tx.insert(teamMembers).values(inTeam);
    const ofTeam = { teamId: above.id, repositoryId: ofOrg.id, permission: 'read', createdAt: AT } as const;
    await tx.insert(teamRepositories).values(ofTeam);
  });
  const all = [open, inner, own, shared, gone, ofOrg].map((row) => row.id);
  const seen = async (viewer: Parameters<typeof listVisibleAmong>[1]) =>
    (await listVisibleAmong(place.db.read, viewer, all)).map((row) => row.repository.name).sort();
  const signedIn = ['public', 'internal'] as const;
  expect(await seen({ sees: ['public'] })).toEqual(['public']);
  expect(await seen({ sees: ['public', 'internal', 'private'] })).toEqual([
    'internal',
    'of-org',
    'private',
    'public',
    'shared',
  ]);
  expect(await seen({ sees: signedIn, userId: ada.id })).toEqual(['internal', 'private', 'public', 'shared']);
  expect(await seen({ sees: signedIn, userId: bob.id })).toEqual(['internal', 'public', 'shared']);
  expect(await seen({ sees: signedIn, userId: cyd.id })).toEqual(['internal', 'of-org', 'public']);
  expect(await seen({ sees: [], userId: bob.id })).toEqual(['shared']);
  expect(await seen({ sees: signedIn, userId: ada.id, selection: [own.id] })).toEqual(['private', 'public']);
  await place.db.write(async (tx) => {
    await tx.update(organizations).set({ basePermission: 'read' });
  });
  expect(await seen({ sees: signedIn, userId: bob.id })).toContain('of-org');
});
