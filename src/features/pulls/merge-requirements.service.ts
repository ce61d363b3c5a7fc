// What must hold before a pull request is merged: one evaluation for the merge box, the button, the API, auto-merge and the queue.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { bypassOf, rulesForBranch } from '../rules/rules.service.ts';
import type { Requirement } from './merges.types.ts';
import type { Pull } from './pulls.types.ts';

/** How each requirement stands for the actor of `open`, those of the pull request itself first. */
export async function requirementsOf(app: App, open: OpenRepository, pull: Pull): Promise<Requirement[]> {
  const rules = await rulesForBranch(app, open, pull.pull.baseBranch);
  await bypassOf(app, open, rules);
  return ofPull(pull);
}

function ofPull({ issue, pull }: Pull): Requirement[] {
  const must = (rule: Requirement['rule'], isMet: boolean, text: string, comes = false): Requirement => ({
    ...{ rule, isMet, text, canBypass: false },
    ...(comes ? { comes } : {}),
  });
  return [
    must('open', issue.state === 'open', issue.state === 'open' ? 'This is open.' : 'This is closed.'),
    must(
      'draft',
      !pull.isDraft,
      pull.isDraft ? 'This is still a draft: mark it as ready first.' : 'This is ready.',
    ),
  ];
}

/** Those that keep the actor from merging: not met, and not passed by. */
export function unmetOf(requirements: readonly Requirement[], bypasses: boolean): Requirement[] {
  return requirements.filter(({ isMet, canBypass }) => !isMet && !(bypasses && canBypass));
}
