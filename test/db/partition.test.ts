// A network that swallows everything: statements end as unavailable, and once it heals the next ones work.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tableDialect } from '../../src/platform/db/dialect.ts';
import type { Engine } from '../../src/platform/db/engines/engine.types.ts';
import { openEngine } from '../../src/platform/db/open-db.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { openStallingProxy, type StallingProxy } from '../support/stalling-proxy.ts';

const LIMIT = 1500;
const INSERT = "insert into settings (name, value) values ('a', '')";

describe.skipIf(tableDialect() === 'sqlite')('behind a network that swallows everything', () => {
  let place: TestDatabase;
  let proxy: StallingProxy;
  let engine: Engine;

  beforeEach(async () => {
    place = await openTestDb();
    const url = new URL(place.config.url);
    const socket = url.searchParams.get('socket') ?? '';
    proxy = await openStallingProxy(url.protocol === 'mysql:' ? socket : join(socket, '.s.PGSQL.5432'));
    url.searchParams.delete('socket');
    url.host = `127.0.0.1:${proxy.port}`;
    engine = await openEngine({ url: url.href, pool_size: 1 }, place.paths, LIMIT);
    await engine.execute('select 1', []);
  });
  afterEach(async () => {
    proxy.heal();
    await engine.close();
    await proxy.close();
    await place.close();
  });

  test('a statement ends as unavailable, its connection is thrown away, and the next one works', async () => {
    proxy.stall();
    await expect(engine.execute('select 1', [])).rejects.toMatchObject({ code: 'unavailable' });
    expect(proxy.accepted()).toBe(1);
    proxy.heal();
    expect((await engine.execute('select 2', [])).rows).toEqual([[2]]);
    expect(proxy.accepted()).toBe(2);
  });

  test('a transaction ends as unavailable without another wait for its rollback', async () => {
    let statements = 0;
    const attempt = engine.transaction(async (execute) => {
      await execute(INSERT, []);
      statements += 1;
      proxy.stall();
      await execute('select 1', []).catch(() => undefined);
      await execute('select 1', []);
      statements += 1;
    });
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
    expect(statements).toBe(1);
    proxy.heal();
    // The server rolled it back: the row is not in the way.
    await engine.transaction((execute) => execute(INSERT, []));
  });

  test('migrations are not bound by the limit', async () => {
    const pause = tableDialect() === 'mysql' ? 'select sleep(2)' : 'select pg_sleep(2)';
    await engine.migrationSession(async ({ execute }) => void (await execute(pause, [])));
    await expect(engine.execute(pause, [])).rejects.toMatchObject({ code: 'unavailable' });
  });
});
