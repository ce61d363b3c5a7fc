// The values of the rules room: what a rule set says, and what all sets together ask of one branch or tag.
import type { MergeStyle, ruleSets } from '../../platform/db/tables/pulls.ts';

export type { MergeStyle } from '../../platform/db/tables/pulls.ts';

export type RuleSetRow = typeof ruleSets.$inferSelect;
export type RuleTarget = RuleSetRow['target'];

/** Roles that may be named; each includes those above it. */
export const PARTY_ROLES = ['write', 'maintain', 'admin', 'owner'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

/** Somebody that a rule names. */
export type Party =
  | { kind: 'role'; role: PartyRole }
  | { kind: 'team'; id: number }
  | { kind: 'user'; id: number }
  /** One deploy key that may write. */
  | { kind: 'deploy-key'; id: number };

/** `pull_request`: only by merging a pull request, never by a push. */
export type BypassMode = 'always' | 'pull_request';
export type Bypasser = Party & { mode: BypassMode };

/** What must hold of a pull request before it is merged; direct pushes are refused. */
export interface PullRequestRule {
  approvals: number;
  /** Of every changed path that has owners, one of them. */
  codeOwners: boolean;
  /** An approval counts for the commits that it was given for. */
  dismissStale: boolean;
  /** Somebody else than who pushed last must approve. */
  lastPushApproval: boolean;
  resolvedThreads: boolean;
  /** The styles it may be merged in; missing: those of the repository. */
  styles?: readonly MergeStyle[];
}

export interface ChecksRule {
  /** Contexts of statuses, or names of check runs; in the order of the settings. */
  contexts: readonly string[];
  /** They must have passed on top of what the branch holds today. */
  strict: boolean;
}

export interface QueueRule {
  style: MergeStyle;
  /** Pull requests in one group. */
  batch: number;
  /** Groups under test at the same time. */
  atOnce: number;
  timeoutMinutes: number;
}

/** What pushed commits may not change. */
export interface FilesRule {
  /** Patterns of paths, as in `.gitignore` but from the top; `*` stays within a name. */
  restricted: readonly string[];
  /** Without a dot, in lower case. */
  extensions: readonly string[];
  /** Characters of a path. */
  longestPath?: number;
  /** Bytes of a file. */
  largestFile?: number;
}

export const TEXT_SUBJECTS = ['message', 'author_email', 'committer_email', 'name'] as const;
export const TEXT_OPERATORS = ['starts_with', 'ends_with', 'contains', 'matches'] as const;

/** What a text of every pushed commit, or the name of the branch or tag, must be like. */
export interface TextRule {
  subject: (typeof TEXT_SUBJECTS)[number];
  /** `matches`: a pattern of the whole text, in which `*` stands for anything and `?` for one character. */
  operator: (typeof TEXT_OPERATORS)[number];
  pattern: string;
  /** It must not be like that. */
  negate: boolean;
}

/** What is not here is not asked. */
export interface Rules {
  noCreation?: true;
  /** Only by whoever may bypass. */
  noUpdate?: true;
  noDeletion?: true;
  noForcePush?: true;
  linearHistory?: true;
  signedCommits?: true;
  /** Nobody else pushes or merges. */
  pushers?: readonly Party[];
  pullRequest?: PullRequestRule;
  checks?: ChecksRule;
  queue?: QueueRule;
  files?: FilesRule;
  texts?: readonly TextRule[];
}

export type RuleKind = keyof Rules;

/** The pattern of all branches or tags. */
export const ALL = '~ALL';
/** The pattern of the default branch, whatever it is called by then. */
export const DEFAULT_BRANCH = '~DEFAULT_BRANCH';

/** What the column `document` of a rule set holds. */
export interface RuleDocument {
  /** Patterns of names without refs/heads/ or refs/tags/; `~ALL`, and of branches `~DEFAULT_BRANCH`. */
  include: readonly string[];
  exclude: readonly string[];
  bypass: readonly Bypasser[];
  rules: Rules;
  /** Where Gitea's API lists it among branch protections; the order changes nothing. */
  priority?: number;
}

/** A rule set as everything but its store knows it. */
export interface RuleSet extends Omit<RuleSetRow, 'document'>, RuleDocument {}

/** What all active sets that match ask of one ref together: of each rule the strictest. */
export interface EffectiveRules extends Omit<Rules, 'pushers'> {
  /** As refs/heads/… or refs/tags/…. */
  ref: string;
  /** The sets it comes from, the oldest first. */
  sets: readonly RuleSet[];
  /** Whoever pushes or merges must be in each of these lists. */
  pushers: readonly (readonly Party[])[];
}

/** Ids of the sets whose rules somebody may pass by. */
export interface Bypass {
  byPush: ReadonlySet<number>;
  /** By merging a pull request; includes `byPush`. */
  byMerge: ReadonlySet<number>;
}
