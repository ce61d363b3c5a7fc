// Rows of the largest tables that go with others are found by an index, or each deletion would read a whole table.
import { is, Table } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import * as issues from '../../../src/platform/db/tables/issues.ts';
import * as notifications from '../../../src/platform/db/tables/notifications.ts';
import * as pulls from '../../../src/platform/db/tables/pulls.ts';
import * as users from '../../../src/platform/db/tables/users.ts';
import * as webhooks from '../../../src/platform/db/tables/webhooks.ts';

type Tables = Parameters<typeof getTableConfig>[0];

test('a deletion does not read whole tables for what goes with it', () => {
  const found = [issues, notifications, pulls, webhooks]
    .flatMap((module) => Object.values(module))
    .filter((value) => is(value, Table))
    .flatMap((table) => unindexed(table as unknown as Tables));
  expect(found).toEqual([]);
});

/** References whose column leads no index; rows of accounts stay as ghosts, so those that do nothing need none. */
function unindexed(table: Tables): string[] {
  const { name, columns, indexes, primaryKeys, foreignKeys } = getTableConfig(table);
  const leading = new Set([
    ...columns.filter((column) => column.primary || column.isUnique).map((column) => column.name),
    ...primaryKeys.map((key) => key.columns[0]?.name),
    ...indexes.map(({ config }) => (config.columns[0] as { name?: string }).name),
  ]);
  return foreignKeys.flatMap((key) => {
    const { columns: own, foreignTable } = key.reference();
    const isOfAccounts = foreignTable === users.users && key.onDelete !== 'cascade';
    const column = own[0]?.name ?? '';
    return isOfAccounts || leading.has(column) ? [] : [`${name}.${column}`];
  });
}
