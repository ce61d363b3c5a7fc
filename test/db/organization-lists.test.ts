// Organizations, teams and accounts by numbered pages, and what teams do of themselves, on every engine.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as accounts from '../../src/features/admin/accounts.store.ts';
import { insertMembership } from '../../src/features/orgs/memberships.store.ts';
import * as lists from '../../src/features/orgs/organization-lists.store.ts';
import { insertOrganization } from '../../src/features/orgs/orgs.store.ts';
import type { OrganizationVisibility, TeamRow } from '../../src/features/orgs/orgs.types.ts';
import * as defaults from '../../src/features/orgs/team-defaults.store.ts';
import { insertTeamMember } from '../../src/features/orgs/team-members.store.ts';
import { insertTeam } from '../../src/features/orgs/teams.store.ts';
import { teamSources } from '../../src/features/profiles/feed.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import * as reach from '../../src/features/repos/team-reach.store.ts';
import { listGrantsAlong } from '../../src/features/repos/team-repositories.store.ts';
import { insertAddress } from '../../src/features/users/emails.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
const ALL = { limit: 50, offset: 0 };
let place: TestDatabase;
let ada: number;
let bob: number;

beforeEach(async () => {
  place = await openTestDb();
  ada = await person('ada');
  bob = await person('bob_b');
});
afterEach(() => place.close());

async function person(name: string): Promise<number> {
  const row = { ...newUser(name), passwordHash: null, lastLoginAt: null };
  return (await place.db.write((tx) => insertUser(tx, row))).id;
}

async function organization(
  name: string,
  visibility: OrganizationVisibility,
  member?: number,
  isPublic = false,
) {
  const rules = { basePermission: 'read', memberCreation: 'all', requiresTwoFactor: false } as const;
  const values = { name, displayName: '', visibility, emailKey: `:org:${name}`, createdAt: AT };
  return place.db.write(async (tx) => {
    const organizationId = await insertOrganization(tx, { ...values, ...rules, bio: `About ${name}` });
    if (member !== undefined)
      await insertMembership(tx, { organizationId, userId: member, role: 'member', isPublic, createdAt: AT });
    return organizationId;
  });
}

function team(organizationId: number, name: string, more: Partial<TeamRow> = {}): Promise<TeamRow> {
  const row = { organizationId, parentId: null, name, nameKey: name.toLowerCase(), description: '' };
  return place.db.write((tx) =>
    insertTeam(tx, { ...row, isSecret: false, unitCaps: {}, createdAt: AT, ...more }),
  );
}

async function repository(ownerId: number, name: string): Promise<number> {
  const row = { ...newRepository(ownerId, name), pushedAt: null, deletedAt: null };
  return (await place.db.write((tx) => insertRepository(tx, row))).id;
}

const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

describe('organizations', () => {
  test('are listed as far as the viewer may know of them, and counted by the same rule', async () => {
    const { read } = place.db;
    await organization('open', 'public');
    await organization('inner', 'internal');
    await organization('closed', 'private', ada);
    const seen = async (viewer: Parameters<typeof lists.listVisible>[1]) => {
      const rows = await lists.listVisible(read, viewer, ALL);
      expect(await lists.countVisible(read, viewer)).toBe(rows.length);
      return names(rows);
    };
    expect(await seen('anyone')).toEqual(['open']);
    expect(await seen({ userId: bob, isRestricted: false })).toEqual(['open', 'inner']);
    expect(await seen({ userId: bob, isRestricted: true })).toEqual([]);
    expect(await seen({ userId: ada, isRestricted: true })).toEqual(['closed']);
    expect(await seen('all')).toEqual(['open', 'inner', 'closed']);
    expect(names(await lists.listVisible(read, 'all', { limit: 1, offset: 1 }))).toEqual(['inner']);
  });

  test('of somebody are theirs, or those that the viewer may know of', async () => {
    const { read } = place.db;
    await organization('closed', 'private', ada);
    await organization('shown', 'public', ada, true);
    await organization('hidden', 'public', ada);
    const seen = async (viewer: Parameters<typeof lists.listOrganizationsOf>[2]) => {
      const rows = await lists.listOrganizationsOf(read, ada, viewer, ALL);
      expect(await lists.countOrganizationsOf(read, ada, viewer)).toBe(rows.length);
      return names(rows);
    };
    expect(await seen('anyone')).toEqual(['shown']);
    expect(await seen({ userId: bob, isRestricted: false })).toEqual(['shown']);
    expect(await seen({ userId: ada, isRestricted: false })).toEqual(['closed', 'hidden', 'shown']);
  });
});

