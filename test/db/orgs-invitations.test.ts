// Invitations: found while they live, answered once, ended with whoever sent them.
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as invitations from '../../src/features/orgs/invitations.store.ts';
import { insertOrganization } from '../../src/features/orgs/orgs.store.ts';
import type { InvitationRow } from '../../src/features/orgs/orgs.types.ts';
import { insertAddress, markVerified } from '../../src/features/users/emails.store.ts';
import { insertUser, updateUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';
import { worldIn } from '../support/standing.ts';

const AT = 1_800_000_000_000;
const LATER = AT + 1000;
let place: TestDatabase;
let acme: number;
let ada: number;
let bob: number;

beforeEach(async () => {
  place = await openTestDb();
  [ada, bob] = [await person('ada'), await person('bob')];
  acme = await organization('acme');
});
afterEach(() => place.close());

async function person(name: string): Promise<number> {
  const row = { ...newUser(name), passwordHash: null, lastLoginAt: null };
  return (await place.db.write((tx) => insertUser(tx, row))).id;
}

function organization(name: string): Promise<number> {
  const rules = { basePermission: 'read', memberCreation: 'all', requiresTwoFactor: true } as const;
  const values = {
    name,
    displayName: '',
    visibility: 'private',
    emailKey: `:org:${name}`,
    createdAt: AT,
  } as const;
  return place.db.write((tx) => insertOrganization(tx, { ...values, ...rules }));
}

function invite(secret: string, more: Partial<InvitationRow> = {}): Promise<InvitationRow> {
  const row: Omit<InvitationRow, 'id'> = {
    organizationId: acme,
    userId: null,
    email: null,
    emailKey: null,
    role: 'member',
    teamIds: [3, 5],
    tokenHash: secret.padEnd(64, '0'),
    invitedBy: ada,
    createdAt: AT,
    expiresAt: LATER,
    ...more,
  };
  return place.db.write((tx) => invitations.insertInvitation(tx, row));
}

test('an invitation is found by its whole secret until it expires', async () => {
  const row = await invite('a', { email: 'Bob@Example.org', emailKey: 'bob@example.org' });
  const find = (secret: string, now: number) =>
    invitations.findByTokenHash(place.db.read, secret.padEnd(64, '0'), now);
  expect(await find('a', AT)).toEqual(row);
  expect(await find('b', AT)).toBeUndefined();
  expect(await find('a', LATER)).toBeUndefined();
  expect(await invitations.findInvitationById(place.db.read, row.id, LATER)).toBeUndefined();
  const { isInvited } = invitations;
  expect(await isInvited(place.db.read, acme, { emailKey: 'bob@example.org' }, AT)).toBe(true);
  expect(await isInvited(place.db.read, acme, { emailKey: 'bob@example.org' }, LATER)).toBe(false);
  expect(await isInvited(place.db.read, acme, { userId: bob }, AT)).toBe(false);
  await place.db.write((tx) => invitations.removeExpiredInvitations(tx, LATER));
  expect(await find('a', AT)).toBeUndefined();
});

test('of many who answer at once, one does', async () => {
  const { id } = await invite('a', { userId: bob });
  const other = await place.openAnother();
  const taken = await Promise.all(
    [place.db, other, place.db, other].map((db) => db.write((tx) => invitations.removeInvitation(tx, id))),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
});

test('are listed for the organization and for whom they name', async () => {
  const other = await organization('other');
  await invite('a', { userId: bob });
  await invite('b', { email: 'c@d.e', emailKey: 'c@d.e' });
  await invite('c', { userId: bob, organizationId: other });
  await invite('d', { userId: bob, expiresAt: AT });
  const ofAcme = await invitations.listInvitationsOf(place.db.read, acme, AT);
  expect(ofAcme.map(({ name, invitation }) => name ?? invitation.email)).toEqual(['c@d.e', 'bob']);
  const forBob = await invitations.listInvitationsFor(place.db.read, bob, AT);
  expect(
    forBob.map(({ organizationName, requiresTwoFactor }) => [organizationName, requiresTwoFactor]),
  ).toEqual([
    ['other', true],
    ['acme', true],
  ]);
  await place.db.write((tx) => invitations.removeInvitationsTo(tx, acme, bob));
  expect(await invitations.listInvitationsOf(place.db.read, acme, AT)).toHaveLength(1);
  expect(await invitations.listInvitationsFor(place.db.read, bob, AT)).toHaveLength(1);
});

test('end with whoever sent them', async () => {
  await invite('a', { userId: bob });
  await invite('b', { email: 'c@d.e', emailKey: 'c@d.e', invitedBy: bob });
  const gone = await place.db.write((tx) => invitations.removeInvitationsBy(tx, acme, ada));
  expect(gone.map(({ name }) => name)).toEqual(['bob']);
  expect(await invitations.listInvitationsOf(place.db.read, acme, AT)).toHaveLength(1);
  const mayInvite = (id: number) => invitations.mayStillInvite(place.db.read, acme, id);
  const change = (changes: { isSuspended?: boolean; isAdmin?: boolean }) =>
    place.db.write((tx) => updateUser(tx, ada, changes));
  expect([await mayInvite(ada), await mayInvite(acme)]).toEqual([false, false]);
  await change({ isAdmin: true });
  expect(await mayInvite(ada)).toBe(true);
  await change({ isAdmin: false });
  await worldIn(place.db).member(acme, ada, 'owner');
  expect(await mayInvite(ada)).toBe(true);
  await change({ isSuspended: true });
  expect(await mayInvite(ada)).toBe(false);
});

test('an address counts as held once it is verified, for its own account', async () => {
  const address = { email: 'B@x.org', emailKey: 'b@x.org', verifiedAt: null, createdAt: AT };
  await place.db.write((tx) => insertAddress(tx, { userId: bob, ...address }));
  const holds = (userId: number) => invitations.holdsVerifiedAddress(place.db.read, userId, 'b@x.org');
  expect(await holds(bob)).toBe(false);
  await place.db.write((tx) => markVerified(tx, bob, 'b@x.org', AT));
  expect(await holds(bob)).toBe(true);
  expect(await holds(ada)).toBe(false);
});
