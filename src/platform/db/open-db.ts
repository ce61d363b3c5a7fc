// Opens the database that the configuration names, migrates it, and hands out reads and write transactions.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { Config } from '../config/config.schema.ts';
import type { DataPaths } from '../config/data-directory.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { parseDatabaseUrl } from './database-url.ts';
import type { Db, Tx } from './db.types.ts';
import { tableDialect } from './dialect.ts';
import { isRetryable, isUnreachable } from './driver-errors.ts';
import { openReader } from './drizzle-session.ts';
import type { Engine } from './engines/engine.types.ts';
import { openSqlite } from './engines/sqlite.ts';
import { migrate } from './migrate.ts';
import { openTransaction, type Transaction, transactionOf, withinLimit } from './transaction.ts';

const TRANSACTION_LIMIT_MS = 30_000;
const MAX_ATTEMPTS = 12;

export interface DbOptions {
  metrics?: Metrics;
  /** Milliseconds after which an unfinished transaction is rolled back. */
  transactionLimit?: number;
}

/** Opens and migrates the database. The tables must have been made for its dialect (`useDialect`). */
export async function openDb(
  config: Config['database'],
  paths: Pick<DataPaths, 'database'>,
  log: Log,
  metrics?: Metrics,
): Promise<Db> {
  const engine = await openEngine(config, paths);
  try {
    requireTablesFor(engine);
    await migrate(engine, log);
  } catch (error) {
    await engine.close();
    throw config.url === '' ? error : describeUnreachable(config.url, error);
  }
  return dbOver(engine, log, metrics ? { metrics } : {});
}

/** Opens the engine without looking at its tables; `statementLimit` is in milliseconds, for servers only. */
export async function openEngine(
  config: Config['database'],
  paths: Pick<DataPaths, 'database'>,
  statementLimit?: number,
): Promise<Engine> {
  if (config.url === '') return openSqlite(paths.database);
  const address = parseDatabaseUrl(config.url);
  // The drivers are loaded only where they are used, so that a start with SQLite stays quick.
  if (address.dialect === 'postgres') {
    const { openPostgres } = await import('./engines/postgres.ts');
    return openPostgres(address, config.pool_size, statementLimit);
  }
  const { openMysql } = await import('./engines/mysql.ts');
  return openMysql(address, config.pool_size, statementLimit);
}

/** At the start nobody can try again: the message says where the server was looked for, without its password. */
function describeUnreachable(url: string, error: unknown): unknown {
  if (!isUnreachable(error)) return error;
  const { host, port, socket } = parseDatabaseUrl(url);
  const place = socket ?? `${host}:${port}`;
  return new AppError(
    'unavailable',
    `The database at ${place} cannot be reached: start it, or correct database.url.`,
    { cause: error },
  );
}

function requireTablesFor(engine: Engine): void {
  if (tableDialect() === engine.dialect) return;
  throw new Error(`Tables are made for ${tableDialect()}, but database.url names ${engine.dialect}.`);
}

/** The Db over an engine that is migrated already. */
export function dbOver(engine: Engine, log: Log, options: DbOptions = {}): Db {
  const limit = options.transactionLimit ?? TRANSACTION_LIMIT_MS;
  const running = new AsyncLocalStorage<Transaction>();
  const retryLane = openRetryLane();
  let closing: Promise<void> | undefined;

  function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<{ result: T; transaction: Transaction }> {
    return engine.transaction(async (execute) => {
      const transaction = openTransaction(engine.dialect, execute);
      try {
        const result = await withinLimit(
          limit,
          running.run(transaction, async () => work(transaction.tx)),
        );
        if (transaction.failure) throw transaction.failure;
        return { result, transaction };
      } finally {
        transaction.end();
      }
    });
  }

  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (running.getStore()?.isOpen) {
      throw new Error('db.write was called inside db.write: hand the outer transaction down instead.');
    }
    const done = options.metrics?.databaseSeconds.startTimer({ kind: 'write' });
    try {
      const { result, transaction } = await attemptOften(retryLane, () => attempt(work));
      runAll(transaction.afterCommit, log);
      return result;
    } finally {
      done?.();
    }
  }

  return {
    dialect: engine.dialect,
    read: openReader(engine.dialect, engine.execute),
    write,
    afterCommit: (tx, action) => void transactionOf(tx).afterCommit.push(action),
    version: () => engine.version?.(),
    ping: async () => void (await engine.execute('select 1', [])),
    close() {
      closing ??= engine.close();
      return closing;
    },
  };
}

/** Tries again what failed only because of other transactions; such retries run one at a time, so they end. */
async function attemptOften<T>(lane: RetryLane, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!isRetryable(error)) throw error;
  }
  return lane(async () => {
    for (let attempts = 2; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isRetryable(error) || attempts >= MAX_ATTEMPTS) throw error;
        await sleep(Math.random() * 2 ** Math.min(attempts, 7));
      }
    }
  });
}

type RetryLane = <T>(task: () => Promise<T>) => Promise<T>;

function openRetryLane(): RetryLane {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

function runAll(actions: readonly (() => void)[], log: Log): void {
  for (const action of actions) {
    try {
      action();
    } catch (error) {
      log.error({ err: error }, 'an action after a commit failed');
    }
  }
}
