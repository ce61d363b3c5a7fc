// Column helpers that make the right kind for the chosen engine, typed as drizzle's SQLite flavour throughout.
// Instants are milliseconds since 1970; integers are 64-bit in the engine and JavaScript numbers here.
import * as mysql from 'drizzle-orm/mysql-core';
import * as pg from 'drizzle-orm/pg-core';
import * as sqlite from 'drizzle-orm/sqlite-core';
import type { Dialect } from './db.types.ts';
import { tableDialect } from './dialect.ts';
import { rememberUniqueIndexes } from './unique-indexes.ts';

const dialect = tableDialect();

/** The flavours of one helper are interchangeable at run time; the SQLite one gives the type. */
function pick<T>(flavours: { sqlite: T } & Record<Exclude<Dialect, 'sqlite'>, unknown>): T {
  return flavours[dialect] as T;
}

const sqliteTable = ((...args: Parameters<typeof sqlite.sqliteTable>) => {
  const made = sqlite.sqliteTable(...args);
  rememberUniqueIndexes(made);
  return made;
}) as typeof sqlite.sqliteTable;

export const table = pick({ sqlite: sqliteTable, postgres: pg.pgTable, mysql: mysql.mysqlTable });
export const index = pick({ sqlite: sqlite.index, postgres: pg.index, mysql: mysql.index });
export const unique = pick({
  sqlite: sqlite.uniqueIndex,
  postgres: pg.uniqueIndex,
  mysql: mysql.uniqueIndex,
});
export const primaryKey = pick({
  sqlite: sqlite.primaryKey,
  postgres: pg.primaryKey,
  mysql: mysql.primaryKey,
});

/** The primary key `id`: counts up and is never used twice. */
export const id = pick({
  sqlite: () => sqlite.integer('id').primaryKey({ autoIncrement: true }),
  postgres: () => pg.bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  mysql: () => mysql.bigint('id', { mode: 'number' }).autoincrement().primaryKey(),
});

const integer = pick({
  sqlite: <N extends string>(name: N) => sqlite.integer(name),
  postgres: (name: string) => pg.bigint(name, { mode: 'number' }),
  mysql: (name: string) => mysql.bigint(name, { mode: 'number' }),
});

/** A whole number or a reference to an `id`. */
export const int = integer;
/** A whole number that may pass 2^31, up to 2^53. */
export const big = integer;
/** An instant. */
export const time = integer;

export const bool = pick({
  sqlite: <N extends string>(name: N) => sqlite.integer(name, { mode: 'boolean' }),
  postgres: (name: string) => pg.boolean(name),
  mysql: (name: string) => mysql.boolean(name),
});

const mysqlText = mysql.customType<{ data: string }>({
  dataType: () => 'longtext character set utf8mb4 collate utf8mb4_bin',
});

/** Text of any length; cannot be indexed. */
export const text = pick({
  sqlite: <N extends string>(name: N) => sqlite.text(name),
  postgres: (name: string) => pg.text(name),
  mysql: (name: string) => mysqlText(name),
});

const pgKey = pg.customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 255}) COLLATE "C"`,
});
const mysqlKey = mysql.customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 255}) character set utf8mb4 collate utf8mb4_bin`,
});

/**
 * Text of at most `length` characters that can be indexed, told apart and ordered by its code points.
 * SQLite does not enforce the length, the others refuse longer values; MySQL ignores spaces at the end when comparing.
 */
export const key = pick({
  sqlite: <N extends string>(name: N, _length: number) => sqlite.text(name),
  postgres: (name: string, length: number) => pgKey(name, { length }),
  mysql: (name: string, length: number) => mysqlKey(name, { length }),
});

const stored = {
  toDriver: (value: unknown) => JSON.stringify(value),
  fromDriver: (value: string) => JSON.parse(value) as unknown,
};
const sqliteJson = sqlite.customType<{ data: unknown; driverData: string }>({
  dataType: () => 'text',
  ...stored,
});
const pgJson = pg.customType<{ data: unknown; driverData: string }>({ dataType: () => 'text', ...stored });
const mysqlJson = mysql.customType<{ data: unknown; driverData: string }>({
  dataType: () => 'longtext character set utf8mb4 collate utf8mb4_bin',
  ...stored,
});

/** A JSON value kept as text: the same on every engine, not queried inside. */
export const json = pick({
  sqlite: <N extends string>(name: N) => sqliteJson(name),
  postgres: (name: string) => pgJson(name),
  mysql: (name: string) => mysqlJson(name),
});

const pgBytes = pg.customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const mysqlBytes = mysql.customType<{ data: Buffer }>({ dataType: () => 'longblob' });

/** Bytes, as a Buffer. */
export const bytes = pick({
  sqlite: <N extends string>(name: N) => sqlite.blob(name, { mode: 'buffer' }),
  postgres: (name: string) => pgBytes(name),
  mysql: (name: string) => mysqlBytes(name),
});
