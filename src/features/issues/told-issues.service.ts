// What feeds tell of issues. Whoever tells judges who may see it: titles are of the issues, whose repositories are named.
import type { App } from '../../platform/app.types.ts';
import { findEntriesAmong } from './entries.store.ts';
import type { EntryRow } from './issues.types.ts';
import { findTitles, findToldComments, type ToldIssue } from './told-issues.store.ts';

export type { ToldIssue } from './told-issues.store.ts';

/** Issues by id, as they are called and where they are by now; deleted ones are left out. */
export async function toldIssues(app: App, ids: Iterable<number>): Promise<Map<number, ToldIssue>> {
  const rows = await findTitles(app.db.read, [...new Set(ids)]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The rows of comments that are told of, those that exist. */
export async function toldEntries(app: App, ids: Iterable<number>): Promise<EntryRow[]> {
  return findEntriesAmong(app.db.read, [...new Set(ids)]);
}

/** Those of the comments that may be told of: neither deleted nor hidden as spam or abuse. */
export async function toldComments(app: App, ids: Iterable<number>): Promise<Set<number>> {
  return new Set(await findToldComments(app.db.read, [...new Set(ids)]));
}
