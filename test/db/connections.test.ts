// Servers that go away, are not there, or refuse: an error with a code, no password in it, and the next try works.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Dialect } from '../../src/platform/db/db.types.ts';
import { tableDialect } from '../../src/platform/db/dialect.ts';
import { openDb, openEngine } from '../../src/platform/db/open-db.ts';
import { settings } from '../../src/platform/db/tables/platform.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';

const dialect = tableDialect();
const onServer = test.runIf(dialect !== 'sqlite');
const END_ME: Record<Exclude<Dialect, 'sqlite'>, string> = {
  postgres: 'select pg_terminate_backend(pg_backend_pid())',
  mysql: 'kill connection_id()',
};

let place: TestDatabase;
beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

onServer('a connection that dies inside a transaction is unavailable, and the next one works', async () => {
  if (dialect === 'sqlite') return;
  const engine = await openEngine(place.config, place.paths);
  const attempt = engine.transaction(async (execute) => {
    await execute("insert into settings (name, value) values ('a', '')", []);
    await execute(END_ME[dialect], []);
    await execute("insert into settings (name, value) values ('b', '')", []);
  });
  await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
  await engine.transaction((execute) => execute("insert into settings (name, value) values ('c', '')", []));
  await engine.close();
  const rows = await place.db.read.select().from(settings);
  expect(rows.map((row) => row.name)).toStrictEqual(['c']);
});

onServer('a server that is not there is unavailable', async () => {
  const url = new URL(place.config.url);
  url.searchParams.set('socket', '/nonexistent/socket');
  url.password = 'hunter2';
  const attempt = openDb({ url: url.href, pool_size: 1 }, place.paths, silentLog());
  await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
  await expect(attempt).rejects.toThrow('The database at /nonexistent/socket cannot be reached');
  await expect(attempt).rejects.not.toThrow('hunter2');
});

onServer('a database that does not exist is named as the mistake it is', async () => {
  const url = new URL(place.config.url);
  url.pathname = '/no_such_database';
  const attempt = openDb({ url: url.href, pool_size: 1 }, place.paths, silentLog());
  await expect(attempt).rejects.toThrow('Check database.url');
});

test('a directory that does not exist is an error at start', async () => {
  const attempt = openEngine({ url: '', pool_size: 1 }, { database: '/nonexistent/folder/x.db' });
  await expect(attempt).rejects.toThrow('directory does not exist');
});

test.runIf(dialect === 'sqlite')('a database that another process writes to can be closed', async () => {
  const [one, other] = [
    await openEngine(place.config, place.paths),
    await openEngine(place.config, place.paths),
  ];
  await one.transaction(async (execute) => {
    await execute("insert into settings (name, value) values ('a', '')", []);
    await expect(other.close()).resolves.toBeUndefined();
  });
  await one.close();
});

test('a file that is no database is named as what it is', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'damaged-'));
  const file = join(directory, 'opencodehub.db');
  writeFileSync(file, 'anything else');
  const attempt = openEngine({ url: '', pool_size: 1 }, { database: file });
  await expect(attempt).rejects.toThrow('restore a backup');
  rmSync(directory, { recursive: true });
});

test('tables made for one engine are not used with another', async () => {
  const attempt = openDb(
    dialect === 'sqlite' ? { url: 'mysql://127.0.0.1:1/x', pool_size: 1 } : { url: '', pool_size: 1 },
    { database: ':memory:' },
    silentLog(),
  );
  await expect(attempt).rejects.toThrow('Tables are made for');
});