describe('teams', () => {
  test('are listed without the secret ones that the viewer does not know, and searched literally', async () => {
    const { read } = place.db;
    const acme = await organization('acme', 'public', ada);
    const vault = await team(acme, 'vault', { isSecret: true, description: 'Keeps 100% of it' });
    await team(acme, 'engine', { description: 'Runs' });
    const seen = async (wanted: lists.TeamWanted) => {
      const rows = await lists.listTeamSlice(read, acme, wanted, ALL);
      expect(await lists.countTeamSlice(read, acme, wanted)).toBe(rows.length);
      return names(rows);
    };
    expect(await seen({})).toEqual(['engine', 'vault']);
    expect(await seen({ knownIds: [] })).toEqual(['engine']);
    expect(await seen({ knownIds: [vault.id] })).toEqual(['engine', 'vault']);
    expect(await seen({ words: 'RUN', alsoDescriptions: true })).toEqual(['engine']);
    expect(await seen({ words: 'RUN' })).toEqual([]);
    expect(await seen({ words: '100%', alsoDescriptions: true })).toEqual(['vault']);
    expect(await seen({ words: '_', alsoDescriptions: true })).toEqual([]);
    await place.db.write((tx) =>
      insertTeamMember(tx, { teamId: vault.id, userId: ada, role: 'member', createdAt: AT }),
    );
    expect(names(await lists.listTeamsWith(read, ada, ALL))).toEqual(['vault']);
    expect([await lists.countTeamsWith(read, ada), await lists.countTeamsWith(read, bob)]).toEqual([1, 0]);
    expect(await lists.listTeamMemberIds(read, vault.id, ALL)).toEqual([ada]);
    expect(await lists.listMemberIds(read, acme, false, ALL)).toEqual([ada]);
    expect(await lists.listMemberIds(read, acme, true, ALL)).toEqual([]);
  });

  test('do of themselves what was set, for those nested in them too', async () => {
    const { read } = place.db;
    const acme = await organization('acme', 'public', ada);
    const makers = await team(acme, 'makers');
    const inner = await team(acme, 'inner', { parentId: makers.id });
    const set = (values: Parameters<typeof defaults.setTeamDefaults>[2]) =>
      place.db.write((tx) => defaults.setTeamDefaults(tx, makers.id, values));
    expect((await defaults.listTeamDefaults(read, [makers.id])).size).toBe(0);
    await set({ permission: 'write', takesAll: true, createsRepositories: false });
    await set({ permission: 'admin', takesAll: true, createsRepositories: true });
    expect(await defaults.listTeamDefaults(read, [makers.id, inner.id])).toEqual(
      new Map([[makers.id, { permission: 'admin', takesAll: true, createsRepositories: true }]]),
    );
    expect(await defaults.listTakingAll(read, acme)).toEqual([{ teamId: makers.id, permission: 'admin' }]);
    expect(await defaults.listCreatingOrganizations(read, ada)).toEqual(new Set());
    await place.db.write((tx) =>
      insertTeamMember(tx, { teamId: inner.id, userId: ada, role: 'member', createdAt: AT }),
    );
    expect(await defaults.listCreatingOrganizations(read, ada)).toEqual(new Set([acme]));
  });

  test('are added everywhere at once, and what they were given before stays until it is changed', async () => {
    const { read } = place.db;
    const acme = await organization('acme', 'public');
    const crew = await team(acme, 'crew');
    const [one, two] = [await repository(acme, 'one'), await repository(acme, 'two')];
    const elsewhere = await repository(ada, 'elsewhere');
    const grants = async () => {
      const rows = await listGrantsAlong(read, crew.id, [one, two, elsewhere]);
      return Object.fromEntries(rows.map(({ repositoryId, permission }) => [repositoryId, permission]));
    };
    const everywhere = { organizationId: acme, teamId: crew.id, createdAt: AT };
    await place.db.write((tx) => reach.grantEverywhere(tx, { ...everywhere, permission: 'read' }));
    await place.db.write((tx) => reach.grantEverywhere(tx, { ...everywhere, permission: 'admin' }));
    expect(await grants()).toEqual({ [one]: 'read', [two]: 'read' });
    await place.db.write((tx) => reach.changeGrantsOf(tx, crew.id, 'write'));
    expect(await grants()).toEqual({ [one]: 'write', [two]: 'write' });
    expect(await teamSources(read, crew.id, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });
});

describe('accounts and addresses', () => {
  test('are listed by name and by a part of it, wildcards being plain characters', async () => {
    const { read } = place.db;
    await organization('bots', 'public');
    const seen = async (wanted: accounts.AccountWanted) => {
      const ids = await accounts.listAccountIds(read, wanted, ALL);
      expect(await accounts.countAccounts(read, wanted)).toBe(ids.length);
      return ids;
    };
    expect(await seen({})).toEqual([ada, bob]);
    expect(await seen({ name: 'ADA' })).toEqual([ada]);
    expect(await seen({ words: 'B_B' })).toEqual([bob]);
    expect(await seen({ words: '%' })).toEqual([]);
    expect(await accounts.listAccountIds(read, {}, { limit: 1, offset: 1 })).toEqual([bob]);
  });

  test('tell which is primary and proved', async () => {
    const { read } = place.db;
    const { emailKey } = newUser('ada');
    const rows = [
      { email: 'Ada@example.org', emailKey, verifiedAt: AT },
      { email: 'a_b@example.org', emailKey: 'a_b@example.org', verifiedAt: null },
    ];
    for (const row of rows)
      await place.db.write((tx) => insertAddress(tx, { ...row, userId: ada, createdAt: AT }));
    expect(await accounts.listAddresses(read, undefined, ALL)).toEqual([
      { email: 'Ada@example.org', isVerified: true, isPrimary: true, userId: ada, username: 'ada' },
      { email: 'a_b@example.org', isVerified: false, isPrimary: false, userId: ada, username: 'ada' },
    ]);
    expect((await accounts.listAddresses(read, 'A_B', ALL)).length).toBe(1);
    expect([await accounts.countAddresses(read, 'a'), await accounts.countAddresses(read, '%')]).toEqual([
      2, 0,
    ]);
  });
});
