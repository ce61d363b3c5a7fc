// Teams and their closure: who is above and below whom after every change, and who is in them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { insertOrganization } from '../../src/features/orgs/orgs.store.ts';
import type { TeamRow } from '../../src/features/orgs/orgs.types.ts';
import * as people from '../../src/features/orgs/team-members.store.ts';
import * as teams from '../../src/features/orgs/teams.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { teamAncestors } from '../../src/platform/db/tables/orgs.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let acme: number;

beforeEach(async () => {
  place = await openTestDb();
  acme = await organization('acme');
});
afterEach(() => place.close());

function organization(name: string): Promise<number> {
  const rules = { basePermission: 'read', memberCreation: 'all', requiresTwoFactor: false } as const;
  const values = {
    name,
    displayName: '',
    visibility: 'public',
    emailKey: `:org:${name}`,
    createdAt: AT,
  } as const;
  return place.db.write((tx) => insertOrganization(tx, { ...values, ...rules }));
}

function team(name: string, parentId: number | null = null, more: Partial<TeamRow> = {}): Promise<TeamRow> {
  const row = { organizationId: acme, parentId, name, nameKey: name.toLowerCase(), description: '' };
  return place.db.write((tx) =>
    teams.insertTeam(tx, { ...row, isSecret: false, unitCaps: {}, createdAt: AT, ...more }),
  );
}

async function person(name: string): Promise<number> {
  const row = { ...newUser(name), passwordHash: null, lastLoginAt: null };
  return (await place.db.write((tx) => insertUser(tx, row))).id;
}

const move = (id: number, parentId: number | null) =>
  place.db.write((tx) => teams.moveTeam(tx, id, parentId));
const above = async (id: number) => (await teams.listAbove(place.db.read, id)).map(({ name }) => name);

/** The closure as the parents alone give it, walked up from every team. */
async function expectWholeClosure(): Promise<void> {
  const rows = await teams.listTeams(place.db.read, acme);
  const parents = new Map(rows.map((row) => [row.id, row.parentId]));
  const expected: string[] = [];
  for (const { id } of rows) {
    let depth = 0;
    for (let at: number | null | undefined = id; at; at = parents.get(at))
      expected.push(`${id} ${at} ${depth++}`);
  }
  const stored = await place.db.read.select().from(teamAncestors);
  expect(stored.map((row) => `${row.teamId} ${row.ancestorId} ${row.depth}`).sort()).toEqual(expected.sort());
}

describe('the closure', () => {
  test('holds each team with itself and all above it, as teams are made', async () => {
    const one = await team('one');
    const two = await team('two', one.id);
    const three = await team('three', two.id);
    await team('other');
    expect(await above(three.id)).toEqual(['two', 'one']);
    expect(await above(one.id)).toEqual([]);
    await expectWholeClosure();
  });

  test('follows a branch that moves, down to its leaves, and back to the top', async () => {
    const [one, other] = [await team('one'), await team('other')];
    const two = await team('two', one.id);
    const three = await team('three', two.id);
    const four = await team('four', three.id);
    await move(two.id, other.id);
    expect(await above(four.id)).toEqual(['three', 'two', 'other']);
    await expectWholeClosure();
    await move(two.id, null);
    expect(await above(four.id)).toEqual(['three', 'two']);
    expect(await above(two.id)).toEqual([]);
    await expectWholeClosure();
  });

  test('closes over a team that is deleted: those below move up to its parent', async () => {
    const one = await team('one');
    const two = await team('two', one.id);
    const left = await team('left', two.id);
    const right = await team('right', two.id);
    const leaf = await team('leaf', left.id);
    await place.db.write((tx) => teams.removeTeam(tx, two));
    expect(await above(leaf.id)).toEqual(['left', 'one']);
    expect(await above(right.id)).toEqual(['one']);
    await expectWholeClosure();
    await place.db.write((tx) => teams.removeTeam(tx, one));
    expect((await teams.findTeam(place.db.read, acme, left.id))?.parentId).toBeNull();
    await expectWholeClosure();
  });

  test('stays whole through many random changes', async () => {
    const ids: number[] = [];
    for (let index = 0; index < 12; index++)
      ids.push((await team(`t${index}`, ids[(index * 7) % 5] ?? null)).id);
    for (let step = 0; step < 20; step++) {
      const id = ids[(step * 5) % ids.length] ?? 0;
      const to = ids[(step * 11 + 3) % ids.length] ?? 0;
      const below = await teams.listBelow(place.db.read, id);
      if (!below.some(({ teamId }) => teamId === to)) await move(id, to);
    }
    await expectWholeClosure();
  });

  test('admits no circle by two moves at the same moment', async () => {
    const [one, two] = [await team('one'), await team('two')];
    const other = await place.openAnother();
    const moveUnless = (db: typeof place.db, id: number, to: number) =>
      db.write(async (tx) => {
        if ((await teams.listBelow(tx, id)).some(({ teamId }) => teamId === to)) throw new Error('a circle');
        await teams.moveTeam(tx, id, to);
      });
    await Promise.allSettled([moveUnless(place.db, one.id, two.id), moveUnless(other, two.id, one.id)]);
    const parents = (await teams.listTeams(place.db.read, acme)).map(({ parentId }) => parentId);
    expect(parents.filter((parent) => parent !== null)).toHaveLength(1);
    await expectWholeClosure();
  });
});

