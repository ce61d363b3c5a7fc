// What many refs are protected by at once, for lists and the API.
import type { App } from '../../platform/app.types.ts';
import type { RefProtection } from '../repos/push-judges.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { rulesOn, rulesWithout } from './effective-rules.policy.ts';
import { membership } from './parties.service.ts';
import { activeSets } from './rules.service.ts';
import type { EffectiveRules, Party } from './rules.types.ts';

/** What these refs, by their full names, are protected by; those that no rule holds for are left out. */
export async function protectionByRules(
  app: App,
  open: OpenRepository,
  refs: readonly string[],
): Promise<Map<string, RefProtection>> {
  const sets = await activeSets(app, open.repository.id);
  if (sets.length === 0) return new Map();
  const parties = sets.flatMap((set) => [...set.bypass, ...(set.rules.pushers ?? [])]);
  const isOne = await membership(app, open, parties);
  const passed = new Set(
    sets
      .filter(({ bypass }) => bypass.some((one) => one.mode === 'always' && isOne(one)))
      .map(({ id }) => id),
  );
  const found = new Map<string, RefProtection>();
  for (const ref of refs) {
    const rules = rulesOn(sets, ref, open.repository.defaultBranch);
    if (rules.sets.length > 0) found.set(ref, protectionOf(rules, rulesWithout(rules, passed), isOne));
  }
  return found;
}

function protectionOf(
  rules: EffectiveRules,
  asked: EffectiveRules,
  isOne: (party: Party) => boolean,
): RefProtection {
  const isPusher = asked.pushers.every((parties) => parties.some(isOne));
  return {
    keepsFromDeletion: asked.noDeletion === true || !isPusher,
    keepsFromPushes: Boolean(asked.pullRequest || asked.queue || asked.noUpdate) || !isPusher,
    approvals: rules.pullRequest?.approvals ?? 0,
    contexts: rules.checks?.contexts ?? [],
    ruleSets: rules.sets.map(({ name }) => name),
  };
}
