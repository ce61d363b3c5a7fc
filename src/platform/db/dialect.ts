// Which engine the tables are made for. Chosen once per process, before any table file is imported.
import type { Dialect } from './db.types.ts';

let chosen: Dialect | undefined;
let tablesMade = false;

/** Chooses the engine; throws when tables were already made for another one. */
export function useDialect(dialect: Dialect): void {
  if (tablesMade && chosen !== dialect) {
    throw new Error(
      `Tables were already made for ${chosen}: call useDialect('${dialect}') before importing them.`,
    );
  }
  chosen = dialect;
}

/** The engine tables are made for: the chosen one, else OPENCODEHUB_TEST_DIALECT, else SQLite. Settles the choice. */
export function tableDialect(): Dialect {
  chosen ??= dialectOfTestRun();
  tablesMade = true;
  return chosen;
}

function dialectOfTestRun(): Dialect {
  const name = process.env.OPENCODEHUB_TEST_DIALECT ?? 'sqlite';
  if (name === 'sqlite' || name === 'postgres' || name === 'mysql') return name;
  throw new Error(`OPENCODEHUB_TEST_DIALECT is "${name}"; it must be sqlite, postgres or mysql.`);
}
