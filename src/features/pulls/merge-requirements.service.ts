// What must hold before a pull request is merged: one evaluation for the merge box, the button, the API, auto-merge and the queue.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { requirementsOn } from '../rules/requirements.policy.ts';
import { bypassOf, rulesForBranch } from '../rules/rules.service.ts';
import { factsFor, type MergeQuestion } from './merge-facts.service.ts';
import type { Requirement } from './merges.types.ts';
import { findPullById } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';

/**
 * How each requirement stands for the actor of `open`, those of the pull request itself first. Whether it conflicts is not
 * among them: that is found when it is built.
 */
export async function requirementsOf(
  app: App,
  open: OpenRepository,
  pull: Pull,
  question: MergeQuestion = {},
): Promise<Requirement[]> {
  const own = [...ofPull(pull), ...(await ofStack(app, pull))];
  const rules = await rulesForBranch(app, open, pull.pull.baseBranch);
  if (rules.sets.length === 0) return own;
  const bypass = await bypassOf(app, open, rules);
  const facts = await factsFor(app, open, pull, rules, question);
  return [...own, ...requirementsOn(rules, bypass, facts)];
}

function ofPull({ issue, pull }: Pull): Requirement[] {
  const isOpen = issue.state === 'open';
  return [
    natural('open', isOpen, isOpen ? 'This is open.' : 'This is closed: there is nothing to merge.'),
    natural(
      'draft',
      !pull.isDraft,
      pull.isDraft
        ? 'This is still a draft: mark it as ready for review first.'
        : 'This is ready for review.',
    ),
  ];
}

/** What stands on commits that are in no branch would bring them along. */
async function ofStack(app: App, { pull }: Pull): Promise<Requirement[]> {
  const below = pull.basePullId === null ? undefined : await findPullById(app.db.read, pull.basePullId);
  if (below?.issue.state !== 'open' || below.pull.headBranch === pull.baseBranch) return [];
  return [natural('stack', false, `This stands on #${below.issue.number}: merge that first.`)];
}

function natural(rule: Requirement['rule'], isMet: boolean, text: string): Requirement {
  return { rule, isMet, text, canBypass: false, ruleSets: [] };
}

/** Those that keep the actor from merging: not met, and not passed by. */
export function unmetOf(requirements: readonly Requirement[], bypasses: boolean): Requirement[] {
  return requirements.filter(({ isMet, canBypass }) => !isMet && !(bypasses && canBypass));
}
