// A fresh, migrated database for one test, on the engine of this run (OPENCODEHUB_TEST_DIALECT, default SQLite).

import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Config } from '../../src/platform/config/config.schema.ts';
import type { Db } from '../../src/platform/db/db.types.ts';
import { tableDialect } from '../../src/platform/db/dialect.ts';
import type { Engine } from '../../src/platform/db/engines/engine.types.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { type DbOptions, dbOver, openEngine } from '../../src/platform/db/open-db.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { TEMPLATE } from './engines.setup.ts';
import { giveBack, takeDatabase } from './mysql-databases.ts';

/** What openDb takes to open a database, also in another process. */
export interface Place {
  config: Config['database'];
  paths: { database: string };
}

export interface TestDatabase extends Place {
  db: Db;
  /** A second, independent opening of the same database, as another process would hold it. */
  openAnother(options?: DbOptions): Promise<Db>;
  /** Closes every opening and removes the database. */
  close(): Promise<void>;
}

/** Opens a fresh database with every migration applied. */
export async function openTestDb(options: DbOptions = {}): Promise<TestDatabase> {
  const { place, remove } = await makePlace('migrated');
  const opened: Db[] = [];
  async function open(openOptions: DbOptions): Promise<Db> {
    const db = dbOver(await openEngine(place.config, place.paths), silentLog(), openOptions);
    opened.push(db);
    return db;
  }
  return {
    ...place,
    db: await open(options),
    openAnother: (more = options) => open(more),
    async close() {
      for (const db of opened) await db.close();
      await remove();
    },
  };
}

/** A fresh database without a single table. */
export async function makeEmptyPlace(): Promise<{ place: Place; remove(): Promise<void> }> {
  return makePlace('empty');
}

async function makePlace(content: 'migrated' | 'empty'): Promise<{ place: Place; remove(): Promise<void> }> {
  const dialect = tableDialect();
  if (dialect === 'sqlite') return sqlitePlace(content);
  if (dialect === 'mysql' && content === 'migrated') return mysqlPlace();
  const name = `och_${randomBytes(8).toString('hex')}`;
  const copied = dialect === 'postgres' && content === 'migrated';
  await onServer((server) =>
    server.execute(`create database ${name}${copied ? ` template ${TEMPLATE}` : ''}`, []),
  );
  const place = placeNamed(name);
  const force = dialect === 'postgres' ? ' with (force)' : '';
  return {
    place,
    remove: async () =>
      void (await onServer((server) => server.execute(`drop database ${name}${force}`, []))),
  };
}

function placeNamed(name: string): Place {
  const url = new URL(inject('engineUrl'));
  url.pathname = `/${name}`;
  return { config: { url: url.href, pool_size: 8 }, paths: { database: '' } };
}

async function mysqlPlace(): Promise<{ place: Place; remove(): Promise<void> }> {
  const known = await takeDatabase(onServer, (name) => migratePlace(placeNamed(name)));
  return { place: placeNamed(known.name), remove: () => giveBack(onServer, known) };
}

async function sqlitePlace(
  content: 'migrated' | 'empty',
): Promise<{ place: Place; remove(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'och-db-'));
  const place = { config: { url: '', pool_size: 1 }, paths: { database: join(folder, 'test.db') } };
  if (content === 'migrated') {
    const template = inject('sqliteTemplate');
    if (template) copyFileSync(template, place.paths.database);
    else await migratePlace(place);
  }
  return { place, remove: async () => rmSync(folder, { recursive: true, force: true }) };
}

async function migratePlace(place: Place): Promise<void> {
  const engine = await openEngine(place.config, place.paths);
  await migrate(engine, silentLog());
  await engine.close();
}

async function onServer<T>(work: (server: Engine) => Promise<T>): Promise<T> {
  const server = await openEngine({ url: inject('engineUrl'), pool_size: 1 }, { database: '' });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
