// SQLite by better-sqlite3: one connection that writes, behind a queue, and one that reads what is committed.
// Statements run on this thread and each is over when it returns, so a second reading connection would gain nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { translateError } from '../driver-errors.ts';
import type { Answer, Engine, Execute, MigrationSession } from './engine.types.ts';

/** How long another process (the command line beside the server) may hold the write lock. */
const LOCK_WAIT_MS = 15_000;
const MIGRATION_LOCK_WAIT_MS = 600_000;

/** Opens the file, creating it when missing, in write-ahead mode with full synchronisation of commits. */
export function openSqlite(path: string): Engine {
  try {
    return openConnections(path);
  } catch (error) {
    throw translateError('sqlite', error);
  }
}

function openConnections(path: string): Engine {
  const writer = openWriter(path);
  const reader = openReader(path);
  const queue = openQueue();
  const write = executeOn(writer);

  async function begun<T>(lockWait: number, work: () => Promise<T>): Promise<T> {
    await begin(writer, lockWait);
    try {
      const result = await work();
      writer.exec('COMMIT');
      return result;
    } catch (error) {
      throw translateError('sqlite', error);
    } finally {
      if (writer.inTransaction) writer.exec('ROLLBACK');
    }
  }

  return {
    dialect: 'sqlite',
    execute: executeOn(reader),
    version: versionOf(reader),
    transaction: (work) => queue.run(() => begun(LOCK_WAIT_MS, () => work(write))),
    migrationSession: (work) => queue.run(() => migrating(writer, write, begun, work)),
    async close() {
      await queue.close();
      reader.close();
      optimize(writer);
      writer.close();
    },
  };
}

function openWriter(path: string): Database.Database {
  const writer = new Database(path, { timeout: 5000 });
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = FULL');
  writer.pragma('foreign_keys = ON');
  writer.pragma('journal_size_limit = 67108864');
  writer.pragma('cache_size = -16000');
  // From here on waiting for the lock is done by `begin`, which leaves the thread free.
  writer.pragma('busy_timeout = 0');
  return writer;
}

/** Only helps the next start: a full disk, or another process that writes, must not keep the file from being closed. */
function optimize(writer: Database.Database): void {
  try {
    writer.pragma('optimize');
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}

function openReader(path: string): Database.Database {
  const reader = new Database(path, { timeout: 5000 });
  reader.pragma('query_only = ON');
  reader.pragma('cache_size = -16000');
  return reader;
}

/** SQLite counts the commits of other connections, and nothing is ever written by the one that reads. */
function versionOf(reader: Database.Database): () => number {
  const statement = reader.prepare('PRAGMA data_version').pluck();
  return () => statement.get() as number;
}

async function begin(writer: Database.Database, lockWait: number): Promise<void> {
  const deadline = performance.now() + lockWait;
  for (let pause = 1; ; pause = Math.min(50, pause * 2)) {
    try {
      writer.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || performance.now() > deadline) throw translateError('sqlite', error);
    }
    await sleep(pause);
  }
}

/** Tables are rebuilt by migrations, which must not cascade: references are off meanwhile and checked before the commit. */
async function migrating(
  writer: Database.Database,
  execute: Execute,
  begun: (lockWait: number, work: () => Promise<void>) => Promise<void>,
  work: (session: MigrationSession) => Promise<void>,
): Promise<void> {
  writer.pragma('foreign_keys = OFF');
  try {
    await begun(MIGRATION_LOCK_WAIT_MS, async () => {
      let isChanged = false;
      await work({
        execute,
        atomically: (change) => {
          isChanged = true;
          return change();
        },
      });
      // It reads every row there is, which no start of a large database should wait for.
      if (!isChanged) return;
      const broken = writer.pragma('foreign_key_check') as unknown[];
      if (broken.length > 0) throw new Error(`A migration left ${broken.length} broken references.`);
    });
  } finally {
    writer.pragma('foreign_keys = ON');
  }
}

function executeOn(connection: Database.Database): Execute {
  const statements = new LRUCache<string, Database.Statement>({ max: 500 });
  function prepared(sql: string): Database.Statement {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    if (statement.reader) statement.raw(true);
    statements.set(sql, statement);
    return statement;
  }
  return async (sql, params): Promise<Answer> => {
    try {
      const statement = prepared(sql);
      const bound = params.map((value) => (typeof value === 'boolean' ? Number(value) : value));
      if (!statement.reader) return { rows: [], changes: statement.run(...bound).changes };
      const rows = statement.all(...bound) as unknown[][];
      return { rows, changes: rows.length };
    } catch (error) {
      throw translateError('sqlite', error);
    }
  };
}

interface Queue {
  run<T>(task: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Runs one task after the other, in the order they came. */
function openQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    run<T>(task: () => Promise<T>): Promise<T> {
      if (closed) return Promise.reject(translateError('sqlite', CLOSED));
      const result = last.then(task);
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await last;
    },
  };
}

const CLOSED = { code: 'SQLITE_CANTOPEN', message: 'The database is closed' };
