// Brings the schema up to the program's at start, one process at a time, from the migrations it ships with.
// A released migration is never edited: its checksum is kept beside its name and compared at each start.
//
// SQLite and PostgreSQL run a migration and its record in one transaction. MySQL commits after each statement that
// defines data, so there the record counts the statements that ran, and a start after a failure goes on behind them.
// The one statement that may have run without being counted is forgiven when it says that its work is done already.
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../observability/log.ts';
import { resource, resourceNames } from '../runtime/resources.ts';
import type { Dialect } from './db.types.ts';
import { DatabaseError } from './driver-errors.ts';
import type { Engine, MigrationSession } from './engines/engine.types.ts';

export interface Migration {
  /** `0001_first`. */
  name: string;
  checksum: string;
  statements: string[];
}

interface Applied {
  checksum: string;
  statementsDone: number;
}

const ALREADY_DONE = [
  'ER_TABLE_EXISTS_ERROR',
  'ER_DUP_KEYNAME',
  'ER_DUP_FIELDNAME',
  'ER_CANT_DROP_FIELD_OR_KEY',
  'ER_BAD_TABLE_ERROR',
  'ER_MULTIPLE_PRI_KEY',
  'ER_FK_DUP_NAME',
  'ER_DUP_CONSTRAINT_NAME',
];

/** Applies what is missing. Throws AppError unavailable when the database does not belong to this program's history. */
export async function migrate(
  engine: Engine,
  log: Log,
  migrations: readonly Migration[] = shippedMigrations(engine.dialect),
): Promise<void> {
  await engine.migrationSession(async (session) => {
    await session.execute(RECORD_TABLE[engine.dialect], []);
    const applied = await readApplied(session);
    refuseForeignHistory(applied, migrations);
    for (const migration of migrations) {
      const record = applied.get(migration.name);
      if (record && record.statementsDone >= migration.statements.length) continue;
      log.info({ migration: migration.name }, 'migrating the database');
      await session.atomically(() => apply(engine.dialect, session, migration, record?.statementsDone));
    }
  });
}

/** The names of the migrations that a start would apply; reads only. */
export async function pendingMigrations(
  engine: Engine,
  migrations: readonly Migration[] = shippedMigrations(engine.dialect),
): Promise<string[]> {
  // Without the table nothing was ever applied.
  const applied = await readApplied(engine).catch(() => new Map<string, Applied>());
  refuseForeignHistory(applied, migrations);
  return migrations
    .filter(({ name, statements }) => (applied.get(name)?.statementsDone ?? 0) < statements.length)
    .map(({ name }) => name);
}

/** The migrations in the executable or the checkout, in order. */
export function shippedMigrations(dialect: Dialect): Migration[] {
  return resourceNames(`migrations/${dialect}/`)
    .filter((path) => path.endsWith('.sql'))
    .sort()
    .map((path) => parseMigration(path, resource(path).toString('utf8')));
}

/** Reads one file: statements parted by lines `--> statement-breakpoint`. */
export function parseMigration(path: string, content: string): Migration {
  const text = content.replaceAll('\r\n', '\n');
  const statements = text
    .split('--> statement-breakpoint')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return {
    name: path.replace(/^.*\//, '').replace(/\.sql$/, ''),
    checksum: sha256Hex(text),
    statements,
  };
}

const RECORD_TABLE: Record<Dialect, string> = {
  sqlite: `create table if not exists schema_migrations (name text primary key not null,
    checksum text not null, statements_done integer not null, applied_at integer not null)`,
  postgres: `create table if not exists schema_migrations (name varchar(190) primary key,
    checksum varchar(64) not null, statements_done bigint not null, applied_at bigint not null)`,
  mysql: `create table if not exists schema_migrations (name varchar(190) character set utf8mb4 collate utf8mb4_bin
    primary key, checksum varchar(64) not null, statements_done bigint not null, applied_at bigint not null)`,
};

async function readApplied(session: Pick<MigrationSession, 'execute'>): Promise<Map<string, Applied>> {
  const { rows } = await session.execute('select name, checksum, statements_done from schema_migrations', []);
  return new Map(
    rows.map(([name, checksum, done]) => [
      String(name),
      { checksum: String(checksum), statementsDone: Number(done) },
    ]),
  );
}

function refuseForeignHistory(applied: Map<string, Applied>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, { checksum }] of applied) {
    const migration = known.get(name);
    if (!migration) {
      throw new AppError(
        'unavailable',
        `The database is newer than this program: it was migrated by ${name}, which this version does not know. ` +
          'Start the newer version, or restore a backup made before the upgrade.',
      );
    }
    if (migration.checksum !== checksum) {
      throw new AppError(
        'unavailable',
        `Migration ${name} of this program differs from the one that was applied to the database. ` +
          'Start an official build of this version or a newer one.',
      );
    }
  }
}

async function apply(
  dialect: Dialect,
  session: MigrationSession,
  migration: Migration,
  resumeAt: number | undefined,
): Promise<void> {
  const { name, checksum, statements } = migration;
  if (resumeAt === undefined) {
    await session.execute(
      `insert into schema_migrations (name, checksum, statements_done, applied_at) values ('${name}', '${checksum}', 0, ${Date.now()})`,
      [],
    );
  }
  for (const [index, statement] of statements.entries()) {
    if (index < (resumeAt ?? 0)) continue;
    await session.execute(statement, []).catch((error: unknown) => {
      if (index === resumeAt && dialect === 'mysql' && saysAlreadyDone(error)) return;
      throw failedStatement(name, index, error);
    });
    // Only MySQL can stop half-way and needs the count after each statement.
    if (dialect === 'mysql' || index === statements.length - 1) {
      await session.execute(
        `update schema_migrations set statements_done = ${index + 1} where name = '${name}'`,
        [],
      );
    }
  }
}

function saysAlreadyDone(error: unknown): boolean {
  return error instanceof DatabaseError && ALREADY_DONE.includes(error.driverCode);
}

function failedStatement(name: string, index: number, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`Migration ${name} failed at statement ${index + 1}: ${reason}`, { cause: error });
}
