// The values of merging: what somebody asks for, how a repository merges, and what stands in the way.
import type { MergeStyle } from '../../platform/db/tables/pulls.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { RequirementName } from '../rules/requirements.policy.ts';
import type { MergeOrder, Pull } from './pulls.types.ts';

export const MERGE_STYLES = [
  'merge',
  'squash',
  'rebase',
  'rebase_merge',
  'fast_forward',
] as const satisfies readonly MergeStyle[];

/** The styles whose result has a message of its own. */
export const STYLES_WITH_MESSAGE = [
  'merge',
  'squash',
  'rebase_merge',
] as const satisfies readonly MergeStyle[];

/** What the title and the rest of a message are made of. */
export interface MessageTemplate {
  title: string;
  body: string;
}

/** How pull requests of a repository are merged. */
export interface MergeSettings {
  /** Those permitted, in the order of MERGE_STYLES; at least one. */
  styles: readonly MergeStyle[];
  defaultStyle: MergeStyle;
  messages: Partial<Record<MergeStyle, MessageTemplate>>;
  /** The head's branch is deleted afterwards unless whoever merges says otherwise. */
  deletesBranch: boolean;
  allowsAutoMerge: boolean;
  suggestsUpdate: boolean;
}

/** What somebody asks for when they merge. What is missing is as the repository's settings say. */
export interface MergeRequest {
  style?: MergeStyle | undefined;
  title?: string | undefined;
  message?: string | undefined;
  deleteBranch?: boolean | undefined;
  /** The head that they saw: another one by now is a conflict. */
  headOid?: Oid | undefined;
  /** Merges although rules are not met, where they may pass these by. */
  bypasses?: boolean | undefined;
  /** The address that the commit carries: one of their own. */
  email?: string | undefined;
}

/** How a result is made: a part of MergeOrder. */
export type MergePlan = Pick<MergeOrder, 'style' | 'title' | 'message'>;

/** One pull request of a landing. */
export interface LandedMerge {
  pull: Pull;
  order: MergeOrder;
  /** What the branch holds after it. */
  oid: Oid;
}

/** Moves a branch to what was built, in one step for all of its merges. */
export interface Landing {
  /** Without refs/heads/. */
  branch: string;
  from: Oid;
  to: Oid;
  /** In their order; the last one's `oid` is `to`. */
  merges: readonly LandedMerge[];
  byQueue?: true;
  /** Names of rules that are passed by. */
  bypassed?: readonly string[];
}

export type RequirementRule =
  | RequirementName
  /** Of the pull request itself, whatever the rules. */
  | 'open'
  | 'draft'
  | 'mergeable'
  /** It stands on another one that is not merged. */
  | 'stack';

/** Something that must hold before a merge. */
export interface Requirement {
  rule: RequirementRule;
  isMet: boolean;
  /** A sentence that says how it stands, and what to do where it is not met. */
  text: string;
  /** Whether the actor may merge although it is not met. */
  canBypass: boolean;
  /** Of `checks`: which one. */
  context?: string;
  /** Names of the rule sets that ask for it; none asks for what is in the nature of things. */
  ruleSets: readonly string[];
}
