// The form of a rule set: what its fields hold, from a set that is there or from what was typed.
import { type Candidates, partyName, ROLE_WORDS } from './candidates.service.ts';
import { type Entries, MERGE_STYLES } from './rule-forms.input.ts';
import { keyOf } from './rule-sets.service.ts';
import { STYLE_NAMES } from './rules.present.ts';
import {
  ALL,
  DEFAULT_BRANCH,
  PARTY_ROLES,
  type Party,
  type RuleSet,
  type RuleTarget,
  TEXT_OPERATORS,
  TEXT_SUBJECTS,
  type TextRule,
} from './rules.types.ts';
import { OPERATOR_WORDS, SUBJECT_WORDS } from './text-rules.policy.ts';

const MIB = 1024 ** 2;
/** Empty rows for more patterns. */
const MORE_ROWS = 2;

/** What a new form holds: on the default branch what most repositories want. */
export function freshEntries(target: RuleTarget): Entries {
  const common: Entries = [
    ['enforcement', 'active'],
    ['no_deletion', 'on'],
    ['no_force_push', 'on'],
    ...ruleDefaults([]),
  ];
  return target === 'branch' ? [...common, ['default_branch', 'on']] : [...common, ['all', 'on']];
}

/** The numbers of rules whose box is not ticked, for when it is. */
function ruleDefaults(known: Entries): Entries {
  const missing = (name: string, value: string): Entries =>
    known.some(([field]) => field === name) ? [] : [[name, value]];
  return [
    ...missing('approvals', '1'),
    ...missing('queue_batch', '5'),
    ...missing('queue_at_once', '5'),
    ...missing('queue_timeout', '60'),
    ...(known.some(([field]) => field === 'styles')
      ? []
      : MERGE_STYLES.map((style) => ['styles', style] as const)),
  ];
}

/** A set as the form would send it. */
export function entriesOf(set: RuleSet): Entries {
  const { rules } = set;
  const plain = (patterns: readonly string[]) =>
    patterns.filter((one) => one !== ALL && one !== DEFAULT_BRANCH).join('\n');
  const entries: [string, string][] = [
    ['name', set.name],
    ['enforcement', set.isActive ? 'active' : 'disabled'],
    ['include', plain(set.include)],
    ['exclude', set.exclude.join('\n')],
  ];
  const tick = (name: string, isTicked: boolean | undefined) => void (isTicked && entries.push([name, 'on']));
  tick('all', set.include.includes(ALL));
  tick('default_branch', set.include.includes(DEFAULT_BRANCH));
  tick('no_creation', rules.noCreation);
  tick('no_update', rules.noUpdate);
  tick('no_deletion', rules.noDeletion);
  tick('no_force_push', rules.noForcePush);
  tick('linear_history', rules.linearHistory);
  tick('signed_commits', rules.signedCommits);
  for (const one of set.bypass) entries.push(['bypass_party', keyOf(one)], ['bypass_mode', one.mode]);
  tick('restrict_pushers', rules.pushers !== undefined);
  for (const party of rules.pushers ?? []) entries.push(['pusher', keyOf(party)]);
  entries.push(...entriesOfMerging(set), ...entriesOfFiles(set));
  tick('texts', rules.texts !== undefined);
  for (const rule of rules.texts ?? []) entries.push(...entriesOfText(rule));
  return [...entries, ...ruleDefaults(entries)];
}

function entriesOfMerging({ rules: { pullRequest, checks, queue } }: RuleSet): [string, string][] {
  const entries: [string, string][] = [];
  const tick = (name: string, isTicked: boolean) => void (isTicked && entries.push([name, 'on']));
  if (pullRequest) {
    entries.push(['pull_request', 'on'], ['approvals', String(pullRequest.approvals)]);
    tick('code_owners', pullRequest.codeOwners);
    tick('dismiss_stale', pullRequest.dismissStale);
    tick('last_push_approval', pullRequest.lastPushApproval);
    tick('resolved_threads', pullRequest.resolvedThreads);
    for (const style of pullRequest.styles ?? MERGE_STYLES) entries.push(['styles', style]);
  }
  if (checks) {
    entries.push(['checks', 'on'], ['contexts', checks.contexts.join('\n')]);
    tick('strict', checks.strict);
  }
  if (queue)
    entries.push(
      ['queue', 'on'],
      ['queue_style', queue.style],
      ['queue_batch', String(queue.batch)],
      ['queue_at_once', String(queue.atOnce)],
      ['queue_timeout', String(queue.timeoutMinutes)],
    );
  return entries;
}

