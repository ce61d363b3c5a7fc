// What Gitea's branch protections mean in the words of rule sets.
import { type FieldErrors, invalid } from '../../base/errors.ts';
import type { BranchProtection } from './protections.input.ts';
import type { RuleSetInput } from './rule-sets.input.ts';
import type { Bypasser, RuleSet, Rules } from './rules.types.ts';

/** Names of people and teams. */
export interface Names {
  users: readonly string[];
  teams: readonly string[];
}

/** What a rule set says as a protection; lists hold parties. */
export interface Protection {
  requiredApprovals: number;
  /** Whoever may write may push. */
  isOpen: boolean;
  /** Those who may push all the same. */
  passers: readonly Bypasser[];
  blocksAdmins: boolean;
}

/** Reads a set as a protection. */
export function protectionIn({ rules, bypass }: Pick<RuleSet, 'rules' | 'bypass'>): Protection {
  return {
    requiredApprovals: rules.pullRequest?.approvals ?? 0,
    isOpen: rules.pullRequest === undefined,
    passers: bypass.filter(isPasser),
    blocksAdmins: !bypass.some(isAdminMerge),
  };
}

function isPasser({ kind, mode }: Bypasser): boolean {
  return kind !== 'role' && mode === 'always';
}

function isAdminMerge(one: Bypasser): boolean {
  return one.kind === 'role' && one.role === 'admin' && one.mode === 'pull_request';
}

interface Begun {
  name: string;
  pattern: string;
  known?: RuleSet;
  /** Of the lists that `known` has. */
  names?: {
    users(parties: readonly Bypasser[]): string[];
    teams(parties: readonly Bypasser[]): string[];
  };
}

/** A rule set whose people and teams are still names. */
export type NamedRuleSet = RuleSetInput & { pushers: Names; passers: Names };

/**
 * The rule set that a protection asks for; what is not said stays as `known` has it, or as Gitea has it in a new one. Throws
 * AppError invalid, by Gitea's fields, for what rule sets do not hold.
 */
export function branchRuleSet({ name, pattern, known, names }: Begun, said: BranchProtection): NamedRuleSet {
  refuseUnknown(said);
  const before = known && protectionIn(known);
  const whole = settled(said, known);
  refuseMixed(whole);
  const listed = before?.passers ?? [];
  const keeps = (field: 'users' | 'teams') => names?.[field](listed) ?? [];
  const passes = whole.push && whole.pushList;
  const kept = (known?.bypass ?? []).filter((one) => !isPasser(one) && !isAdminMerge(one));
  const keys =
    said.push_whitelist_deploy_keys === undefined ? listed.filter(({ kind }) => kind === 'deploy-key') : [];
  return {
    ...{ name, target: 'branch', isActive: true, include: [pattern], exclude: known?.exclude ?? [] },
    ...(said.priority === undefined ? {} : { priority: said.priority }),
    bypass: [
      ...kept,
      ...(passes ? keys : []),
      ...(whole.blocksAdmins ? [] : [{ kind: 'role', role: 'admin', mode: 'pull_request' } as const]),
    ],
    passers: passes
      ? {
          users: said.push_whitelist_usernames ?? keeps('users'),
          teams: said.push_whitelist_teams ?? keeps('teams'),
        }
      : { users: [], teams: [] },
    pushers: mergers(said, known, names),
    rules: rulesOf(said, whole, known),
  };
}

function mergers(said: BranchProtection, known: RuleSet | undefined, names: Begun['names']): Names {
  const before = (known?.rules.pushers ?? []).map((party) => ({ ...party, mode: 'always' as const }));
  if (!(said.enable_merge_whitelist ?? before.length > 0)) return { users: [], teams: [] };
  const users = said.merge_whitelist_usernames ?? names?.users(before) ?? [];
  const teams = said.merge_whitelist_teams ?? names?.teams(before) ?? [];
  if (users.length + teams.length === 0)
    throw invalid({ merge_whitelist_usernames: 'Name somebody who may merge, or switch the list off.' });
  return { users, teams };
}

interface Settled {
  push: boolean;
  pushList: boolean;
  approvals: number;
  dismissStale: boolean;
  blocksAdmins: boolean;
  mergeList: boolean;
}

