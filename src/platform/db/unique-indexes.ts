// SQLite names the columns of a violated unique index, not the index; this finds its name in the table files.
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';

const names = new Map<string, string>();

/** Remembers the unique indexes of a table; columns.ts calls it for each table made for SQLite. */
export function rememberUniqueIndexes(table: SQLiteTable): void {
  made.push(table);
}

/** The unique index over columns given as SQLite lists them: `users.name_key` or `a.x, a.y`. */
export function uniqueIndexOver(columns: string): string | undefined {
  for (const table of made.splice(0)) {
    const { name, indexes } = getTableConfig(table);
    for (const { config } of indexes) {
      const over = config.columns.map((column) => `${name}.${'name' in column ? column.name : ''}`);
      if (config.unique) names.set(over.join(', '), config.name);
    }
  }
  return names.get(columns);
}

const made: SQLiteTable[] = [];