function entriesOfFiles({ rules: { files } }: RuleSet): [string, string][] {
  if (!files) return [];
  return [
    ['files', 'on'],
    ['restricted_paths', files.restricted.join('\n')],
    ['extensions', files.extensions.join('\n')],
    ['longest_path', files.longestPath === undefined ? '' : String(files.longestPath)],
    ['largest_file', files.largestFile === undefined ? '' : String(files.largestFile / MIB)],
  ];
}

function entriesOfText({ subject, operator, pattern, negate }: TextRule): [string, string][] {
  return [
    ['text_subject', subject],
    ['text_operator', `${negate ? '!' : ''}${operator}`],
    ['text_pattern', pattern],
  ];
}

/** Ids of the people whom fields of the form name. */
export function peopleIn(entries: Entries): number[] {
  return entries.flatMap(([name, value]) => {
    const id =
      name === 'bypass_party' || name === 'pusher' ? /^user:(\d{1,15})$/.exec(value)?.[1] : undefined;
    return id === undefined ? [] : [Number(id)];
  });
}

/** What the template shows of the form. */
export function ruleFormModel(
  entries: Entries,
  target: RuleTarget,
  candidates: Candidates,
  seen: readonly string[],
) {
  const all = (name: string) => entries.filter(([field]) => field === name).map(([, value]) => value);
  const modes = all('bypass_mode');
  return {
    values: Object.fromEntries(entries),
    styles: MERGE_STYLES.map((value) => ({
      value,
      label: STYLE_NAMES[value],
      isTicked: all('styles').includes(value),
    })),
    styleChoices: MERGE_STYLES.map((value) => ({ value, label: STYLE_NAMES[value] })),
    seenChecks: seenChecks(all, seen),
    bypass: all('bypass_party').flatMap((party, index) =>
      party === '' ? [] : [{ ...rowOf(party, candidates), mode: modes[index] ?? 'always' }],
    ),
    pushers: all('pusher').flatMap((party) => (party === '' ? [] : [rowOf(party, candidates)])),
    choices: choicesOf(candidates),
    texts: textRows(all, target),
    subjects: TEXT_SUBJECTS.filter((subject) => target === 'branch' || subject === 'name').map((value) => ({
      value,
      label: value === 'name' ? `name of the ${target}` : SUBJECT_WORDS[value],
    })),
    operators: TEXT_OPERATORS.flatMap((value) => [
      { value, label: `must ${OPERATOR_WORDS[value]}` },
      { value: `!${value}`, label: `must not ${OPERATOR_WORDS[value]}` },
    ]),
  };
}

/** Checks that are offered beside those that are named. */
function seenChecks(all: (name: string) => string[], seen: readonly string[]) {
  const named = all('contexts').flatMap((text) => text.split(/\r?\n/).map((line) => line.trim()));
  return seen
    .filter((name) => !named.includes(name))
    .map((name) => ({ name, isTicked: all('seen_context').includes(name) }));
}

function rowOf(key: string, candidates: Candidates): { key: string; label: string | undefined } {
  const party = partyOf(key);
  return { key, label: party && partyName(party, candidates) };
}

/** Undefined for what was typed: names of people. */
function partyOf(key: string): Party | undefined {
  const [, kind, value = ''] = /^(role|team|key|user):(\w{1,15})$/.exec(key) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'role') return { kind: 'role', role: PARTY_ROLES.find((role) => role === value) ?? 'admin' };
  const id = Number(value);
  if (kind === 'team') return { kind: 'team', id };
  return kind === 'key' ? { kind: 'deploy-key', id } : { kind: 'user', id };
}

function choicesOf({ teams, keys }: Candidates) {
  return [
    {
      label: 'Roles',
      items: PARTY_ROLES.map((role) => ({ value: `role:${role}`, label: ROLE_WORDS[role] })),
    },
    { label: 'Teams', items: teams.map(({ id, name }) => ({ value: `team:${id}`, label: name })) },
    { label: 'Deploy keys', items: keys.map(({ id, title }) => ({ value: `key:${id}`, label: title })) },
  ].filter(({ items }) => items.length > 0);
}

function textRows(all: (name: string) => string[], target: RuleTarget) {
  const [subjects, operators] = [all('text_subject'), all('text_operator')];
  const rows = all('text_pattern').flatMap((pattern, index) =>
    pattern === '' ? [] : [{ pattern, subject: subjects[index], operator: operators[index] }],
  );
  const blank = { pattern: '', subject: target === 'branch' ? 'message' : 'name', operator: 'matches' };
  return [...rows, ...Array.from({ length: MORE_ROWS }, () => blank)];
}
