// What several rule sets ask of one ref together: of each rule the strictest.
import { nameMatcher } from './ref-patterns.policy.ts';
import type {
  ChecksRule,
  EffectiveRules,
  FilesRule,
  PullRequestRule,
  QueueRule,
  RuleKind,
  RuleSet,
  Rules,
} from './rules.types.ts';

/** The rules of the sets that mean this ref. */
export function rulesOn(sets: readonly RuleSet[], ref: string, defaultBranch: string): EffectiveRules {
  const [target, name] = ref.startsWith('refs/heads/')
    ? (['branch', ref.slice('refs/heads/'.length)] as const)
    : (['tag', ref.slice('refs/tags/'.length)] as const);
  if (target === 'tag' && !ref.startsWith('refs/tags/')) return combined(ref, []);
  const matches = nameMatcher(target === 'branch' ? defaultBranch : '');
  return combined(
    ref,
    sets.filter((set) => set.isActive && set.target === target && matches(name, set)),
  );
}

/** The same rules as if some of their sets were not there. */
export function rulesWithout(rules: EffectiveRules, setIds: ReadonlySet<number>): EffectiveRules {
  if (!rules.sets.some(({ id }) => setIds.has(id))) return rules;
  return combined(
    rules.ref,
    rules.sets.filter(({ id }) => !setIds.has(id)),
  );
}

/** Names of the sets that ask for this kind of rule, for telling somebody. */
export function setsAsking(rules: EffectiveRules, kind: RuleKind): string[] {
  return rules.sets.filter((set) => set.rules[kind] !== undefined).map(({ name }) => name);
}

function combined(ref: string, sets: readonly RuleSet[]): EffectiveRules {
  const all = sets.map((set) => set.rules);
  const flags = Object.fromEntries(
    FLAGS.filter((flag) => all.some((rules) => rules[flag])).map((flag) => [flag, true as const]),
  );
  const texts = all.flatMap((rules) => rules.texts ?? []);
  return {
    ref,
    sets,
    ...flags,
    pushers: present(all, 'pushers'),
    ...strictest('pullRequest', present(all, 'pullRequest'), stricterPullRequest),
    ...strictest('checks', present(all, 'checks'), stricterChecks),
    ...strictest('queue', present(all, 'queue'), stricterQueue),
    ...strictest('files', present(all, 'files'), stricterFiles),
    ...(texts.length > 0 ? { texts } : {}),
  };
}

const FLAGS = [
  'noCreation',
  'noUpdate',
  'noDeletion',
  'noForcePush',
  'linearHistory',
  'signedCommits',
] as const satisfies readonly RuleKind[];

function present<K extends RuleKind>(all: readonly Rules[], kind: K): NonNullable<Rules[K]>[] {
  return all.flatMap((rules) => {
    const rule = rules[kind];
    return rule === undefined ? [] : [rule as NonNullable<Rules[K]>];
  });
}

function strictest<K extends RuleKind, T>(
  kind: K,
  rules: readonly T[],
  stricter: (one: T, other: T) => T,
): Partial<Record<K, T>> {
  if (rules.length === 0) return {};
  return { [kind]: rules.reduce(stricter) } as Partial<Record<K, T>>;
}

function stricterPullRequest(one: PullRequestRule, other: PullRequestRule): PullRequestRule {
  const styles = one.styles && other.styles ? common(one.styles, other.styles) : (one.styles ?? other.styles);
  return {
    approvals: Math.max(one.approvals, other.approvals),
    codeOwners: one.codeOwners || other.codeOwners,
    dismissStale: one.dismissStale || other.dismissStale,
    lastPushApproval: one.lastPushApproval || other.lastPushApproval,
    resolvedThreads: one.resolvedThreads || other.resolvedThreads,
    ...(styles ? { styles } : {}),
  };
}

function stricterChecks(one: ChecksRule, other: ChecksRule): ChecksRule {
  return {
    contexts: [...new Set([...one.contexts, ...other.contexts])],
    strict: one.strict || other.strict,
  };
}

/** There is one queue per branch: the oldest set says how it merges, the others may only make it slower. */
function stricterQueue(one: QueueRule, other: QueueRule): QueueRule {
  return {
    style: one.style,
    batch: Math.min(one.batch, other.batch),
    atOnce: Math.min(one.atOnce, other.atOnce),
    timeoutMinutes: Math.min(one.timeoutMinutes, other.timeoutMinutes),
  };
}

function stricterFiles(one: FilesRule, other: FilesRule): FilesRule {
  const longestPath = least(one.longestPath, other.longestPath);
  const largestFile = least(one.largestFile, other.largestFile);
  return {
    restricted: [...new Set([...one.restricted, ...other.restricted])],
    extensions: [...new Set([...one.extensions, ...other.extensions])],
    ...(longestPath === undefined ? {} : { longestPath }),
    ...(largestFile === undefined ? {} : { largestFile }),
  };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

function common<T>(one: readonly T[], other: readonly T[]): T[] {
  return one.filter((value) => other.includes(value));
}
