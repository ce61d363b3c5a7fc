// The audit log: one unbroken chain whoever writes at once, and every kind of tampering is found.
import { eq, gt } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../src/platform/db/db.types.ts';
import { auditEntries, settings } from '../../src/platform/db/tables/platform.ts';
import { appendAudit, checkAudit } from '../../src/platform/events/audit.ts';
import type { DomainEvent } from '../../src/platform/events/events.types.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { testSecrets } from '../support/secrets.ts';

const secrets = testSecrets();
let place: TestDatabase;

beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

const suspended = (userId: number): DomainEvent => ({
  kind: 'user.suspended',
  userId,
  actorId: 1,
  origin: { name: 'ada', via: 'session', address: '2001:db8::1' },
});

async function append(db: Db, ...events: DomainEvent[]): Promise<void> {
  for (const event of events) await db.write((tx) => appendAudit(tx, secrets, event, 1_700_000_000_000));
}

const rows = () => place.db.read.select().from(auditEntries).orderBy(auditEntries.sequence);
const check = () => checkAudit(place.db.read, secrets);

test('an entry says who, what, when and from where', async () => {
  await append(place.db, suspended(7), {
    kind: 'repository.renamed',
    repositoryId: 9,
    from: 'ä',
    to: 'ö "\u2028',
  });
  expect(await rows()).toMatchObject([
    {
      sequence: 1,
      at: 1_700_000_000_000,
      kind: 'user.suspended',
      actorId: 1,
      actorName: 'ada',
      via: 'session',
      address: '2001:db8::1',
      userId: 7,
      organizationId: null,
      repositoryId: null,
      data: '{}',
    },
    { sequence: 2, actorId: null, via: 'system', repositoryId: 9, data: '{"from":"ä","to":"ö \\"\u2028"}' },
  ]);
  expect(await check()).toEqual({ entries: 2, fault: undefined });
});

test('text that a database would change is stored as it is hashed', async () => {
  const origin = { name: `\ud800${'x'.repeat(300)}`, via: 'deploy-key' as const, address: 'f'.repeat(90) };
  await append(place.db, { kind: 'mail.tested', to: 'a\ud800b', origin });
  expect(await check()).toEqual({ entries: 1, fault: undefined });
});

test('an empty log holds', async () => {
  expect(await check()).toEqual({ entries: 0, fault: undefined });
});

test.each([
  ['in one process', false],
  ['in processes of their own', true],
])('eight writers at once, %s, end in one unbroken chain', async (_how, apart) => {
  const writers = await Promise.all(
    Array.from({ length: 8 }, async () => (apart ? place.openAnother() : place.db)),
  );
  await Promise.all(
    writers.flatMap((db, writer) =>
      Array.from({ length: 5 }, (_, turn) => append(db, suspended(writer * 10 + turn))),
    ),
  );
  expect(await check()).toEqual({ entries: 40, fault: undefined });
  const entries = await rows();
  expect(entries.map((entry) => entry.sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(new Set(entries.map((entry) => entry.userId)).size).toBe(40);
  const ids = entries.map((entry) => entry.id);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test('a check beside writers finds nothing wrong', async () => {
  await append(place.db, suspended(1));
  const writing = Promise.all(Array.from({ length: 20 }, (_, index) => append(place.db, suspended(index))));
  for (let turn = 0; turn < 5; turn += 1) expect((await check()).fault).toBeUndefined();
  await writing;
  expect(await check()).toEqual({ entries: 21, fault: undefined });
});

describe('tampering is found:', () => {
  beforeEach(() => append(place.db, ...[1, 2, 3, 4, 5].map(suspended)));

  const change = (sequence: number, values: Partial<typeof auditEntries.$inferInsert>) =>
    place.db.write(async (tx) => {
      await tx.update(auditEntries).set(values).where(eq(auditEntries.sequence, sequence));
    });

  test.each([
    ['the kind', { kind: 'user.unsuspended' }],
    ['the time', { at: 1_700_000_000_001 }],
    ['who', { actorId: 2 }],
    ['their name', { actorName: 'bob' }],
    ['the means', { via: 'token' }],
    ['the address', { address: '127.0.0.1' }],
    ['to whom', { userId: null }],
    ['the organization', { organizationId: 1 }],
    ['the repository', { repositoryId: 1 }],
    ['the details', { data: '{"a":1}' }],
    ['the hash', { hash: '0'.repeat(64) }],
  ])('a change of %s', async (_what, values) => {
    await change(3, values);
    expect(await check()).toEqual({ entries: 2, fault: 'Entry 3 was changed.' });
  });

  test('a gap', async () => {
    await place.db.write(async (tx) => {
      await tx.delete(auditEntries).where(eq(auditEntries.sequence, 3));
    });
    expect(await check()).toEqual({ entries: 2, fault: 'Entry 3 is missing.' });
  });

  test('a gap that was closed by counting anew', async () => {
    await place.db.write(async (tx) => {
      await tx.delete(auditEntries).where(eq(auditEntries.sequence, 3));
      await tx.update(auditEntries).set({ sequence: 3 }).where(eq(auditEntries.sequence, 4));
      await tx.update(auditEntries).set({ sequence: 4 }).where(eq(auditEntries.sequence, 5));
    });
    expect(await check()).toEqual({ entries: 2, fault: 'Entry 3 was changed.' });
  });

  test('another order', async () => {
    await change(2, { sequence: 99 });
    await change(3, { sequence: 2 });
    await change(99, { sequence: 3 });
    expect(await check()).toEqual({ entries: 1, fault: 'Entry 2 was changed.' });
  });

  test('an entry of one’s own', async () => {
    const copies = (await rows()).slice(-1).map(({ id: _, ...copy }) => ({ ...copy, sequence: 6 }));
    await place.db.write(async (tx) => {
      await tx.insert(auditEntries).values(copies);
    });
    expect(await check()).toEqual({ entries: 5, fault: 'Entry 6 was changed.' });
  });

  test('an end that was cut off', async () => {
    await place.db.write(async (tx) => {
      await tx.delete(auditEntries).where(gt(auditEntries.sequence, 3));
    });
    expect(await check()).toEqual({ entries: 3, fault: 'Entries after number 3 are missing.' });
  });

  test('an end that was cut off and gone on with', async () => {
    await place.db.write(async (tx) => {
      await tx.delete(auditEntries).where(gt(auditEntries.sequence, 3));
    });
    await append(place.db, suspended(9));
    expect((await check()).fault).toMatch(/^Entr/);
  });

  test('a log that was emptied', async () => {
    await place.db.write(async (tx) => {
      await tx.delete(auditEntries);
    });
    expect(await check()).toEqual({ entries: 0, fault: 'Entries after number 0 are missing.' });
  });

  test('a missing end mark', async () => {
    await place.db.write(async (tx) => {
      await tx.delete(settings).where(eq(settings.name, 'audit.head'));
    });
    expect((await check()).fault).toBeDefined();
  });

  test('another key', async () => {
    expect(await checkAudit(place.db.read, testSecrets())).toEqual({
      entries: 0,
      fault: 'Entry 1 was changed.',
    });
  });
});
