// Cron expressions of five fields in UTC: minute hour day-of-month month day-of-week.
//   field = part *( "," part )    part = ( "*" / number [ "-" number ] ) [ "/" step ]
// Days of the week are 0-7, Sunday being 0 and 7. As in Vixie cron, when both day fields are restricted a day matches
// either of them. Names of months and days are not taken.
import { DAY, HOUR, MINUTE } from '../../base/time.ts';

export interface Cron {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  daysRestricted: boolean;
  weekdaysRestricted: boolean;
}

/** Parses an expression; throws an Error that names the field that is wrong. */
export function parseCron(expression: string): Cron {
  const fields = expression.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5)
    throw new Error(`"${expression}" has ${fields.length} fields; a schedule has five.`);
  return {
    minutes: parseField(minute, 'minute', 0, 59),
    hours: parseField(hour, 'hour', 0, 23),
    days: parseField(day, 'day of month', 1, 31),
    months: parseField(month, 'month', 1, 12),
    weekdays: new Set([...parseField(weekday, 'day of week', 0, 7)].map((each) => each % 7)),
    daysRestricted: !day.startsWith('*'),
    weekdaysRestricted: !weekday.startsWith('*'),
  };
}

/** The first matching minute after an instant; undefined when none comes within five years (such as 30 February). */
export function nextTime(cron: Cron, after: number): number | undefined {
  let at = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const end = after + 5 * 366 * DAY;
  while (at <= end) {
    const date = new Date(at);
    if (!matchesDay(cron, date)) at = startOfNext(at, DAY);
    else if (!cron.hours.has(date.getUTCHours())) at = startOfNext(at, HOUR);
    else if (!cron.minutes.has(date.getUTCMinutes())) at += MINUTE;
    else return at;
  }
  return undefined;
}

function matchesDay(cron: Cron, date: Date): boolean {
  if (!cron.months.has(date.getUTCMonth() + 1)) return false;
  const day = cron.days.has(date.getUTCDate());
  const weekday = cron.weekdays.has(date.getUTCDay());
  return cron.daysRestricted && cron.weekdaysRestricted ? day || weekday : day && weekday;
}

/** In UTC days and hours have one length, so they start at multiples of it. */
function startOfNext(at: number, unit: number): number {
  return (Math.floor(at / unit) + 1) * unit;
}

function parseField(text: string, name: string, low: number, high: number): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) throw new Error(`"${part}" is no ${name} of a schedule.`);
    const [, from, to, every] = match;
    const step = every === undefined ? 1 : Number(every);
    const first = from === undefined ? low : Number(from);
    // A single number with a step runs to the end of the range, as `*/n` does.
    const last = to !== undefined ? Number(to) : from === undefined || every !== undefined ? high : first;
    if (first < low || last > high || first > last || step < 1) {
      throw new Error(`"${part}" is out of range for the ${name} of a schedule (${low}-${high}).`);
    }
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}
