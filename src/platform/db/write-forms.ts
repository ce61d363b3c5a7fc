// Inserts that behave alike on every engine: MySQL has neither RETURNING nor ON CONFLICT.
import {
  and,
  eq,
  getTableColumns,
  type InferInsertModel,
  type InferSelectModel,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { IndexColumn, SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core';
import type { Tx } from './db.types.ts';
import { tableDialect } from './dialect.ts';
import { isUniqueViolation } from './driver-errors.ts';
import { changedRows, writeResultOf } from './drizzle-session.ts';
import { transactionOf } from './transaction.ts';

/** Inserts one row and returns it as stored, generated id included. The table has an `id`, or `values` hold its primary key. */
export async function insertReturning<T extends SQLiteTable>(
  tx: Tx,
  table: T,
  values: InferInsertModel<T>,
): Promise<InferSelectModel<T>> {
  const insert = tx.insert(table).values(values as T['$inferInsert']);
  if (tableDialect() !== 'mysql') return requireRow((await insert.returning()) as InferSelectModel<T>[]);
  const { insertId } = writeResultOf(await insert);
  const rows = await tx
    .select()
    .from(table as SQLiteTable)
    .where(byPrimaryKey(table, values as Record<string, unknown>, insertId));
  return requireRow(rows as InferSelectModel<T>[]);
}

/** Inserts one row unless one with the same unique values exists; says whether it did. */
export async function insertIfAbsent<T extends SQLiteTable>(
  tx: Tx,
  table: T,
  values: InferInsertModel<T>,
): Promise<boolean> {
  const insert = tx.insert(table).values(values as T['$inferInsert']);
  if (tableDialect() !== 'mysql') return changedRows(await insert.onConflictDoNothing()) > 0;
  try {
    await transactionOf(tx).tolerateDuplicate(async () => insert);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Inserts what a `select` finds into columns of a table, in one statement however many rows there are. */
export async function insertFrom<T extends SQLiteTable>(
  tx: Tx,
  table: T,
  columns: readonly (keyof T['_']['columns'] & string)[],
  select: SQL,
): Promise<void> {
  const known: Record<string, SQLiteColumn> = getTableColumns(table);
  const names = columns.map((name) => sql.identifier(known[name]?.name ?? name));
  await runStatement(tx, sql`insert into ${table} (${sql.join(names, sql`, `)}) ${select}`);
}

/** Runs a statement that drizzle has no form for and that yields no rows; every value in it is bound. */
export async function runStatement(tx: Tx, statement: SQL): Promise<void> {
  if (tableDialect() === 'sqlite') await tx.run(statement);
  else await (tx as unknown as { execute(statement: SQL): Promise<unknown> }).execute(statement);
}

/** Inserts those of the rows for which none with the same unique values exists, in one statement. */
export async function insertManyIfAbsent<T extends SQLiteTable>(
  tx: Tx,
  table: T,
  rows: InferInsertModel<T>[],
): Promise<void> {
  if (rows.length === 0) return;
  const insert = tx.insert(table);
  if (tableDialect() === 'mysql') await (insert as unknown as MysqlBuilder<T>).ignore().values(rows);
  else await insert.values(rows as T['$inferInsert'][]).onConflictDoNothing();
}

export interface Upsert<T extends SQLiteTable> {
  /** The columns of one unique index or of the primary key. MySQL takes any unique index of the table instead. */
  target: IndexColumn | IndexColumn[];
  /** What an existing row is changed to; SQL expressions may name the row's own columns. */
  set: SQLiteUpdateSetSource<T>;
}

/** Inserts one row, or changes the one that has the same unique values. */
export async function upsert<T extends SQLiteTable>(
  tx: Tx,
  table: T,
  values: InferInsertModel<T>,
  { target, set }: Upsert<T>,
): Promise<void> {
  const insert = tx.insert(table).values(values as T['$inferInsert']);
  if (tableDialect() !== 'mysql') await insert.onConflictDoUpdate({ target, set });
  else await (insert as unknown as MysqlInsert<T>).onDuplicateKeyUpdate({ set });
}

/** What drizzle's MySQL inserts can do instead of onConflictDoUpdate. */
interface MysqlInsert<T extends SQLiteTable> {
  onDuplicateKeyUpdate(config: { set: SQLiteUpdateSetSource<T> }): Promise<unknown>;
}

interface MysqlBuilder<T extends SQLiteTable> {
  ignore(): { values(rows: InferInsertModel<T>[]): Promise<unknown> };
}

function byPrimaryKey(
  table: SQLiteTable,
  values: Record<string, unknown>,
  insertId: number | undefined,
): SQL | undefined {
  const columns: Record<string, SQLiteColumn> = getTableColumns(table);
  const id = columns.id;
  if (id && values.id === undefined) return eq(id, insertId);
  const given = Object.entries(columns).filter(
    ([name]) => values[name] !== undefined && values[name] !== null,
  );
  return and(...given.map(([name, column]) => eq(column, values[name])));
}

function requireRow<R>(rows: R[]): R {
  const [row] = rows;
  if (!row) throw new Error('An inserted row was not found.');
  return row;
}
