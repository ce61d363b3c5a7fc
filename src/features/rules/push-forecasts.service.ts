// What speaks against committing to a branch before there is a commit, for pages that offer another branch instead.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { rulesWithout } from './effective-rules.policy.ts';
import { bypassOf, isPusher } from './parties.service.ts';
import { rulesFor } from './rules.service.ts';
import type { EffectiveRules } from './rules.types.ts';

/** One sentence per rule that no new commit of the actor of `open` can meet, whatever is in it. */
export async function forecastByRules(app: App, open: OpenRepository, ref: string): Promise<string[]> {
  if (open.repository.isMirror || open.actor.kind === 'system') return [];
  const all = await rulesFor(app, open, ref);
  if (all.sets.length === 0) return [];
  const rules = rulesWithout(all, (await bypassOf(app, open, all)).byPush);
  if (rules.sets.length === 0) return [];
  const isThere = (await app.git.ref(open.dir, ref)) !== undefined;
  const isPushing = await isPusher(app, open, rules);
  return SENTENCES.filter(({ when }) => when(rules, { isThere, isPushing })).map(({ text }) => text);
}

interface Facts {
  isThere: boolean;
  isPushing: boolean;
}

interface Sentence {
  when(rules: EffectiveRules, facts: Facts): boolean;
  text: string;
}

const SENTENCES: readonly Sentence[] = [
  {
    when: (rules, { isThere }) => isThere && rules.queue !== undefined,
    text: 'Changes go through the merge queue here.',
  },
  {
    when: (rules, { isThere }) => isThere && rules.pullRequest !== undefined && rules.queue === undefined,
    text: 'Changes go through a pull request here.',
  },
  {
    when: (rules, { isThere }) =>
      isThere && (rules.checks?.contexts.length ?? 0) > 0 && !rules.queue && !rules.pullRequest,
    text: 'Checks must have passed before a commit gets here.',
  },
  {
    when: (rules, { isThere }) => isThere && rules.noUpdate === true,
    text: 'Only some people may change this branch.',
  },
  {
    when: (rules, { isThere }) => !isThere && rules.noCreation === true,
    text: 'A branch of this name may not be made here.',
  },
  {
    when: (_rules, { isPushing }) => !isPushing,
    text: 'Only some people may push here, and you are not among them.',
  },
  {
    when: (rules) => rules.signedCommits === true,
    text: 'Commits must be signed here.',
  },
];
