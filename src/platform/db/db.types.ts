// What the rest of the program sees of the database: typed as drizzle's SQLite flavour, whatever the engine.
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';

export type Dialect = 'sqlite' | 'postgres' | 'mysql';

/** Runs queries outside any transaction. Every drizzle query is awaited, also on SQLite. */
export type Reader = BaseSQLiteDatabase<'async', unknown>;

/** Runs queries inside one write transaction; a Reader as well, so stores take `Tx | Reader`. */
export type Tx = Reader & { readonly isTransaction: true };

export interface Db {
  readonly dialect: Dialect;
  readonly read: Reader;
  /**
   * Runs `work` in one write transaction: committed (durably) when it resolves, rolled back when it rejects.
   * No git, network or password hashing inside. Driver errors come out as AppError where they have a code.
   *
   * Transactions are serializable. PostgreSQL and MySQL run `work` again when it lost against another transaction, so
   * it changes nothing but rows: what must happen once goes into `afterCommit`. Once a statement failed, every later
   * one and the commit fail too (use insertIfAbsent where a duplicate is expected). What takes longer than 30 s is
   * rolled back as `unavailable`. Calling `write` inside `work` throws.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls `action` once the transaction is durable; never when it is rolled back. */
  afterCommit(tx: Tx, action: () => void): void;
  /**
   * A number that is another one after any change of any row, by whichever process; undefined where the engine cannot tell
   * without asking a server.
   */
  version(): number | undefined;
  /** Resolves when the engine answers; rejects otherwise. For /readyz. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
