// Labels, people and milestones as forms, addresses and the API name them, made to ids.
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserByName } from '../users/users.service.ts';
import { parseDueOn } from './due-dates.input.ts';
import { labelsNamed } from './labels.service.ts';
import type { Metadata } from './metadata.service.ts';
import { findMilestoneNamed } from './milestones.service.ts';

/** Names of labels and people, the title of a milestone (empty for none), a date (empty for none). */
export interface NamedMetadata {
  labels?: readonly string[];
  assignees?: readonly string[];
  milestone?: string;
  dueOn?: string;
}

/** Names in one request at most. */
const MOST_NAMES = 200;

/** What the names stand for; throws AppError invalid on `labels`, `assignees`, `milestone` or `due_on` for unknown ones. */
export async function metadataNamed(app: App, open: OpenRepository, named: NamedMetadata): Promise<Metadata> {
  const { labels, assignees, milestone, dueOn } = named;
  return {
    ...(labels ? { labelIds: await labelIdsNamed(app, open, labels) } : {}),
    ...(assignees ? { assigneeIds: await userIdsNamed(app, assignees) } : {}),
    ...(milestone === undefined ? {} : { milestoneId: await milestoneIdNamed(app, open, milestone) }),
    ...(dueOn === undefined ? {} : { dueOn: parseDueOn(dueOn) }),
  };
}

/** In the order of the names; throws AppError invalid on `labels`. */
export async function labelIdsNamed(
  app: App,
  open: OpenRepository,
  names: readonly string[],
): Promise<number[]> {
  const wanted = distinct(names, 'labels');
  const found = new Map((await labelsNamed(app, open, wanted)).map((label) => [label.nameKey, label.id]));
  return wanted.map((name) => {
    const id = found.get(name.toLowerCase());
    if (id === undefined) throw invalid({ labels: `There is no label named ${name}.` });
    return id;
  });
}

/** Throws AppError invalid on `assignees`; whether they may be assigned is judged later. */
export async function userIdsNamed(app: App, names: readonly string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const name of distinct(names, 'assignees')) {
    const user = await findUserByName(app, name);
    if (!user || (user.kind !== 'user' && user.kind !== 'bot'))
      throw invalid({ assignees: `There is no user named ${name}.` });
    ids.push(user.id);
  }
  return ids;
}

async function milestoneIdNamed(app: App, open: OpenRepository, title: string): Promise<number | null> {
  if (title.trim() === '') return null;
  const milestone = await findMilestoneNamed(app, open, title);
  if (!milestone) throw invalid({ milestone: `There is no milestone named ${title.trim()}.` });
  return milestone.id;
}

function distinct(names: readonly string[], field: string): string[] {
  const all = [...new Set(names.map((name) => name.trim()).filter(Boolean))];
  if (all.length > MOST_NAMES) throw invalid({ [field]: `Name ${MOST_NAMES} at most.` });
  return all;
}
