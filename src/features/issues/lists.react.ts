// What lists and searches of issues do after events and on a schedule.
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { removeChangesBefore } from './index-rows.store.ts';
import { mendSearch, SEARCH_EVENTS, searchAfter } from './search-upkeep.service.ts';

const FORGET_CHANGES_JOB = 'issues.forget_changes';
const MEND_SEARCH_JOB = 'issues.mend_search';

/** Subscribes the search to events, and defines the jobs of lists. */
export function registerLists(app: App): void {
  app.events.subscribe({
    name: 'issues.search',
    kinds: [...SEARCH_EVENTS],
    onEvent: (event) => searchAfter(app, event),
  });
  app.jobs.define({
    kind: FORGET_CHANGES_JOB,
    queue: 'maintenance',
    // Every index in memory follows the log within hours or reads everything anew.
    run: () => app.db.write((tx) => removeChangesBefore(tx, app.clock.now() - DAY)),
  });
  app.jobs.define({
    kind: MEND_SEARCH_JOB,
    queue: 'maintenance',
    run: (_payload, { signal }) => mendSearch(app, signal),
  });
  app.jobs.schedule({ name: FORGET_CHANGES_JOB, cron: '17 * * * *', kind: FORGET_CHANGES_JOB });
  app.jobs.schedule({ name: MEND_SEARCH_JOB, cron: '51 2 * * *', kind: MEND_SEARCH_JOB });
}
