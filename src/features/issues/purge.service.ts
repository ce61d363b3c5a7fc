// The issues of a repository that is purged go some at a time: all of them in one statement would stop every page for
// minutes on SQLite, and never come to an end on a server that bounds how long a statement takes.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { App } from '../../platform/app.types.ts';
import { noteChange } from './issues.store.ts';
import { listSomeIssues, listTied, removeIssues } from './purge.store.ts';
import { removeFromSearch } from './search-upkeep.service.ts';

/** Issues removed in one transaction. */
const AT_ONCE = 25;

/** Removes all issues of a repository, with what hangs on them; begun again, it goes on where it was stopped. */
export async function purgeIssues(app: App, repositoryId: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await purgeSome(app, repositoryId))) await nextTurn();
}

/** Says whether there were any. */
async function purgeSome(app: App, repositoryId: number): Promise<boolean> {
  const now = app.clock.now();
  return app.db.write(async (tx) => {
    const ids = await listSomeIssues(tx, repositoryId, AT_ONCE);
    if (ids.length === 0) return false;
    const tied = await listTied(tx, ids);
    for (const id of ids) await removeFromSearch(app, tx, id);
    await removeIssues(tx, ids);
    for (const id of [...ids, ...tied]) await noteChange(tx, id, now);
    return true;
  });
}
