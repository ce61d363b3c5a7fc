// What there is to say of labels and milestones.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { requireLabel } from '../issues/labels.service.ts';
import { labelJson, milestoneJson } from '../issues/metadata.json.ts';
import { progressOfOne, requireMilestone } from '../issues/milestones.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Facts } from './facts.types.ts';
import { orUndefined } from './gone.service.ts';
import type { Happening } from './happenings.types.ts';

/** The label that was made, changed, given or taken; of a deleted one, its name. */
export async function labelFacts(
  app: App,
  open: OpenRepository,
  { event, about }: Happening,
): Promise<Pick<Facts, 'label'>> {
  const id = about.labelId ?? (event && 'labelId' in event ? event.labelId : undefined);
  if (id === undefined) return {};
  const owner = open.path.slice(1);
  const row = await orUndefined(requireLabel(app, open, id));
  if (row) return { label: labelJson(app, owner, row) };
  const name = event && 'name' in event && typeof event.name === 'string' ? event.name : '';
  const url = `${app.publicUrl()}/api/v1/repos/${owner}/labels/${id}`;
  const plain = { id, name, exclusive: false, is_archived: false, color: 'ededed', description: '', url };
  return { label: plain };
}

/** The milestone; of a deleted one, its title. */
export async function milestoneFacts(
  app: App,
  open: OpenRepository,
  { event }: Happening,
): Promise<Pick<Facts, 'milestone'>> {
  const id = event && 'milestoneId' in event ? event.milestoneId : undefined;
  if (id === undefined) return {};
  const row = await orUndefined(requireMilestone(app, open, id));
  if (row) return { milestone: milestoneJson(row, await progressOfOne(app, open, row)) };
  const title = event && 'title' in event && typeof event.title === 'string' ? event.title : '';
  const at = isoTime(app.clock.now());
  const plain = { id, title, description: '', state: 'closed', open_issues: 0, closed_issues: 0 };
  return { milestone: { ...plain, created_at: at, updated_at: at, closed_at: null, due_on: null } };
}
