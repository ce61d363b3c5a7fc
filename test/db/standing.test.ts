// What people were given on repositories, through nested teams too, and that lists show exactly what the gate opens.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRandom } from '../../scripts/corpus/random.ts';
import { type Actor, ANONYMOUS, SYSTEM, type UserActor } from '../../src/base/actor.ts';
import { isAppError } from '../../src/base/errors.ts';
import { type ListFilter, listRepositories, listVisibleAmong } from '../../src/features/repos/lists.store.ts';
import { readersOf } from '../../src/features/repos/readers.policy.ts';
import { listActivePeople } from '../../src/features/repos/readers.store.ts';
import {
  readableUnitAmong,
  requireAbility,
  standingOf,
  standingsAmong,
  viewerOf,
} from '../../src/features/repos/repos.policy.ts';
import { type Ability, GIVEN_PERMISSIONS, type Owned } from '../../src/features/repos/repos.types.ts';
import { organizationGrants, ownGrants } from '../../src/features/repos/standing.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { worldIn } from '../support/standing.ts';

let place: TestDatabase;
let world: ReturnType<typeof worldIn>;
beforeEach(async () => {
  place = await openTestDb();
  world = worldIn(place.db);
});
afterEach(() => place.close());

const organization = (id: number) => ({ id, kind: 'organization' as const });
const sorted = (grants: { source: string; permission: string }[]) =>
  grants.map(({ source, permission }) => `${source} ${permission}`).sort();

test('grants come from a name, a membership and teams, each with its caps, and from nobody else', async () => {
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  const org = await world.organization('org', 'read');
  const { repository } = await world.repository(organization(org), 'r');
  const other = await world.repository(organization(org), 'other');
  const team = await world.team(org, 'team', { unitCaps: { code: 'read', wiki: 'none' } });
  await world.member(org, ada.userId);
  await world.teamMember(team, ada.userId);
  await world.teamRepository(team, repository.id, 'maintain');
  await world.collaborator(repository.id, ada.userId, 'triage');
  const grants = await organizationGrants(place.db.read, repository.id, org, ada.userId);
  expect(sorted(grants)).toEqual(['collaborator triage', 'member read', 'team maintain']);
  expect(grants.find(({ source }) => source === 'team')?.caps).toEqual({ code: 'read', wiki: 'none' });
  expect(grants.find(({ source }) => source === 'member')?.caps).toEqual({});
  expect(await organizationGrants(place.db.read, repository.id, org, bob.userId)).toEqual([]);
  expect(sorted(await organizationGrants(place.db.read, other.repository.id, org, ada.userId))).toEqual([
    'member read',
  ]);
  expect(sorted(await ownGrants(place.db.read, repository.id, ada.userId))).toEqual(['collaborator triage']);
});

test('grants are the same within a transaction, of what it has written', async () => {
  const ada = await world.person('ada');
  const org = await world.organization('org', 'write');
  const { repository } = await world.repository(organization(org), 'r');
  await world.member(org, ada.userId, 'owner');
  await place.db.write(async (tx) => {
    expect(sorted(await organizationGrants(tx, repository.id, org, ada.userId))).toEqual(['member owner']);
  });
});

test('access is inherited downwards: a nested team has what those above it have, and not the other way', async () => {
  const org = await world.organization('org');
  const { repository, ...rest } = await world.repository(organization(org), 'r', { visibility: 'private' });
  const top = await world.team(org, 'top');
  const middle = await world.team(org, 'middle', { above: [top] });
  const bottom = await world.team(org, 'bottom', { above: [middle, top] });
  const beside = await world.team(org, 'beside', { above: [top] });
  await world.teamRepository(middle, repository.id, 'write');
  const permissionOf = async (team: number, name: string) => {
    const member = await world.person(name);
    await world.teamMember(team, member.userId);
    return (await standingOf(place.db.read, member, { repository, ...rest })).permission;
  };
  expect(await permissionOf(top, 'in-top')).toBe('none');
  expect(await permissionOf(middle, 'in-middle')).toBe('write');
  expect(await permissionOf(bottom, 'in-bottom')).toBe('write');
  expect(await permissionOf(beside, 'in-beside')).toBe('none');
});

