// Column types and the three insert forms behave alike on every engine.
import { asc, count, desc, eq, sql, sum } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { changedRows } from '../../src/platform/db/drizzle-session.ts';
import { directoryHistories } from '../../src/platform/db/tables/code.ts';
import { events, jobs, settings } from '../../src/platform/db/tables/platform.ts';
import { collaborators, repositories } from '../../src/platform/db/tables/repos.ts';
import { users } from '../../src/platform/db/tables/users.ts';
import { insertIfAbsent, insertReturning, upsert } from '../../src/platform/db/write-forms.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

const AT = 1_795_441_488_745;

test('insertReturning gives the stored row with its id, each type as it went in', async () => {
  const { db } = place;
  const user = await db.write((tx) => insertReturning(tx, users, newUser('Ann-😀')));
  expect(user).toStrictEqual({ ...newUser('Ann-😀'), id: user.id, passwordHash: null, lastLoginAt: null });
  expect(user.id).toBeGreaterThan(0);
  const repository = await db.write((tx) =>
    insertReturning(tx, repositories, { ...newRepository(user.id, 'x'), sizeBytes: 2 ** 45 + 1 }),
  );
  expect(repository.sizeBytes).toBe(2 ** 45 + 1);
  expect(repository.isEmpty).toBe(true);
  expect(repository.createdAt).toBe(newRepository(user.id, 'x').createdAt);

  const value = { text: 'ünï "quoted" \\ \u0001', list: [1, null, { a: true }], deep: { n: 1.5 } };
  const event = await db.write((tx) =>
    insertReturning(tx, events, { kind: 'x', data: value, createdAt: AT }),
  );
  expect(event.data).toStrictEqual(value);
  expect((await db.read.select().from(events))[0]).toStrictEqual(event);
});

test('bytes come back as they went in, and a composite key finds the inserted row', async () => {
  const { db } = place;
  const owner = await db.write((tx) => insertReturning(tx, users, newUser('ann')));
  const repository = await db.write((tx) => insertReturning(tx, repositories, newRepository(owner.id, 'x')));
  const all = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
  const row = await db.write((tx) =>
    insertReturning(tx, directoryHistories, {
      repositoryId: repository.id,
      commitOid: 'a'.repeat(40),
      pathHash: 'b'.repeat(64),
      entries: all,
      createdAt: AT,
    }),
  );
  expect(Buffer.isBuffer(row.entries)).toBe(true);
  expect(row.entries.equals(all)).toBe(true);
});

test('ids count up and are never used twice', async () => {
  const { db } = place;
  const add = (name: string) => db.write((tx) => insertReturning(tx, users, newUser(name)));
  await add('a');
  const last = await add('b');
  await db.write(async (tx) => void (await tx.delete(users).where(eq(users.id, last.id))));
  expect((await add('c')).id).toBeGreaterThan(last.id);
});

test('keys are told apart by case, accents and bytes', async () => {
  const { db } = place;
  for (const name of ['key', 'KEY', 'kéy', 'ｋey', '😀', '😁']) {
    expect(await db.write((tx) => insertIfAbsent(tx, settings, { name, value: name }))).toBe(true);
  }
  const rows = await db.read.select().from(settings).where(eq(settings.name, 'KEY'));
  expect(rows).toStrictEqual([{ name: 'KEY', value: 'KEY' }]);
  const sorted = await db.read.select({ name: settings.name }).from(settings).orderBy(asc(settings.name));
  expect(sorted.map((row) => row.name)).toStrictEqual(['KEY', 'key', 'kéy', 'ｋey', '😀', '😁']);
});

test('insertIfAbsent leaves an existing row and the transaction alone', async () => {
  const { db } = place;
  const outcome = await db.write(async (tx) => {
    const first = await insertIfAbsent(tx, settings, { name: 'a', value: '1' });
    const second = await insertIfAbsent(tx, settings, { name: 'a', value: '2' });
    await tx.insert(settings).values({ name: 'b', value: '3' });
    return [first, second];
  });
  expect(outcome).toStrictEqual([true, false]);
  expect(await db.read.select().from(settings).orderBy(settings.name)).toStrictEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: '3' },
  ]);
});

