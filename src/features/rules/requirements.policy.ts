// Whether a pull request meets what the rules of its base ask: the one function that the merge box, merging by page or
// API, auto-merge and the queue go by. Who gathered the facts is not its business.
import { rulesWithout, setsAsking } from './effective-rules.policy.ts';
import type { Bypass, EffectiveRules, MergeStyle, RuleKind } from './rules.types.ts';

/** The last opinion of one reviewer who is not the author. */
export interface CountedReview {
  userId: number;
  state: 'approved' | 'changes_requested';
  /** Reviews of others are opinions, and count for nothing. */
  mayWrite: boolean;
  /** Commits came after it. */
  isStale: boolean;
}

export interface MergeFacts {
  reviews: readonly CountedReview[];
  /** Who pushed the head that is to be merged; empty where nobody is known. */
  lastPusherIds: ReadonlySet<number>;
  /** Of the changed paths with owners: the owners of those that none of them approved, one text per group. */
  missingOwners: readonly string[];
  openThreads: number;
  /** By context, of the head: as `checksOf` says. Contexts that nothing was said of are missing. */
  checks: ReadonlyMap<string, string>;
  /** The base has commits that the head has not. */
  isBehind: boolean;
  /** The style it would be merged in; missing: not chosen yet, and styles are judged by nobody. */
  style?: MergeStyle;
  /** The commits of the head hold merges. */
  hasMerges: boolean;
  /** The person is among those who may push, by `isPusher`. */
  isPusher: boolean;
  /** The queue asks, on behalf of whoever put it there. */
  byQueue: boolean;
}

export type RequirementName =
  | 'approvals'
  | 'changes_requested'
  | 'code_owners'
  | 'last_push_approval'
  | 'resolved_threads'
  | 'styles'
  | 'checks'
  | 'up_to_date'
  | 'queue'
  | 'linear_history'
  | 'pushers'
  | 'no_update';

export interface Requirement {
  rule: RequirementName;
  isMet: boolean;
  /** A sentence for the merge box. */
  text: string;
  /** Of `checks`: which one. */
  context?: string;
  /** Names of the rule sets that ask for it. */
  ruleSets: readonly string[];
  /** Whether the person may merge all the same. */
  canBypass: boolean;
}

/** What the rules ask of a merge, met or not, in the order a merge box shows it. */
export function requirementsOn(
  rules: EffectiveRules,
  bypass: Pick<Bypass, 'byMerge'>,
  facts: MergeFacts,
): Requirement[] {
  const stillAsked = found(rulesWithout(rules, bypass.byMerge), facts);
  const isStuck = ({ rule, context }: Found) =>
    stillAsked.some((one) => !one.isMet && one.rule === rule && one.context === context);
  return found(rules, facts).map(({ kind, ...one }) => ({
    ...one,
    ruleSets: setsAsking(rules, kind),
    canBypass: !one.isMet && !isStuck({ kind, ...one }),
  }));
}

type Found = Pick<Requirement, 'rule' | 'isMet' | 'text' | 'context'> & { kind: RuleKind };

function found(rules: EffectiveRules, facts: MergeFacts): Found[] {
  return [
    ...ofReviews(rules, facts),
    ...ofChecks(rules, facts),
    ...ofStyles(rules, facts),
    ...ofQueue(rules, facts),
    ...ofPeople(rules, facts),
  ];
}

function ofReviews({ pullRequest: rule }: EffectiveRules, facts: MergeFacts): Found[] {
  if (!rule) return [];
  const kind = 'pullRequest';
  const counted = facts.reviews.filter(({ mayWrite }) => mayWrite);
  const approvals = counted.filter(
    ({ state, isStale }) => state === 'approved' && !(rule.dismissStale && isStale),
  );
  const against = counted.filter(({ state }) => state === 'changes_requested').length;
  const requirements: Found[] = [];
  if (rule.approvals > 0)
    requirements.push(
      {
        kind,
        rule: 'approvals',
        isMet: approvals.length >= rule.approvals,
        text: `${reviews(rule.approvals)} needed from people with write access; ${approvals.length} so far.`,
      },
      {
        kind,
        rule: 'changes_requested',
        isMet: against === 0,
        text:
          against === 0
            ? 'Nobody asks for changes.'
            : `${reviews(against)} ${against === 1 ? 'asks' : 'ask'} for changes.`,
      },
    );
  if (rule.codeOwners)
    requirements.push({
      kind,
      rule: 'code_owners',
      isMet: facts.missingOwners.length === 0,
      text:
        facts.missingOwners.length === 0
          ? 'The code owners of what changed have approved.'
          : `The approval of code owners is missing: ${facts.missingOwners.slice(0, 5).join('; ')}.`,
    });
  if (rule.lastPushApproval) {
    const isMet = approvals.some(({ userId, isStale }) => !isStale && !facts.lastPusherIds.has(userId));
    requirements.push({
      kind,
      rule: 'last_push_approval',
      isMet,
      text: isMet
        ? 'The last push was approved by somebody else.'
        : 'The last push must be approved by somebody else than who pushed it.',
    });
  }
  if (rule.resolvedThreads)
    requirements.push({
      kind,
      rule: 'resolved_threads',
      isMet: facts.openThreads === 0,
      text:
        facts.openThreads === 0
          ? 'All conversations on code are resolved.'
          : `${facts.openThreads} ${facts.openThreads === 1 ? 'conversation' : 'conversations'} on code must be resolved.`,
    });
  return requirements;
}

