// PostgreSQL by node-postgres: a pool; write transactions are SERIALIZABLE, so checks and counters are right.
import pg from 'pg';
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

/** Any number, the same in every release: who holds it may migrate. */
const MIGRATION_LOCK = 4_861_707_325;

/** Opens the pool; connects when first used. Statements outside migrations take `statementLimit` milliseconds at most. */
export function openPostgres(
  address: ServerAddress,
  poolSize: number,
  statementLimit = STATEMENT_LIMIT_MS,
): Engine {
  const pool = new pg.Pool(poolConfig(address, poolSize));
  // An idle connection that the server ends is dropped from the pool; the next use opens another.
  pool.on('error', () => undefined);

  async function using<T>(work: (connection: Connection) => Promise<T>, limit = statementLimit): Promise<T> {
    const client = await pool.connect().catch(fail);
    const connection = openConnection(client, limit);
    try {
      return await work(connection);
    } finally {
      client.release(connection.finish());
    }
  }

  return {
    dialect: 'postgres',
    execute: (sql, params) => using((connection) => connection.execute(sql, params)),
    transaction: (work) =>
      using((connection) =>
        inTransaction(connection, 'begin isolation level serializable', () => work(connection.execute)),
      ),
    migrationSession: (work) => using((connection) => migrating(connection, work), NO_LIMIT),
    close: () => pool.end(),
  };
}

function poolConfig(address: ServerAddress, poolSize: number): pg.PoolConfig {
  return {
    host: address.socket ?? address.host,
    port: address.port,
    user: address.user || 'postgres',
    password: address.password,
    database: address.database,
    ssl: address.tls === 'off' ? false : { rejectUnauthorized: address.tls === 'verified' },
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 300_000,
    // A firewall that forgot an idle connection, or a server that vanished, is noticed.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    application_name: 'opencodehub',
    lock_timeout: 15_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    types: { getTypeParser: parserOf },
  };
}

const NUMBERS: readonly number[] = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC];

/** 64-bit integers and sums come as numbers; the program stores none beyond 2^53. */
function parserOf(type: number, format?: 'text' | 'binary'): unknown {
  if (NUMBERS.includes(type) && format !== 'binary') return Number;
  return format === 'binary' ? pg.types.getTypeParser(type, format) : pg.types.getTypeParser(type);
}

const NO_LIMIT = 0;

/** The driver takes it per query as well, which its types do not say. */
type TimedQuery = pg.QueryArrayConfig & { query_timeout: number };

interface Connection {
  execute: Execute;
  /** Ends the transaction, or throws the connection away, which makes the server do it. */
  rollback(): Promise<void>;
  /** Called once at the end: whether it broke, or was left amid something, and must not go back to the pool. */
  finish(): boolean;
  discard(): void;
}

function openConnection(client: pg.PoolClient, limit: number): Connection {
  let lost = false;
  let discarded = false;
  const discard = (): void => {
    discarded = true;
  };
  const lose = (): void => {
    lost = true;
  };
  // Without a listener, a connection that dies between two statements would end the process.
  client.on('error', lose);

  async function run(text: string, params: readonly unknown[], within: number): Promise<Answer> {
    // A statement that was given up is still in its way: nothing that follows would get an answer.
    if (lost) fail(new Error('The connection was lost.'));
    const query: TimedQuery = { text, values: [...params], rowMode: 'array', query_timeout: within };
    try {
      const { rows, rowCount } = await client.query(query);
      return { rows, changes: rowCount ?? 0 };
    } catch (thrown) {
      const error = translateError('postgres', thrown);
      if (isUnreachable(error)) lose();
      throw error;
    }
  }

  return {
    execute: (text, params) => run(text, params, limit),
    rollback: () => run('rollback', [], ROLLBACK_LIMIT_MS).then(() => undefined, discard),
    finish() {
      client.off('error', lose);
      return lost || discarded;
    },
    discard,
  };
}

async function inTransaction<T>(connection: Connection, begin: string, work: () => Promise<T>): Promise<T> {
  await connection.execute(begin, []);
  try {
    const result = await work();
    await connection.execute('commit', []);
    return result;
  } catch (error) {
    await connection.rollback();
    throw error;
  }
}

/** What a migration may exceed: it waits for others and may rebuild large tables. */
const LIMITS = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'];

/** Its connection is closed afterwards, which frees the lock and its settings however it ended. */
async function migrating(
  connection: Connection,
  work: (session: MigrationSession) => Promise<void>,
): Promise<void> {
  const { execute } = connection;
  connection.discard();
  for (const limit of LIMITS) await execute(`set ${limit} = 0`, []);
  await execute(`select pg_advisory_lock(${MIGRATION_LOCK})`, []);
  await work({ execute, atomically: (change) => inTransaction(connection, 'begin', change) });
}

function fail(error: unknown): never {
  throw translateError('postgres', error);
}
