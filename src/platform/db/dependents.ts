// What the database would remove along with a row of accounts. A deleted account's row stays behind as a ghost, so these
// rows are removed by hand; read off the tables themselves, so that a new table is never forgotten.
import { eq, is, Table } from 'drizzle-orm';
import { getTableConfig as mysqlConfig } from 'drizzle-orm/mysql-core';
import { getTableConfig as pgConfig } from 'drizzle-orm/pg-core';
import { type SQLiteColumn, type SQLiteTable, getTableConfig as sqliteConfig } from 'drizzle-orm/sqlite-core';
import type { Tx } from './db.types.ts';
import { tableDialect } from './dialect.ts';
import * as auth from './tables/auth.ts';
import * as code from './tables/code.ts';
import * as issues from './tables/issues.ts';
import * as notifications from './tables/notifications.ts';
import * as orgs from './tables/orgs.ts';
import * as platform from './tables/platform.ts';
import * as pulls from './tables/pulls.ts';
import * as repos from './tables/repos.ts';
import * as users from './tables/users.ts';
import * as webhooks from './tables/webhooks.ts';

interface ForeignKey {
  onDelete: string | undefined;
  reference(): { columns: SQLiteColumn[]; foreignTable: unknown };
}

interface Dependent {
  table: SQLiteTable;
  column: SQLiteColumn;
}

/** Removes every row that belongs to an account; rows that only name it (as an author, as who invited) stay. */
export async function removeDependentsOf(tx: Tx, userId: number): Promise<void> {
  for (const { table, column } of dependents()) await tx.delete(table).where(eq(column, userId));
}

/** The tables whose rows go with an account, with the column that names it. */
export function dependents(): Dependent[] {
  const modules = [auth, code, issues, notifications, orgs, platform, pulls, repos, users, webhooks];
  const tables = modules.flatMap((module) => Object.values(module)).filter((value) => is(value, Table));
  return tables.flatMap((table) => dependentsIn(table as SQLiteTable));
}

function dependentsIn(table: SQLiteTable): Dependent[] {
  return foreignKeysOf(table).flatMap((key) => {
    const { columns, foreignTable } = key.reference();
    const [column] = columns;
    const goes = key.onDelete === 'cascade' && foreignTable === users.users;
    return goes && column ? [{ table, column }] : [];
  });
}

function foreignKeysOf(table: SQLiteTable): readonly ForeignKey[] {
  const dialect = tableDialect();
  if (dialect === 'sqlite') return sqliteConfig(table).foreignKeys as unknown as ForeignKey[];
  if (dialect === 'postgres') return pgConfig(table as never).foreignKeys as unknown as ForeignKey[];
  return mysqlConfig(table as never).foreignKeys as unknown as ForeignKey[];
}
