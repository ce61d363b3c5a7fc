// What the API searches of repositories, and topics: on every engine the same, and never more than somebody may see.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ANONYMOUS, type UserActor } from '../../src/base/actor.ts';
import { listRepositories } from '../../src/features/repos/lists.store.ts';
import { viewerOf } from '../../src/features/repos/repos.policy.ts';
import {
  countRepositories,
  type RepositorySearch,
  type SearchPage,
  searchRepositories,
} from '../../src/features/repos/search.store.ts';
import { countReleases, listFacts } from '../../src/features/repos/shown-facts.store.ts';
import { insertStar, listStargazers } from '../../src/features/repos/stars.store.ts';
import {
  countTopics,
  listTopics,
  replaceTopics,
  searchTopics,
} from '../../src/features/repos/topics.store.ts';
import { countWatchersAmong, putWatch } from '../../src/features/repos/watches.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { worldIn } from '../support/standing.ts';

let place: TestDatabase;
let world: ReturnType<typeof worldIn>;
let ada: UserActor;
let ben: UserActor;
const ids = new Map<string, number>();

beforeEach(async () => {
  place = await openTestDb();
  world = worldIn(place.db);
  [ada, ben] = [await world.person('ada'), await world.person('ben')];
  const owner = { id: ada.userId, kind: 'user' as const };
  const add = async (name: string, more: Parameters<typeof world.repository>[2]) =>
    ids.set(name, (await world.repository(owner, name, more)).repository.id);
  await add('Alpha', { visibility: 'public', description: 'The FIRST of all', createdAt: 3, starCount: 2 });
  await add('beta', { visibility: 'public', createdAt: 2, isTemplate: true, sizeBytes: 9 });
  await add('gamma', { visibility: 'private', createdAt: 1, archivedAt: 5 });
  await add('mirror', { visibility: 'public', createdAt: 4, isMirror: true });
  await add('fork', { visibility: 'public', createdAt: 5, parentId: ids.get('Alpha') ?? null });
  await add('gone', { visibility: 'public', deletedAt: 1 });
});
afterEach(() => place.close());

const PAGE: SearchPage = { order: 'alpha', descending: false, offset: 0, limit: 50 };

async function found(
  search: RepositorySearch,
  page: Partial<SearchPage> = {},
  actor: UserActor | typeof ANONYMOUS = ada,
): Promise<string[]> {
  const viewer = viewerOf(actor);
  const rows = await searchRepositories(place.db.read, viewer, search, { ...PAGE, ...page });
  if (Object.keys(page).length === 0)
    expect(await countRepositories(place.db.read, viewer, search)).toBe(rows.length);
  return rows.map(({ repository }) => repository.name);
}

const idOf = (name: string) => ids.get(name) ?? 0;

test('each parameter narrows the search by itself', async () => {
  expect(await found({})).toEqual(['Alpha', 'beta', 'fork', 'gamma', 'mirror']);
  expect(await found({}, {}, ANONYMOUS)).toEqual(['Alpha', 'beta', 'fork', 'mirror']);
  expect(await found({ words: 'AL' })).toEqual(['Alpha']);
  expect(await found({ words: 'ada/a' })).toEqual(['Alpha', 'beta', 'gamma']);
  expect(await found({ words: 'ben/a' })).toEqual([]);
  expect(await found({ words: 'first' })).toEqual([]);
  expect(await found({ words: 'first', inDescription: true })).toEqual(['Alpha']);
  expect(await found({ words: '%' })).toEqual([]);
  expect(await found({ isPublic: false })).toEqual(['gamma']);
  expect(await found({ isTemplate: true })).toEqual(['beta']);
  expect(await found({ isArchived: true })).toEqual(['gamma']);
  expect(await found({ isMirror: true })).toEqual(['mirror']);
  expect(await found({ isFork: true })).toEqual(['fork']);
  expect(await found({ parentId: idOf('Alpha') })).toEqual(['fork']);
  expect(await found({ isFork: false, isMirror: false })).toEqual(['Alpha', 'beta', 'gamma']);
  expect(await found({ ownerId: ben.userId })).toEqual([]);
});

test('what somebody was given is theirs besides what they own', async () => {
  await world.collaborator(idOf('gamma'), ben.userId, 'read');
  const own = { id: ben.userId, kind: 'user' as const };
  await world.repository(own, 'zeta', { visibility: 'private' });
  expect(await found({ memberId: ben.userId }, {}, ben)).toEqual(['gamma', 'zeta']);
  expect(await found({ memberId: ben.userId, isGiven: true }, {}, ben)).toEqual(['gamma']);
  expect(await found({ memberId: ben.userId }, {}, ANONYMOUS)).toEqual([]);
});

