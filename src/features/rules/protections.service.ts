// Gitea's branch and tag protections, kept as rule sets: a protection is a set in force whose only pattern is its name. What a set
// says beyond them stays as it is; what only Gitea knows is refused rather than left out.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { teamsKnown } from '../orgs/named-teams.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { candidatesOf } from './candidates.service.ts';
import type { BranchProtection, TagProtection } from './protections.input.ts';
import { branchRuleSet } from './protections.policy.ts';
import { checkRuleSet, type NamedParty, type RuleSetInput } from './rule-sets.input.ts';
import { ruleSetsOf, saveRuleSet } from './rule-sets.service.ts';
import { ALL, DEFAULT_BRANCH, type RuleSet, type RuleTarget } from './rules.types.ts';

/** The sets that are protections, in their order. */
export async function protectionsOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  target: RuleTarget,
): Promise<RuleSet[]> {
  const sets = await ruleSetsOf(app, actor, open);
  const kept = sets.filter((set) => set.isActive && set.target === target && isPlain(set));
  return kept.sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0) || one.id - other.id);
}

function isPlain({ include, exclude }: RuleSet): boolean {
  return include.length === 1 && exclude.length === 0;
}

/** What a set's pattern is called in Gitea. */
export function ruleNameOf({ include }: Pick<RuleSet, 'include'>, open: OpenRepository): string {
  const [pattern = ''] = include;
  if (pattern === DEFAULT_BRANCH) return open.repository.defaultBranch;
  return pattern === ALL ? '**' : pattern;
}

