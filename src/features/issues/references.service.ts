// What texts refer to: people, teams, issues, commits, and which issues a commit closes.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** An issue as a text names it; without `of` one of the repository the text is in. */
export interface NamedIssue {
  of?: string;
  number: number;
}

export interface References {
  /** Names as typed. */
  users: string[];
  /** `org/team` as typed. */
  teams: string[];
  issues: NamedIssue[];
  /** Ids as typed; `of` as for issues. */
  commits: { of?: string; oid: string }[];
  /** Those of the issues that the text closes: `fixes #12`. */
  closes: NamedIssue[];
}

/** What a Markdown text refers to, code excluded; linear, and at most 1,000 of all together. */
export function referencesIn(_text: string): References {
  return { users: [], teams: [], issues: [], commits: [], closes: [] };
}

/** Somebody a text mentions. */
export interface Mention {
  userId: number;
  /** Not by their own name, but by that of a team they are in. */
  byTeam: boolean;
}

/** The people a text mentions that may read the issues of the repository, once each. */
export async function mentionedPeople(_app: App, _open: OpenRepository, _text: string): Promise<Mention[]> {
  return [];
}
