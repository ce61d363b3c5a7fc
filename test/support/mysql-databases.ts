// Migrated databases on MariaDB for one test after another: it has no templates to copy, and making a hundred tables takes
// it seconds. What a test left is emptied and the database used again by the same file, unless its tables are other ones.
import { randomBytes } from 'node:crypto';
import type { Engine } from '../../src/platform/db/engines/engine.types.ts';

/** A database as its migrations left it. */
interface Known {
  name: string;
  /** Columns of all tables, as text. */
  shape: string;
  /** Tables that migrations wrote to, with the sums over their rows. */
  sums: ReadonlyMap<string, string>;
}

type OnServer = <T>(work: (server: Engine) => Promise<T>) => Promise<T>;

const idle: Known[] = [];

/** A migrated database nobody else uses; `migrated` makes one of an empty database. */
export async function takeDatabase(
  onServer: OnServer,
  migrated: (name: string) => Promise<void>,
): Promise<Known> {
  const kept = idle.pop();
  if (kept) return kept;
  const name = `och_${randomBytes(8).toString('hex')}`;
  await onServer((server) => server.execute(`create database ${name}`, []));
  await migrated(name);
  return onServer(async (server) => {
    const filled = await filledTables(server, name);
    return { name, shape: await shapeOf(server, name), sums: await sumsOf(server, name, filled) };
  });
}

/** Empties a database for the next test, or drops it where it cannot be as it was. */
export async function giveBack(onServer: OnServer, known: Known): Promise<void> {
  const { name } = known;
  const isSound = await onServer(async (server) => {
    if ((await shapeOf(server, name)) !== known.shape) return false;
    const used = (await filledTables(server, name)).filter((table) => !known.sums.has(table));
    await server.execute('set foreign_key_checks = 0', []);
    for (const table of used) await server.execute(`truncate table ${name}.${table}`, []);
    const sums = await sumsOf(server, name, [...known.sums.keys()]);
    return [...known.sums].every(([table, sum]) => sums.get(table) === sum);
  });
  if (isSound) idle.push(known);
  else await onServer((server) => server.execute(`drop database ${name}`, []));
}

async function rowsOf(server: Engine, statement: string, values: unknown[] = []): Promise<unknown[][]> {
  const { rows } = await server.execute(statement, values as never[]);
  return rows as unknown[][];
}

async function shapeOf(server: Engine, name: string): Promise<string> {
  const rows = await rowsOf(
    server,
    `select table_name, column_name, column_type, is_nullable from information_schema.columns
      where table_schema = '${name}' order by table_name, ordinal_position`,
  );
  return JSON.stringify(rows);
}

/** Tables that hold rows, or held some: their next id is not the first. */
async function filledTables(server: Engine, name: string): Promise<string[]> {
  const tables = (
    await rowsOf(
      server,
      `select table_name, coalesce(auto_increment, 1) from information_schema.tables where table_schema = '${name}'`,
    )
  ).map(([table, next]) => ({ table: String(table), next: Number(next) }));
  const questions = tables.map(
    ({ table }) => `select '${table}' from (select 1 from ${name}.${table} limit 1) x`,
  );
  const holding = new Set(
    (await rowsOf(server, questions.join(' union all '))).map(([table]) => String(table)),
  );
  return tables.filter(({ table, next }) => next > 1 || holding.has(table)).map(({ table }) => table);
}

async function sumsOf(server: Engine, name: string, tables: readonly string[]): Promise<Map<string, string>> {
  if (tables.length === 0) return new Map();
  const rows = await rowsOf(server, `checksum table ${tables.map((table) => `${name}.${table}`).join(', ')}`);
  return new Map(rows.map(([table, sum]) => [String(table).split('.')[1] ?? '', String(sum)]));
}
