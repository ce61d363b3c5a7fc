// Where rows of a made database go: SQLite by prepared statements, PostgreSQL by arrays of whole columns.
import Database from 'better-sqlite3';
import pg from 'pg';

export type Value = string | number | boolean | null;
export type Row = Record<string, Value>;

export interface Text {
  id: number;
  issueId: number;
  title: string;
  body: string;
  scope: string;
}

export interface Sink {
  /** Rows of one table always have the same columns. */
  add(table: string, row: Row): Promise<void>;
  /** A row of the full-text search. */
  addText(text: Text): Promise<void>;
  /** Writes what is left and makes the database as it is after a day's work. */
  finish(): Promise<void>;
}

export const isoDate = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Fills a migrated SQLite database. */
export function sqliteSink(path: string): Sink {
  const db = new Database(path);
  db.pragma('foreign_keys = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('journal_mode = MEMORY');
  db.pragma('cache_size = -1000000');
  const statements = new Map<string, Database.Statement>();
  const prepared = (name: string, text: () => string): Database.Statement => {
    const known = statements.get(name) ?? db.prepare(text());
    statements.set(name, known);
    return known;
  };
  let written = 0;
  db.exec("insert into issue_search(issue_search, rank) values('hashsize', 268435456)");
  db.exec('begin');
  const count = () => {
    written += 1;
    if (written % 500_000 === 0) db.exec('commit; begin');
  };
  return {
    async add(table, row) {
      const insert = prepared(table, () => {
        const names = Object.keys(row);
        return `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`;
      });
      insert.run(...Object.values(row).map((value) => (typeof value === 'boolean' ? Number(value) : value)));
      count();
    },
    async addText({ id, title, body, scope }) {
      prepared('text', () => 'insert into issue_search (rowid, title, body, scope) values (?, ?, ?, ?)').run(
        id,
        title,
        body,
        scope,
      );
      count();
    },
    async finish() {
      db.exec('commit');
      db.exec("insert into issue_search(issue_search, rank) values('hashsize', 1048576)");
      db.exec('analyze');
      db.pragma('journal_mode = WAL');
      db.close();
    },
  };
}

/** Fills a migrated PostgreSQL database. */
export async function postgresSink(url: URL): Promise<Sink> {
  const socket = url.searchParams.get('socket') ?? '/tmp';
  const client = new pg.Client({ host: socket, user: url.username, database: url.pathname.slice(1) });
  await client.connect();
  // References were right when they were made; checking each of them takes most of the time.
  await client.query("set session_replication_role = 'replica'");
  await client.query("set maintenance_work_mem = '1GB'");
  const indexes = await dropIndexes(client);
  const waiting = new Map<string, Row[]>();
  const texts: Text[] = [];
  const flush = async (table: string) => {
    const rows = waiting.get(table) ?? [];
    const [first] = rows;
    if (!first) return;
    // The type of a column of nothing cannot be told, and nothing is what it holds by itself.
    const names = Object.keys(first).filter((name) => rows.some((row) => row[name] !== null));
    const arrays = names.map((name) => rows.map((row) => row[name] ?? null));
    const types = arrays.map((values) => typeOf(values));
    await client.query(
      `insert into ${table} (${names.join(', ')}) select * from unnest(${types.map((type, i) => `$${i + 1}::${type}[]`).join(', ')})`,
      arrays,
    );
    waiting.set(table, []);
  };
  const flushTexts = async () => {
    const column = (of: (text: Text) => Value) => texts.map(of);
    await client.query(
      `insert into issue_search (id, issue_id, document) select id, issue_id,
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'D') || to_tsvector('simple', scope)
        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) as t(id, issue_id, title, body, scope)`,
      [
        column((one) => one.id),
        column((one) => one.issueId),
        column((one) => one.title),
        column((one) => one.body),
        column((one) => one.scope),
      ],
    );
    texts.length = 0;
  };
  return {
    async add(table, row) {
      const rows = waiting.get(table) ?? [];
      if (rows.length === 0) waiting.set(table, rows);
      rows.push(row);
      if (rows.length >= 5000) await flush(table);
    },
    async addText(text) {
      texts.push(text);
      if (texts.length >= 5000) await flushTexts();
    },
    async finish() {
      for (const table of waiting.keys()) await flush(table);
      await flushTexts();
      for (const definition of indexes) await client.query(definition);
      for (const table of ['users', 'repositories', 'labels', 'milestones', 'issues', 'issue_entries'])
        await client.query(
          `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`,
        );
      await client.query('vacuum analyze');
      await client.end();
    },
  };
}

/** Takes away every index that no key needs, since making them after the rows takes a fraction of the time; how to make them. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes where schemaname = 'public'
      and not exists (select 1 from pg_constraint where conindid = format('%I', indexname)::regclass)`,
  );
  for (const { name } of rows) await client.query(`drop index "${name}"`);
  return rows.map(({ definition }) => definition);
}

function typeOf(values: readonly Value[]): string {
  const known = values.find((value) => value !== null);
  if (typeof known === 'number') return 'bigint';
  return typeof known === 'boolean' ? 'boolean' : 'text';
}
