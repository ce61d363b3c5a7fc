// MySQL and MariaDB by mysql2: a pool; write transactions are SERIALIZABLE, so checks and counters are right.
import { createPool, type PoolConnection, type PoolOptions, type ResultSetHeader } from 'mysql2/promise';
import type { ServerAddress } from '../database-url.ts';
import { isUnreachable, translateError } from '../driver-errors.ts';
import {
  type Answer,
  type Engine,
  type Execute,
  type MigrationSession,
  ROLLBACK_LIMIT_MS,
  STATEMENT_LIMIT_MS,
} from './engine.types.ts';

const MIGRATION_LOCK = 'opencodehub-migrations';
const MIGRATION_LOCK_WAIT_SECONDS = 600;
const CONNECT_LIMIT_MS = 10_000;

/** What every connection is set to; strict, so that nothing is cut off in silence, and safe to quote values under. */
const SESSION =
  `set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', ` +
  `innodb_lock_wait_timeout = 15`;

/** Opens the pool; connects when first used. Statements outside migrations take `statementLimit` milliseconds at most. */
export function openMysql(
  address: ServerAddress,
  poolSize: number,
  statementLimit = STATEMENT_LIMIT_MS,
): Engine {
  const pool = createPool(poolOptions(address, poolSize));
  const ready = new WeakSet<object>();

  async function connect(): Promise<PoolConnection> {
    const connection = await pool.getConnection();
    // The pool wraps the same connection anew each time it is taken.
    if (ready.has(connection.connection)) return connection;
    try {
      await connection.query({ sql: SESSION, timeout: CONNECT_LIMIT_MS });
      ready.add(connection.connection);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  async function using<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await connect().catch(fail);
    try {
      return await work(connection);
    } finally {
      connection.release();
    }
  }

  return {
    dialect: 'mysql',
    execute: (sql, params) => using((connection) => executeOn(connection, statementLimit)(sql, params)),
    transaction: (work) => using((connection) => inTransaction(connection, statementLimit, work)),
    migrationSession: (work) => using((connection) => migrating(connection, address.database, work)),
    close: () => pool.end(),
  };
}

function poolOptions(address: ServerAddress, poolSize: number): PoolOptions {
  return {
    ...(address.socket === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socket }),
    user: address.user,
    password: address.password,
    database: address.database,
    connectionLimit: poolSize,
    connectTimeout: CONNECT_LIMIT_MS,
    charset: 'utf8mb4_bin',
    decimalNumbers: true,
    // An object bound by mistake must not become a list of assignments.
    stringifyObjects: true,
    ...(address.tls === 'off' ? {} : { ssl: { rejectUnauthorized: address.tls === 'verified' } }),
  };
}

async function inTransaction<T>(
  connection: PoolConnection,
  limit: number,
  work: (execute: Execute) => Promise<T>,
): Promise<T> {
  const execute = executeOn(connection, limit);
  await execute('set transaction isolation level serializable', []);
  await execute('start transaction', []);
  try {
    const result = await work(execute);
    await execute('commit', []);
    return result;
  } catch (error) {
    // A connection that cannot roll back is thrown away: the server then does it.
    await executeOn(connection, ROLLBACK_LIMIT_MS)('rollback', []).catch(() => connection.destroy());
    throw error;
  }
}

/** Without a limit, for migrations, which may rebuild large tables. */
function executeOn(connection: PoolConnection, limit?: number): Execute {
  const timed = limit === undefined ? {} : { timeout: limit };
  return async (sql, values): Promise<Answer> => {
    try {
      const [result] = await connection.query({ sql, values: [...values], rowsAsArray: true, ...timed });
      if (Array.isArray(result)) return { rows: result as unknown[][], changes: result.length };
      const { affectedRows, insertId } = result as ResultSetHeader;
      return { rows: [], changes: affectedRows, insertId };
    } catch (thrown) {
      const error = translateError('mysql', thrown);
      // What was given up is still in its way: nothing that follows would get an answer.
      if (isUnreachable(error)) connection.destroy();
      throw error;
    }
  };
}

async function migrating(
  connection: PoolConnection,
  database: string,
  work: (session: MigrationSession) => Promise<void>,
): Promise<void> {
  const execute = executeOn(connection);
  // The lock's name is shared by all databases of a server and holds 64 characters at most.
  const lock = `${MIGRATION_LOCK}-${database}`.slice(0, 64);
  const { rows } = await execute('select get_lock(?, ?)', [lock, MIGRATION_LOCK_WAIT_SECONDS]);
  if (rows[0]?.[0] !== 1)
    throw translateError('mysql', { code: 'ER_LOCK_WAIT_TIMEOUT', message: 'get_lock' });
  try {
    await work({ execute, atomically: (change) => change() });
  } finally {
    await execute('select release_lock(?)', [lock]).catch(() => undefined);
  }
}

function fail(error: unknown): never {
  throw translateError('mysql', error);
}
