// Plans the merge queue of a branch: from what is known of its entries and groups, the one step that is next. Pure, so
// that a crash at any moment is no case of its own: whoever looks again finds the same step, or the one after it.
import type { PlannedEntry, PlannedGroup, QueueStep, QueueView } from './queue.types.ts';

/** The next step; undefined while the queue waits for checks or for entries. */
export function nextStep(view: QueueView): QueueStep | undefined {
  const chain = chainOf(view);
  return (
    landStarted(view) ??
    finishMerged(view) ??
    ejectTroubled(view) ??
    dissolveBroken(chain) ??
    makeWay(view, chain) ??
    buildStarted(view) ??
    settleChecked(view) ??
    resolveFailed(view, chain) ??
    landFirst(chain) ??
    formNext(view, chain)
  );
}

/** Entries in the order in which they are merged: those in groups first, then those that wait. */
export function inOrder(view: Pick<QueueView, 'entries' | 'groups'>): PlannedEntry[] {
  const places = new Map(view.groups.map((group) => [group.id, group.place]));
  const placeOf = (entry: PlannedEntry) =>
    entry.groupId === null ? Number.POSITIVE_INFINITY : (places.get(entry.groupId) ?? 0);
  return view.entries.toSorted((a, b) => {
    const [one, other] = [placeOf(a), placeOf(b)];
    if (one !== other) return one < other ? -1 : 1;
    return a.groupId === null ? byUrgency(a, b) : a.groupPlace - b.groupPlace;
  });
}

/** Of one group, in its order. */
export function entriesOf(view: Pick<QueueView, 'entries'>, groupId: number): PlannedEntry[] {
  return view.entries
    .filter((entry) => entry.groupId === groupId)
    .toSorted((a, b) => a.groupPlace - b.groupPlace);
}

interface Chain {
  /** In order, with failed ones among them. */
  groups: PlannedGroup[];
  /** Those that may still be merged: each is built on the one before. */
  active: PlannedGroup[];
  /** What the next group is built on; undefined while the last one is being built. */
  end: string | undefined;
  /** Built on something that is no longer ahead of it: the first such group and all after it, or a failed one alone. */
  broken: PlannedGroup[];
}

function chainOf(view: QueueView): Chain {
  const groups = view.groups.toSorted((a, b) => a.place - b.place);
  const chain: Chain = { groups, active: [], end: view.tip, broken: [] };
  for (const group of groups) {
    const isSound = group.baseOid === chain.end && entriesOf(view, group.id).length > 0;
    if (group.state === 'failed') {
      if (!isSound) chain.broken.push(group);
    } else if (isSound && chain.broken.every((one) => one.state === 'failed')) {
      chain.active.push(group);
      chain.end = group.headOid ?? undefined;
    } else chain.broken.push(group);
  }
  return chain;
}

/** Whose branch may have moved already when the process ended: before anything else. */
function landStarted(view: QueueView): QueueStep | undefined {
  const started = view.groups.find((group) => group.state === 'merging');
  if (!started || entriesOf(view, started.id).every((entry) => entry.isMerged)) return undefined;
  return { kind: 'land', groupId: started.id };
}

function finishMerged(view: QueueView): QueueStep | undefined {
  const merged = view.entries.filter((entry) => entry.isMerged);
  return merged.length === 0 ? undefined : { kind: 'finish', entryIds: merged.map((entry) => entry.id) };
}

function ejectTroubled(view: QueueView): QueueStep | undefined {
  const queued = new Set(view.entries.map((entry) => entry.pullId));
  for (const entry of view.entries) {
    if (entry.problem !== undefined) return { kind: 'eject', entryIds: [entry.id], reason: entry.problem };
    if (entry.belowPullId !== undefined && !queued.has(entry.belowPullId))
      return {
        kind: 'eject',
        entryIds: [entry.id],
        reason: 'The pull request below it in the stack left the queue.',
      };
  }
  return undefined;
}

