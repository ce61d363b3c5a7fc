// Feeds read the newest of many sources; contributions count once.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertEntry } from '../../src/features/issues/entries.store.ts';
import { insertIssue } from '../../src/features/issues/issues.store.ts';
import { findTitles, findToldComments } from '../../src/features/issues/told-issues.store.ts';
import { addContributions, countDaily } from '../../src/features/profiles/contributions.store.ts';
import {
  actorSources,
  newestIds,
  organizationSources,
  repositorySources,
} from '../../src/features/profiles/feed.store.ts';
import { listPins, replacePins } from '../../src/features/profiles/pins.store.ts';
import { insertStar } from '../../src/features/repos/stars.store.ts';
import { insertFollow } from '../../src/features/users/follows.store.ts';
import { findEvents, insertEvent } from '../../src/platform/events/events.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { worldIn } from '../support/standing.ts';

let place: TestDatabase;
let world: ReturnType<typeof worldIn>;
beforeEach(async () => {
  place = await openTestDb();
  world = worldIn(place.db);
});
afterEach(() => place.close());

const AT = 1_700_000_000_000;
const LAST = Number.MAX_SAFE_INTEGER;
const repositoryOf = async (ownerId: number, name: string) =>
  (await world.repository({ id: ownerId, kind: 'user' }, name)).repository.id;
const happen = async (actorId: number, repositoryId: number | null) => {
  const row = { kind: 'push', actorId, repositoryId, data: {}, createdAt: AT };
  return (await place.db.write((tx) => insertEvent(tx, row))).id;
};

test('a feed has the newest of what one owns, stars and follows, and nothing else', async () => {
  const [me, other, friend] = [
    await world.person('me'),
    await world.person('other'),
    await world.person('friend'),
  ];
  const own = await repositoryOf(me.userId, 'own');
  const starred = await repositoryOf(other.userId, 'starred');
  const foreign = await repositoryOf(other.userId, 'foreign');
  await place.db.write(async (tx) => {
    await insertStar(tx, { userId: me.userId, repositoryId: starred, createdAt: AT });
    await insertFollow(tx, { followerId: me.userId, followedId: friend.userId, createdAt: AT });
  });
  const inOwn = await happen(other.userId, own);
  await happen(other.userId, foreign);
  const byFriend = await happen(friend.userId, foreign);
  const inStarred = await happen(friend.userId, starred);
  const { read } = place.db;
  const repositories = await repositorySources(read, me.userId, LAST, 9);
  expect(repositories).toEqual([
    { source: { kind: 'repository', id: starred }, newest: inStarred },
    { source: { kind: 'repository', id: own }, newest: inOwn },
  ]);
  const actors = await actorSources(read, me.userId, LAST, 9);
  expect(actors).toEqual([{ source: { kind: 'actor', id: friend.userId }, newest: inStarred }]);
  const sources = [...repositories, ...actors];
  expect(await newestIds(read, sources, LAST, 9)).toEqual([inStarred, byFriend, inOwn]);
  expect(await newestIds(read, sources, inStarred, 1)).toEqual([byFriend]);
  expect(await newestIds(read, [], LAST, 9)).toEqual([]);
  expect((await actorSources(read, me.userId, byFriend, 9)).length).toBe(0);
  expect((await repositorySources(read, me.userId, LAST, 1)).map(({ newest }) => newest)).toEqual([
    inStarred,
  ]);
  expect((await findEvents(read, [inOwn, byFriend])).map(({ id }) => id).sort()).toEqual([inOwn, byFriend]);
});

test('an event that is the newest of its repository and of its actor hides no other', async () => {
  const [me, friend] = [await world.person('me'), await world.person('friend')];
  const [one, other] = [await repositoryOf(me.userId, 'one'), await repositoryOf(me.userId, 'other')];
  const follow = { followerId: me.userId, followedId: friend.userId, createdAt: AT };
  await place.db.write((tx) => insertFollow(tx, follow));
  const foreign = await repositoryOf(friend.userId, 'foreign');
  const ids: number[] = [];
  for (const repositoryId of [one, other, foreign, foreign, one])
    ids.push(await happen(friend.userId, repositoryId));
  const { read } = place.db;
  for (let limit = 1; limit <= 5; limit++) {
    const repositories = await repositorySources(read, me.userId, LAST, limit);
    const actors = await actorSources(read, me.userId, LAST, limit);
    const found = await newestIds(read, [...repositories, ...actors], LAST, limit);
    expect(found).toEqual(ids.toReversed().slice(0, limit));
  }
});

