// The form of a rule set as it is sent: every rule has a box, and what belongs to it counts only while the box is ticked.

import {
  checkRuleSet,
  type NamedBypasser,
  type NamedParty,
  type RuleSetInput,
  tamedExtension,
} from './rule-sets.input.ts';
import {
  ALL,
  DEFAULT_BRANCH,
  type MergeStyle,
  PARTY_ROLES,
  type PartyRole,
  type Rules,
  type RuleTarget,
  TEXT_OPERATORS,
  TEXT_SUBJECTS,
  type TextRule,
} from './rules.types.ts';

export const MERGE_STYLES = [
  'merge',
  'squash',
  'rebase',
  'rebase_merge',
  'fast_forward',
] as const satisfies readonly MergeStyle[];

const MIB = 1024 ** 2;

export type Entries = readonly (readonly [name: string, value: string])[];

/** Reads and checks the form. Throws AppError invalid by its fields' names. */
export function parseRuleForm(entries: Entries, target: RuleTarget): RuleSetInput {
  const form = reader(entries);
  const include = [
    ...(form.has('all') ? [ALL] : []),
    ...(form.has('default_branch') && target === 'branch' ? [DEFAULT_BRANCH] : []),
    ...form.lines('include'),
  ];
  return checkRuleSet({
    name: form.text('name'),
    target,
    isActive: form.text('enforcement') === 'active',
    include: [...new Set(include)],
    exclude: [...new Set(form.lines('exclude'))],
    bypass: bypassersIn(form),
    rules: rulesIn(form),
  });
}

type Form = ReturnType<typeof reader>;

function reader(entries: Entries) {
  const all = (name: string) => entries.filter(([field]) => field === name).map(([, value]) => value);
  const text = (name: string) => all(name).at(-1) ?? '';
  return {
    all,
    text,
    has: (name: string) => all(name).length > 0,
    lines: (name: string) =>
      text(name)
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter(Boolean),
    /** NaN, which no bound lets pass, for what is no number. */
    number: (name: string) => (/^\s*\d+(?:\.\d+)?\s*$/.test(text(name)) ? Number(text(name)) : Number.NaN),
  };
}

function rulesIn(form: Form): RuleSetInput['rules'] {
  return {
    ...(form.has('no_creation') ? { noCreation: true } : {}),
    ...(form.has('no_update') ? { noUpdate: true } : {}),
    ...(form.has('no_deletion') ? { noDeletion: true } : {}),
    ...(form.has('no_force_push') ? { noForcePush: true } : {}),
    ...(form.has('linear_history') ? { linearHistory: true } : {}),
    ...(form.has('signed_commits') ? { signedCommits: true } : {}),
    ...(form.has('restrict_pushers') ? { pushers: partiesIn(form.all('pusher')) } : {}),
    ...(form.has('pull_request') ? { pullRequest: pullRequestIn(form) } : {}),
    ...(form.has('checks') ? { checks: checksIn(form) } : {}),
    ...(form.has('queue') ? { queue: queueIn(form) } : {}),
    ...(form.has('files') ? { files: filesIn(form) } : {}),
    ...(form.has('texts') ? { texts: textsIn(form) } : {}),
  };
}

/** Those that were typed, and those that were offered and ticked. */
function checksIn(form: Form): NonNullable<Rules['checks']> {
  const contexts = [...form.lines('contexts'), ...form.all('seen_context')];
  return { contexts: [...new Set(contexts)], strict: form.has('strict') };
}

function pullRequestIn(form: Form): NonNullable<Rules['pullRequest']> {
  const styles = MERGE_STYLES.filter((style) => form.all('styles').includes(style));
  return {
    approvals: form.number('approvals'),
    codeOwners: form.has('code_owners'),
    dismissStale: form.has('dismiss_stale'),
    lastPushApproval: form.has('last_push_approval'),
    resolvedThreads: form.has('resolved_threads'),
    ...(styles.length === MERGE_STYLES.length ? {} : { styles }),
  };
}

function queueIn(form: Form): NonNullable<Rules['queue']> {
  return {
    style: MERGE_STYLES.find((style) => style === form.text('queue_style')) ?? 'merge',
    batch: form.number('queue_batch'),
    atOnce: form.number('queue_at_once'),
    timeoutMinutes: form.number('queue_timeout'),
  };
}

function filesIn(form: Form): NonNullable<Rules['files']> {
  const size = form.text('largest_file').trim();
  return {
    restricted: [...new Set(form.lines('restricted_paths'))],
    extensions: [...new Set(form.lines('extensions').map(tamedExtension))],
    ...(form.text('longest_path').trim() === '' ? {} : { longestPath: form.number('longest_path') }),
    ...(size === '' ? {} : { largestFile: Math.round(form.number('largest_file') * MIB) }),
  };
}

function textsIn(form: Form): TextRule[] {
  const [subjects, operators] = [form.all('text_subject'), form.all('text_operator')];
  return form.all('text_pattern').flatMap((pattern, index): TextRule[] => {
    if (pattern === '') return [];
    const operator = operators[index] ?? '';
    return [
      {
        subject: TEXT_SUBJECTS.find((one) => one === subjects[index]) ?? 'message',
        operator: TEXT_OPERATORS.find((one) => one === operator.replace(/^!/, '')) ?? 'contains',
        pattern,
        negate: operator.startsWith('!'),
      },
    ];
  });
}

function bypassersIn(form: Form): NamedBypasser[] {
  const modes = form.all('bypass_mode');
  return form.all('bypass_party').flatMap((text, index): NamedBypasser[] => {
    const mode = modes[index];
    if (mode !== 'always' && mode !== 'pull_request') return [];
    return partiesIn([text]).map((party) => ({ ...party, mode }));
  });
}

/** Each `role:admin`, `team:5`, `key:7`, `user:3`, or names of people. */
function partiesIn(texts: readonly string[]): NamedParty[] {
  return texts.flatMap((text): NamedParty[] => {
    const [, kind = '', value = ''] = /^(role|team|key|user):(\w{1,15})$/.exec(text.trim()) ?? [];
    if (kind === 'role') return isRole(value) ? [{ kind: 'role', role: value }] : [];
    if (kind !== '') {
      if (!/^\d+$/.test(value)) return [];
      const id = Number(value);
      if (kind === 'team') return [{ kind: 'team', id }];
      return [kind === 'key' ? { kind: 'deploy-key', id } : { kind: 'user', id }];
    }
    const names = text.split(/[\s,]+/).map((name) => name.replace(/^@/, ''));
    return names.filter(Boolean).map((name) => ({ kind: 'user', name }));
  });
}

function isRole(text: string): text is PartyRole {
  return PARTY_ROLES.some((role) => role === text);
}
