// Rules in words, as pages list them.

import {
  ALL,
  DEFAULT_BRANCH,
  type EffectiveRules,
  type MergeStyle,
  type RuleKind,
  type RuleSet,
  type Rules,
} from './rules.types.ts';
import { SUBJECT_WORDS, textRuleWords } from './text-rules.policy.ts';
import { KIND_WORDS } from './violations.policy.ts';

export const STYLE_NAMES: Readonly<Record<MergeStyle, string>> = {
  merge: 'Merge commit',
  squash: 'Squash',
  rebase: 'Rebase',
  rebase_merge: 'Rebase and merge commit',
  fast_forward: 'Fast-forward only',
};

export interface RuleLine {
  kind: RuleKind;
  heading: string;
  /** What exactly it asks, one part each. */
  details: string[];
}

/** What rules ask, in the order of the form. Whom they name is not told here. */
export function ruleLines(rules: Rules | EffectiveRules): RuleLine[] {
  return KINDS.filter((kind) => {
    const rule = rules[kind];
    return rule !== undefined && !(Array.isArray(rule) && rule.length === 0);
  }).map((kind) => ({ kind, heading: KIND_WORDS[kind], details: DETAILS[kind]?.(rules) ?? [] }));
}

const KINDS: readonly RuleKind[] = [
  'noCreation',
  'noUpdate',
  'noDeletion',
  'noForcePush',
  'pushers',
  'linearHistory',
  'signedCommits',
  'pullRequest',
  'checks',
  'queue',
  'files',
  'texts',
];

const DETAILS: Partial<Record<RuleKind, (rules: Rules | EffectiveRules) => string[]>> = {
  pullRequest: ({ pullRequest: rule }) => {
    if (!rule) return [];
    return [
      rule.approvals === 1 ? '1 approval' : `${rule.approvals} approvals`,
      ...(rule.codeOwners ? ['approval of code owners'] : []),
      ...(rule.dismissStale ? ['new commits dismiss approvals'] : []),
      ...(rule.lastPushApproval ? ['the last push approved by somebody else'] : []),
      ...(rule.resolvedThreads ? ['all conversations resolved'] : []),
      ...(rule.styles
        ? [`merged by ${rule.styles.map((style) => STYLE_NAMES[style].toLowerCase()).join(', ')}`]
        : []),
    ];
  },
  checks: ({ checks }) => [
    ...(checks?.contexts ?? []),
    ...(checks?.strict ? ['up to date with the base'] : []),
  ],
  queue: ({ queue }) =>
    queue
      ? [
          `${STYLE_NAMES[queue.style].toLowerCase()}, ${queue.batch} at once, ${queue.atOnce} ${queue.atOnce === 1 ? 'group' : 'groups'} under test`,
          `checks have ${queue.timeoutMinutes} minutes`,
        ]
      : [],
  files: ({ files }) =>
    files
      ? [
          ...files.restricted,
          ...files.extensions.map((extension) => `*.${extension}`),
          ...(files.longestPath === undefined ? [] : [`paths of at most ${files.longestPath} characters`]),
          ...(files.largestFile === undefined ? [] : [`files of at most ${sizeOf(files.largestFile)}`]),
        ]
      : [],
  texts: ({ texts }) => (texts ?? []).map((rule) => `${SUBJECT_WORDS[rule.subject]} ${textRuleWords(rule)}`),
};

function sizeOf(bytes: number): string {
  return `${Math.round((bytes / 1024 ** 2) * 1000) / 1000} MiB`;
}

/** The patterns of a set as people read them. */
export function patternWords(set: Pick<RuleSet, 'include' | 'exclude' | 'target'>): string {
  const word = (pattern: string) => {
    if (pattern === ALL) return set.target === 'branch' ? 'all branches' : 'all tags';
    return pattern === DEFAULT_BRANCH ? 'the default branch' : pattern;
  };
  const except = set.exclude.length === 0 ? '' : `, except ${set.exclude.map(word).join(', ')}`;
  return `${set.include.map(word).join(', ')}${except}`;
}
