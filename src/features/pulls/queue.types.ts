// The values of the merge queue: what its planning looks at, and the one step it takes next.
import type { MergeOrder, MergeStyle } from '../../platform/db/tables/pulls.ts';

/** What the rules of a branch say of its queue. */
export interface QueueSettings {
  style: MergeStyle;
  /** The most pull requests that are tested together. */
  batch: number;
  /** The most groups that are tested at once, each on top of those before it. */
  atOnce: number;
  timeoutMinutes: number;
}

/** How an entry is merged, with what the queue has learnt of it. */
export interface QueueOrder extends MergeOrder {
  /** After a group with it failed: the most that it is tested together with. */
  largestGroup?: number;
  /** It conflicts with what is ahead of it: it waits until this group and those before it are decided. */
  heldBehind?: number;
}

/** The state of a group as its row has it. `failed`: until those ahead of it are decided, whose fault that is stays open. */
export type GroupState = 'building' | 'testing' | 'passed' | 'failed' | 'merging';

export interface PlannedEntry {
  id: number;
  pullId: number;
  priority: number;
  groupId: number | null;
  groupPlace: number;
  isMerged: boolean;
  /** Why it has to leave, in words for its timeline. */
  problem?: string;
  /** The pull request right below in a stack, while that is open. */
  belowPullId?: number;
  largestGroup?: number;
  heldBehind?: number;
}

export interface PlannedGroup {
  id: number;
  place: number;
  baseOid: string;
  headOid: string | null;
  state: GroupState;
  /** What its checks say. */
  verdict: 'pending' | 'passed' | 'failed';
  /** Why it failed, in words for timelines. */
  reason?: string;
}

/** Everything that decides about the next step of one branch's queue. */
export interface QueueView {
  /** What the branch holds. */
  tip: string;
  settings: QueueSettings;
  /** In any order. */
  entries: readonly PlannedEntry[];
  groups: readonly PlannedGroup[];
}

export type QueueStep =
  /** They were merged: their rows go. */
  | { kind: 'finish'; entryIds: number[] }
  /** They leave unmerged. */
  | { kind: 'eject'; entryIds: number[]; reason: string }
  /** Their entries wait again. With `largestGroup`, at most so many of them are tested together from now on. */
  | { kind: 'dissolve'; groupIds: number[]; largestGroup?: number }
  /** A group of these, in this order. */
  | { kind: 'form'; entryIds: number[]; baseOid: string }
  | { kind: 'build'; groupId: number }
  | { kind: 'settle'; groupId: number; state: 'passed' | 'failed' }
  | { kind: 'land'; groupId: number };
