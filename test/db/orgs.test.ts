// Organizations and their members: who is listed to whom, and that the last owner stays.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as members from '../../src/features/orgs/memberships.store.ts';
import * as orgs from '../../src/features/orgs/orgs.store.ts';
import type { OrganizationVisibility, Viewer } from '../../src/features/orgs/orgs.types.ts';
import { insertUser, updateUser } from '../../src/features/users/users.store.ts';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let people: Record<'ada' | 'bob' | 'cyd' | 'dan', number>;

beforeEach(async () => {
  place = await openTestDb();
  people = {
    ada: await person('ada'),
    bob: await person('bob'),
    cyd: await person('cyd'),
    dan: await person('dan'),
  };
});
afterEach(() => place.close());

async function person(name: string): Promise<number> {
  const row = { ...newUser(name), passwordHash: null, lastLoginAt: null };
  return (await place.db.write((tx) => insertUser(tx, row))).id;
}

function organization(name: string, visibility: OrganizationVisibility = 'public'): Promise<number> {
  return place.db.write((tx) =>
    orgs.insertOrganization(tx, {
      name,
      displayName: '',
      visibility,
      emailKey: `:org:${name}`,
      createdAt: AT,
      basePermission: 'read',
      memberCreation: 'all',
      requiresTwoFactor: false,
    }),
  );
}

function join(organizationId: number, userId: number, role: 'member' | 'owner' = 'member', isPublic = false) {
  return place.db.write((tx) =>
    members.insertMembership(tx, { organizationId, userId, role, isPublic, createdAt: AT }),
  );
}

describe('an organization', () => {
  test('is found by name and id, and shares its names with people', async () => {
    const id = await organization('Acme');
    const found = await orgs.findByNameKey(place.db.read, 'acme');
    expect(found).toMatchObject({ id, name: 'Acme', visibility: 'public', requiresTwoFactor: false });
    expect(await orgs.findById(place.db.read, id)).toEqual(found);
    expect(await orgs.findByNameKey(place.db.read, 'ada')).toBeUndefined();
    expect(await orgs.findById(place.db.read, people.ada)).toBeUndefined();
    expect(await organization('ADA').catch(violatedUnique)).toBe('users_name_key');
  });

  test('changes what it says and its rules apart', async () => {
    const [id, other] = [await organization('acme'), await organization('other')];
    await place.db.write(async (tx) => {
      await orgs.updateAccount(tx, id, { bio: 'Makes anvils' });
      await orgs.updateRules(tx, id, { visibility: 'private', requiresTwoFactor: true });
    });
    expect(await orgs.findById(place.db.read, id)).toMatchObject({
      bio: 'Makes anvils',
      visibility: 'private',
      requiresTwoFactor: true,
    });
    expect(await orgs.findById(place.db.read, other)).toMatchObject({ bio: '', visibility: 'public' });
  });
});

describe('members', () => {
  test('are listed by name in pages, to visitors the public and active ones only', async () => {
    const id = await organization('acme');
    await join(id, people.cyd, 'owner', true);
    await join(id, people.ada, 'member', true);
    await join(id, people.bob);
    expect(await join(id, people.bob, 'owner')).toBe(false);
    await place.db.write((tx) => updateUser(tx, people.ada, { isSuspended: true }));
    const names = async (filter: Partial<members.MemberFilter>) =>
      (await members.listMembers(place.db.read, id, { publicOnly: false, limit: 10, ...filter })).map(
        (member) => member.name,
      );
    expect(await names({})).toEqual(['ada', 'bob', 'cyd']);
    expect(await names({ publicOnly: true })).toEqual(['cyd']);
    expect(await names({ limit: 2 })).toEqual(['ada', 'bob']);
    expect(await names({ after: 'bob' })).toEqual(['cyd']);
    expect(await names({ words: 'Y' })).toEqual(['cyd']);
    expect(await names({ words: '_' })).toEqual([]);
    expect(await names({ role: 'owner' })).toEqual(['cyd']);
    await place.db.write((tx) => updateUser(tx, people.cyd, { hasSecondFactor: true }));
    expect(await names({ withoutSecondFactor: true })).toEqual(['ada', 'bob']);
    expect(await members.countMembers(place.db.read, id, false)).toBe(3);
    expect(await members.countMembers(place.db.read, id, true)).toBe(1);
  });

  test('lists of organizations show each viewer what they may know of', async () => {
    const ids = {
      open: await organization('open'),
      inside: await organization('inside', 'internal'),
      hidden: await organization('hidden', 'private'),
      quiet: await organization('quiet'),
    };
    for (const id of [ids.open, ids.inside, ids.hidden]) await join(id, people.ada, 'member', true);
    await join(ids.quiet, people.ada);
    await join(ids.hidden, people.bob);
    await join(ids.quiet, people.cyd);
    const seenBy = async (viewer: Viewer) =>
      (await members.listMemberships(place.db.read, people.ada, viewer)).map(
        ({ organization }) => organization.name,
      );
    expect(await seenBy('anyone')).toEqual(['open']);
    expect(await seenBy('all')).toEqual(['hidden', 'inside', 'open', 'quiet']);
    const eyes = (userId: number, isRestricted = false) => seenBy({ userId, isRestricted });
    expect(await eyes(people.ada, true)).toEqual(['hidden', 'inside', 'open', 'quiet']);
    expect(await eyes(people.bob)).toEqual(['hidden', 'inside', 'open']);
    expect(await eyes(people.bob, true)).toEqual(['hidden']);
    expect(await eyes(people.cyd)).toEqual(['inside', 'open', 'quiet']);
    expect(await eyes(people.dan, true)).toEqual([]);
  });

  test('a second factor is asked for by membership of a strict organization', async () => {
    const [strict, loose] = [await organization('strict'), await organization('loose')];
    await place.db.write((tx) => orgs.updateRules(tx, strict, { requiresTwoFactor: true }));
    await join(strict, people.ada);
    await join(loose, people.bob);
    expect(await members.isTwoFactorRequiredByMembership(place.db.read, people.ada)).toBe(true);
    expect(await members.isTwoFactorRequiredByMembership(place.db.read, people.bob)).toBe(false);
  });
});

describe('owners', () => {
  test('count only when they can act', async () => {
    const id = await organization('acme');
    await join(id, people.ada, 'owner');
    await join(id, people.bob, 'owner');
    await join(id, people.cyd);
    const others = () => members.countOtherOwners(place.db.read, id, people.ada);
    const alone = async () =>
      (await members.listSoleOwnerships(place.db.read, people.ada)).map(({ name }) => name);
    expect(await others()).toBe(1);
    expect(await alone()).toEqual([]);
    await place.db.write((tx) => updateUser(tx, people.bob, { isSuspended: true }));
    expect(await others()).toBe(0);
    expect(await alone()).toEqual(['acme']);
  });

  test('who leave at the same moment do not all get away', async () => {
    const id = await organization('acme');
    const owners = [people.ada, people.bob, people.cyd];
    for (const owner of owners) await join(id, owner, 'owner');
    const other = await place.openAnother();
    const leave = (db: typeof place.db, userId: number) =>
      db.write(async (tx) => {
        if ((await members.countOtherOwners(tx, id, userId)) === 0) throw new Error('the last owner');
        await members.removeMembership(tx, id, userId);
      });
    const outcomes = await Promise.allSettled(
      owners.map((owner, index) => leave(index % 2 ? other : place.db, owner)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(2);
    expect(await members.countMembers(place.db.read, id, false)).toBeGreaterThanOrEqual(1);
  });
});
