// What administrators read and mend, on every engine.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listEntries, namesOfAccounts, namesOfRepositories } from '../../src/features/admin/audit.store.ts';
import {
  countAdministrators,
  faultsOfFile,
  ownerlessOrganizations,
  recount,
  setFactorMark,
  wrongCounters,
  wrongFactorMarks,
} from '../../src/features/admin/inspection.store.ts';
import { deleteNotice, insertNotice, listNotices } from '../../src/features/admin/notices.store.ts';
import { listOrganizations } from '../../src/features/admin/organizations.store.ts';
import { countSite } from '../../src/features/admin/overview.store.ts';
import { listAccounts, readDetails } from '../../src/features/admin/people.store.ts';
import type { AccountFilter } from '../../src/features/admin/people.types.ts';
import { listAllRepositories } from '../../src/features/admin/repositories.store.ts';
import { countOldIntents, repositoriesAfter } from '../../src/features/repos/storage-check.store.ts';
import { hasOtherAdministrator } from '../../src/features/users/standing.store.ts';
import { readDatabase } from '../../src/platform/db/readings.ts';
import { totpSecrets } from '../../src/platform/db/tables/auth.ts';
import { organizationMembers, organizations } from '../../src/platform/db/tables/orgs.ts';
import { pushIntents, repositories, stars } from '../../src/platform/db/tables/repos.ts';
import { emailAddresses, follows, users } from '../../src/platform/db/tables/users.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { appendAudit } from '../../src/platform/events/audit.ts';
import { openJobs } from '../../src/platform/jobs/open-jobs.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openMetrics } from '../../src/platform/observability/metrics.ts';
import { fitsProbe, keepProbe } from '../../src/platform/secrets/probe.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { manualClock } from '../support/manual-clock.ts';
import { newRepository, newUser } from '../support/rows.ts';
import { testSecrets } from '../support/secrets.ts';

let place: TestDatabase;

beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

const add = (name: string, more: Partial<typeof users.$inferInsert> = {}) =>
  place.db.write((tx) => insertReturning(tx, users, { ...newUser(name), ...more }));
const addRepository = (ownerId: number, name: string, more: Partial<typeof repositories.$inferInsert> = {}) =>
  place.db.write((tx) => insertReturning(tx, repositories, { ...newRepository(ownerId, name), ...more }));

test('accounts are found by words and filters, newest first, page by page', async () => {
  await add('ada', { isAdmin: true, hasSecondFactor: true, displayName: 'Countess' });
  const bob = await add('bob', { isSuspended: true, lastLoginAt: 5 });
  await add('build_er', { kind: 'bot', isRestricted: true });
  await add('engines', { kind: 'organization' });
  await place.db.write(async (tx) => {
    await tx.insert(emailAddresses).values({
      ...{ userId: bob.id, email: 'Other@Example.net', emailKey: 'other@example.net' },
      createdAt: 1,
    });
  });
  const found = async (words?: string, filter?: AccountFilter) =>
    (
      await listAccounts(place.db.read, {
        ...(words === undefined ? {} : { words }),
        ...(filter === undefined ? {} : { filter }),
        limit: 10,
      })
    ).map(({ name }) => name);
  expect(await found()).toEqual(['build_er', 'bob', 'ada']);
  expect(await found('COUNT')).toEqual(['ada']);
  expect(await found('other@example')).toEqual(['bob']);
  expect(await found('_')).toEqual(['build_er']);
  expect(await found('%')).toEqual([]);
  expect(await found(undefined, 'administrators')).toEqual(['ada']);
  expect(await found(undefined, 'suspended')).toEqual(['bob']);
  expect(await found(undefined, 'restricted')).toEqual(['build_er']);
  expect(await found(undefined, 'bots')).toEqual(['build_er']);
  expect(await found(undefined, 'without-second-factor')).toEqual(['bob']);
  expect(await found(undefined, 'never-signed-in')).toEqual(['ada']);
  expect((await listAccounts(place.db.read, { before: bob.id, limit: 1 })).map(({ name }) => name)).toEqual([
    'ada',
  ]);
});

