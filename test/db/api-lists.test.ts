// Queries behind the lists of the REST API: accounts as they are shown, searches, pages by number, counts of the site.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countUsage } from '../../src/features/admin/site-usage.store.ts';
import { firstEventSince, teamSources } from '../../src/features/profiles/feed.store.ts';
import { listStarred, listWatched } from '../../src/features/repos/kept-lists.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import type { Viewer } from '../../src/features/repos/repos.types.ts';
import { insertStar } from '../../src/features/repos/stars.store.ts';
import { putWatch } from '../../src/features/repos/watches.store.ts';
import { listShownAccounts } from '../../src/features/users/accounts.store.ts';
import { countBlocked, insertBlock, listBlockedIds } from '../../src/features/users/blocks.store.ts';
import { insertFollow, listFollowIds } from '../../src/features/users/follows.store.ts';
import { countFound, listFound } from '../../src/features/users/search.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { issueCounters } from '../../src/platform/db/tables/issues.ts';
import { organizations, teamAncestors, teams } from '../../src/platform/db/tables/orgs.ts';
import { events } from '../../src/platform/db/tables/platform.ts';
import { teamRepositories } from '../../src/platform/db/tables/repos.ts';
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
const ANYBODY: Viewer = { sees: ['public'] };

test('accounts are shown with the visibility of organizations and the stars on public repositories', async () => {
  const [ada, bob, gone] = [await add('ada'), await add('bob'), await add('gone', { kind: 'ghost' })];
  const guild = await add('guild', { kind: 'organization' });
  await place.db.write(async (tx) => {
    const rules = { basePermission: 'none', memberCreation: 'none', requiresTwoFactor: false } as const;
    await tx.insert(organizations).values({ userId: guild.id, visibility: 'internal', ...rules });
  });
  for (const visibility of ['public', 'internal', 'private'] as const) {
    const { id } = await addRepository(ada.id, visibility, { visibility });
    await place.db.write((tx) => insertStar(tx, { userId: bob.id, repositoryId: id, createdAt: AT }));
  }
  const shown = await listShownAccounts(place.db.read, [ada.id, bob.id, guild.id, gone.id, 99_999]);
  const told = shown.map(({ user, visibility, starCount }) => [user.name, visibility, starCount]);
  expect(told.toSorted()).toEqual([
    ['ada', null, 0],
    ['bob', null, 1],
    ['guild', 'internal', 0],
  ]);
  expect(await listShownAccounts(place.db.read, [])).toEqual([]);
});

test('people are found by a part of either name, whatever its case, and wildcards are letters', async () => {
  const ada = await add('ada', { displayName: 'Countess Lovelace' });
  await add('under_score');
  await add('bot-a', { kind: 'bot' });
  await add('ada-gone', { isSuspended: true });
  await add('adas', { kind: 'organization' });
  const { read } = place.db;
  const page = { order: 'alphabetically', offset: 0, limit: 10 } as const;
  expect(await listFound(read, { words: 'LOVEL' }, page)).toEqual([ada.id]);
  expect(await listFound(read, { words: 'ada' }, page)).toEqual([ada.id]);
  expect(await countFound(read, { words: '_' })).toBe(1);
  expect(await countFound(read, { words: '%' })).toBe(0);
  expect(await countFound(read, { words: '!' })).toBe(0);
  expect(await countFound(read, {})).toBe(3);
  expect(await listFound(read, { id: ada.id }, page)).toEqual([ada.id]);
  expect((await listFound(read, {}, { ...page, order: 'newest' })).at(-1)).toBe(ada.id);
  expect(await listFound(read, {}, { ...page, offset: 2, limit: 1 })).toHaveLength(1);
});

test('follows and blocks come by number, the newest first', async () => {
  const ada = await add('ada');
  const others = [await add('b'), await add('c'), await add('d', { isSuspended: true })];
  await place.db.write(async (tx) => {
    for (const [index, { id }] of others.entries()) {
      await insertFollow(tx, { followerId: id, followedId: ada.id, createdAt: AT + index });
      await insertBlock(tx, { blockerId: ada.id, blockedId: id, createdAt: AT + index });
    }
  });
  const [b, c, d] = others.map(({ id }) => id);
  const { read } = place.db;
  expect(await listFollowIds(read, ada.id, 'followers', { offset: 0, limit: 5 })).toEqual([c, b]);
  expect(await listFollowIds(read, ada.id, 'followers', { offset: 1, limit: 5 })).toEqual([b]);
  expect(await listFollowIds(read, Number(b), 'following', { offset: 0, limit: 5 })).toEqual([ada.id]);
  expect(await listBlockedIds(read, ada.id, { offset: 0, limit: 2 })).toEqual([d, c]);
  expect(await countBlocked(read, ada.id)).toBe(3);
});

