// Ranges in queries: `>2026-01-01`, `2026-01-01..2026-02-01`, `@today-7d`, `>=5`, `*..10`.
import { DAY } from '../../base/time.ts';
import type { Range } from './queries.types.ts';

/** What one bound covers: a day covers 24 hours, an instant its second. */
interface Span {
  from: number;
  before: number;
}

type Read = (text: string) => Span | undefined;

/** The instants a value of `created:` and its like means, in UTC; undefined when it means none. */
export function timeRangeOf(text: string, now: number): Range | undefined {
  return rangeOf(text, (bound) => timeSpanOf(bound, now));
}

/** The numbers a value of `comments:` and its like means; undefined when it means none. */
export function numberRangeOf(text: string): Range | undefined {
  return rangeOf(text, numberSpanOf);
}

/** The days a value of `due:` means, counted from 1970; undefined when it means none. */
export function dayRangeOf(text: string, now: number): Range | undefined {
  const range = timeRangeOf(text, now);
  if (!range) return undefined;
  const { from, before } = range;
  return {
    ...(from === undefined ? {} : { from: Math.ceil(from / DAY) }),
    ...(before === undefined ? {} : { before: Math.ceil(before / DAY) }),
  };
}

function rangeOf(text: string, read: Read): Range | undefined {
  const dots = text.indexOf('..');
  if (dots !== -1) return between(text.slice(0, dots), text.slice(dots + 2), read);
  const operator = /^(>=|<=|>|<)/.exec(text)?.[0] ?? '';
  const span = read(text.slice(operator.length));
  if (!span) return undefined;
  if (operator === '>') return { from: span.before };
  if (operator === '>=') return { from: span.from };
  if (operator === '<') return { before: span.from };
  if (operator === '<=') return { before: span.before };
  return span;
}

function between(low: string, high: string, read: Read): Range | undefined {
  const from = low === '*' ? undefined : read(low);
  const before = high === '*' ? undefined : read(high);
  if ((low !== '*' && !from) || (high !== '*' && !before)) return undefined;
  return { ...(from ? { from: from.from } : {}), ...(before ? { before: before.before } : {}) };
}

function numberSpanOf(text: string): Span | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  return { from: Number(text), before: Number(text) + 1 };
}

function timeSpanOf(text: string, now: number): Span | undefined {
  if (text.startsWith('@')) return todaySpanOf(text, now);
  const match =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/i.exec(
      text,
    );
  if (!match) return undefined;
  const [, year = '', month, day, hour, minute = '00', second] = match;
  if (month === undefined) return monthsFrom(Number(year), 0, 12);
  if (day === undefined)
    return Number(month) > 12 ? undefined : monthsFrom(Number(year), Number(month) - 1, 1);
  const date = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date) || new Date(date).getUTCDate() !== Number(day)) return undefined;
  if (hour === undefined) return { from: date, before: date + DAY };
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second ?? '00'}${zoneOf(match[7])}`);
  return Number.isNaN(at) ? undefined : { from: at, before: at + (second === undefined ? 60_000 : 1000) };
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function monthsFrom(year: number, month: number, count: number): Span | undefined {
  const [from, before] = [Date.UTC(year, month), Date.UTC(year, month + count)];
  return month < 0 || year < 1970 ? undefined : { from, before };
}

/** `@today`, `@today-7d`, `@today+2w`, with `d`, `w`, `m` and `y`. */
function todaySpanOf(text: string, now: number): Span | undefined {
  const match = /^@today(?:([+-])(\d{1,4})([dwmy]))?$/i.exec(text);
  if (!match) return undefined;
  const [, sign = '+', count = '0', unit = 'd'] = match;
  const by = Number(`${sign}${count}`);
  const day = new Date(now - (now % DAY));
  if (unit === 'd' || unit === 'D') day.setUTCDate(day.getUTCDate() + by);
  if (unit === 'w' || unit === 'W') day.setUTCDate(day.getUTCDate() + 7 * by);
  if (unit === 'm' || unit === 'M') day.setUTCMonth(day.getUTCMonth() + by);
  if (unit === 'y' || unit === 'Y') day.setUTCFullYear(day.getUTCFullYear() + by);
  return { from: day.getTime(), before: day.getTime() + DAY };
}