/** Owners, organizations, nested teams and repositories of all kinds, at random but the same each time. */
async function randomWorld(seed: number): Promise<{ people: UserActor[]; repositories: Owned[] }> {
  const random = startRandom(seed);
  const people: UserActor[] = [];
  for (let i = 0; i < 8; i++) people.push(await world.person(`person-${i}`));
  const owners: { id: number; kind: 'user' | 'organization' }[] = people
    .slice(0, 3)
    .map(({ userId }) => ({ id: userId, kind: 'user' }));
  const teams: number[] = [];
  for (const base of ['none', 'read', 'write'] as const) {
    const org = await world.organization(`org-${base}`, base);
    owners.push(organization(org));
    for (const [i, person] of people.entries())
      if (random.below(3) === 0) await world.member(org, person.userId, i === 1 ? 'owner' : 'member');
    const above: number[] = [];
    for (let depth = 0; depth < 3; depth++) {
      const unitCaps = depth === 1 ? {} : { code: depth === 0 ? ('none' as const) : ('read' as const) };
      const team = await world.team(org, `team-${depth}`, { above: [...above], unitCaps });
      above.unshift(team);
      teams.push(team);
      for (const person of people) if (random.below(4) === 0) await world.teamMember(team, person.userId);
    }
  }
  const repositories: Owned[] = [];
  for (let i = 0; i < 40; i++) {
    const owner = random.pick(owners);
    const visibility = random.pick(['public', 'internal', 'private', 'private'] as const);
    const more = {
      ...{ visibility, updatedAt: 1_000 + random.below(20), archivedAt: random.below(4) === 0 ? 1 : null },
      disabledUnits: random.below(5) === 0 ? 'code' : '',
      // Deleted ones are in no list, and nobody opens them.
      deletedAt: random.below(8) === 0 ? 5 : null,
    };
    const owned = await world.repository(owner, `repository-${i}`, more);
    repositories.push(owned);
    const id = owned.repository.id;
    for (const person of people)
      if (random.below(8) === 0) await world.collaborator(id, person.userId, random.pick(GIVEN_PERMISSIONS));
    if (owner.kind !== 'organization') continue;
    const ofOwner = teams.slice((owners.indexOf(owner) - 3) * 3).slice(0, 3);
    for (const team of ofOwner)
      if (random.below(4) === 0) await world.teamRepository(team, id, random.pick(GIVEN_PERMISSIONS));
  }
  return { people, repositories };
}

async function listed(filter: Omit<ListFilter, 'limit'>, limit = 7): Promise<number[]> {
  const ids: number[] = [];
  let after: ListFilter['after'];
  for (;;) {
    const rows = await listRepositories(place.db.read, { ...filter, limit, ...(after ? { after } : {}) });
    ids.push(...rows.map(({ repository }) => repository.id));
    const last = rows.at(-1)?.repository;
    if (rows.length < limit || !last) return ids;
    after = { updatedAt: last.updatedAt, id: last.id };
  }
}

async function mayOpen(actor: Actor, owned: Owned, ability: Ability = 'repository:see'): Promise<boolean> {
  try {
    await requireAbility(place.db.read, actor, owned, ability);
    return true;
  } catch (error) {
    if (isAppError(error, 'not_found')) return false;
    throw error;
  }
}

