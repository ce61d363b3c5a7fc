// Writes the next migration of each dialect from what changed in src/platform/db/tables since the last snapshot.
// Run: npx node scripts/make-migrations.ts <name>   (e.g. add_labels). `--check` only says whether one is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Dialect } from '../src/platform/db/db.types.ts';
import { useDialect } from '../src/platform/db/dialect.ts';

type Kit = typeof import('drizzle-kit/api');
type Tables = Record<string, unknown>;

const DIALECTS: readonly Dialect[] = ['sqlite', 'postgres', 'mysql'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MIGRATIONS = join(ROOT, 'src/platform/db/migrations');
const BREAKPOINT = '\n--> statement-breakpoint\n';

/** The statements that lead from the last snapshot of a dialect to the tables as they are now. */
export async function pendingChange(
  dialect: Dialect,
  tables: Tables,
): Promise<{ statements: string[]; snapshot: unknown }> {
  const kit = createRequire(import.meta.url)('drizzle-kit/api') as Kit;
  const last = lastSnapshot(dialect);
  if (dialect === 'sqlite') {
    const now = await kit.generateSQLiteDrizzleJson(tables);
    const before = last ?? (await kit.generateSQLiteDrizzleJson({}));
    return { statements: await kit.generateSQLiteMigration(before as typeof now, now), snapshot: now };
  }
  if (dialect === 'mysql') {
    const now = await kit.generateMySQLDrizzleJson(tables);
    const before = last ?? (await kit.generateMySQLDrizzleJson({}));
    return { statements: await kit.generateMySQLMigration(before as typeof now, now), snapshot: now };
  }
  const now = kit.generateDrizzleJson(tables);
  const before = last ?? kit.generateDrizzleJson({});
  return { statements: await kit.generateMigration(before as typeof now, now), snapshot: now };
}

/** Every table of src/platform/db/tables, made for the dialect chosen before the call. */
export async function importTables(): Promise<Tables> {
  const tables: Tables = {};
  for (const file of globSync('src/platform/db/tables/*.ts', { cwd: ROOT }).sort()) {
    const exported = (await import(pathToFileURL(join(ROOT, file)).href)) as Tables;
    Object.assign(tables, exported);
  }
  return tables;
}

function lastSnapshot(dialect: Dialect): unknown {
  const path = join(MIGRATIONS, dialect, 'snapshot.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

async function makeMigration(dialect: Dialect, name: string): Promise<void> {
  useDialect(dialect);
  const { statements, snapshot } = await pendingChange(dialect, await importTables());
  if (statements.length === 0) return console.log(`${dialect}: nothing changed`);
  const folder = join(MIGRATIONS, dialect);
  mkdirSync(folder, { recursive: true });
  const count = readdirSync(folder).filter((file) => file.endsWith('.sql')).length;
  const file = `${String(count + 1).padStart(4, '0')}_${name}.sql`;
  writeFileSync(join(folder, file), `${statements.map((each) => each.trim()).join(BREAKPOINT)}\n`);
  writeFileSync(join(folder, 'snapshot.json'), `${JSON.stringify(snapshot, null, 1)}\n`);
  console.log(`${dialect}: ${file}, ${statements.length} statements`);
}

async function checkMigrations(dialect: Dialect): Promise<void> {
  useDialect(dialect);
  const { statements } = await pendingChange(dialect, await importTables());
  if (statements.length === 0) return;
  console.error(`${dialect}: the tables need a migration:\n${statements.join('\n')}`);
  process.exitCode = 1;
}

/** Tables are made for one dialect per process, so each dialect gets its own. */
function runForEachDialect(argument: string): void {
  for (const dialect of DIALECTS) {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), argument, dialect], {
      stdio: 'inherit',
    });
    if (child.status !== 0) process.exitCode = 1;
  }
}

async function main(argument: string | undefined, only: string | undefined): Promise<void> {
  const dialect = DIALECTS.find((each) => each === only);
  if (!argument || !/^(--check|[a-z0-9_]+)$/.test(argument)) {
    console.error('Usage: node scripts/make-migrations.ts <name in small letters> | --check');
    process.exitCode = 2;
  } else if (!dialect) runForEachDialect(argument);
  else if (argument === '--check') await checkMigrations(dialect);
  else await makeMigration(dialect, argument);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv[2], process.argv[3]).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
