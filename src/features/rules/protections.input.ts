// Branch and tag protections as Gitea's API writes them.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

const flag = () => z.boolean().optional();
const names = () => z.array(z.string().max(255)).max(100, 'At most 100 may be on the list.').optional();
const patterns = () => z.string().max(4096, 'At most 4,096 characters.').optional();
const pattern = () => z.string().max(255, 'A pattern has at most 255 characters.');

const protection = () => ({
  approvals_whitelist_teams: names(),
  approvals_whitelist_username: names(),
  block_admin_merge_override: flag(),
  block_on_official_review_requests: flag(),
  block_on_outdated_branch: flag(),
  block_on_rejected_reviews: flag(),
  dismiss_stale_approvals: flag(),
  enable_approvals_whitelist: flag(),
  enable_force_push: flag(),
  enable_force_push_allowlist: flag(),
  enable_merge_whitelist: flag(),
  enable_push: flag(),
  enable_push_whitelist: flag(),
  enable_status_check: flag(),
  force_push_allowlist_deploy_keys: flag(),
  force_push_allowlist_teams: names(),
  force_push_allowlist_usernames: names(),
  ignore_stale_approvals: flag(),
  merge_whitelist_teams: names(),
  merge_whitelist_usernames: names(),
  priority: z.int().min(0).max(1_000_000).optional(),
  protected_file_patterns: patterns(),
  push_whitelist_deploy_keys: flag(),
  push_whitelist_teams: names(),
  push_whitelist_usernames: names(),
  require_signed_commits: flag(),
  required_approvals: z.int().optional(),
  status_check_contexts: names(),
  unprotected_file_patterns: patterns(),
});

export const newBranchProtectionBody = lazily(() =>
  z.object({ rule_name: pattern().optional(), branch_name: pattern().optional(), ...protection() }),
);

export const branchProtectionBody = lazily(() => z.object(protection()));

export const prioritiesBody = lazily(() =>
  z.object({ ids: z.array(z.int().positive()).max(75, 'A repository has at most 75 rule sets.') }),
);

export const tagProtectionBody = lazily(() =>
  z.object({ name_pattern: pattern().optional(), whitelist_teams: names(), whitelist_usernames: names() }),
);

/** What a protection says; what is left out stays as it is. */
export type BranchProtection = z.output<ReturnType<typeof branchProtectionBody>>;
export type TagProtection = z.output<ReturnType<typeof tagProtectionBody>>;
