// Milestones as the rooms see them.
import type { milestones } from '../../platform/db/tables/issues.ts';

export type MilestoneRow = typeof milestones.$inferSelect;

/** What a milestone is made of, checked already. */
export interface MilestoneInput {
  title: string;
  /** Markdown. */
  description: string;
  /** `YYYY-MM-DD`. */
  dueOn: string | null;
}

/** How far a milestone has come. */
export interface MilestoneProgress {
  open: number;
  closed: number;
}

/** Milestones that one repository may have. */
export const MOST_MILESTONES = 1000;

export const MILESTONE_SORTS = ['due', 'complete', 'title', 'recent'] as const;
export type MilestoneSort = (typeof MILESTONE_SORTS)[number];
