// What platform/db needs of an engine: run a statement, one attempt at a transaction, a session for migrations.
import type { Dialect } from '../db.types.ts';

/** What a statement did: rows as arrays of values in column order, and what a write changed. */
export interface Answer {
  rows: unknown[][];
  /** Rows matched by an insert, update or delete. */
  changes: number;
  /** The id the engine counted up to; MySQL only. */
  insertId?: number;
}

/** Runs one statement with its bound values. Rejects with what `translateError` of driver-errors.ts made of the failure. */
export type Execute = (sql: string, params: readonly unknown[]) => Promise<Answer>;

/**
 * Milliseconds after which a statement outside migrations is given up as `unavailable` and its connection thrown away:
 * behind a network that swallows packets, nothing else would end the wait. Beyond what a server allows a statement.
 */
export const STATEMENT_LIMIT_MS = 90_000;
/** As STATEMENT_LIMIT_MS, for rolling back: the server does it by itself once the connection is closed. */
export const ROLLBACK_LIMIT_MS = 10_000;

export interface Engine {
  readonly dialect: Dialect;
  /** Outside any transaction. */
  readonly execute: Execute;
  /** Changes with every commit, of other processes too; only where that is known without asking a server. */
  version?(): number;
  /** One attempt at a serializable transaction: committed when `work` resolves, rolled back when it rejects. */
  transaction<T>(work: (execute: Execute) => Promise<T>): Promise<T>;
  /** One connection of its own, holding the lock that lets one process at a time migrate. */
  migrationSession(work: (session: MigrationSession) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface MigrationSession {
  execute: Execute;
  /**
   * Runs the statements of one migration; all or nothing on SQLite and PostgreSQL.
   * MySQL commits after each statement of DDL, so there it resumes: see migrate.ts.
   */
  atomically(work: () => Promise<void>): Promise<void>;
}
