// Instants as HTML: the exact time for those who point at it, a relative one where scripts run.
import { LRUCache } from 'lru-cache';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';

const DAY = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  timeZone: 'UTC',
});
const EXACT = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
  timeZoneName: 'short',
});

interface Parts {
  iso: string;
  exact: string;
  day: string;
}

/** Formatting an instant takes 10 µs, and the commits of a directory share few. */
const known = new LRUCache<number, Parts>({ max: 2000 });

/** How long ago, kept current by the browser; without scripts the date. `milliseconds` since 1970, UTC. */
export function relativeTime(milliseconds: number): SafeHtml {
  const { iso, exact, day } = partsOf(milliseconds);
  return `<relative-time datetime="${iso}" title="${exact}">${day}</relative-time>` as SafeHtml;
}

/** The day, with the exact time as title. */
export function date(milliseconds: number): SafeHtml {
  const { iso, exact, day } = partsOf(milliseconds);
  return `<time datetime="${iso}" title="${exact}">${day}</time>` as SafeHtml;
}

function partsOf(milliseconds: number): Parts {
  const before = known.get(milliseconds);
  if (before) return before;
  const parts = format(milliseconds);
  known.set(milliseconds, parts);
  return parts;
}

function format(milliseconds: number): Parts {
  const instant = new Date(milliseconds);
  // Commits may carry times no calendar knows.
  if (Number.isNaN(instant.getTime())) return { iso: '', exact: 'unknown time', day: 'unknown time' };
  return {
    iso: instant.toISOString(),
    exact: escapeHtml(EXACT.format(instant)),
    day: escapeHtml(DAY.format(instant)),
  };
}
