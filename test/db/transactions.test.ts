// Write transactions: atomic, isolated, serializable, bounded in time, and the same on every engine.
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Tx } from '../../src/platform/db/db.types.ts';
import { events, settings } from '../../src/platform/db/tables/platform.ts';
import { insertReturning } from '../../src/platform/db/write-forms.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';

let place: TestDatabase;
beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

async function put(tx: Tx, name: string, value = ''): Promise<void> {
  await tx.insert(settings).values({ name, value });
}

async function names(): Promise<string[]> {
  const rows = await place.db.read.select().from(settings).orderBy(settings.name);
  return rows.map((row) => row.name);
}

test('a rejection after awaited work rolls everything back', async () => {
  const attempt = place.db.write(async (tx) => {
    await put(tx, 'a');
    await sleep(20);
    await put(tx, 'b');
    throw new Error('changed my mind');
  });
  await expect(attempt).rejects.toThrow('changed my mind');
  await place.db.write((tx) => put(tx, 'c'));
  expect(await names()).toStrictEqual(['c']);
});

test('a synchronous throw rolls back too', async () => {
  const attempt = place.db.write(() => {
    throw new Error('at once');
  });
  await expect(attempt).rejects.toThrow('at once');
  await place.db.write((tx) => put(tx, 'a'));
  expect(await names()).toStrictEqual(['a']);
});

test('reads never see what is not committed, the transaction itself does', async () => {
  await place.db.write(async (tx) => {
    await put(tx, 'a');
    expect(await tx.$count(settings)).toBe(1);
    expect(await names()).toStrictEqual([]);
    await sleep(10);
    expect(await names()).toStrictEqual([]);
  });
  expect(await names()).toStrictEqual(['a']);
});

test('a failed statement dooms the transaction even when its error is caught', async () => {
  await place.db.write((tx) => put(tx, 'a'));
  const attempt = place.db.write(async (tx) => {
    await put(tx, 'b');
    await put(tx, 'a').catch(() => undefined);
  });
  await expect(attempt).rejects.toMatchObject({ code: 'conflict' });
  expect(await names()).toStrictEqual(['a']);
});

test('counters counted up at once from two openings lose nothing', async () => {
  const other = await place.openAnother();
  await place.db.write((tx) => put(tx, 'counter', '0'));
  const readThenWrite = async (tx: Tx): Promise<number> => {
    const [row] = await tx.select().from(settings).where(eq(settings.name, 'counter'));
    const next = Number(row?.value) + 1;
    await tx
      .update(settings)
      .set({ value: String(next) })
      .where(eq(settings.name, 'counter'));
    return next;
  };
  const seen = await Promise.all(
    Array.from({ length: 40 }, (_, index) => (index % 2 ? place.db : other).write(readThenWrite)),
  );
  expect(seen.sort((a, b) => a - b)).toStrictEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

test('two transactions that each check before they act cannot both act', async () => {
  const other = await place.openAnother();
  const actIfAlone = (name: string) => async (tx: Tx) => {
    if ((await tx.$count(settings)) > 0) return 'refused';
    await sleep(20);
    await put(tx, name);
    return 'acted';
  };
  const outcomes = await Promise.all([place.db.write(actIfAlone('a')), other.write(actIfAlone('b'))]);
  expect(outcomes.sort()).toStrictEqual(['acted', 'refused']);
});

test('afterCommit runs once the row is there, and not after a rollback', async () => {
  const seen: string[] = [];
  await place.db.write(async (tx) => {
    place.db.afterCommit(tx, () => seen.push('committed'));
    await put(tx, 'a');
    expect(seen).toStrictEqual([]);
  });
  const failed = place.db.write(async (tx) => {
    place.db.afterCommit(tx, () => seen.push('never'));
    await put(tx, 'a');
  });
  await expect(failed).rejects.toMatchObject({ code: 'conflict' });
  expect(seen).toStrictEqual(['committed']);
});

test('afterCommit may open the next transaction', async () => {
  let next: Promise<void> | undefined;
  await place.db.write(async (tx) => {
    await put(tx, 'a');
    place.db.afterCommit(tx, () => {
      next = place.db.write((later) => put(later, 'b'));
    });
  });
  await next;
  expect(await names()).toStrictEqual(['a', 'b']);
});

test('write inside write fails with a clear error instead of waiting for itself', async () => {
  const nested = place.db.write(async (tx) => {
    await put(tx, 'a');
    await place.db.write((inner) => put(inner, 'b'));
  });
  await expect(nested).rejects.toThrow('db.write was called inside db.write');
  expect(await names()).toStrictEqual([]);
});

test('a handle that outlives its transaction is refused', async () => {
  let kept: Tx | undefined;
  await place.db.write(async (tx) => {
    kept = tx;
    await put(tx, 'a');
  });
  await expect(kept?.insert(settings).values({ name: 'b', value: '' })).rejects.toThrow(
    'transaction is over',
  );
  expect(await names()).toStrictEqual(['a']);
});

test('a transaction that never ends is rolled back and holds nobody up for ever', async () => {
  const impatient = await place.openAnother({ transactionLimit: 100 });
  let late: Promise<unknown> | undefined;
  const stuck = impatient.write(async (tx) => {
    await put(tx, 'a');
    late = sleep(400).then(() => put(tx, 'late'));
    await new Promise(() => undefined);
  });
  await expect(stuck).rejects.toMatchObject({ code: 'unavailable' });
  await impatient.write((tx) => put(tx, 'b'));
  await expect(late).rejects.toThrow('transaction is over');
  expect(await names()).toStrictEqual(['b']);
});

test('hundreds of writers at once all get their turn', async () => {
  await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      place.db.write((tx) => insertReturning(tx, events, { kind: `k${index}`, data: {}, createdAt: index })),
    ),
  );
  const [row] = await place.db.read.select({ kinds: sql<number>`count(distinct kind)` }).from(events);
  expect(row?.kinds).toBe(300);
});

test('the database answers a ping until it is closed', async () => {
  const other = await place.openAnother();
  await other.ping();
  await other.close();
  await expect(other.ping()).rejects.toThrow();
  await expect(other.write((tx) => put(tx, 'a'))).rejects.toThrow();
});
