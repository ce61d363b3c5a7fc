// The merge queue of a branch as its page, the box beside a pull request and the API show it.
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import { type ChecksItem, checksItem } from '../code/statuses.json.ts';
import { statusesOf } from '../code/statuses.service.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { activeSets, rulesForBranch } from '../rules/rules.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import type { Pull } from './pulls.types.ts';
import { queueEntryOf } from './queue.service.ts';
import { countQueued, listQueues, type QueuedPull } from './queue.store.ts';
import type { GroupState, QueueOrder, QueueSettings } from './queue.types.ts';
import { membersOf } from './queue-building.service.ts';
import { expectedTimes } from './queue-estimates.service.ts';
import { usualDuration } from './queue-groups.service.ts';
import { type ReadQueue, readQueue } from './queue-reading.service.ts';
import { groupRef } from './queue-refs.service.ts';

export interface QueueModel {
  branch: string;
  branchHref: string;
  href: string;
  settings: QueueSettings;
  total: number;
  groups: GroupItem[];
  waiting: EntryItem[];
  /** Milliseconds that checks usually take; undefined before anything was merged. */
  usual: number | undefined;
  mayMerge: boolean;
  mayHurry: boolean;
}

export interface GroupItem {
  id: number;
  state: GroupState;
  look: { icon: string; word: string; tone: string };
  ref: string;
  oid: string | undefined;
  commitHref: string | undefined;
  since: number | undefined;
  expectedAt: number | undefined;
  checks: ChecksItem | undefined;
  entries: EntryItem[];
}

export interface EntryItem {
  pullId: number;
  number: number;
  title: string;
  href: string;
  /** From 1. */
  position: number;
  queuedBy: string;
  queuedAt: number;
  isUrgent: boolean;
  /** It conflicts with something ahead of it. */
  isHeld: boolean;
  isOwn: boolean;
  expectedAt: number | undefined;
}

const LOOKS: Readonly<Record<GroupState, GroupItem['look']>> = {
  building: { icon: 'tools', word: 'Being built', tone: 'muted' },
  testing: { icon: 'dot-fill', word: 'Being tested', tone: 'attention' },
  passed: { icon: 'check', word: 'Passed, waits for those ahead', tone: 'success' },
  failed: { icon: 'x', word: 'Failed, waits for those ahead to be decided', tone: 'danger' },
  merging: { icon: 'git-merge', word: 'Being merged', tone: 'done' },
};

/** Where a queue's page is. */
export function queueHref(open: Pick<OpenRepository, 'path'>, branch: string): string {
  return `${open.path}/queue/${encodePath(branch)}`;
}

export interface QueueItem {
  branch: string;
  href: string;
  total: number;
}

/** Branches named in full by rule sets that are looked at for a list. */
const MOST_NAMED = 50;