test('insertIfAbsent still refuses what breaks a reference', async () => {
  const attempt = place.db.write((tx) =>
    insertIfAbsent(tx, collaborators, { repositoryId: 99, userId: 99, permission: 'read', createdAt: AT }),
  );
  await expect(attempt).rejects.toMatchObject({ code: 'conflict' });
});

test('upsert inserts, then changes; its expressions see the row', async () => {
  const { db } = place;
  const put = () =>
    db.write((tx) =>
      upsert(
        tx,
        settings,
        { name: 'a', value: 'x' },
        { target: settings.name, set: { value: sql`concat(${settings.value}, 'y')` } },
      ),
    );
  await put();
  await put();
  await put();
  expect(await db.read.select().from(settings)).toStrictEqual([{ name: 'a', value: 'xyy' }]);
});

test('a violated unique index is a conflict that says which, and holds no values', async () => {
  const { db } = place;
  await db.write((tx) => insertReturning(tx, users, newUser('ann')));
  const twice = { ...newUser('bob'), emailKey: newUser('ann').emailKey, passwordHash: 'secret-hash' };
  const error: unknown = await db.write((tx) => insertReturning(tx, users, twice)).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'conflict' });
  expect(violatedUnique(error)).toBe('users_email_key');
  expect(JSON.stringify(flatten(error))).not.toMatch(/secret-hash|ann@/);
});

test('a row that others point to stays, and cascades follow', async () => {
  const { db } = place;
  const owner = await db.write((tx) => insertReturning(tx, users, newUser('ann')));
  const guest = await db.write((tx) => insertReturning(tx, users, newUser('bob')));
  const repository = await db.write((tx) => insertReturning(tx, repositories, newRepository(owner.id, 'x')));
  const grant = { repositoryId: repository.id, userId: guest.id, permission: 'read' as const, createdAt: AT };
  await db.write((tx) => insertReturning(tx, collaborators, grant));
  const removeOwner = db.write(async (tx) => void (await tx.delete(users).where(eq(users.id, owner.id))));
  await expect(removeOwner).rejects.toMatchObject({ code: 'conflict' });
  await db.write(async (tx) => void (await tx.delete(users).where(eq(users.id, guest.id))));
  expect(await db.read.select().from(collaborators)).toStrictEqual([]);
});

test('joins, aggregates and expressions give JavaScript numbers', async () => {
  const { db } = place;
  const owner = await db.write((tx) => insertReturning(tx, users, newUser('ann')));
  for (const name of ['x', 'y', 'z']) {
    await db.write((tx) =>
      insertReturning(tx, repositories, { ...newRepository(owner.id, name), sizeBytes: 2 ** 33 }),
    );
  }
  const [row] = await db.read
    .select({
      name: users.name,
      repositories: count(repositories.id),
      raw: sql<number>`count(*)`,
      size: sql<number>`sum(${repositories.sizeBytes})`,
      text: sum(repositories.sizeBytes),
    })
    .from(users)
    .leftJoin(repositories, eq(repositories.ownerId, users.id))
    .groupBy(users.id, users.name);
  expect(row).toStrictEqual({
    name: 'ann',
    repositories: 3,
    raw: 3,
    size: 3 * 2 ** 33,
    text: String(3 * 2 ** 33),
  });
  expect(await db.read.$count(repositories)).toBe(3);
  const newest = await db.read.select().from(repositories).orderBy(desc(repositories.id)).limit(1).offset(1);
  expect(newest[0]?.name).toBe('y');
});

test('changedRows counts matched rows, also those that keep their values', async () => {
  const { db } = place;
  await db.write((tx) => insertReturning(tx, settings, { name: 'a', value: '1' }));
  const update = (name: string) =>
    db.write(async (tx) =>
      changedRows(await tx.update(settings).set({ value: '1' }).where(eq(settings.name, name))),
    );
  expect(await update('a')).toBe(1);
  expect(await update('b')).toBe(0);
  expect(await db.write(async (tx) => changedRows(await tx.delete(jobs)))).toBe(0);
});

function flatten(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { ...error, message: error.message, stack: error.stack, cause: flatten(error.cause) };
}
