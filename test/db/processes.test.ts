// Several processes on one database: starting at once, and dying in the middle of a transaction.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { dbOver, openEngine } from '../../src/platform/db/open-db.ts';
import { events } from '../../src/platform/db/tables/platform.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { makeEmptyPlace, openTestDb, type Place } from '../support/database.ts';

const SCRIPT = fileURLToPath(new URL('../support/db-process.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(action: string, place: Place) {
  const { config, paths } = place;
  const child = spawn(process.execPath, [SCRIPT, action, JSON.stringify({ config, paths })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString('utf8');
    });
  }
  return { child, output: () => output };
}

test('processes that start at once on an empty database migrate it once', async () => {
  const { place, remove } = await makeEmptyPlace();
  const starts = [1, 2, 3].map(() => run('open', place));
  await Promise.all(starts.map(({ child }) => once(child, 'close')));
  expect(starts.map(({ output }) => output().trim())).toStrictEqual(['closed', 'closed', 'closed']);
  const db = dbOver(await openEngine(place.config, place.paths), silentLog());
  expect(await db.read.$count(events)).toBe(0);
  await db.close();
  await remove();
});

test('a process killed inside a transaction loses nothing committed and leaves nothing half', async () => {
  const place = await openTestDb();
  for (const turns of [1, 4, 7]) {
    const { child, output } = run('write', place);
    await expect
      .poll(() => output().split('\n').length - 1, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(turns);
    child.kill('SIGKILL');
    await once(child, 'close');
    const committed = output().trim().split('\n').map(Number);
    const rows = await place.db.read
      .select({ kind: events.kind, count: sql<number>`count(*)` })
      .from(events)
      .groupBy(events.kind);
    const counts = new Map(rows.map((row) => [row.kind, row.count]));
    for (const turn of committed) expect(counts.get(`turn ${turn}`)).toBe(3);
    for (const count of counts.values()) expect(count).toBe(3);
    // The writer's locks died with it.
    await place.db.write(async (tx) => void (await tx.delete(events)));
  }
  await place.close();
});
