// Reads the merge queue of a branch as its planning looks at it: rows, what the branch holds, and what checks say.
import { SYSTEM } from '../../base/actor.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { openedOrNot } from '../issues/writers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { rulesForBranch } from '../rules/rules.service.ts';
import type { QueueGroupRow } from './pulls.types.ts';
import { listGroups, listQueued, type QueuedPull, type QueueKey } from './queue.store.ts';
import type { PlannedEntry, PlannedGroup, QueueOrder, QueueSettings, QueueView } from './queue.types.ts';
import { type Verdict, verdictsOf } from './queue-checks.service.ts';

/** What is known of a queue from outside its rows. */
interface Surroundings {
  /** Undefined when the branch is gone. */
  tip: Oid | undefined;
  /** Undefined when no rule asks for a queue any more. */
  settings: QueueSettings | undefined;
  verdicts: ReadonlyMap<Oid, Verdict>;
}

export interface ReadQueue extends Surroundings {
  open: OpenRepository;
  key: QueueKey;
  queued: QueuedPull[];
  groups: QueueGroupRow[];
  view: QueueView;
}

const NO_SETTINGS: QueueSettings = { style: 'merge', batch: 1, atOnce: 1, timeoutMinutes: 60 };

/** Undefined when the repository is gone. */
export async function readQueue(app: App, key: QueueKey): Promise<ReadQueue | undefined> {
  const open = await openedOrNot(app, SYSTEM, key.repositoryId, 'repository:see');
  if (!open) return undefined;
  const rules = await rulesForBranch(app, open, key.branch);
  const groups = await listGroups(app.db.read, key);
  const heads = groups.flatMap(({ headOid, state }) =>
    headOid && (state === 'testing' || state === 'failed') ? [headOid] : [],
  );
  const verdicts = await verdictsOf(app, open, heads, rules.checks?.contexts ?? []);
  const tip = await app.git.ref(open.dir, `refs/heads/${key.branch}`);
  const surroundings = { tip, settings: rules.queue, verdicts };
  return { open, key, ...surroundings, ...(await readRows(app, app.db.read, key, surroundings)) };
}

/** The rows as they are by now, in the surroundings of before. */
export async function readRows(
  app: App,
  db: Reader | Tx,
  key: QueueKey,
  { tip, settings, verdicts }: Surroundings,
): Promise<Pick<ReadQueue, 'queued' | 'groups' | 'view'>> {
  const queued = await listQueued(db, key);
  const groups = await listGroups(db, key);
  const all = { queued, tip, settings };
  const view: QueueView = {
    tip: tip ?? '',
    settings: settings ?? NO_SETTINGS,
    entries: queued.map((one) => plannedEntry(one, all)),
    groups: groups.map((group) => plannedGroup(app, group, settings ?? NO_SETTINGS, verdicts)),
  };
  return { queued, groups, view };
}

type Rest = Pick<ReadQueue, 'queued' | 'tip' | 'settings'>;

function plannedEntry(one: QueuedPull, rest: Rest): PlannedEntry {
  const { entry, pull } = one;
  const { largestGroup, heldBehind } = entry.mergeOrder as QueueOrder;
  const isMerged = pull.mergedAt !== null;
  const below = isMerged ? undefined : belowOf(one, rest.queued);
  const problem = isMerged ? undefined : problemOf(one, below, rest);
  return {
    ...{ id: entry.id, pullId: entry.pullId, priority: entry.priority },
    ...{ groupId: entry.groupId, groupPlace: entry.groupPlace, isMerged },
    ...(problem === undefined ? {} : { problem }),
    ...(below === undefined ? {} : { belowPullId: below.entry.pullId }),
    ...(largestGroup === undefined ? {} : { largestGroup }),
    ...(heldBehind === undefined ? {} : { heldBehind }),
  };
}

/** The entry of the pull request that this one stands on, until that is merged. */
function belowOf({ pull, entry }: QueuedPull, queued: readonly QueuedPull[]): QueuedPull | undefined {
  return queued.find(
    (other) =>
      other.pull.mergedAt === null &&
      other.entry.id !== entry.id &&
      (pull.basePullId === null
        ? pull.baseBranch !== entry.branch && isHeadOf(other, pull.baseBranch)
        : pull.basePullId === other.entry.pullId),
  );
}

function isHeadOf({ pull }: QueuedPull, branch: string): boolean {
  return pull.headRepositoryId === pull.repositoryId && pull.headBranch === branch;
}

function problemOf(
  { entry, pull, issue }: QueuedPull,
  below: QueuedPull | undefined,
  { tip, settings }: Rest,
): string | undefined {
  if (issue.state !== 'open') return 'It was closed.';
  if (tip === undefined) return `The branch ${entry.branch} is gone.`;
  if (settings === undefined) return `${entry.branch} has no merge queue any more.`;
  if (pull.isDraft) return 'It was made a draft.';
  if (pull.headOid !== entry.headOid) return 'Its head has changed.';
  if (below === undefined && pull.baseBranch !== entry.branch)
    return 'What it stands on is not in the queue, or its base has changed.';
  return undefined;
}

function plannedGroup(
  app: App,
  { id, place, baseOid, headOid, state, startedAt }: QueueGroupRow,
  { timeoutMinutes }: QueueSettings,
  verdicts: ReadonlyMap<Oid, Verdict>,
): PlannedGroup {
  const group = { id, place, baseOid, headOid, state };
  const said = headOid === null ? undefined : verdicts.get(headOid);
  if (said && said.verdict !== 'pending') return { ...group, ...said };
  const isLate = startedAt !== null && app.clock.now() - startedAt > timeoutMinutes * MINUTE;
  if (!isLate) return { ...group, verdict: 'pending' };
  return { ...group, verdict: 'failed', reason: `Its checks did not end within ${timeoutMinutes} minutes.` };
}
