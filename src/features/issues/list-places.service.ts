// Where a repository's lists lead besides: labels, milestones, and the merge queue of the default branch.
import type { App } from '../../platform/app.types.ts';
import { encodePath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { rulesForBranch } from '../rules/rules.service.ts';

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
  const { defaultBranch } = open.repository;
  const hasQueue = kind === 'pulls' && (await rulesForBranch(app, open, defaultBranch)).queue !== undefined;
  const queueHref = `${open.path}/queue/${encodePath(defaultBranch)}`;
  return [
    { label: 'Labels', icon: 'tag', href: `${open.path}/labels`, count: labelCount },
    { label: 'Milestones', icon: 'milestone', href: `${open.path}/milestones`, count: milestoneCount },
    ...(hasQueue ? [{ label: 'Merge queue', icon: 'git-merge-queue', href: queueHref }] : []),
  ];
}