function reviews(count: number): string {
  return count === 1 ? '1 review' : `${count} reviews`;
}

/** Words of checks that let a merge pass. */
const PASSED = new Set(['success', 'neutral', 'skipped', 'warning']);

/** Whether the last word of a check lets a push or merge pass. */
export function isPassed(state: string | undefined): boolean {
  return state !== undefined && PASSED.has(state);
}

function ofChecks({ checks }: EffectiveRules, facts: MergeFacts): Found[] {
  if (!checks) return [];
  const requirements: Found[] = checks.contexts.map((context) => {
    const state = facts.checks.get(context);
    return {
      kind: 'checks',
      rule: 'checks',
      context,
      isMet: isPassed(state),
      text: checkText(context, state),
    };
  });
  // The queue tests every entry on top of what the branch will hold.
  if (checks.strict && !facts.byQueue)
    requirements.push({
      kind: 'checks',
      rule: 'up_to_date',
      isMet: !facts.isBehind,
      text: facts.isBehind
        ? 'The branch is behind its base and must be brought up to date.'
        : 'The branch is up to date with its base.',
    });
  return requirements;
}

function checkText(context: string, state: string | undefined): string {
  if (state === undefined) return `The required check ${context} has not reported yet.`;
  if (isPassed(state)) return `The required check ${context} has passed.`;
  return state === 'pending'
    ? `The required check ${context} has not finished.`
    : `The required check ${context} has failed.`;
}

function ofStyles(rules: EffectiveRules, { style, hasMerges }: MergeFacts): Found[] {
  if (style === undefined) return [];
  const requirements: Found[] = [];
  const permitted = stylesPermitted(rules);
  if (rules.pullRequest?.styles) {
    const isMet = rules.pullRequest.styles.includes(style);
    requirements.push({
      kind: 'pullRequest',
      rule: 'styles',
      isMet,
      text: isMet
        ? 'The merge style is permitted.'
        : `Merge by ${rules.pullRequest.styles.map((one) => STYLE_WORDS[one]).join(' or ')}: the rules permit no other style here.`,
    });
  }
  if (rules.linearHistory) {
    const isMet = permitted.includes(style) && !(style === 'fast_forward' && hasMerges);
    requirements.push({
      kind: 'linearHistory',
      rule: 'linear_history',
      isMet,
      text: isMet
        ? 'The history stays linear.'
        : 'The history must stay linear: squash or rebase, without merge commits.',
    });
  }
  return requirements;
}

const STYLE_WORDS: Readonly<Record<MergeStyle, string>> = {
  merge: 'merge commit',
  squash: 'squash',
  rebase: 'rebase',
  rebase_merge: 'rebase and merge commit',
  fast_forward: 'fast-forward',
};

const LINEAR_STYLES: readonly MergeStyle[] = ['squash', 'rebase', 'fast_forward'];
const ALL_STYLES: readonly MergeStyle[] = ['merge', 'squash', 'rebase', 'rebase_merge', 'fast_forward'];

/** The merge styles that rules leave, in the order they are offered; the repository's own choice is not looked at. */
export function stylesPermitted(rules: EffectiveRules): MergeStyle[] {
  return ALL_STYLES.filter(
    (style) =>
      (rules.pullRequest?.styles?.includes(style) ?? true) &&
      (!rules.linearHistory || LINEAR_STYLES.includes(style)),
  );
}

function ofQueue({ queue }: EffectiveRules, { byQueue }: MergeFacts): Found[] {
  if (!queue) return [];
  const text = byQueue ? 'It goes through the merge queue.' : 'It must be merged through the merge queue.';
  return [{ kind: 'queue', rule: 'queue', isMet: byQueue, text }];
}

function ofPeople(rules: EffectiveRules, { isPusher }: MergeFacts): Found[] {
  const requirements: Found[] = [];
  if (rules.pushers.length > 0)
    requirements.push({
      kind: 'pushers',
      rule: 'pushers',
      isMet: isPusher,
      text: isPusher
        ? 'You are among those who may merge here.'
        : 'Only some people may push and merge here, and you are not among them.',
    });
  if (rules.noUpdate)
    requirements.push({
      kind: 'noUpdate',
      rule: 'no_update',
      isMet: false,
      text: 'Nobody changes this branch but those who may bypass its rules.',
    });
  return requirements;
}
