// Rule sets as the branch and tag protections that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { protectionIn } from './protections.policy.ts';
import { type PartyNames, ruleNameOf } from './protections.service.ts';
import type { RuleSet } from './rules.types.ts';

type Json = Record<string, unknown>;

/** A set as a branch protection; without `names` nobody is told whom it lists. */
export function branchProtectionJson(
  open: OpenRepository,
  set: RuleSet,
  names: PartyNames | undefined,
): Json {
  const { rules } = set;
  const { requiredApprovals, isOpen, passers, blocksAdmins } = protectionIn(set);
  const name = ruleNameOf(set, open);
  const mergers = rules.pushers ?? [];
  return {
    branch_name: /[*?[\]{}]/.test(name) ? '' : name,
    rule_name: name,
    priority: set.priority ?? 0,
    enable_push: isOpen || passers.length > 0,
    enable_push_whitelist: !isOpen && passers.length > 0,
    push_whitelist_usernames: names?.users(passers) ?? [],
    push_whitelist_teams: names?.teams(passers) ?? [],
    push_whitelist_deploy_keys: passers.some(({ kind }) => kind === 'deploy-key'),
    ...{ enable_force_push: !rules.noForcePush, enable_force_push_allowlist: false },
    ...{ force_push_allowlist_usernames: [], force_push_allowlist_teams: [] },
    force_push_allowlist_deploy_keys: false,
    enable_merge_whitelist: mergers.length > 0,
    merge_whitelist_usernames: names?.users(mergers) ?? [],
    merge_whitelist_teams: names?.teams(mergers) ?? [],
    enable_status_check: rules.checks !== undefined,
    status_check_contexts: rules.checks?.contexts ?? [],
    required_approvals: requiredApprovals,
    ...{ enable_approvals_whitelist: false, approvals_whitelist_username: [], approvals_whitelist_teams: [] },
    block_on_rejected_reviews: requiredApprovals > 0,
    block_on_official_review_requests: false,
    block_on_outdated_branch: rules.checks?.strict ?? false,
    dismiss_stale_approvals: rules.pullRequest?.dismissStale ?? false,
    ignore_stale_approvals: false,
    require_signed_commits: rules.signedCommits === true,
    protected_file_patterns: rules.files?.restricted.join(';') ?? '',
    unprotected_file_patterns: '',
    block_admin_merge_override: blocksAdmins,
    created_at: isoTime(set.createdAt),
    updated_at: isoTime(set.updatedAt),
    id: set.id,
  };
}

/** A set as a tag protection; without `names` nobody is told whom it lists. */
export function tagProtectionJson(set: RuleSet, names: PartyNames | undefined): Json {
  const pushers = set.rules.pushers ?? [];
  return {
    id: set.id,
    name_pattern: set.include[0] ?? '',
    whitelist_usernames: names?.users(pushers) ?? [],
    whitelist_teams: names?.teams(pushers) ?? [],
    created_at: isoTime(set.createdAt),
    updated_at: isoTime(set.updatedAt),
  };
}
