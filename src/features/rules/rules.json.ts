// Rule sets and rules in the JSON of GitHub's REST API; what is added to it, rule-json.input.ts says.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Bypasser, EffectiveRules, Party, RuleSet, Rules, TextRule } from './rules.types.ts';
import { ALL, DEFAULT_BRANCH } from './rules.types.ts';

const MIB = 1024 ** 2;

interface RuleJson {
  type: string;
  parameters?: Record<string, unknown>;
}

/** A rule set; who may bypass it is told to those who manage rules. */
export function ruleSetJson(
  app: App,
  open: OpenRepository,
  set: RuleSet,
  more: { isManager: boolean; people: ReadonlyMap<number, string> },
): Record<string, unknown> {
  const prefix = set.target === 'branch' ? 'refs/heads/' : 'refs/tags/';
  const names = (patterns: readonly string[]) =>
    patterns.map((pattern) => (pattern === ALL || pattern === DEFAULT_BRANCH ? pattern : prefix + pattern));
  const { isManager, people } = more;
  return {
    id: set.id,
    name: set.name,
    target: set.target,
    source_type: 'Repository',
    source: open.path.slice(1),
    enforcement: set.isActive ? 'active' : 'disabled',
    ...(isManager ? { bypass_actors: set.bypass.map((one) => bypasserJson(one, people)) } : {}),
    conditions: { ref_name: { include: names(set.include), exclude: names(set.exclude) } },
    rules: rulesJson(set.rules, set.target, isManager ? people : undefined),
    created_at: isoTime(set.createdAt),
    updated_at: isoTime(set.updatedAt),
    _links: {
      self: { href: `${app.publicUrl()}/api/v1/repos${open.path}/rulesets/${set.id}` },
      html: { href: `${app.publicUrl()}${open.path}/rules` },
    },
  };
}

/** Ids of the people whom a set names. */
export function peopleOf(set: RuleSet): number[] {
  return [...set.bypass, ...(set.rules.pushers ?? [])].flatMap((party) =>
    party.kind === 'user' ? [party.id] : [],
  );
}

function bypasserJson(one: Bypasser, people: ReadonlyMap<number, string>): Record<string, unknown> {
  return { ...partyJson(one, people), bypass_mode: one.mode };
}

function partyJson(party: Party, people: ReadonlyMap<number, string>): Record<string, unknown> {
  if (party.kind === 'role') {
    const number = { write: 4, maintain: 2, admin: 5, owner: 1 }[party.role];
    return {
      actor_id: number,
      actor_type: party.role === 'owner' ? 'OrganizationAdmin' : 'RepositoryRole',
      actor_name: party.role,
    };
  }
  if (party.kind === 'user')
    return { actor_id: party.id, actor_type: 'User', actor_name: people.get(party.id) ?? null };
  return { actor_id: party.id, actor_type: party.kind === 'team' ? 'Team' : 'DeployKey' };
}

const FLAGS = {
  noCreation: 'creation',
  noUpdate: 'update',
  noDeletion: 'deletion',
  noForcePush: 'non_fast_forward',
  linearHistory: 'required_linear_history',
  signedCommits: 'required_signatures',
} as const;

/** Rules as a list; without `people` nobody is told whom they name. */
export function rulesJson(
  rules: Rules,
  target: 'branch' | 'tag',
  people: ReadonlyMap<number, string> | undefined,
): RuleJson[] {
  const flags = Object.entries(FLAGS).filter(([kind]) => rules[kind as keyof typeof FLAGS]);
  return [
    ...flags.map(([, type]) => ({ type })),
    ...(rules.pushers ? [pushersJson(rules.pushers, people)] : []),
    ...mergingJson(rules),
    ...filesJson(rules),
    ...(rules.texts ?? []).map((rule) => textJson(rule, target)),
  ];
}

function pushersJson(pushers: readonly Party[], people: ReadonlyMap<number, string> | undefined): RuleJson {
  const type = 'pusher_restriction';
  if (!people) return { type };
  return { type, parameters: { actors: pushers.map((party) => partyJson(party, people)) } };
}

function mergingJson({ pullRequest, checks, queue }: Rules): RuleJson[] {
  const list: RuleJson[] = [];
  if (pullRequest)
    list.push({
      type: 'pull_request',
      parameters: {
        required_approving_review_count: pullRequest.approvals,
        dismiss_stale_reviews_on_push: pullRequest.dismissStale,
        require_code_owner_review: pullRequest.codeOwners,
        require_last_push_approval: pullRequest.lastPushApproval,
        required_review_thread_resolution: pullRequest.resolvedThreads,
        ...(pullRequest.styles ? { allowed_merge_methods: pullRequest.styles } : {}),
      },
    });
  if (checks)
    list.push({
      type: 'required_status_checks',
      parameters: {
        required_status_checks: checks.contexts.map((context) => ({ context })),
        strict_required_status_checks_policy: checks.strict,
      },
    });
  if (queue)
    list.push({
      type: 'merge_queue',
      parameters: {
        merge_method: queue.style.toUpperCase(),
        max_entries_to_merge: queue.batch,
        max_entries_to_build: queue.atOnce,
        check_response_timeout_minutes: queue.timeoutMinutes,
      },
    });
  return list;
}

function filesJson({ files }: Rules): RuleJson[] {
  if (!files) return [];
  const list: RuleJson[] = [];
  const add = (type: string, parameters: Record<string, unknown>) => void list.push({ type, parameters });
  if (files.restricted.length > 0) add('file_path_restriction', { restricted_file_paths: files.restricted });
  if (files.extensions.length > 0)
    add('file_extension_restriction', {
      restricted_file_extensions: files.extensions.map((one) => `*.${one}`),
    });
  if (files.longestPath !== undefined)
    add('max_file_path_length', { max_file_path_length: files.longestPath });
  if (files.largestFile !== undefined) add('max_file_size', { max_file_size: files.largestFile / MIB });
  return list;
}

function textJson({ subject, operator, pattern, negate }: TextRule, target: 'branch' | 'tag'): RuleJson {
  const type = {
    message: 'commit_message_pattern',
    author_email: 'commit_author_email_pattern',
    committer_email: 'committer_email_pattern',
    name: `${target}_name_pattern`,
  }[subject];
  return { type, parameters: { operator, pattern, negate } };
}

/** The rules that hold for a branch, each with the set it comes from. */
export function appliedJson(open: OpenRepository, rules: EffectiveRules): Record<string, unknown>[] {
  return rules.sets.flatMap((set) =>
    rulesJson(set.rules, set.target, undefined).map((rule) => ({
      ...rule,
      ruleset_source_type: 'Repository',
      ruleset_source: open.path.slice(1),
      ruleset_id: set.id,
    })),
  );
}
