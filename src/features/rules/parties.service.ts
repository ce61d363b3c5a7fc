// Who is meant by the lists of a rule: roles, teams, people and deploy keys, as they stand today.
import type { App } from '../../platform/app.types.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listTeamsHeld } from './parties.store.ts';
import type { Bypass, EffectiveRules, Party } from './rules.types.ts';

type Here = Pick<OpenRepository, 'repository' | 'owner' | 'permission' | 'actor'>;

/** Tells whether the actor of `open` is one of some parties; `parties` are all that will be asked about. */
export async function membership(
  app: App,
  open: Here,
  parties: readonly Party[],
): Promise<(party: Party) => boolean> {
  const { actor } = open;
  const teamIds = parties.flatMap((party) => (party.kind === 'team' ? [party.id] : []));
  const held =
    actor.kind === 'user' && open.owner.kind === 'organization'
      ? await listTeamsHeld(app.db.read, open.owner.id, actor.userId, teamIds)
      : new Set<number>();
  return (party) => {
    if (actor.kind === 'deploy-key') return party.kind === 'deploy-key' && party.id === actor.keyId;
    if (actor.kind !== 'user') return false;
    if (party.kind === 'role') return permissionIncludes(open.permission, party.role);
    if (party.kind === 'team') return held.has(party.id);
    return party.kind === 'user' && party.id === actor.userId;
  };
}

/** Which of the sets that rules come from the actor of `open` may pass by. */
export async function bypassOf(app: App, open: Here, rules: EffectiveRules): Promise<Bypass> {
  const isOne = await membership(
    app,
    open,
    rules.sets.flatMap((set) => set.bypass),
  );
  const passing = (modes: readonly string[]) =>
    rules.sets.filter((set) => set.bypass.some((one) => modes.includes(one.mode) && isOne(one)));
  const ids = (sets: readonly { id: number }[]) => new Set(sets.map(({ id }) => id));
  return { byPush: ids(passing(['always'])), byMerge: ids(passing(['always', 'pull_request'])) };
}

/** Whether the actor of `open` is among those who may push and merge, by each list of the rules. */
export async function isPusher(app: App, open: Here, rules: EffectiveRules): Promise<boolean> {
  if (rules.pushers.length === 0) return true;
  const isOne = await membership(app, open, rules.pushers.flat());
  return rules.pushers.every((parties) => parties.some(isOne));
}
