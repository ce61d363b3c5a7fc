// Labels as the rooms see them.
import type { labels } from '../../platform/db/tables/issues.ts';

export type LabelRow = typeof labels.$inferSelect;

/** What a label is made of, checked already. */
export interface LabelInput {
  name: string;
  description: string;
  /** Six hexadecimal digits in lower case. */
  color: string;
  isExclusive: boolean;
}

/** Whose labels are meant: a repository's own, or those an organization has for all of its repositories. */
export type LabelPlace = { repositoryId: number } | { organizationId: number };

/** A label in a list of labels. */
export interface LabelItem {
  id: number;
  name: string;
  color: string;
  description: string;
  isExclusive: boolean;
  /** The scope of which an issue has one label at most. */
  scope: string | undefined;
  /** The open issues that have it. */
  href: string | undefined;
  openIssues: number | undefined;
  /** Of the organization, and so not changed in the repository. */
  isInherited: boolean;
}

/** Labels that one place may have. */
export const MOST_LABELS = 1000;
/** Labels that one issue may have. */
export const MOST_LABELS_OF_ISSUE = 100;

/** `kind` of `kind/bug`, in lower case; undefined for names without a scope. */
export function scopeOf(name: string): string | undefined {
  const cut = name.lastIndexOf('/');
  return cut > 0 ? name.slice(0, cut).toLowerCase() : undefined;
}
