// Labels, milestones and assignable people in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { CountedKinds } from './index-counts.service.ts';
import type { LabelRow } from './labels.types.ts';
import { progressAmong } from './milestones.service.ts';
import type { MilestoneProgress, MilestoneRow } from './milestones.types.ts';

type Json = Record<string, unknown>;

/** A label; `owner` is its organization's name, or `owner/name` of its repository. */
export function labelJson(app: App, owner: string, label: LabelRow): Json {
  const { id, name, isExclusive, color, description, organizationId } = label;
  const base = organizationId === null ? `/repos/${owner}` : `/orgs/${owner.split('/')[0]}`;
  const url = `${app.publicUrl()}/api/v1${base}/labels/${id}`;
  return { id, name, exclusive: isExclusive, is_archived: false, color, description, url };
}

/** A milestone with how far it has come. */
export function milestoneJson(row: MilestoneRow, progress: MilestoneProgress): Json {
  const { id, title, description, closedAt, dueOn, createdAt, updatedAt } = row;
  return {
    id,
    title,
    description,
    state: closedAt === null ? 'open' : 'closed',
    open_issues: progress.open,
    closed_issues: progress.closed,
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
    closed_at: closedAt === null ? null : isoTime(closedAt),
    due_on: dueOn === null ? null : `${dueOn}T00:00:00Z`,
  };
}

/** Milestones in their order, each counted by what the reader may read of its repository; those without `kindsOf` count nothing. */
export async function milestonesJson(
  app: App,
  kindsOf: (repositoryId: number) => CountedKinds | undefined,
  rows: readonly MilestoneRow[],
): Promise<Json[]> {
  const progress = await progressAmong(app, kindsOf, rows);
  return rows.map((row) => milestoneJson(row, progress.get(row.id) ?? NOTHING));
}

const NOTHING: MilestoneProgress = { open: 0, closed: 0 };