test('lists show exactly what the gate opens, to everybody, in the order of the last update', async () => {
  const { people, repositories } = await randomWorld(20);
  const live = repositories.filter(({ repository }) => repository.deletedAt === null);
  const order = live
    .map(({ repository }) => repository)
    .sort((one, two) => two.updatedAt - one.updatedAt || two.id - one.id);
  const chosen = live.slice(0, 6).map(({ repository }) => repository.id);
  const token = { via: 'token' as const, scopes: ['all' as const] };
  const actors: Actor[] = [
    ANONYMOUS,
    SYSTEM,
    ...people,
    ...people.map((person) => ({ ...person, isRestricted: true })),
    ...people.map((person) => ({ ...person, ...token, repositoryIds: chosen })),
    ...people.slice(0, 3).map((person) => ({ ...person, ...token, repositoryIds: [], isRestricted: true })),
    ...people
      .slice(0, 3)
      .map((person) => ({ ...person, ...token, repositoryIds: chosen, isRestricted: true })),
    ...people.slice(0, 2).map((person) => ({ ...person, isAdmin: true })),
    { ...(people[0] as UserActor), ...token, isAdmin: true, repositoryIds: chosen },
    { ...(people[0] as UserActor), via: 'token', scopes: ['read:repository'], isAdmin: true },
    { ...(people[0] as UserActor), via: 'token', scopes: ['read:repository', 'read:admin'], isAdmin: true },
  ];
  for (const [number, actor] of actors.entries()) {
    const seen = new Set<number>();
    for (const owned of live) if (await mayOpen(actor, owned)) seen.add(owned.repository.id);
    const viewer = viewerOf(actor);
    const expected = order.filter(({ id }) => seen.has(id));
    const what = `actor ${number} ${JSON.stringify(actor)}`;
    expect(await listed({ viewer }), what).toEqual(expected.map(({ id }) => id));
    const everyId = repositories.map(({ repository }) => repository.id);
    const among = await listVisibleAmong(place.db.read, viewer, everyId);
    expect(among.map(({ repository }) => repository.id).sort(), what).toEqual([...seen].sort());
    const readable = new Set<number>();
    for (const owned of live)
      if (await mayOpen(actor, owned, 'code:read').catch(() => true)) readable.add(owned.repository.id);
    expect(await readableUnitAmong(place.db.read, actor, among, 'code'), `code for ${what}`).toEqual(
      readable,
    );
    const many = await standingsAmong(place.db.read, actor, live);
    for (const owned of live)
      expect(many.get(owned.repository.id), `${what} of many`).toEqual(
        await standingOf(place.db.read, actor, owned),
      );
    for (const ownerId of new Set(live.map(({ repository }) => repository.ownerId))) {
      const owned = expected.filter((repository) => repository.ownerId === ownerId).map(({ id }) => id);
      expect(await listed({ viewer, ownerId }), `${what} of ${ownerId}`).toEqual(owned);
    }
  }
});

test('who of some people reads a repository is who the gate lets in, one by one', async () => {
  const { people, repositories } = await randomWorld(22);
  const suspended = await world.person('suspended', { isSuspended: true });
  const bound = await world.person('bound', { isRestricted: true });
  const admin = await world.person('admin', { isAdmin: true });
  const actors: UserActor[] = [...people, { ...bound, isRestricted: true }, { ...admin, isAdmin: true }];
  const rows = await listActivePeople(
    place.db.read,
    [...actors, suspended].map(({ userId }) => userId),
  );
  expect(rows.map(({ id }) => id).sort()).toEqual(actors.map(({ userId }) => userId).sort());
  for (const owned of repositories) {
    const isLive = owned.repository.deletedAt === null;
    for (const unit of [undefined, 'code', 'issues', 'releases'] as const) {
      const ability = unit === undefined ? 'repository:see' : (`${unit}:read` as const);
      const expected: number[] = [];
      for (const actor of actors)
        if (isLive && (await mayOpen(actor, owned, ability))) expected.push(actor.userId);
      const found = await readersOf(place.db.read, owned, unit, rows, async () => true);
      expect(found.sort(), `${unit} of ${owned.repository.name}`).toEqual(expected.sort());
    }
  }
});

test('the list of somebody’s work is what was given to them, as far as the one who looks may see it', async () => {
  const { people, repositories } = await randomWorld(21);
  const live = repositories.filter(({ repository }) => repository.deletedAt === null);
  const given = async (person: UserActor) => {
    const ids = new Set<number>();
    for (const owned of live)
      if (await mayOpen({ ...person, isRestricted: true }, owned)) ids.add(owned.repository.id);
    return ids;
  };
  for (const member of people.slice(0, 5)) {
    const theirs = await given(member);
    const own = await listed({ viewer: viewerOf(member), memberId: member.userId });
    expect(new Set(own)).toEqual(theirs);
    for (const looking of [ANONYMOUS, people[6] as UserActor]) {
      const seen = new Set<number>();
      for (const owned of live)
        if (theirs.has(owned.repository.id) && (await mayOpen(looking, owned))) seen.add(owned.repository.id);
      const shown = await listed({ viewer: viewerOf(looking), memberId: member.userId });
      expect(new Set(shown)).toEqual(seen);
    }
  }
});

test('names are searched by a part of them, with wildcards taken as they are typed', async () => {
  const ada = await world.person('ada');
  const owner = { id: ada.userId, kind: 'user' as const };
  for (const name of ['one', 'o_e', 'o-e', 'Tone']) await world.repository(owner, name);
  const names = async (words: string) =>
    (await listRepositories(place.db.read, { viewer: viewerOf(ANONYMOUS), words, limit: 9 }))
      .map(({ repository }) => repository.name)
      .sort();
  expect(await names('ONE')).toEqual(['Tone', 'one']);
  expect(await names('o_e')).toEqual(['o_e']);
  expect(await names('%')).toEqual([]);
});