/** The queues of a repository: of the default branch, of branches that rules name, and of those in which something waits. */
export async function queueItems(app: App, open: OpenRepository): Promise<QueueItem[]> {
  const { id: repositoryId, defaultBranch } = open.repository;
  const sets = (await activeSets(app, repositoryId)).filter(({ rules }) => rules.queue);
  const named = sets.flatMap(({ include }) => include).filter((pattern) => !/[*?[~]/.test(pattern));
  const waiting = (await listQueues(app.db.read, repositoryId)).map(({ branch }) => branch);
  const branches = new Set([defaultBranch, ...waiting, ...named.slice(0, MOST_NAMED)]);
  const items: QueueItem[] = [];
  for (const branch of branches) {
    const total = await countQueued(app.db.read, { repositoryId, branch });
    const hasQueue = total > 0 || (await rulesForBranch(app, open, branch)).queue !== undefined;
    if (hasQueue) items.push({ branch, href: queueHref(open, branch), total });
  }
  return items;
}

/** Undefined where a branch has no queue and nothing waits for one. */
export async function queueModel(
  app: App,
  open: OpenRepository,
  branch: string,
): Promise<QueueModel | undefined> {
  const read = await readQueue(app, { repositoryId: open.repository.id, branch });
  if (!read || (!read.settings && read.queued.length === 0)) return undefined;
  const [usual, mayMerge] = await Promise.all([
    usualDuration(app, read.key),
    mayOnIssues(app, open, 'pulls:merge'),
  ]);
  return {
    ...{ branch, usual, mayMerge, mayHurry: mayMerge && permissionIncludes(open.permission, 'maintain') },
    branchHref: `${open.path}/tree/${encodePath(branch)}`,
    href: queueHref(open, branch),
    settings: read.view.settings,
    total: read.queued.length,
    ...(await itemsOf(app, open, read, usual)),
  };
}

async function itemsOf(
  app: App,
  open: OpenRepository,
  read: ReadQueue,
  usual: number | undefined,
): Promise<Pick<QueueModel, 'groups' | 'waiting'>> {
  const { groups, queued } = read;
  const heads = groups.flatMap(({ headOid }) => headOid ?? []);
  const [names, statuses] = await Promise.all([
    namesOf(
      app,
      queued.map(({ entry }) => entry.mergeOrder.byId),
    ),
    statusesOf(app, open, heads),
  ]);
  const waiting = queued.filter(({ entry }) => entry.groupId === null);
  const times = usual === undefined ? undefined : timesOf(app, read, waiting.length, usual);
  let position = 0;
  const itemOf = ({ entry, issue }: QueuedPull, expectedAt: number | undefined): EntryItem => ({
    ...{ pullId: issue.id, number: issue.number, title: issue.title },
    href: `${open.path}/pull/${issue.number}`,
    position: ++position,
    queuedBy: names.get(entry.mergeOrder.byId)?.name ?? 'ghost',
    queuedAt: entry.createdAt,
    isUrgent: entry.priority > 0,
    isHeld: (entry.mergeOrder as QueueOrder).heldBehind !== undefined && entry.groupId === null,
    isOwn: open.actor.kind === 'user' && open.actor.userId === issue.authorId,
    expectedAt,
  });
  const groupItems = groups.map((group, at): GroupItem => {
    const { id, state, headOid, startedAt } = group;
    const expectedAt = state === 'failed' ? undefined : times?.groups[at];
    return {
      ...{ id, state, look: LOOKS[state], ref: groupRef(read.key.branch, id) },
      oid: headOid ?? undefined,
      commitHref: headOid === null ? undefined : `${open.path}/commit/${headOid}`,
      since: startedAt ?? undefined,
      expectedAt,
      checks: headOid === null ? undefined : checksItem(statuses.get(headOid)),
      entries: membersOf(read, id).map((one) => itemOf(one, expectedAt)),
    };
  });
  return { groups: groupItems, waiting: waiting.map((one, at) => itemOf(one, times?.waiting[at])) };
}

function timesOf(app: App, { groups, view }: ReadQueue, waiting: number, usual: number) {
  const { batch, atOnce } = view.settings;
  const running = groups.map(({ startedAt, state }) => ({
    since: startedAt ?? undefined,
    isPassed: state === 'passed' || state === 'merging',
  }));
  return expectedTimes({ groups: running, waiting, batch, atOnce, usual }, app.clock.now());
}

/** What the box on a pull request's page says of the queue. */
export interface QueueBox {
  branch: string;
  href: string;
  queued?: {
    position: number;
    total: number;
    word: string;
    icon: string;
    tone: string;
    expectedAt: number | undefined;
  };
  mayLeave: boolean;
  mayEnter: boolean;
}

/** Undefined where the base has no queue, and for what is over. */
export async function queueBox(app: App, open: OpenRepository, pull: Pull): Promise<QueueBox | undefined> {
  if (pull.issue.state !== 'open') return undefined;
  const entry = await queueEntryOf(app, pull);
  const branch = entry?.branch ?? pull.pull.baseBranch;
  const { queue } = await rulesForBranch(app, open, branch);
  if (!queue && !entry) return undefined;
  const mayMerge = await mayOnIssues(app, open, 'pulls:merge');
  const isAuthor = open.actor.kind === 'user' && open.actor.userId === pull.issue.authorId;
  const box = { branch, href: queueHref(open, branch), mayEnter: mayMerge, mayLeave: mayMerge || isAuthor };
  const model = entry && (await queueModel(app, open, branch));
  const group = model?.groups.find(({ entries }) => entries.some(({ pullId }) => pullId === pull.issue.id));
  const all = model ? [...model.groups.flatMap(({ entries }) => entries), ...model.waiting] : [];
  const item = all.find(({ pullId }) => pullId === pull.issue.id);
  if (!model || !item) return box;
  const { word, icon, tone } = group?.look ?? { word: 'Waits for its turn', icon: 'clock', tone: 'muted' };
  const { position, expectedAt } = item;
  return { ...box, queued: { position, total: model.total, word, icon, tone, expectedAt } };
}
