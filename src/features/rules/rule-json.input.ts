// Rule sets as GitHub's REST API writes them, read into ours. What is added to GitHub's: the rule `pusher_restriction`, the
// operator `matches`, merge methods `rebase_merge` and `fast_forward`, and `actor_name` of people.
import { z } from 'zod';
import { invalid } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { MERGE_STYLES } from './rule-forms.input.ts';
import {
  checkRuleSet,
  type NamedBypasser,
  type NamedParty,
  type RuleSetInput,
  tamedExtension,
} from './rule-sets.input.ts';
import { type RuleKind, TEXT_OPERATORS, type TextRule } from './rules.types.ts';

const MIB = 1024 ** 2;
const MOST = 1000;

const text = z.string().max(4096);
const texts = z.array(text).max(MOST);
const number = z.number();
const flag = z
  .boolean()
  .optional()
  .transform((value) => value === true);

const actor = z.object({
  actor_type: z.enum(['RepositoryRole', 'OrganizationAdmin', 'Team', 'User', 'DeployKey']),
  actor_id: z.union([z.int(), z.enum(['write', 'maintain', 'admin', 'owner'])]).nullish(),
  actor_name: text.nullish(),
  bypass_mode: z.enum(['always', 'pull_request']).default('always'),
});

const style = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(z.enum(MERGE_STYLES));

const pattern = z.object({
  operator: z.enum(
    TEXT_OPERATORS,
    `operator is one of ${TEXT_OPERATORS.join(', ')}; regular expressions are not offered.`,
  ),
  pattern: text,
  negate: flag,
});

const PARAMETERS = {
  pull_request: z.object({
    required_approving_review_count: number.default(0),
    dismiss_stale_reviews_on_push: flag,
    require_code_owner_review: flag,
    require_last_push_approval: flag,
    required_review_thread_resolution: flag,
    allowed_merge_methods: z.array(style).max(MERGE_STYLES.length).optional(),
  }),
  required_status_checks: z.object({
    required_status_checks: z.array(z.object({ context: text })).max(MOST),
    strict_required_status_checks_policy: flag,
  }),
  merge_queue: z.object({
    merge_method: style.default('merge'),
    max_entries_to_merge: number.default(5),
    max_entries_to_build: number.default(5),
    check_response_timeout_minutes: number.default(60),
  }),
  file_path_restriction: z.object({ restricted_file_paths: texts }),
  file_extension_restriction: z.object({ restricted_file_extensions: texts }),
  max_file_path_length: z.object({ max_file_path_length: number }),
  max_file_size: z.object({ max_file_size: number }),
  pusher_restriction: z.object({ actors: z.array(actor).max(MOST) }),
} as const;

const SUBJECTS: Readonly<Record<string, TextRule['subject']>> = {
  commit_message_pattern: 'message',
  commit_author_email_pattern: 'author_email',
  committer_email_pattern: 'committer_email',
  branch_name_pattern: 'name',
  tag_name_pattern: 'name',
};

const FLAGS: Readonly<Record<string, RuleKind>> = {
  creation: 'noCreation',
  update: 'noUpdate',
  deletion: 'noDeletion',
  non_fast_forward: 'noForcePush',
  required_linear_history: 'linearHistory',
  required_signatures: 'signedCommits',
};

const ruleSet = z.object({
  name: text,
  target: z.enum(['branch', 'tag']).default('branch'),
  enforcement: z.enum(['active', 'disabled']).default('active'),
  bypass_actors: z.array(actor).max(MOST).default([]),
  conditions: z.object({ ref_name: z.object({ include: texts, exclude: texts.default([]) }) }),
  rules: z
    .array(z.object({ type: text, parameters: z.record(z.string(), z.unknown()).optional() }))
    .max(100)
    .default([]),
});

/** A rule set in GitHub's names. */
export const newRuleSetBody = lazily(() => ruleSet);

/** As `newRuleSetBody`; what is left out is as it was. */
export const ruleSetBody = lazily(() => {
  const { name, enforcement, bypass_actors, conditions, rules } = ruleSet.shape;
  return z.object({
    name: name.optional(),
    enforcement: enforcement.unwrap().optional(),
    bypass_actors: bypass_actors.unwrap().optional(),
    conditions: conditions.optional(),
    rules: rules.unwrap().optional(),
  });
});

/** Checks a rule set as it came in; `known` gives what is left out of a change. Throws AppError invalid. */
export function parseRuleJson(raw: unknown, known: Record<string, unknown> = {}): RuleSetInput {
  const body = read(ruleSet, { ...known, ...(raw as object) }, '');
  const prefix = body.target === 'branch' ? /^refs\/heads\// : /^refs\/tags\//;
  const names = (patterns: readonly string[]) => [...new Set(patterns.map((one) => one.replace(prefix, '')))];
  return checkRuleSet({
    name: body.name,
    target: body.target,
    isActive: body.enforcement === 'active',
    include: names(body.conditions.ref_name.include),
    exclude: names(body.conditions.ref_name.exclude),
    bypass: body.bypass_actors.map((one): NamedBypasser => ({ ...partyOf(one), mode: one.bypass_mode })),
    rules: rulesIn(body.rules),
  });
}