test('an account, the site and the database are counted', async () => {
  const ada = await add('ada');
  const engines = await add('engines', { kind: 'organization' });
  await addRepository(ada.id, 'engine', { sizeBytes: 3_000_000_000 });
  await addRepository(ada.id, 'gone', { sizeBytes: 7, deletedAt: 1 });
  await place.db.write(async (tx) => {
    await tx.insert(organizationMembers).values({
      ...{ organizationId: engines.id, userId: ada.id, role: 'owner', isPublic: true, createdAt: 1 },
    });
  });
  expect(await readDetails(place.db.read, ada, 1)).toMatchObject({
    sessions: 0,
    hasTotp: false,
    repositories: { total: 1, newest: [{ name: 'engine' }] },
    organizations: [{ name: 'engines', role: 'owner' }],
  });
  expect(await countSite(place.db.read, 1)).toMatchObject({
    ...{ people: 1, organizations: 1, repositories: 1, repositoryBytes: 3_000_000_000, sessions: 0 },
  });
  const { engine, bytes, pingMs } = await readDatabase(place.db);
  expect(engine).toMatch(/^(SQLite|PostgreSQL|MariaDB|MySQL) \d+\.\d+/);
  expect(bytes).toBeGreaterThan(10_000);
  expect(pingMs).toBeGreaterThan(0);
});

test('repositories are listed by time and by size, behind a cursor, and compared with the disk by id', async () => {
  const ada = await add('ada');
  const small = await addRepository(ada.id, 'small_one', { sizeBytes: 1, updatedAt: 30 });
  const large = await addRepository(ada.id, 'large', { sizeBytes: 9, updatedAt: 10 });
  const same = await addRepository(ada.id, 'same', { sizeBytes: 9, updatedAt: 20 });
  const names = async (wanted: Partial<Parameters<typeof listAllRepositories>[1]>) =>
    (await listAllRepositories(place.db.read, { order: 'updated', limit: 10, ...wanted })).map((r) => r.name);
  expect(await names({})).toEqual(['small_one', 'same', 'large']);
  expect(await names({ order: 'size' })).toEqual(['same', 'large', 'small_one']);
  expect(await names({ order: 'size', after: { value: 9, id: same.id } })).toEqual(['large', 'small_one']);
  expect(await names({ words: 'ada/_' })).toEqual(['small_one']);
  expect(await names({ words: 'eve/small' })).toEqual([]);
  expect((await repositoriesAfter(place.db.read, small.id, 5)).map(({ id }) => id)).toEqual([
    large.id,
    same.id,
  ]);
  await place.db.write(async (tx) => {
    await tx.insert(pushIntents).values({ repositoryId: small.id, updates: [], createdAt: 5 });
  });
  expect([await countOldIntents(place.db.read, 5), await countOldIntents(place.db.read, 6)]).toEqual([0, 1]);
});

test('organizations are listed with their counts; those without an owner are found', async () => {
  const ada = await add('ada');
  for (const name of ['engines', 'empty']) {
    const { id } = await add(name, { kind: 'organization' });
    await place.db.write(async (tx) => {
      await tx.insert(organizations).values({
        ...{ userId: id, visibility: 'private', basePermission: 'read', memberCreation: 'all' },
        requiresTwoFactor: false,
      });
      const role = name === 'engines' ? 'owner' : 'member';
      await tx
        .insert(organizationMembers)
        .values({ organizationId: id, userId: ada.id, role, isPublic: false, createdAt: 1 });
    });
  }
  expect(await listOrganizations(place.db.read, { limit: 10 })).toMatchObject([
    { name: 'empty', members: 1, repositories: 0, visibility: 'private' },
    { name: 'engines', members: 1 },
  ]);
  expect(await listOrganizations(place.db.read, { words: 'ENG', limit: 10 })).toHaveLength(1);
  expect(await ownerlessOrganizations(place.db.read)).toEqual(['empty']);
});

test('marks and counters that are not true are found and set', async () => {
  const ada = await add('ada', { hasSecondFactor: true });
  const bob = await add('bob', { followerCount: 4 });
  const engine = await addRepository(ada.id, 'engine', { starCount: 0 });
  await place.db.write(async (tx) => {
    await tx.insert(stars).values({ userId: bob.id, repositoryId: engine.id, createdAt: 1 });
    await tx.insert(follows).values({ followerId: ada.id, followedId: bob.id, createdAt: 1 });
    await tx.insert(totpSecrets).values({
      ...{ userId: bob.id, sealedSecret: Buffer.from('x'), confirmedAt: 1, lastStep: 0, createdAt: 1 },
    });
  });
  expect(await wrongFactorMarks(place.db.read)).toEqual([
    { id: ada.id, name: 'ada', has: false },
    { id: bob.id, name: 'bob', has: true },
  ]);
  expect(await wrongCounters(place.db.read)).toBe(3);
  await place.db.write(async (tx) => {
    await setFactorMark(tx, ada.id, false);
    await setFactorMark(tx, bob.id, true);
    await recount(tx);
  });
  expect([await wrongFactorMarks(place.db.read), await wrongCounters(place.db.read)]).toEqual([[], 0]);
  if (place.db.dialect === 'sqlite') expect(await faultsOfFile(place.db.read)).toEqual([]);
});

