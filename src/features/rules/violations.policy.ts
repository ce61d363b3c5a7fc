// What is said when a rule refuses: the ref, the rule, the sets that ask for it, and what to do instead.
import { setsAsking } from './effective-rules.policy.ts';
import type { EffectiveRules, RuleKind } from './rules.types.ts';

export interface Violation {
  kind: RuleKind;
  /** A sentence, or several, without the ref. */
  text: string;
}

/** The lines that whoever pushed is shown for one ref. */
export function refusalOf(rules: EffectiveRules, violations: readonly Violation[]): string {
  return [
    `${rules.ref} was not changed: ${violations.length === 1 ? 'a rule forbids it' : `${violations.length} rules forbid it`}.`,
    ...violations.map((violation) => `- ${violation.text} ${sourceOf(rules, violation.kind)}`),
  ].join('\n');
}

/** The line for whoever may pass by the rules, and did. */
export function bypassNoteOf(rules: EffectiveRules, violations: readonly Violation[]): string {
  return [
    `Rules of ${rules.ref} were bypassed:`,
    ...violations.map((violation) => `- ${violation.text} ${sourceOf(rules, violation.kind)}`),
  ].join('\n');
}

/** Names of the sets that the violations come from. */
export function ruleSetsOf(rules: EffectiveRules, violations: readonly Violation[]): string[] {
  return [...new Set(violations.flatMap(({ kind }) => setsAsking(rules, kind)))];
}

function sourceOf(rules: EffectiveRules, kind: RuleKind): string {
  const names = setsAsking(rules, kind).map((name) => `“${name}”`);
  return `[${KIND_WORDS[kind]}, rule ${names.length === 1 ? 'set' : 'sets'} ${names.join(', ')}]`;
}

/** What rules are called, on pages and in refusals. */
export const KIND_WORDS: Readonly<Record<RuleKind, string>> = {
  noCreation: 'Restrict creations',
  noUpdate: 'Restrict updates',
  noDeletion: 'Restrict deletions',
  noForcePush: 'Block force pushes',
  linearHistory: 'Require linear history',
  signedCommits: 'Require signed commits',
  pushers: 'Restrict who can push',
  pullRequest: 'Require a pull request',
  checks: 'Require status checks',
  queue: 'Require the merge queue',
  files: 'Restrict files',
  texts: 'Restrict commit metadata and names',
};
