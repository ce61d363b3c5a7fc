// Puts drizzle's query builders on top of an engine's `execute`, through drizzle's proxy drivers.
import type { SQL } from 'drizzle-orm';
import { drizzle as mysqlDrizzle } from 'drizzle-orm/mysql-proxy';
import { drizzle as pgDrizzle } from 'drizzle-orm/pg-proxy';
import { drizzle as sqliteDrizzle } from 'drizzle-orm/sqlite-proxy';
import type { Dialect, Reader } from './db.types.ts';
import type { Answer, Execute } from './engines/engine.types.ts';

/** A drizzle database whose statements go to `execute`; typed as the SQLite flavour whatever the dialect. */
export function openReader(dialect: Dialect, execute: Execute): Reader {
  const reader = MAKERS[dialect](execute);
  const { session } = reader as unknown as WithSession;
  keepErrorsAsTheyAre(session);
  countFrom(session, execute);
  return reader;
}

const MAKERS: Record<Dialect, (execute: Execute) => Reader> = {
  sqlite: (execute) =>
    sqliteDrizzle(async (sql, params, method) => {
      const answer = await execute(sql, params);
      if (method === 'run') return { rows: [writeResult(answer)] };
      // Without a row `get` must see undefined, which the type of the proxy does not provide for.
      return { rows: (method === 'get' ? answer.rows[0] : answer.rows) as unknown[] };
    }) as unknown as Reader,
  postgres: (execute) =>
    pgDrizzle(async (sql, params, method) => {
      const answer = await execute(sql, params);
      return { rows: method === 'all' ? answer.rows : [writeResult(answer)] };
    }) as unknown as Reader,
  mysql: (execute) =>
    mysqlDrizzle(async (sql, params, method) => {
      const answer = await execute(sql, params);
      return { rows: method === 'all' ? answer.rows : [writeResult(answer)] };
    }) as unknown as Reader,
};

/** What an awaited insert, update or delete without `returning` yields; read it with `changedRows`. */
export interface WriteResult {
  affectedRows: number;
  insertId: number | undefined;
}

/** How many rows an awaited insert, update or delete matched, on every engine. */
export function changedRows(result: unknown): number {
  return writeResultOf(result).affectedRows;
}

/** Finds the one WriteResult in what drizzle hands through. */
export function writeResultOf(result: unknown): WriteResult {
  const list = Array.isArray(result) ? result : (result as { rows?: unknown[] } | undefined)?.rows;
  const first: unknown = list?.[0];
  if (typeof first === 'object' && first !== null && 'affectedRows' in first) return first as WriteResult;
  throw new Error('changedRows takes the result of an awaited insert, update or delete without returning.');
}

function writeResult(answer: Answer): WriteResult {
  return { affectedRows: answer.changes, insertId: answer.insertId };
}

interface Prepared {
  queryWithCache(sql: string, params: unknown[], query: () => Promise<unknown>): Promise<unknown>;
}
interface Session {
  dialect: { sqlToQuery(sql: SQL): { sql: string; params: unknown[] } };
  prepareQuery(...args: unknown[]): Prepared;
  count(sql: SQL): Promise<number>;
}
interface WithSession {
  session: Session;
}

/** Drizzle would wrap each error in one whose message holds the bound values, secrets among them. */
function keepErrorsAsTheyAre(session: Session): void {
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (...args) => {
    const prepared = prepare(...args);
    prepared.queryWithCache = (_sql, _params, query) => query();
    return prepared;
  };
}

/** Drizzle's proxies read the answer to `$count` in three ways, two of which expect a driver's own rows. */
function countFrom(session: Session, execute: Execute): void {
  session.count = async (counting) => {
    const { sql, params } = session.dialect.sqlToQuery(counting);
    const { rows } = await execute(sql, params);
    return Number(rows[0]?.[0]);
  };
}