function dissolveBroken({ broken }: Chain): QueueStep | undefined {
  return broken.length === 0 ? undefined : { kind: 'dissolve', groupIds: broken.map((group) => group.id) };
}

/** What waits with a higher priority goes before groups that are still tested. */
function makeWay(view: QueueView, { active }: Chain): QueueStep | undefined {
  const standing = standingIn(view, active);
  const first = candidates(view).find((entry) => mayFollow(entry, standing));
  if (!first) return undefined;
  const behind = active.findIndex((group) => group.id === groupOf(view, first.belowPullId)) + 1;
  const from = active.findIndex(
    (group, at) =>
      at >= behind &&
      group.state !== 'passed' &&
      entriesOf(view, group.id).some((entry) => entry.priority < first.priority),
  );
  return from < 0 ? undefined : { kind: 'dissolve', groupIds: active.slice(from).map((group) => group.id) };
}

function groupOf(view: QueueView, pullId: number | undefined): number | null | undefined {
  return pullId === undefined ? undefined : view.entries.find((one) => one.pullId === pullId)?.groupId;
}

function buildStarted(view: QueueView): QueueStep | undefined {
  const started = view.groups.find((group) => group.state === 'building');
  return started ? { kind: 'build', groupId: started.id } : undefined;
}

function settleChecked(view: QueueView): QueueStep | undefined {
  for (const { id, state, verdict } of view.groups)
    if (state === 'testing' && verdict !== 'pending') return { kind: 'settle', groupId: id, state: verdict };
  return undefined;
}

/** Once nothing undecided is ahead of a failed group, the failure is its own. */
function resolveFailed(view: QueueView, { groups }: Chain): QueueStep | undefined {
  const [first] = groups;
  if (first?.state !== 'failed') return undefined;
  const entries = entriesOf(view, first.id);
  if (entries.length > 1)
    return { kind: 'dissolve', groupIds: [first.id], largestGroup: Math.ceil(entries.length / 2) };
  const reason = first.reason ?? 'Its checks failed in the queue.';
  return { kind: 'eject', entryIds: entries.map((entry) => entry.id), reason };
}

function landFirst({ active }: Chain): QueueStep | undefined {
  const [first] = active;
  return first?.state === 'passed' ? { kind: 'land', groupId: first.id } : undefined;
}

function formNext(view: QueueView, { active, end }: Chain): QueueStep | undefined {
  if (end === undefined || active.length >= view.settings.atOnce) return undefined;
  const standing = standingIn(view, active);
  const chosen: number[] = [];
  let largest = Math.max(1, view.settings.batch);
  for (const entry of candidates(view)) {
    if (!mayFollow(entry, standing)) continue;
    largest = Math.min(largest, entry.largestGroup ?? largest);
    if (chosen.length >= largest) break;
    chosen.push(entry.id);
    standing.add(entry.pullId);
  }
  return chosen.length === 0 ? undefined : { kind: 'form', entryIds: chosen, baseOid: end };
}

/** The pull requests that the next group comes after. */
function standingIn(view: QueueView, active: readonly PlannedGroup[]): Set<number> {
  const ids = new Set(active.map((group) => group.id));
  const standing = view.entries.filter(({ groupId }) => groupId !== null && ids.has(groupId));
  return new Set(standing.map(({ pullId }) => pullId));
}

/** Of a stack, each comes after the one below it. */
function mayFollow({ belowPullId }: PlannedEntry, standing: ReadonlySet<number>): boolean {
  return belowPullId === undefined || standing.has(belowPullId);
}

/** What waits and is not held back, the most urgent first. */
function candidates(view: QueueView): PlannedEntry[] {
  const undecided = view.groups.map((group) => group.id);
  const isFree = ({ heldBehind }: PlannedEntry) =>
    heldBehind === undefined || undecided.every((id) => id > heldBehind);
  return view.entries.filter((entry) => entry.groupId === null && isFree(entry)).toSorted(byUrgency);
}

function byUrgency(a: PlannedEntry, b: PlannedEntry): number {
  return b.priority - a.priority || a.id - b.id;
}