test('the last administrator is known', async () => {
  const ada = await add('ada', { isAdmin: true });
  await add('suspended', { isAdmin: true, isSuspended: true });
  expect(await place.db.write((tx) => hasOtherAdministrator(tx, ada.id))).toBe(false);
  expect(await countAdministrators(place.db.read)).toEqual({ people: 2, administrators: 1 });
  await add('second', { isAdmin: true });
  expect(await place.db.write((tx) => hasOtherAdministrator(tx, ada.id))).toBe(true);
});

test('the audit log is filtered by person, address, time and kind', async () => {
  const secrets = testSecrets();
  const ada = await add('ada');
  const engine = await addRepository(ada.id, 'engine');
  const origin = { name: 'Root', via: 'session' as const, address: '10.0.0.1' };
  await place.db.write(async (tx) => {
    await appendAudit(tx, secrets, { kind: 'user.suspended', userId: ada.id, origin }, 10);
    await appendAudit(tx, secrets, { kind: 'user.unsuspended', userId: ada.id }, 20);
    await appendAudit(tx, secrets, { kind: 'repository.archived', repositoryId: engine.id, origin }, 30);
  });
  const kinds = async (filter: Omit<Parameters<typeof listEntries>[1], 'limit'>) =>
    (await listEntries(place.db.read, { ...filter, limit: 10 })).map(({ kind }) => kind);
  expect(await kinds({ person: 'root' })).toEqual(['repository.archived', 'user.suspended']);
  expect(await kinds({ person: 'ada', personId: ada.id })).toEqual(['user.unsuspended', 'user.suspended']);
  expect(await kinds({ address: '10.0.' })).toEqual(['repository.archived', 'user.suspended']);
  expect(await kinds({ address: '10_0' })).toEqual([]);
  expect(await kinds({ from: 20, to: 30 })).toEqual(['user.unsuspended']);
  expect(await kinds({ kind: 'user.suspended', organizationId: 5 })).toEqual([]);
  expect(await namesOfAccounts(place.db.read, [ada.id, 99])).toEqual(new Map([[ada.id, 'ada']]));
  expect(await namesOfRepositories(place.db.read, [engine.id])).toEqual(new Map([[engine.id, 'ada/engine']]));
});

test('jobs are counted by queue and state, and removed unless they run', async () => {
  const clock = manualClock();
  const jobs = openJobs({ db: place.db, clock, log: silentLog(), metrics: openMetrics(), workers: 1 });
  let told: unknown;
  const tryToRemove = (jobId: number) => jobs.remove(jobId).catch((error: unknown) => error);
  jobs.define({
    kind: 'test.removes_itself',
    queue: 'default',
    run: async (_payload, { jobId }) => {
      told = await tryToRemove(jobId);
    },
  });
  await place.db.write((tx) => jobs.enqueue(tx, 'test.removes_itself', {}));
  await place.db.write((tx) => jobs.enqueue(tx, 'test.removes_itself', {}, { delay: 60_000 }));
  await jobs.drain();
  expect(told).toMatchObject({ code: 'conflict' });
  const counts = await jobs.counts();
  expect(counts.filter(({ queue }) => queue === 'default')).toEqual(
    expect.arrayContaining([
      { queue: 'default', state: 'done', count: 1 },
      { queue: 'default', state: 'waiting', count: 1 },
    ]),
  );
  const [waiting] = await jobs.list({ state: 'waiting', kind: 'test.removes_itself', limit: 1 });
  const refused = jobs.remove(waiting?.id ?? 0, () => Promise.reject(new Error('no')));
  await expect(refused).rejects.toThrow('no');
  expect(await jobs.list({ state: 'waiting', kind: 'test.removes_itself', limit: 5 })).toHaveLength(1);
  await jobs.remove(waiting?.id ?? 0);
  expect(await tryToRemove(waiting?.id ?? 0)).toMatchObject({ code: 'not_found' });
});

test('notices and the probe of the key are kept', async () => {
  const made = await place.db.write((tx) =>
    insertNotice(tx, { kind: 'warn', text: 'ä', createdAt: 1, endsAt: null }),
  );
  expect(await listNotices(place.db.read, 5)).toEqual([made]);
  expect(await place.db.write((tx) => deleteNotice(tx, made.id))).toBe(true);
  expect(await place.db.write((tx) => deleteNotice(tx, made.id))).toBe(false);
  const secrets = testSecrets();
  expect(await fitsProbe(place.db.read, secrets)).toBe(true);
  await keepProbe(place.db, secrets);
  await keepProbe(place.db, testSecrets());
  expect(await fitsProbe(place.db.read, secrets)).toBe(true);
  expect(await fitsProbe(place.db.read, testSecrets())).toBe(false);
});
