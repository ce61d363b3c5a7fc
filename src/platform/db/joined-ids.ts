// Many ids in one text: thousands of rows would take longer to hand over than to find.
import { type Column, type SQL, sql } from 'drizzle-orm';
import { tableDialect } from './dialect.ts';

/** All ids of a group as one text, which `idsJoined` reads; null of a group without rows. */
export function joinedIds(id: Column): SQL<string | null> {
  if (tableDialect() === 'postgres') return sql<string | null>`string_agg(${id}::text, ',')`;
  // The other way to join cuts long lists.
  if (tableDialect() === 'mysql') return sql<string | null>`convert(json_arrayagg(${id}) using utf8mb4)`;
  return sql<string | null>`group_concat(${id})`;
}

/** The ids in a text of `joinedIds`. */
export function idsJoined(text: string | null | undefined): number[] {
  if (!text) return [];
  // MySQL's list stands in brackets.
  return text
    .replace(/[[\]\s]/g, '')
    .split(',')
    .map(Number);
}
