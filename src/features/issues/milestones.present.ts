// Milestones and due dates as pages show them.
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { MilestoneProgress, MilestoneRow } from './milestones.types.ts';

export interface DueDate {
  /** `YYYY-MM-DD`. */
  on: string;
  /** That day's beginning in UTC, milliseconds since 1970. */
  at: number;
  isOverdue: boolean;
  /** `Due in 3 days`, `Due today`, `2 days overdue`. */
  text: string;
}

/** A date by which something is due, seen from today in UTC; what is done is never overdue. */
export function dueDateOf(app: App, dueOn: string | null, isDone: boolean): DueDate | undefined {
  if (dueOn === null) return undefined;
  const at = Date.parse(`${dueOn}T00:00:00Z`);
  const days = Math.round((at - Math.floor(app.clock.now() / DAY) * DAY) / DAY);
  return { on: dueOn, at, isOverdue: days < 0 && !isDone, text: textOf(days, isDone) };
}

function textOf(days: number, isDone: boolean): string {
  const some = Math.abs(days) === 1 ? '1 day' : `${Math.abs(days).toLocaleString('en-US')} days`;
  if (days === 0) return 'Due today';
  if (days > 0) return `Due in ${some}`;
  return isDone ? `Was due ${some} ago` : `${some} overdue`;
}

export interface MilestoneItem {
  id: number;
  title: string;
  href: string;
  isClosed: boolean;
  closedAt: number | null;
  updatedAt: number;
  due: DueDate | undefined;
  open: number;
  closed: number;
  /** Whole per cent of issues that are closed. */
  percent: number;
}

/** A milestone in a list, beside an issue, or on its own page. */
export function milestoneItem(
  app: App,
  { path }: Pick<OpenRepository, 'path'>,
  row: MilestoneRow,
  { open, closed }: MilestoneProgress,
): MilestoneItem {
  const total = open + closed;
  return {
    id: row.id,
    title: row.title,
    href: `${path}/milestone/${row.id}`,
    isClosed: row.closedAt !== null,
    closedAt: row.closedAt,
    updatedAt: row.updatedAt,
    due: dueDateOf(app, row.dueOn, row.closedAt !== null),
    open,
    closed,
    // What is not done entirely is not shown as done.
    percent: total === 0 ? 0 : Math.floor((closed / total) * 100),
  };
}
