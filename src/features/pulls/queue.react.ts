// What moves merge queues on: whatever happens to their pull requests, branches, rules and checks, and each minute, for
// what takes too long and for what a crash left standing.
import { z } from 'zod';
import type { App } from '../../platform/app.types.ts';
import type { EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import { findEntry, findGroupByHead, listQueues, type QueueKey } from './queue.store.ts';
import { advanceAll, advanceQueue } from './queue-engine.service.ts';
import { advanceLater, QUEUE_JOB } from './queue-jobs.service.ts';

const LOOK_JOB = 'pulls.look-at-queues';

const payload = z.object({ repositoryId: z.number().int(), branch: z.string() });

/** What happens to one pull request. */
const OF_PULL = [
  'issue.closed',
  'issue.deleted',
  'pull.synchronized',
  'pull.merged',
  'pull.drafted',
  'pull.base_changed',
  'pull.review_submitted',
  'pull.review_dismissed',
] as const satisfies readonly EventKind[];

const OF_RULES = ['rule_set.created', 'rule_set.updated', 'rule_set.deleted'] as const;
const OF_COMMIT = ['commit_status.set', 'check_run.set'] as const;

/** Subscribes the merge queue to events and defines its jobs. */
export function registerQueues(app: App): void {
  app.jobs.define({
    kind: QUEUE_JOB,
    queue: 'default',
    // Whatever waits for a merge waits for this; what a merge sets going comes after it.
    priority: 5,
    run: (raw) => advanceQueue(app, payload.parse(raw)),
  });
  app.jobs.define({ kind: LOOK_JOB, queue: 'default', priority: 5, run: () => advanceAll(app) });
  app.jobs.schedule({ name: LOOK_JOB, cron: '* * * * *', kind: LOOK_JOB });
  app.events.subscribe({
    name: 'merge-queue',
    kinds: [...OF_PULL, ...OF_RULES, ...OF_COMMIT, 'push'],
    onEvent: async (event) => {
      const keys = await queuesOf(app, event);
      if (keys.length === 0) return;
      await app.db.write(async (tx) => {
        for (const key of keys) await advanceLater(app, tx, key);
      });
    },
  });
}

/** The queues that an event has to do with. */
async function queuesOf(app: App, event: RecordedEvent): Promise<QueueKey[]> {
  if (!('repositoryId' in event)) return [];
  const { repositoryId } = event;
  if (event.kind === 'commit_status.set' || event.kind === 'check_run.set') {
    const group = await findGroupByHead(app.db.read, repositoryId, event.commitOid);
    return group ? [group] : [];
  }
  if (event.kind === 'push') {
    const refs = new Set(event.updates.map(({ ref }) => ref));
    const keys = await listQueues(app.db.read, repositoryId);
    return keys.filter(({ branch }) => refs.has(`refs/heads/${branch}`));
  }
  if ('issueId' in event) {
    const entry = await findEntry(app.db.read, event.issueId);
    return entry ? [entry] : [];
  }
  return listQueues(app.db.read, repositoryId);
}
