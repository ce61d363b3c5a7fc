// What is known of a happening, in the JSON of the API: every format makes its message of it.
import type { Happening } from './happenings.types.ts';

export type Json = Record<string, unknown>;

/** What a push brought. */
export interface PushFacts {
  ref: string;
  before: string;
  after: string;
  isNew: boolean;
  isGone: boolean;
  isForced: boolean;
  compareUrl: string;
  /** The newest ones, newest first. */
  commits: Json[];
  /** How many there are, as far as they were counted. */
  total: number;
  head: Json | null;
  /** Ids of the trees of the commits, by the ids of those. */
  trees: ReadonlyMap<string, string>;
}

/** Each in Gitea's JSON; what the happening is not about is missing. */
export interface Facts {
  happening: Happening;
  /** The address of this site. */
  site: string;
  sender: Json;
  repository?: Json;
  /** `public`, `internal` or `private`. */
  visibility?: string;
  /** The owner, where it is an organization, or the organization that it is about. */
  organization?: Json;
  push?: PushFacts;
  /** Who pushed: the name, where it was a key and no person. */
  pusher?: string;
  /** Of a creation or deletion: the ref's short name, its kind and what it led to. */
  ref?: { name: string; type: 'branch' | 'tag'; sha: string };
  fork?: Json;
  release?: Json;
  /** With its `commit`, which may be null, and the `sha` and `tree` of it. */
  status?: Json;
  checkRun?: Json;
  mergeGroup?: Json;
  /** The tree of the group's commit. */
  groupTree?: string;
  issue?: Json;
  pull?: Json;
  comment?: Json;
  /** A comment on code, in its review. */
  reviewComment?: Json;
  review?: Json;
  thread?: { id: number; comments: Json[] };
  label?: Json;
  milestone?: Json;
  /** Who was assigned, asked, added. */
  person?: Json;
  /** What they are or may. */
  role?: string;
  team?: Json;
  invitation?: Json;
  /** What it was before, in GitHub's form: `{ title: { from } }`. */
  changes?: Json;
  /** `OWNER`, `MEMBER` or `COLLABORATOR` of those who wrote, by their ids. */
  associations?: ReadonlyMap<number, string>;
  /** How often was reacted how, to the text of the issue (0) and to entries. */
  reactions?: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** How many commits the pull request brings. */
  commitCount?: number;
  /** A sentence or word of why. */
  reason?: string;
}
