// Dates by which something is due: days, without a time or a zone.
import { invalid } from '../../base/errors.ts';

/** `YYYY-MM-DD`, or null for none; throws AppError invalid on `field`. Times (RFC 3339) lose everything but their day. */
export function parseDueOn(raw: unknown, field = 'due_on'): string | null {
  if (raw === null || raw === undefined || raw === '') return null;
  const day =
    typeof raw === 'string'
      ? /^(\d{4}-\d{2}-\d{2})(?:T[0-9:.]{1,20}(?:Z|[+-]\d{2}:\d{2})?)?$/.exec(raw.trim())?.[1]
      : undefined;
  if (day === undefined || !isDay(day)) throw invalid({ [field]: 'Give a date, like 2026-12-31.' });
  return day;
}

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) && text >= '1970-01-01';
}
