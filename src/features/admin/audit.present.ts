// What people type into the filters of the audit log, read and written back.
import { AppError } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import { EVENT_KINDS, type EventKind } from '../../platform/events/events.types.ts';
import type { AuditFilter } from './audit.types.ts';

/** The filters as they stand in an address. */
export interface AuditForm {
  person: string;
  kind: string;
  address: string;
  /** `2026-11-27`, UTC. */
  from: string;
  to: string;
  organization: string;
}

const FIELDS = ['person', 'kind', 'address', 'from', 'to', 'organization'] as const;

/** The kinds of acts that the log keeps, in the order of their names. */
export function auditedKinds(): EventKind[] {
  return (Object.keys(EVENT_KINDS) as EventKind[]).filter((kind) => EVENT_KINDS[kind] === 'audited').sort();
}

/** What was typed; whatever is missing is empty. */
export function readAuditForm(query: Record<string, string | undefined>): AuditForm {
  const typed = FIELDS.map((field) => [field, (query[field] ?? '').trim().slice(0, 100)]);
  return Object.fromEntries(typed) as AuditForm;
}

/** The filter that was typed. Throws AppError invalid for what is no date. */
export function filterOf(form: AuditForm): AuditFilter {
  const { person, kind, address, from, to } = form;
  return {
    ...(person === '' ? {} : { person }),
    ...(kind === '' ? {} : { kind }),
    ...(address === '' ? {} : { address }),
    ...(from === '' ? {} : { from: dayOf(from) }),
    ...(to === '' ? {} : { to: dayOf(to) + DAY }),
  };
}

/** The filters as a query string that leads back to them. */
export function auditQuery(form: AuditForm, more: Record<string, string | undefined> = {}): string {
  const given = Object.entries({ ...form, ...more }).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function dayOf(text: string): number {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant)) throw new AppError('invalid', 'A day is written like 2026-11-27.');
  return instant;
}
