// What is asked of the audit log, and what it answers.
import type { auditEntries } from '../../platform/db/tables/platform.ts';

export type AuditRow = typeof auditEntries.$inferSelect;

export interface AuditFilter {
  /** By whom or to whom, by name; also of accounts that are gone. */
  person?: string;
  kind?: string;
  /** The client's address; a part up to its end, e.g. `10.0.`. */
  address?: string;
  /** Milliseconds since 1970, inclusive. */
  from?: number;
  /** Exclusive. */
  to?: number;
  organizationId?: number;
}

/** An entry with the names of what it is about, as they are today. */
export interface AuditEntry {
  row: AuditRow;
  /** The account it was done to. */
  user: string | undefined;
  organization: string | undefined;
  repository: string | undefined;
  /** What else is known of it. */
  details: [name: string, value: string][];
}

export interface AuditPage {
  items: AuditEntry[];
  /** The `before` of the next page; undefined on the last one. */
  next: number | undefined;
}
