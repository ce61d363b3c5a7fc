// What is left of a deleted account, and transfers that wait, on every engine.
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findTransfer,
  listTransfersTo,
  removeExpiredTransfers,
  removeTransfer,
  setTransfer,
} from '../../src/features/repos/transfers.store.ts';
import { isRetired, retireName, turnIntoGhost } from '../../src/features/users/deletion.store.ts';
import { findById } from '../../src/features/users/users.store.ts';
import { dependents } from '../../src/platform/db/dependents.ts';
import { events } from '../../src/platform/db/tables/platform.ts';
import { repositories, stars } from '../../src/platform/db/tables/repos.ts';
import { blocks, emailAddresses, follows, sessions, users } from '../../src/platform/db/tables/users.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { worldIn } from '../support/standing.ts';

const AT = 1_700_000_000_000;
let place: TestDatabase;
let world: ReturnType<typeof worldIn>;
beforeEach(async () => {
  place = await openTestDb();
  world = worldIn(place.db);
});
afterEach(() => place.close());

test('the tables that go with an account are the same on every engine', () => {
  const columns = dependents().map(({ column }) => column.name);
  expect(columns.length).toBeGreaterThan(20);
  for (const name of ['user_id', 'follower_id', 'followed_id', 'blocker_id', 'blocked_id', 'recipient_id'])
    expect(columns, name).toContain(name);
  expect(columns).not.toContain('invited_by');
});

test('a ghost keeps its row and nothing else, and the counts of others are as if it had never given', async () => {
  const [ada, bob] = [
    await world.person('ada', { followerCount: 1, followingCount: 1 }),
    await world.person('bob'),
  ];
  const { repository } = await world.repository({ id: bob.userId, kind: 'user' }, 'r', { starCount: 3 });
  const organization = await world.organization('org');
  await world.member(organization, ada.userId);
  await world.teamMember(await world.team(organization, 'team'), ada.userId);
  await world.collaborator(repository.id, ada.userId, 'write');
  const [a, b] = [ada.userId, bob.userId];
  await place.db.write(async (tx) => {
    await tx.update(users).set({ followerCount: 1, followingCount: 1 }).where(eq(users.id, b));
    await tx.insert(follows).values({ followerId: a, followedId: b, createdAt: AT });
    await tx.insert(follows).values({ followerId: b, followedId: a, createdAt: AT });
    await tx.insert(blocks).values({ blockerId: organization, blockedId: a, createdAt: AT });
    await tx.insert(stars).values({ userId: a, repositoryId: repository.id, createdAt: AT });
    const address = { email: 'ada@example.org', emailKey: 'ada@example.org', verifiedAt: AT, createdAt: AT };
    await tx.insert(emailAddresses).values({ ...address, userId: a });
    const session = {
      tokenHash: 'x',
      address: '',
      userAgent: '',
      createdAt: AT,
      lastUsedAt: AT,
      expiresAt: AT,
    };
    await tx.insert(sessions).values({ ...session, userId: a });
    const event = { actorId: a, repositoryId: null, data: {}, createdAt: AT };
    for (const kind of ['email.added', 'ssh_key.added', 'sshxkey.other', 'organization.created'])
      await tx.insert(events).values({ ...event, kind });
    await tx.insert(events).values({ ...event, kind: 'push', repositoryId: repository.id });
  });
  await place.db.write((tx) => turnIntoGhost(tx, a, AT + 1));
  expect(await findById(place.db.read, a)).toMatchObject({
    ...{ kind: 'ghost', name: 'ghost', nameKey: `:${a}`, email: '', emailKey: `:${a}`, passwordHash: null },
    ...{ displayName: '', followerCount: 0, followingCount: 0, updatedAt: AT + 1 },
  });
  for (const { table, column } of dependents())
    expect(await place.db.read.select().from(table).where(eq(column, a)), column.name).toEqual([]);
  expect(await findById(place.db.read, b)).toMatchObject({ followerCount: 0, followingCount: 0 });
  const [row] = await place.db.read.select().from(repositories);
  expect(row?.starCount).toBe(2);
  const kinds = await place.db.read.select({ kind: events.kind }).from(events).orderBy(events.id);
  expect(kinds.map(({ kind }) => kind)).toEqual(['sshxkey.other', 'organization.created', 'push']);
});

test('two ghosts live beside each other, and a retired name is retired once', async () => {
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  await place.db.write(async (tx) => {
    for (const { userId } of [ada, bob]) await turnIntoGhost(tx, userId, AT);
    await retireName(tx, 'hash', AT);
    await retireName(tx, 'hash', AT + 1);
  });
  expect(await isRetired(place.db.read, 'hash')).toBe(true);
  expect(await isRetired(place.db.read, 'other')).toBe(false);
});

test('a transfer waits until it expires; a later one takes its place', async () => {
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  const { repository } = await world.repository({ id: ada.userId, kind: 'user' }, 'r');
  const gone = await world.repository({ id: ada.userId, kind: 'user' }, 'gone', { deletedAt: AT });
  const row = { repositoryId: repository.id, requestedBy: ada.userId, createdAt: AT, expiresAt: AT + 10 };
  await place.db.write(async (tx) => {
    await setTransfer(tx, { ...row, recipientId: ada.userId });
    await setTransfer(tx, { ...row, recipientId: bob.userId });
    await setTransfer(tx, { ...row, repositoryId: gone.repository.id, recipientId: bob.userId });
  });
  const waiting = async (id: number, now: number) =>
    (await listTransfersTo(place.db.read, [id], now)).map(({ found }) => found.repository.name);
  expect(await waiting(bob.userId, AT + 9)).toEqual(['r']);
  expect(await waiting(ada.userId, AT + 9)).toEqual([]);
  expect(await waiting(bob.userId, AT + 10)).toEqual([]);
  expect(await findTransfer(place.db.read, repository.id, AT + 10)).toBeUndefined();
  expect(await place.db.write((tx) => removeTransfer(tx, repository.id))).toBe(true);
  expect(await place.db.write((tx) => removeTransfer(tx, repository.id))).toBe(false);
  await place.db.write((tx) => removeExpiredTransfers(tx, AT + 10));
  expect(await place.db.write((tx) => removeTransfer(tx, gone.repository.id))).toBe(false);
});