function settled(said: BranchProtection, known: RuleSet | undefined): Settled {
  const before = known && protectionIn(known);
  const rule = known?.rules.pullRequest;
  const hadList = before !== undefined && !before.isOpen && before.passers.length > 0;
  return {
    push: said.enable_push ?? (before !== undefined && (before.isOpen || hadList)),
    pushList: said.enable_push_whitelist ?? hadList,
    approvals: said.required_approvals ?? rule?.approvals ?? 0,
    dismissStale:
      (said.dismiss_stale_approvals || said.ignore_stale_approvals) ?? rule?.dismissStale ?? false,
    blocksAdmins: said.block_admin_merge_override ?? before?.blocksAdmins ?? false,
    mergeList: said.enable_merge_whitelist ?? (known?.rules.pushers ?? []).length > 0,
  };
}

function rulesOf(said: BranchProtection, whole: Settled, known: RuleSet | undefined): Rules {
  const {
    pullRequest,
    pushers: _pushers,
    noForcePush,
    signedCommits,
    checks,
    files,
    ...others
  } = known?.rules ?? {};
  const isForced = said.enable_force_push ?? (known !== undefined && !noForcePush);
  const isSigned = said.require_signed_commits ?? signedCommits === true;
  return {
    ...others,
    ...(known ? {} : { noDeletion: true }),
    ...(isForced ? {} : { noForcePush: true }),
    ...(isSigned ? { signedCommits: true } : {}),
    ...pullRequestOf(whole, pullRequest),
    ...checksOf(said, checks),
    ...filesOf(said, files),
  };
}

function pullRequestOf(whole: Settled, before: Rules['pullRequest']): Pick<Rules, 'pullRequest'> {
  if (whole.push && !whole.pushList) return {};
  const asked = before ?? { codeOwners: false, lastPushApproval: false, resolvedThreads: false };
  return { pullRequest: { ...asked, approvals: whole.approvals, dismissStale: whole.dismissStale } };
}

function checksOf(said: BranchProtection, before: Rules['checks']): Pick<Rules, 'checks'> {
  if (!(said.enable_status_check ?? before !== undefined)) return {};
  const contexts = said.status_check_contexts ?? before?.contexts ?? [];
  if (contexts.length === 0)
    throw invalid({ status_check_contexts: 'Name the checks that must pass, or switch them off.' });
  if (contexts.some((context) => /[*?[\]]/.test(context)))
    throw invalid({ status_check_contexts: 'Name each check: patterns are not offered.' });
  return {
    checks: {
      contexts: [...new Set(contexts)],
      strict: said.block_on_outdated_branch ?? before?.strict ?? false,
    },
  };
}

function filesOf(said: BranchProtection, before: Rules['files']): Pick<Rules, 'files'> {
  if (said.protected_file_patterns === undefined) return before ? { files: before } : {};
  const restricted = said.protected_file_patterns
    .split(';')
    .map((pattern) => pattern.trim())
    .filter(Boolean);
  const files = { ...(before ?? { extensions: [] }), restricted: [...new Set(restricted)] };
  const { extensions, longestPath, largestFile } = files as NonNullable<Rules['files']>;
  const isEmpty =
    restricted.length + extensions.length === 0 && longestPath === undefined && largestFile === undefined;
  return isEmpty ? {} : { files };
}

function refuseUnknown(said: BranchProtection): void {
  const errors: FieldErrors = {};
  const words = 'This is not offered here.';
  if (said.enable_approvals_whitelist)
    errors.enable_approvals_whitelist = `${words} Everybody who may write approves; code owners can be asked for by a rule set.`;
  if (said.block_on_official_review_requests) errors.block_on_official_review_requests = words;
  if (said.enable_force_push_allowlist)
    errors.enable_force_push_allowlist = `${words} Name those who may push in push_whitelist_usernames: no rule holds for them.`;
  if (said.unprotected_file_patterns) errors.unprotected_file_patterns = words;
  if (Object.keys(errors).length > 0) throw invalid(errors);
}

function refuseMixed(whole: Settled): void {
  const isOpen = whole.push && !whole.pushList;
  if (isOpen && whole.approvals > 0)
    throw invalid({
      enable_push:
        'Where approvals are asked for, changes go through pull requests: leave pushing off, or name in push_whitelist_usernames who may push.',
    });
}
