// PostgreSQL by postgres.js: a pool; write transactions are SERIALIZABLE, so checks and counters are right.
import postgres from 'postgres';
import type { ServerAddress } from '../database-url.ts';
import { translateError } from '../driver-errors.ts';
import type { Answer, Engine, Execute, MigrationSession } from './engine.types.ts';

/** Any number, the same in every release: who holds it may migrate. */
const MIGRATION_LOCK = 4_861_707_325;
const INT8 = 20;
const NUMERIC = 1700;

type Connection = Pick<postgres.Sql, 'unsafe'>;

/** Opens the pool; connects when first used. */
export function openPostgres(address: ServerAddress, poolSize: number): Engine {
  const pool = postgres({
    ...(address.socket === undefined
      ? { host: address.host, port: address.port }
      : { path: `${address.socket}/.s.PGSQL.${address.port}` }),
    user: address.user || 'postgres',
    password: address.password,
    database: address.database,
    ssl: TLS[address.tls],
    max: poolSize,
    connect_timeout: 10,
    idle_timeout: 300,
    onnotice: () => undefined,
    types: { wholeNumber: numbersFrom(INT8), decimalNumber: numbersFrom(NUMERIC) },
    connection: {
      application_name: 'opencodehub',
      lock_timeout: 15_000,
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });

  return {
    dialect: 'postgres',
    execute: executeOn(pool),
    async transaction<T>(work: (execute: Execute) => Promise<T>): Promise<T> {
      try {
        return (await pool.begin('isolation level serializable', (sql) => work(executeOn(sql)))) as T;
      } catch (error) {
        throw fromTransaction(error);
      }
    },
    migrationSession: (work) => migrating(pool, work),
    close: () => pool.end({ timeout: 5 }),
  };
}

const TLS = { off: false, unverified: { rejectUnauthorized: false }, verified: 'verify-full' } as const;

function numbersFrom(type: number): postgres.PostgresType<number> {
  return { to: type, from: [type], serialize: String, parse: Number };
}

function executeOn(sql: Connection): Execute {
  return async (text, params): Promise<Answer> => {
    try {
      const rows = await sql.unsafe(text, params as postgres.ParameterOrJSON<never>[]).values();
      return { rows: rows as unknown[][], changes: rows.count ?? 0 };
    } catch (error) {
      throw translateError('postgres', error);
    }
  };
}

/** COMMIT and BEGIN fail with the driver's errors, `work` with its own, which pass. */
function fromTransaction(error: unknown): unknown {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && isDriverError(error)
    ? translateError('postgres', error)
    : error;
}

function isDriverError(error: Error): boolean {
  return error instanceof postgres.PostgresError || 'errno' in error || error.name === 'Error';
}

async function migrating(
  pool: postgres.Sql,
  work: (session: MigrationSession) => Promise<void>,
): Promise<void> {
  const connection = await pool.reserve().catch((error: unknown) => {
    throw translateError('postgres', error);
  });
  const execute = executeOn(connection);
  try {
    for (const limit of LIMITS) await execute(`set ${limit} = 0`, []);
    await execute(`select pg_advisory_lock(${MIGRATION_LOCK})`, []);
    await work({ execute, atomically: (change) => atomically(execute, change) });
  } finally {
    await execute(`select pg_advisory_unlock(${MIGRATION_LOCK})`, []).catch(() => undefined);
    for (const limit of LIMITS) await execute(`reset ${limit}`, []).catch(() => undefined);
    connection.release();
  }
}

/** What a migration may exceed: it waits for others and may rebuild large tables. */
const LIMITS = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'];

async function atomically(execute: Execute, change: () => Promise<void>): Promise<void> {
  await execute('begin', []);
  try {
    await change();
    await execute('commit', []);
  } catch (error) {
    await execute('rollback', []).catch(() => undefined);
    throw error;
  }
}