/** The protection of a name, the first of several. Throws AppError not_found. */
export async function requireBranchProtection(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<RuleSet> {
  const found = (await protectionsOf(app, actor, open, 'branch')).find(
    (set) => ruleNameOf(set, open) === name,
  );
  if (!found) throw notFound('branch protection');
  return found;
}

/** Makes a protection of branches. Throws AppError invalid, and forbidden (as Gitea does) where there is one. */
export async function createBranchProtection(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
  said: BranchProtection,
): Promise<RuleSet> {
  if (name.trim() === '')
    throw invalid({ rule_name: 'Name a branch, or write a pattern such as release/*.' });
  const there = await protectionsOf(app, actor, open, 'branch');
  if (there.some((set) => ruleNameOf(set, open) === name))
    throw new AppError('forbidden', `There is already a protection of ${name}.`);
  const input = branchRuleSet({ name: await freeName(app, actor, open, name), pattern: name }, said);
  return save(app, actor, open, undefined, await withKeys(app, actor, open, input, said));
}

/** Changes what is said of a protection. Throws AppError invalid. */
export async function changeBranchProtection(
  app: App,
  actor: Actor,
  open: OpenRepository,
  known: RuleSet,
  said: BranchProtection,
): Promise<RuleSet> {
  const [pattern = ''] = known.include;
  const names = await partyNames(app, actor, open, known);
  const input = branchRuleSet({ name: known.name, pattern, known, names }, said);
  return save(app, actor, open, known, await withKeys(app, actor, open, input, said));
}

/** Puts protections in this order; others stay behind them. */
export async function orderProtections(
  app: App,
  actor: Actor,
  open: OpenRepository,
  ids: readonly number[],
): Promise<void> {
  const sets = await protectionsOf(app, actor, open, 'branch');
  const ordered = [...new Set(ids)].map((id) => sets.find((set) => set.id === id));
  if (ordered.includes(undefined)) throw notFound('branch protection');
  for (const [index, set] of ordered.entries()) {
    if (!set || set.priority === index + 1) continue;
    await saveRuleSet(app, actor, open, set.id, { ...set, priority: index + 1 });
  }
}

/** The tag protection of an id. Throws AppError not_found. */
export async function requireTagProtection(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<RuleSet> {
  const found = (await protectionsOf(app, actor, open, 'tag')).find((set) => set.id === id);
  if (!found) throw notFound('tag protection');
  return found;
}

/** Makes a protection of tags, or changes one: only those named may make, move and delete tags; nobody without any. */
export async function saveTagProtection(
  app: App,
  actor: Actor,
  open: OpenRepository,
  known: RuleSet | undefined,
  said: TagProtection,
): Promise<RuleSet> {
  const pattern = said.name_pattern ?? known?.include[0] ?? '';
  if (pattern.startsWith('/'))
    throw invalid({ name_pattern: 'Write a pattern such as v*: regular expressions are not offered.' });
  const others = await protectionsOf(app, actor, open, 'tag');
  if (others.some((set) => set.id !== known?.id && set.include[0] === pattern))
    throw new AppError('forbidden', `There is already a protection of ${pattern}.`);
  const kept = known && (await partyNames(app, actor, open, known));
  const pushers = await partiesNamed(app, actor, open, {
    users: said.whitelist_usernames ?? kept?.users(known?.rules.pushers ?? []) ?? [],
    teams: said.whitelist_teams ?? kept?.teams(known?.rules.pushers ?? []) ?? [],
    field: 'whitelist_teams',
  });
  const { pushers: _before, noCreation: _c, noUpdate: _u, noDeletion: _d, ...rest } = known?.rules ?? {};
  const closed = { noCreation: true, noUpdate: true, noDeletion: true } as const;
  return save(app, actor, open, known, {
    name: known?.name ?? (await freeName(app, actor, open, `Tags ${pattern}`)),
    ...{ target: 'tag', isActive: true, include: [pattern], exclude: [], bypass: known?.bypass ?? [] },
    rules: { ...rest, ...(pushers.length > 0 ? { pushers } : closed) },
  });
}

function save(app: App, actor: Actor, open: OpenRepository, known: RuleSet | undefined, input: RuleSetInput) {
  return saveRuleSet(app, actor, open, known?.id, checkRuleSet(input));
}

/** A name that no set of the repository has. */
async function freeName(app: App, actor: Actor, open: OpenRepository, wanted: string): Promise<string> {
  const taken = new Set((await ruleSetsOf(app, actor, open)).map(({ name }) => name));
  const base = wanted.trim().slice(0, 90);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} (${number})`;
    if (!taken.has(name)) return name;
  }
}

interface NamedWishes {
  users: readonly string[];
  teams: readonly string[];
  field: string;
}

async function partiesNamed(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { users, teams, field }: NamedWishes,
): Promise<NamedParty[]> {
  const known = teams.length > 0 ? await teamsKnown(app, actor, open.owner.id) : [];
  const found = teams.map((name): NamedParty => {
    const team = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!team) throw invalid({ [field]: `There is no team named ${name.slice(0, 100)}.` });
    return { kind: 'team', id: team.id };
  });
  return [...users.map((name): NamedParty => ({ kind: 'user', name })), ...found];
}

/** The lists of a set as names, for whoever manages rules. */
export interface PartyNames {
  users(parties: RuleSet['bypass'] | readonly NamedParty[]): string[];
  teams(parties: RuleSet['bypass'] | readonly NamedParty[]): string[];
}

/** Reads the names of people and teams in sets, in a statement each. */
export async function partyNames(
  app: App,
  actor: Actor,
  open: OpenRepository,
  ...sets: readonly RuleSet[]
): Promise<PartyNames> {
  const ids = sets
    .flatMap(({ bypass, rules }) => [...bypass, ...(rules.pushers ?? [])])
    .flatMap((party) => (party.kind === 'user' ? [party.id] : []));
  const [people, teams] = await Promise.all([namesOf(app, ids), teamsKnown(app, actor, open.owner.id)]);
  return {
    users: (parties) =>
      parties.flatMap((party) =>
        party.kind === 'user' && 'id' in party ? (people.get(party.id)?.name ?? []) : [],
      ),
    teams: (parties) =>
      parties.flatMap((party) =>
        party.kind === 'team' ? (teams.find(({ id }) => id === party.id)?.name ?? []) : [],
      ),
  };
}

type Half = ReturnType<typeof branchRuleSet>;

/** Looks up the teams and deploy keys that a protection names. */
async function withKeys(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { pushers, passers, ...input }: Half,
  said: BranchProtection,
): Promise<RuleSetInput> {
  const mergers = await partiesNamed(app, actor, open, { ...pushers, field: 'merge_whitelist_teams' });
  const pushing = await partiesNamed(app, actor, open, { ...passers, field: 'push_whitelist_teams' });
  const keys = said.push_whitelist_deploy_keys ? (await candidatesOf(app, actor, open)).keys : [];
  const named: NamedParty[] = [...pushing, ...keys.map(({ id }): NamedParty => ({ kind: 'deploy-key', id }))];
  const bypass = [...input.bypass, ...named.map((party) => ({ ...party, mode: 'always' as const }))];
  const rules = mergers.length > 0 ? { ...input.rules, pushers: mergers } : input.rules;
  return { ...input, bypass, rules };
}
