// Where a repository's lists lead besides: labels, milestones, and the merge queue.
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { activeSets, rulesForBranch } from '../rules/rules.service.ts';

export interface ListPlace {
  label: string;
  icon: string;
  href: string;
  count?: number;
}

/** Links above a list, in their order; the queue only above pull requests, where a rule asks for it. */
export async function listPlaces(
  app: App,
  open: OpenRepository,
  kind: 'issues' | 'pulls',
  { labelCount, milestoneCount }: { labelCount: number; milestoneCount: number },
): Promise<ListPlace[]> {
  const queueHref = kind === 'pulls' ? await queuePage(app, open) : undefined;
  return [
    { label: 'Labels', icon: 'tag', href: `${open.path}/labels`, count: labelCount },
    { label: 'Milestones', icon: 'milestone', href: `${open.path}/milestones`, count: milestoneCount },
    ...(queueHref ? [{ label: 'Merge queue', icon: 'git-merge-queue', href: queueHref }] : []),
  ];
}

/** The queue of the default branch, else what says which branches have one; undefined where no rule asks for any. */
async function queuePage(app: App, open: OpenRepository): Promise<string | undefined> {
  const { id, defaultBranch } = open.repository;
  if (!(await activeSets(app, id)).some(({ rules }) => rules.queue)) return undefined;
  const { queue } = await rulesForBranch(app, open, defaultBranch);
  return queue ? `${open.path}/queue/${encodePath(defaultBranch)}` : `${open.path}/queue`;
}
