// Turns what the drivers throw into the program's errors, without the values that were bound (they hold secrets).
import { AppError, isAppError } from '../../base/errors.ts';
import type { Dialect } from './db.types.ts';
import { uniqueIndexOver } from './unique-indexes.ts';

export type FailureKind =
  | 'unique'
  | 'reference'
  | 'retry'
  | 'busy'
  | 'lost'
  | 'refused'
  | 'full'
  | 'damaged'
  | 'other';

/** A failure of the engine: its own code, what kind it is, and no bound values. */
export class DatabaseError extends Error {
  readonly driverCode: string;
  readonly kind: FailureKind;
  /** Name of the violated unique index, as in the table files; only for `unique`. */
  readonly uniqueIndex: string | undefined;

  constructor(message: string, driverCode: string, kind: FailureKind, uniqueIndex?: string) {
    super(message);
    this.name = 'DatabaseError';
    this.driverCode = driverCode;
    this.kind = kind;
    this.uniqueIndex = uniqueIndex;
  }
}

/** The name of the unique index a write ran into, e.g. `users_name_key`; undefined for any other failure. */
export function violatedUnique(error: unknown): string | undefined {
  return databaseErrorOf(error)?.uniqueIndex;
}

/** Whether the whole transaction may succeed when it is run again (serialization failure or deadlock). */
export function isRetryable(error: unknown): boolean {
  return databaseErrorOf(error)?.kind === 'retry';
}

/** Whether the server did not answer, or went away. */
export function isUnreachable(error: unknown): boolean {
  return databaseErrorOf(error)?.kind === 'lost';
}

/** Whether a write was refused because a row with the same unique values exists. */
export function isUniqueViolation(error: unknown): boolean {
  return databaseErrorOf(error)?.kind === 'unique';
}

/** What a driver threw as an AppError where it has a code, else as a DatabaseError. Knows its own results. */
export function translateError(dialect: Dialect, thrown: unknown): Error {
  if (thrown instanceof AppError || thrown instanceof DatabaseError) return thrown;
  const failure = READERS[dialect](thrown as DriverFailure);
  switch (failure.kind) {
    case 'unique':
      return new AppError('conflict', 'This already exists.', { cause: failure });
    case 'reference':
      return new AppError('conflict', 'Something this depends on is missing, or something depends on this.', {
        cause: failure,
      });
    case 'retry':
    case 'busy':
      return unavailable('The database is busy. Try again.', failure);
    case 'lost':
      return unavailable('The database cannot be reached. Try again.', failure);
    case 'refused':
      return unavailable(
        `The database refused the connection (${failure.message}). Check database.url.`,
        failure,
      );
    case 'full':
      return unavailable('The database has no space left on its disk.', failure);
    case 'damaged':
      return unavailable(
        'The database file is damaged, or is no SQLite database: restore a backup.',
        failure,
      );
    default:
      return failure;
  }
}

function unavailable(message: string, cause: DatabaseError): AppError {
  return new AppError('unavailable', message, { cause, retryAfter: 5 });
}

function databaseErrorOf(error: unknown): DatabaseError | undefined {
  if (error instanceof DatabaseError) return error;
  return isAppError(error) && error.cause instanceof DatabaseError ? error.cause : undefined;
}

interface DriverFailure {
  code?: string;
  message?: string;
  constraint?: string;
  sqlMessage?: string;
}

const READERS: Record<Dialect, (thrown: DriverFailure) => DatabaseError> = {
  sqlite: readSqlite,
  postgres: readPostgres,
  mysql: readMysql,
};

function readSqlite(thrown: DriverFailure): DatabaseError {
  const code = thrown.code ?? '';
  const message = thrown.message ?? String(thrown);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new DatabaseError(message, code, 'unique', uniqueIndexOver(message.split(': ')[1] ?? ''));
  }
  return new DatabaseError(message, code, sqliteKind(code));
}

function sqliteKind(code: string): FailureKind {
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return 'reference';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  if (code === 'SQLITE_FULL') return 'full';
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return 'damaged';
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN')) return 'lost';
  return 'other';
}

function readPostgres(thrown: DriverFailure): DatabaseError {
  const code = thrown.code ?? '';
  const kind = code === '' && LOST_MESSAGE.test(thrown.message ?? '') ? 'lost' : postgresKind(code);
  // The message of 22P02 and its like quotes the value that was bound.
  const message = code.startsWith('22') ? 'A value does not fit its column' : (thrown.message ?? 'failed');
  return new DatabaseError(message, code, kind, kind === 'unique' ? thrown.constraint : undefined);
}

function postgresKind(code: string): FailureKind {
  if (code === '23505') return 'unique';
  if (code === '23503') return 'reference';
  if (code === '40001' || code === '40P01') return 'retry';
  if (code === '55P03' || code === '57014' || code === '53300') return 'busy';
  if (code === '53100') return 'full';
  if (code.startsWith('28') || code === '3D000') return 'refused';
  return isLostConnection(code) || /^(08|57P|25P03)/.test(code) ? 'lost' : 'other';
}

function readMysql(thrown: DriverFailure): DatabaseError {
  const code = thrown.code ?? '';
  const kind = code === '' && LOST_MESSAGE.test(thrown.message ?? '') ? 'lost' : mysqlKind(code);
  const message = thrown.sqlMessage ?? thrown.message ?? 'failed';
  if (kind !== 'unique') return new DatabaseError(message, code, kind);
  // "Duplicate entry 'value' for key 'index'" (MariaDB) or 'table.index' (MySQL).
  const named = /for key '(?:[^']*\.)?([^'.]+)'$/.exec(message)?.[1];
  return new DatabaseError(`Duplicate entry for key ${named}`, code, kind, named);
}

function mysqlKind(code: string): FailureKind {
  if (code === 'ER_DUP_ENTRY') return 'unique';
  if (/^ER_(NO_REFERENCED_ROW|ROW_IS_REFERENCED)/.test(code)) return 'reference';
  if (code === 'ER_LOCK_DEADLOCK' || code === 'ER_CHECKREAD') return 'retry';
  if (code === 'ER_LOCK_WAIT_TIMEOUT' || code === 'ER_CON_COUNT_ERROR' || code === 'ER_QUERY_TIMEOUT') {
    return 'busy';
  }
  if (code === 'ER_RECORD_FILE_FULL' || code === 'ER_DISK_FULL') return 'full';
  if (/^ER_(ACCESS_DENIED|DBACCESS_DENIED|BAD_DB|HOST_NOT_PRIVILEGED)/.test(code)) return 'refused';
  return isLostConnection(code) || MYSQL_LOST.includes(code) ? 'lost' : 'other';
}

/** How the drivers say, without a code, that the connection is gone. */
const LOST_MESSAGE = /connection|pool is closed|not queryable|timeout exceeded|query read timeout/i;
const MYSQL_LOST = ['ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED', 'ER_QUERY_INTERRUPTED'];

function isLostConnection(code: string): boolean {
  return /^(ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_|ENOENT$|CONNECT|PROTOCOL_)/.test(
    code,
  );
}
