// How issues lie in memory: one place (slot) each in columns of typed arrays, about 70 bytes an issue.

/** Sets of ids (of labels, of assignees), each kept once however many issues have it; 0 is the empty set. */
export interface SetPool {
  /** A set at its offset: how many ids, then the ids in ascending order. */
  words: Uint32Array;
  used: number;
  /** Offsets of sets by their hash; 0 where there is none. */
  table: Uint32Array;
  count: number;
}

/**
 * The columns. Ids are below 2^32 here, since no table of issues grows beyond. Slots below `sorted` lie in order of
 * repository and id, so the issues of a repository lie together; later ones follow as they come.
 */
export interface Columns {
  count: number;
  sorted: number;
  id: Uint32Array;
  repository: Uint32Array;
  flags: Uint16Array;
  author: Uint32Array;
  /** Id of the milestone or 0. */
  milestone: Uint32Array;
  /** Seconds since 1970. */
  created: Uint32Array;
  /** Milliseconds since 1970. */
  updated: Float64Array;
  /** Seconds since 1970, or 0. */
  closed: Uint32Array;
  /** Days since 1970 and one, or 0. */
  due: Uint16Array;
  comments: Uint32Array;
  /** At most 65,535. */
  reactions: Uint16Array;
  /** Id of the issue it is a part of, or 0. */
  parent: Uint32Array;
  /** Offset into the pool of sets. */
  labels: Uint32Array;
  assignees: Uint32Array;
  /** Of pull requests: hashes of the branches' names, see `branchHash`; of issues 0. */
  head: Uint32Array;
  base: Uint32Array;
}

/** Bits of `flags`. */
export const FLAG = {
  gone: 1,
  pull: 2,
  closed: 4,
  notPlanned: 8,
  duplicate: 16,
  completed: 32,
  locked: 64,
  pinned: 128,
  blocked: 256,
  blocking: 512,
  hasParts: 1024,
  merged: 2048,
  draft: 4096,
  approved: 8192,
  changesRequested: 16384,
} as const;

/** What an issue may have to do with another one: it waits for it, holds it up, has it as a part, or is a part of it. */
export const RELATIONS = ['blocked', 'blocking', 'parts', 'parent'] as const;
export type Relation = (typeof RELATIONS)[number];

/** What somebody is to an issue beside its author and assignees; of `team-requested` the id is a team's. */
export interface PersonRole {
  userId: number;
  role: 'commenter' | 'mentioned' | 'reviewer' | 'requested' | 'team-requested';
}

/** What the index keeps of one issue. */
export interface IndexRow {
  id: number;
  repositoryId: number;
  isPull: boolean;
  authorId: number;
  state: 'open' | 'closed';
  closeReason: 'completed' | 'not_planned' | 'duplicate' | 'merged' | null;
  closedAt: number | null;
  lockedAt: number | null;
  pinnedAt: number | null;
  milestoneId: number | null;
  dueOn: string | null;
  parentId: number | null;
  commentCount: number;
  reactionCount: number;
  createdAt: number;
  updatedAt: number;
  /** Of pull requests; null for issues. */
  isDraft: boolean | null;
  decision: 'none' | 'approved' | 'changes_requested' | null;
  headBranch: string | null;
  baseBranch: string | null;
}

/** Where the issues of a repository lie. */
export interface Span {
  start: number;
  end: number;
}

export interface IssueIndex {
  columns: Columns;
  labelSets: SetPool;
  assigneeSets: SetPool;
  /** Slots of the sorted part in order of id. */
  byId: Uint32Array;
  /** Slots behind the sorted part by id. */
  laterById: Map<number, number>;
  spans: Map<number, Span>;
  /** Slots behind the sorted part by repository. */
  later: Map<number, number[]>;
  /** By id of issues with a relation to issues of other repositories: the ids of these repositories. */
  foreign: Readonly<Record<Relation, Map<number, Set<number>>>>;
  /** Grows with every change that was applied. */
  version: number;
  /** Which issues somebody takes part in, by `role:userId`: a bit for each slot. */
  people: Map<string, Uint32Array>;
}
