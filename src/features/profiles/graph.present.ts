// The contribution graph as columns of weeks, and the same as rows of a table.
import { DAY } from '../../base/time.ts';

export const GRAPH_WEEKS = 53;
const CELL = 11;
const GAP = 3;
const TOP = 18;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface GraphCell {
  x: number;
  y: number;
  /** 0 for nothing, 1 to 4 by quarters of the busiest day. */
  level: number;
  /** The day in milliseconds since 1970. */
  at: number;
  total: number;
  label: string;
}

export interface Graph {
  width: number;
  height: number;
  cell: number;
  cells: GraphCell[];
  months: { x: number; y: number; label: string }[];
  total: number;
  /** Days with contributions, the newest first. */
  rows: { at: number; total: number }[];
}

/** How many days the graph shows that ends on a day: whole weeks from Sunday, the last one as far as it has come. */
export function graphDays(last: number): number {
  return (GRAPH_WEEKS - 1) * 7 + weekday(last) + 1;
}

/** The graph of the days up to `last` (days since 1970). */
export function graphModel(last: number, counts: ReadonlyMap<number, number>): Graph {
  const days = graphDays(last);
  const first = last - days + 1;
  const most = Math.max(0, ...counts.values());
  const cells = Array.from({ length: days }, (_, index): GraphCell => {
    const total = counts.get(first + index) ?? 0;
    const [x, y] = [Math.floor(index / 7) * (CELL + GAP), TOP + (index % 7) * (CELL + GAP)];
    const at = (first + index) * DAY;
    return { x, y, at, total, level: levelOf(total, most), label: `${said(total)} on ${dateOf(at)}` };
  });
  const rows = cells.filter((cell) => cell.total > 0).reverse();
  return {
    width: GRAPH_WEEKS * (CELL + GAP) - GAP,
    height: TOP + 7 * (CELL + GAP) - GAP,
    cell: CELL,
    cells,
    months: monthsOf(cells),
    total: cells.reduce((sum, cell) => sum + cell.total, 0),
    rows: rows.map(({ at, total }) => ({ at, total })),
  };
}

/** Sunday is 0; 1 January 1970 was a Thursday. */
function weekday(day: number): number {
  return (day + 4) % 7;
}

function levelOf(total: number, most: number): number {
  return total === 0 ? 0 : Math.max(1, Math.ceil((total / most) * 4));
}

function said(total: number): string {
  if (total === 0) return 'No contributions';
  return total === 1 ? '1 contribution' : `${total} contributions`;
}

function dateOf(at: number): string {
  const date = new Date(at);
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
}

/** A month is named above the first week that begins in it, unless the next name would touch it. */
function monthsOf(cells: readonly GraphCell[]): Graph['months'] {
  const sundays = cells.filter((_, index) => index % 7 === 0);
  const named = sundays.flatMap((cell, week) => {
    const month = new Date(cell.at).getUTCMonth();
    const before = sundays[week - 1];
    const isNew = before === undefined || new Date(before.at).getUTCMonth() !== month;
    return isNew ? [{ x: cell.x, y: TOP - 7, label: MONTHS[month] ?? '' }] : [];
  });
  return named.filter(({ x }, index) => (named[index + 1]?.x ?? Number.MAX_VALUE) - x >= 2 * (CELL + GAP));
}
