// What can be read off the database engine itself: which one it is, how much it holds, how quickly it answers.
import { sql } from 'drizzle-orm';
import type { Db, Dialect } from './db.types.ts';

export interface DatabaseReadings {
  /** E.g. `SQLite 3.50.1`. */
  engine: string;
  bytes: number;
  /** Milliseconds that one empty question took. */
  pingMs: number;
}

const NAMES: Record<Dialect, string> = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MySQL' };

const VERSION: Record<Dialect, string> = {
  sqlite: 'select sqlite_version() as value',
  postgres: "select current_setting('server_version') as value",
  mysql: 'select version() as value',
};

const BYTES: Record<Dialect, string> = {
  sqlite:
    'select page_count.page_count * page_size.page_size as value from pragma_page_count() as page_count, pragma_page_size() as page_size',
  postgres: 'select pg_database_size(current_database()) as value',
  mysql:
    'select sum(data_length + index_length) as value from information_schema.tables where table_schema = database()',
};

/** Asks the engine about itself. */
export async function readDatabase(db: Db): Promise<DatabaseReadings> {
  const started = performance.now();
  await db.ping();
  const pingMs = performance.now() - started;
  const version = String(await ask(db, VERSION[db.dialect]));
  const name = /mariadb/i.test(version) ? 'MariaDB' : NAMES[db.dialect];
  const number = /^[\d.]+/.exec(version)?.[0] ?? version;
  return { engine: `${name} ${number}`, bytes: Number(await ask(db, BYTES[db.dialect])), pingMs };
}

async function ask(db: Db, statement: string): Promise<unknown> {
  const rows = (await db.read
    .select({ value: sql<unknown>`value` })
    .from(sql.raw(`(${statement}) as reading`))) as {
    value: unknown;
  }[];
  return rows[0]?.value;
}