test('pages follow each other in every order, each repository once', async () => {
  expect(await found({}, { order: 'created', descending: true })).toEqual([
    'fork',
    'mirror',
    'Alpha',
    'beta',
    'gamma',
  ]);
  expect(await found({}, { order: 'stars', descending: true, limit: 1 })).toEqual(['Alpha']);
  expect(await found({}, { order: 'size', descending: true, limit: 1 })).toEqual(['beta']);
  for (const order of ['alpha', 'updated', 'forks', 'id', 'lfs_size', 'git_size'] as const) {
    const pages = [];
    for (const offset of [0, 2, 4]) pages.push(...(await found({}, { order, offset, limit: 2 })));
    expect(pages.toSorted(), order).toEqual(['Alpha', 'beta', 'fork', 'gamma', 'mirror']);
  }
  expect(await found({}, { firstOwnerId: ben.userId, limit: 1 })).toEqual(['Alpha']);
});

test('topics are replaced, counted and found, of what somebody may see alone', async () => {
  const set = (name: string, topics: string[], at = 1_000) =>
    place.db.write((tx) => replaceTopics(tx, idOf(name), topics, at));
  await set('Alpha', ['forge', 'git']);
  await set('Alpha', ['forge', 'rust'], 2_000);
  await set('gamma', ['forge', 'secret_plan']);
  await set('gone', ['forge']);
  const rows = await listTopics(place.db.read, [idOf('Alpha'), idOf('gamma')]);
  expect(rows.filter(({ repositoryId }) => repositoryId === idOf('Alpha')).map(({ name }) => name)).toEqual([
    'forge',
    'rust',
  ]);
  const page = { offset: 0, limit: 9 };
  const search = (actor: UserActor | typeof ANONYMOUS, text: string) =>
    searchTopics(place.db.read, viewerOf(actor), text, page);
  expect(await search(ada, 'org')).toEqual([
    { name: 'forge', repositories: 2, createdAt: 1_000, updatedAt: 1_000 },
  ]);
  expect(await search(ben, '')).toMatchObject([
    { name: 'forge', repositories: 1 },
    { name: 'rust', repositories: 1, createdAt: 2_000 },
  ]);
  expect(await search(ben, 'secret')).toEqual([]);
  expect(await search(ada, 'secret_')).toHaveLength(1);
  expect(await search(ada, 'org_')).toEqual([]);
  expect(await countTopics(place.db.read, viewerOf(ada), '')).toBe(3);
  expect(await countTopics(place.db.read, viewerOf(ben), '')).toBe(2);
  expect(await found({ topic: 'forge' })).toEqual(['Alpha', 'gamma']);
  expect(await found({ topic: 'forge' }, {}, ben)).toEqual(['Alpha']);
  expect(await found({ words: 'rust' })).toEqual(['Alpha']);
  const listed = await listRepositories(place.db.read, { viewer: viewerOf(ben), topic: 'forge', limit: 9 });
  expect(listed.map(({ repository }) => repository.name)).toEqual(['Alpha']);
  await set('Alpha', []);
  expect(await found({ topic: 'rust' })).toEqual([]);
});

test('what stands beside repositories is found for many at once', async () => {
  const all = [...ids.values()];
  expect(await listFacts(place.db.read, [])).toEqual([]);
  const facts = await listFacts(place.db.read, all);
  expect(facts.map(({ id }) => id).toSorted()).toEqual(all.toSorted());
  expect(facts[0]).toMatchObject({ openIssues: null, mirrorUrl: null, transfer: null });
  expect((await countReleases(place.db.read, all)).size).toBe(0);
  await place.db.write(async (tx) => {
    await insertStar(tx, { userId: ben.userId, repositoryId: idOf('beta'), createdAt: 5 });
    await insertStar(tx, { userId: ada.userId, repositoryId: idOf('beta'), createdAt: 6 });
    const row = { repositoryId: idOf('beta'), kinds: [], createdAt: 5 };
    await putWatch(tx, { ...row, userId: ben.userId, level: 'all' });
    await putWatch(tx, { ...row, userId: ada.userId, level: 'ignore' });
  });
  expect(await listStargazers(place.db.read, idOf('beta'), { offset: 0, limit: 9 })).toEqual([
    ben.userId,
    ada.userId,
  ]);
  expect(await listStargazers(place.db.read, idOf('beta'), { offset: 1, limit: 9 })).toEqual([ada.userId]);
  expect([...(await countWatchersAmong(place.db.read, all))]).toEqual([[idOf('beta'), 1]]);
  expect(await found({ starredById: ben.userId })).toEqual(['beta']);
});
