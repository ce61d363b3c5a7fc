// Numbers as drawings: bars over time and dots over a week, as paths of SVG.

export interface Bucket {
  /** Milliseconds since 1970. */
  from: number;
  commits: number;
  additions: number;
  deletions: number;
}

export interface BarChart {
  width: number;
  height: number;
  /** A path of all bars; the second hangs below the first's zero line. */
  up: string;
  down: string;
  most: number;
  /** Where years or months begin. */
  marks: { x: number; label: string }[];
}

const ROOM = 18;

/** Bars of one number upwards and another downwards; heights are in proportion to the largest of both. */
export function barChart(
  buckets: readonly Bucket[],
  size: { width: number; height: number },
  up: (bucket: Bucket) => number,
  down?: (bucket: Bucket) => number,
): BarChart {
  const { width, height } = size;
  const step = width / Math.max(1, buckets.length);
  const most = Math.max(1, ...buckets.map((one) => Math.max(up(one), down?.(one) ?? 0)));
  const zero = down ? (height - ROOM) / 2 : height - ROOM;
  const bar = (value: number, index: number, sign: 1 | -1) => {
    if (value <= 0) return '';
    const tall = Math.max(1, (value / most) * (zero - 2));
    return `M${round(index * step)} ${zero}v${round(-sign * tall)}h${round(step * 0.8)}v${round(sign * tall)}z`;
  };
  return {
    ...{ width, height, most },
    up: buckets.map((one, index) => bar(up(one), index, 1)).join(''),
    down: down ? buckets.map((one, index) => bar(down(one), index, -1)).join('') : '',
    marks: marksOf(buckets, step),
  };
}

/** A mark at each new year, or at each new month of a short time; none too near to another. */
function marksOf(buckets: readonly Bucket[], step: number): BarChart['marks'] {
  const [first, last] = [buckets[0]?.from ?? 0, buckets.at(-1)?.from ?? 0];
  const isShort = last - first < 400 * 86_400_000;
  const labelOf = (time: number) =>
    new Date(time).toLocaleDateString('en-US', {
      timeZone: 'UTC',
      ...(isShort ? { month: 'short' } : { year: 'numeric' }),
    });
  const marks: BarChart['marks'] = [];
  let before = labelOf(first);
  buckets.forEach(({ from }, index) => {
    const label = labelOf(from);
    const x = round(index * step);
    if (label !== before && x - (marks.at(-1)?.x ?? -50) >= 40) marks.push({ x, label });
    before = label;
  });
  return marks;
}

export interface PunchCard {
  width: number;
  height: number;
  dots: { x: number; y: number; r: number; label: string }[];
  days: { y: number; label: string; hours: number[] }[];
  marks: { x: number; label: string }[];
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Weekdays below each other, hours beside each other; a dot's area says how many commits there were. */
export function punchCard(hours: readonly number[]): PunchCard {
  const [cell, left] = [34, 84];
  const most = Math.max(1, ...hours);
  const days = DAYS.map((label, day) => ({
    label,
    y: day * cell + cell / 2,
    hours: hours.slice(day * 24, day * 24 + 24),
  }));
  const dots = days.flatMap(({ label, y, hours: counts }) =>
    counts.flatMap((count, hour) => {
      if (count === 0) return [];
      const r = round(Math.max(1.5, Math.sqrt(count / most) * (cell / 2 - 2)));
      const text = `${count} ${count === 1 ? 'commit' : 'commits'}, ${label} ${hour}:00 to ${hour}:59`;
      return [{ x: left + hour * cell + cell / 2, y, r, label: text }];
    }),
  );
  const marks = Array.from({ length: 12 }, (_, at) => ({
    x: left + at * 2 * cell + cell / 2,
    label: `${at * 2}:00`,
  }));
  return { width: left + 24 * cell, height: 7 * cell + ROOM, dots, days, marks };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
