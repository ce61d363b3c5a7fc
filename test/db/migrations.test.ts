// Migrations: they make the tables the program uses, run once, survive failures, and refuse a foreign history.
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { is, Table } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tableDialect } from '../../src/platform/db/dialect.ts';
import type { Engine } from '../../src/platform/db/engines/engine.types.ts';
import { type Migration, migrate, parseMigration, shippedMigrations } from '../../src/platform/db/migrate.ts';
import { openEngine } from '../../src/platform/db/open-db.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { makeEmptyPlace, openTestDb } from '../support/database.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIRST = parseMigration(
  '0001_first.sql',
  'create table a (n int);\n--> statement-breakpoint\ncreate table b (n int);\n',
);
const SECOND = parseMigration('0002_second.sql', 'insert into a values (1);');

let engine: Engine;
let remove: () => Promise<void>;
beforeEach(async () => {
  const empty = await makeEmptyPlace();
  engine = await openEngine(empty.place.config, empty.place.paths);
  remove = empty.remove;
});
afterEach(async () => {
  await engine.close();
  await remove();
});

const apply = (...migrations: Migration[]) => migrate(engine, silentLog(), migrations);
const count = async (table: string) =>
  Number((await engine.execute(`select count(*) from ${table}`, [])).rows[0]?.[0]);

test('the tables agree with the snapshot of the last migration', () => {
  const check = () =>
    execFileSync(process.execPath, ['scripts/make-migrations.ts', '--check', tableDialect()], { cwd: ROOT });
  expect(check).not.toThrow();
});

test('the migrated database holds every column of every table', async () => {
  const place = await openTestDb();
  const files = globSync('*.ts', { cwd: `${ROOT}/src/platform/db/tables` });
  let tables = 0;
  for (const file of files) {
    const exported = (await import(`../../src/platform/db/tables/${file.replace('.ts', '')}.ts`)) as Record<
      string,
      unknown
    >;
    for (const table of Object.values(exported)) {
      if (!is(table, Table)) continue;
      expect(await place.db.read.select().from(table as SQLiteTable)).toStrictEqual([]);
      tables += 1;
    }
  }
  expect(tables).toBeGreaterThanOrEqual(14);
  await place.close();
});

test('what ships runs on an empty database, and a second start changes nothing', async () => {
  await migrate(engine, silentLog());
  await migrate(engine, silentLog());
  expect(await count('schema_migrations')).toBe(shippedMigrations(engine.dialect).length);
});

test('each migration runs once, later ones when they appear', async () => {
  await apply(FIRST);
  await apply(FIRST, SECOND);
  await apply(FIRST, SECOND);
  expect(await count('a')).toBe(1);
});

test('an edited migration refuses to start and names itself', async () => {
  await apply(FIRST, SECOND);
  const edited = parseMigration('0002_second.sql', 'insert into a values (2);');
  await expect(apply(FIRST, edited)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('0002_second') as string,
  });
});

test('a database newer than the program refuses to start and says so', async () => {
  await apply(FIRST, SECOND);
  await expect(apply(FIRST)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('newer than this program') as string,
  });
  expect(await count('a')).toBe(1);
});

test('a migration that fails half-way says where, and runs to its end once mended', async () => {
  const broken = parseMigration(
    '0002_second.sql',
    'insert into a values (1);\n--> statement-breakpoint\ninsert into missing values (1);',
  );
  await apply(FIRST);
  await expect(apply(FIRST, broken)).rejects.toThrow('Migration 0002_second failed at statement 2');
  // Only MySQL keeps the first half, and goes on behind it.
  expect(await count('a')).toBe(engine.dialect === 'mysql' ? 1 : 0);
  await engine.execute('create table missing (n int)', []).catch(async () => {
    await engine.transaction((execute) => execute('create table missing (n int)', []));
  });
  await apply(FIRST, broken);
  expect([await count('a'), await count('missing')]).toStrictEqual([1, 1]);
});

test.runIf(tableDialect() === 'mysql')(
  'a statement that ran but was not counted before a crash is not run into again',
  async () => {
    await apply(FIRST);
    await engine.execute('drop table b', []);
    await engine.execute('update schema_migrations set statements_done = 0', []);
    await apply(FIRST);
    expect([await count('a'), await count('b')]).toStrictEqual([0, 0]);
  },
);

test('line ends of the file do not change its checksum', () => {
  expect(parseMigration('x/0001_a.sql', 'create\r\ntable')).toStrictEqual(
    parseMigration('y/0001_a.sql', 'create\ntable'),
  );
});