describe('teams', () => {
  test('have names that are unique in their organization', async () => {
    const first = await team('Core', null, { unitCaps: { code: 'read' } });
    expect(await team('CORE').catch(violatedUnique)).toBe('teams_name');
    const elsewhere = await organization('other');
    await team('core', null, { organizationId: elsewhere });
    expect(await teams.findTeamByNameKey(place.db.read, acme, 'core')).toEqual(first);
    expect(await teams.findTeam(place.db.read, elsewhere, first.id)).toBeUndefined();
  });

  test('are listed by name in pages, secret ones to those who know of them', async () => {
    const vault = await team('vault', null, { isSecret: true });
    const core = await team('core');
    await team('a_b', core.id);
    const names = async (filter: teams.TeamFilter) =>
      (await teams.listTeams(place.db.read, acme, filter)).map(({ name }) => name);
    expect(await names({})).toEqual(['a_b', 'core', 'vault']);
    expect(await names({ knownIds: [] })).toEqual(['a_b', 'core']);
    expect(await names({ knownIds: [vault.id], after: 'core' })).toEqual(['vault']);
    expect(await names({ words: '_' })).toEqual(['a_b']);
    expect(await names({ parentId: core.id })).toEqual(['a_b']);
    expect(await names({ limit: 1 })).toEqual(['a_b']);
    expect(await teams.countTeams(place.db.read, acme, { knownIds: [] })).toBe(2);
    expect(await teams.hasOpenBelow(place.db.read, core.id)).toBe(true);
    expect(await teams.hasOpenBelow(place.db.read, vault.id)).toBe(false);
  });
});

describe('people of teams', () => {
  test('are listed by name, counted, and taken out of one organization only', async () => {
    const [core, web] = [await team('core'), await team('web')];
    const sub = await team('sub', core.id);
    const elsewhere = await organization('other');
    const far = await team('far', null, { organizationId: elsewhere });
    const [ada, bob] = [await person('ada'), await person('bob')];
    const join = (teamId: number, userId: number) =>
      place.db.write((tx) => people.insertTeamMember(tx, { teamId, userId, role: 'member', createdAt: AT }));
    for (const id of [sub.id, web.id, far.id]) await join(id, ada);
    await join(sub.id, bob);
    expect(await join(sub.id, bob)).toBe(false);
    await place.db.write((tx) => people.updateTeamRole(tx, sub.id, bob, 'maintainer'));
    const list = await people.listTeamMembers(place.db.read, sub.id, { limit: 5 });
    expect(list.map(({ name, role }) => [name, role])).toEqual([
      ['ada', 'member'],
      ['bob', 'maintainer'],
    ]);
    expect(await people.listTeamMembers(place.db.read, sub.id, { after: 'ada', limit: 5 })).toHaveLength(1);
    expect((await people.listTeamIdsAround(place.db.read, acme, ada)).sort()).toEqual(
      [core.id, sub.id, web.id].sort(),
    );
    expect(await people.countMembersByTeam(place.db.read, [sub.id, web.id, core.id])).toEqual(
      new Map([
        [sub.id, 2],
        [web.id, 1],
      ]),
    );
    expect(await teams.listTeamNames(place.db.read, [core.id, far.id])).toEqual(
      new Map([
        [core.id, 'core'],
        [far.id, 'far'],
      ]),
    );
    await place.db.write((tx) => people.removeFromTeamsOf(tx, acme, ada));
    expect(await people.countMembersByTeam(place.db.read, [sub.id, web.id, core.id])).toEqual(
      new Map([[sub.id, 1]]),
    );
    expect(await people.countTeamMembers(place.db.read, far.id)).toBe(1);
    await place.db.write((tx) => teams.removeTeam(tx, sub));
    expect(await people.findTeamMembership(place.db.read, sub.id, bob)).toBeUndefined();
  });
});