test('a contribution counts once, on its day', async () => {
  const me = await world.person('me');
  const repositoryId = await repositoryOf(me.userId, 'own');
  const row = (subject: string, day: number) => ({ userId: me.userId, repositoryId, subject, day });
  const add = (...rows: ReturnType<typeof row>[]) =>
    place.db.write((tx) => addContributions(tx, repositoryId, rows));
  expect(await add(row('a', 10), row('b', 10))).toBe(2);
  expect(await add(row('b', 10), row('c', 11))).toBe(1);
  expect(await add()).toBe(0);
  const counted = await countDaily(place.db.read, me.userId, { first: 10, last: 10 });
  expect(counted.map(({ total }) => Number(total))).toEqual([2]);
});

test('pins keep their order', async () => {
  const me = await world.person('me');
  const ids = [await repositoryOf(me.userId, 'one'), await repositoryOf(me.userId, 'two')];
  await place.db.write((tx) => replacePins(tx, me.userId, ids));
  expect(await listPins(place.db.read, me.userId)).toEqual(ids);
  await place.db.write((tx) => replacePins(tx, me.userId, ids.toReversed()));
  expect(await listPins(place.db.read, me.userId)).toEqual(ids.toReversed());
});

test('an organization’s sources are its repositories with events, the newest first', async () => {
  const owner = await world.person('owner');
  const organizationId = await world.organization('mill');
  const of = async (name: string) =>
    (await world.repository({ id: organizationId, kind: 'organization' }, name)).repository.id;
  const [one, two] = [await of('one'), await of('two')];
  await of('silent');
  const foreign = await repositoryOf(owner.userId, 'foreign');
  const first = await happen(owner.userId, two);
  const second = await happen(owner.userId, one);
  await happen(owner.userId, foreign);
  const sources = await organizationSources(place.db.read, organizationId, LAST);
  expect(sources).toEqual([
    { source: { kind: 'repository', id: one }, newest: second },
    { source: { kind: 'repository', id: two }, newest: first },
  ]);
  expect(await organizationSources(place.db.read, organizationId, second)).toEqual([
    { source: { kind: 'repository', id: two }, newest: first },
  ]);
  expect(await organizationSources(place.db.read, organizationId, first)).toEqual([]);
});

test('of issues and pull requests what exists is told, and of comments what is neither deleted nor hidden as spam', async () => {
  const me = await world.person('me');
  const repositoryId = await repositoryOf(me.userId, 'own');
  const made = { authorId: me.userId, body: '', createdAt: AT, updatedAt: AT, state: 'open' as const };
  const [issue, pull] = await place.db.write(async (tx) => [
    await insertIssue(tx, { ...made, repositoryId, number: 1, isPull: false, title: 'One' }),
    await insertIssue(tx, { ...made, repositoryId, number: 2, isPull: true, title: 'Two' }),
  ]);
  expect(await findTitles(place.db.read, [issue.id, pull.id, 999])).toEqual([
    { id: issue.id, repositoryId, number: 1, title: 'One', isPull: false },
    { id: pull.id, repositoryId, number: 2, title: 'Two', isPull: true },
  ]);
  expect(await findTitles(place.db.read, [])).toEqual([]);
  const entry = { issueId: issue.id, actorId: me.userId, data: {}, createdAt: AT };
  const ids = await place.db.write(async (tx) => [
    await insertEntry(tx, { ...entry, kind: 'comment', body: 'a' }),
    await insertEntry(tx, { ...entry, kind: 'comment', body: 'b', hiddenReason: 'off_topic' }),
    await insertEntry(tx, { ...entry, kind: 'comment', body: 'c', hiddenReason: 'spam' }),
    await insertEntry(tx, { ...entry, kind: 'comment', body: 'd', hiddenReason: 'abuse' }),
    await insertEntry(tx, { ...entry, kind: 'closed' }),
  ]);
  expect((await findToldComments(place.db.read, [...ids, 999])).toSorted()).toEqual(ids.slice(0, 2));
  expect(await findToldComments(place.db.read, [])).toEqual([]);
});