type Actor = z.infer<typeof actor>;

/** GitHub's numbers of the roles that can write. */
const ROLES: Readonly<Record<string, 'write' | 'maintain' | 'admin' | 'owner'>> = {
  2: 'maintain',
  4: 'write',
  5: 'admin',
  ...{ write: 'write', maintain: 'maintain', admin: 'admin', owner: 'owner' },
};

function partyOf({ actor_type, actor_id, actor_name }: Actor): NamedParty {
  if (actor_type === 'OrganizationAdmin') return { kind: 'role', role: 'owner' };
  if (actor_type === 'RepositoryRole') {
    const role = ROLES[String(actor_id)];
    if (!role) throw invalid({ bypass_actors: 'A role is 2 (maintain), 4 (write), 5 (admin), or its name.' });
    return { kind: 'role', role };
  }
  if (actor_type === 'User' && actor_name) return { kind: 'user', name: actor_name };
  if (typeof actor_id !== 'number')
    throw invalid({ bypass_actors: `Give the actor_id of each ${actor_type}.` });
  if (actor_type === 'Team') return { kind: 'team', id: actor_id };
  return actor_type === 'User' ? { kind: 'user', id: actor_id } : { kind: 'deploy-key', id: actor_id };
}

type RuleJson = z.infer<typeof ruleSet>['rules'][number];

function rulesIn(list: readonly RuleJson[]): RuleSetInput['rules'] {
  const rules: Record<string, unknown> = {};
  const texts: TextRule[] = [];
  const files: Record<string, unknown> = {};
  for (const { type, parameters = {} } of list) {
    const subject = SUBJECTS[type];
    const kind = FLAGS[type];
    if (kind) rules[kind] = true;
    else if (subject) texts.push({ subject, ...read(pattern, parameters, type) });
    else if (type in READERS) READERS[type as keyof typeof READERS](parameters, rules, files);
    else throw invalid({ rules: `There is no rule of the type “${type.slice(0, 100)}”.` });
  }
  if (texts.length > 0) rules.texts = texts;
  if (Object.keys(files).length > 0) rules.files = { restricted: [], extensions: [], ...files };
  return rules as RuleSetInput['rules'];
}

type Target = Record<string, unknown>;

const READERS: Readonly<
  Record<keyof typeof PARAMETERS, (raw: unknown, rules: Target, files: Target) => void>
> = {
  pull_request: (raw, rules) => {
    const body = read(PARAMETERS.pull_request, raw, 'pull_request');
    const styles = body.allowed_merge_methods;
    rules.pullRequest = {
      approvals: body.required_approving_review_count,
      codeOwners: body.require_code_owner_review,
      dismissStale: body.dismiss_stale_reviews_on_push,
      lastPushApproval: body.require_last_push_approval,
      resolvedThreads: body.required_review_thread_resolution,
      ...(styles ? { styles: MERGE_STYLES.filter((one) => styles.includes(one)) } : {}),
    };
  },
  required_status_checks: (raw, rules) => {
    const body = read(PARAMETERS.required_status_checks, raw, 'required_status_checks');
    const contexts = body.required_status_checks.map(({ context }) => context.trim());
    rules.checks = { contexts: [...new Set(contexts)], strict: body.strict_required_status_checks_policy };
  },
  merge_queue: (raw, rules) => {
    const body = read(PARAMETERS.merge_queue, raw, 'merge_queue');
    rules.queue = {
      style: body.merge_method,
      batch: body.max_entries_to_merge,
      atOnce: body.max_entries_to_build,
      timeoutMinutes: body.check_response_timeout_minutes,
    };
  },
  file_path_restriction: (raw, _rules, files) => {
    const body = read(PARAMETERS.file_path_restriction, raw, 'file_path_restriction');
    files.restricted = [...new Set(body.restricted_file_paths)];
  },
  file_extension_restriction: (raw, _rules, files) => {
    const body = read(PARAMETERS.file_extension_restriction, raw, 'file_extension_restriction');
    files.extensions = [...new Set(body.restricted_file_extensions.map(tamedExtension))];
  },
  max_file_path_length: (raw, _rules, files) => {
    files.longestPath = read(
      PARAMETERS.max_file_path_length,
      raw,
      'max_file_path_length',
    ).max_file_path_length;
  },
  max_file_size: (raw, _rules, files) => {
    const body = read(PARAMETERS.max_file_size, raw, 'max_file_size');
    files.largestFile = Math.round(body.max_file_size * MIB);
  },
  pusher_restriction: (raw, rules) => {
    const body = read(PARAMETERS.pusher_restriction, raw, 'pusher_restriction');
    rules.pushers = body.actors.map(partyOf);
  },
};

function read<T extends z.ZodType>(schema: T, raw: unknown, where: string): z.infer<T> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [where, ...(issue?.path ?? []).map(String)].filter(Boolean).join('.');
  throw invalid({
    [where === '' ? String(issue?.path[0] ?? 'name') : 'rules']:
      `${path}: ${issue?.message ?? 'is not valid'}`,
  });
}