test('stars and watches are listed and counted as far as they may be seen', async () => {
  const ada = await add('ada');
  const ids: number[] = [];
  for (const visibility of ['public', 'private', 'public'] as const)
    ids.push((await addRepository(ada.id, `r${ids.length}`, { visibility })).id);
  const gone = await addRepository(ada.id, 'gone', { visibility: 'public', deletedAt: AT });
  await place.db.write(async (tx) => {
    for (const [index, repositoryId] of [...ids, gone.id].entries()) {
      const row = { userId: ada.id, repositoryId, createdAt: AT + index };
      await insertStar(tx, row);
      await putWatch(tx, { ...row, level: index === 2 ? 'ignore' : 'all', kinds: [] });
    }
  });
  const page = { offset: 0, limit: 10 };
  const own = { ...ANYBODY, userId: ada.id };
  const { read } = place.db;
  expect(await listStarred(read, ANYBODY, ada.id, page)).toEqual({ ids: [ids[2], ids[0]], total: 2 });
  expect(await listStarred(read, own, ada.id, page)).toEqual({ ids: ids.toReversed(), total: 3 });
  expect(await listStarred(read, own, ada.id, { offset: 2, limit: 10 })).toEqual({ ids: [ids[0]], total: 3 });
  expect(await listWatched(read, ANYBODY, ada.id, page)).toEqual({ ids: [ids[0]], total: 1 });
  expect(await listWatched(read, own, ada.id, page)).toEqual({ ids: [ids[1], ids[0]], total: 2 });
});

test('the usage counts people who may sign in and what is public', async () => {
  const ada = await add('ada', { lastLoginAt: AT });
  await add('old', { lastLoginAt: AT - 100 });
  await add('never');
  await add('out', { lastLoginAt: AT, isSuspended: true });
  await add('bot', { kind: 'bot', lastLoginAt: AT });
  const nothing = { total: 0, activeMonth: 0, activeHalfyear: 0, localPosts: 0 };
  for (const visibility of ['public', 'private'] as const) {
    const { id: repositoryId } = await addRepository(ada.id, visibility, { visibility });
    const counts = { lastNumber: 9, openIssues: 1, closedIssues: 2, openPulls: 3, closedPulls: 1 };
    await place.db.write((tx) => tx.insert(issueCounters).values({ repositoryId, ...counts }));
  }
  const since = { month: AT - 50, halfYear: AT - 200 };
  expect(await countUsage(place.db.read, since)).toEqual({
    ...nothing,
    ...{ total: 3, activeMonth: 1, activeHalfyear: 2, localPosts: 7 },
  });
});

test('an empty site has no usage', async () => {
  expect(await countUsage(place.db.read, { month: AT, halfYear: AT })).toEqual({
    ...{ total: 0, activeMonth: 0, activeHalfyear: 0, localPosts: 0 },
  });
});

test('the first event since an instant is found among those before and behind', async () => {
  const { read } = place.db;
  expect(await firstEventSince(read, AT)).toBe(1);
  const ids: number[] = [];
  for (const createdAt of [AT, AT + 10, AT + 10, AT + 20]) {
    const row = { kind: 'test', actorId: null, repositoryId: null, data: {}, createdAt };
    ids.push((await place.db.write((tx) => insertReturning(tx, events, row))).id);
  }
  expect(await firstEventSince(read, AT - 5)).toBe(ids[0]);
  expect(await firstEventSince(read, AT + 5)).toBe(ids[1]);
  expect(await firstEventSince(read, AT + 10)).toBe(ids[1]);
  expect(await firstEventSince(read, AT + 11)).toBe(ids[3]);
  expect(await firstEventSince(read, AT + 30)).toBe(Number(ids[3]) + 1);
});

test('what a team has by itself or from above is a source of its feed, once each', async () => {
  const guild = await add('guild', { kind: 'organization' });
  const [own, above, other] = [
    await addRepository(guild.id, 'own'),
    await addRepository(guild.id, 'above'),
    await addRepository(guild.id, 'other'),
  ].map(({ id }) => id);
  const team = await place.db.write(async (tx) => {
    const rules = { basePermission: 'none', memberCreation: 'none', requiresTwoFactor: false } as const;
    await tx.insert(organizations).values({ userId: guild.id, visibility: 'public', ...rules });
    const named = { organizationId: guild.id, description: '', isSecret: false, unitCaps: {}, createdAt: AT };
    const parent = await insertReturning(tx, teams, { ...named, name: 'a', nameKey: 'a', parentId: null });
    const child = await insertReturning(tx, teams, {
      ...named,
      name: 'b',
      nameKey: 'b',
      parentId: parent.id,
    });
    for (const [teamId, ancestorId, depth] of [
      [parent.id, parent.id, 0],
      [child.id, child.id, 0],
      [child.id, parent.id, 1],
    ] as const)
      await tx.insert(teamAncestors).values({ teamId, ancestorId, depth });
    for (const [teamId, repositoryId] of [
      [child.id, own],
      [parent.id, own],
      [parent.id, above],
    ] as const) {
      const given = {
        teamId,
        repositoryId: Number(repositoryId),
        permission: 'read',
        createdAt: AT,
      } as const;
      await tx.insert(teamRepositories).values(given);
    }
    return child.id;
  });
  const newest: number[] = [];
  for (const repositoryId of [own, above, own, other]) {
    const row = { kind: 'test', actorId: null, repositoryId: Number(repositoryId), data: {}, createdAt: AT };
    newest.push((await place.db.write((tx) => insertReturning(tx, events, row))).id);
  }
  const told = async (before: number) =>
    (await teamSources(place.db.read, team, before)).map((one) => [one.source.id, one.newest]);
  expect(await told(Number.MAX_SAFE_INTEGER)).toEqual([
    [own, newest[2]],
    [above, newest[1]],
  ]);
  expect(await told(Number(newest[2]))).toEqual([
    [above, newest[1]],
    [own, newest[0]],
  ]);
});
