// Pull requests beside branches and commits: this room may not know them, so theirs says how they are found.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** A pull request in a line about something else. */
export interface PullLine {
  /** `#12`, or `owner/name#12` of another repository. */
  label: string;
  title: string;
  href: string;
  icon: string;
  tone: string;
  /** Its state as a word. */
  word: string;
}

/** Both leave out what whoever opened the repository may not see. */
export interface PullFinder {
  /** The newest pull request that brings each branch, by the branch's name. */
  ofBranches(app: App, open: OpenRepository, names: readonly string[]): Promise<Map<string, PullLine>>;
  /** The pull requests that bring, or brought, a commit; the newest first. */
  ofCommit(app: App, open: OpenRepository, oid: Oid): Promise<PullLine[]>;
}

const finders = new WeakMap<App, PullFinder>();

/** Says how pull requests are found. */
export function setPullFinder(app: App, finder: PullFinder): void {
  finders.set(app, finder);
}

/** The newest pull request that brings each branch, by the branch's name. */
export async function pullsOfBranches(
  app: App,
  open: OpenRepository,
  names: readonly string[],
): Promise<ReadonlyMap<string, PullLine>> {
  return finders.get(app)?.ofBranches(app, open, names) ?? new Map();
}

/** The pull requests that bring, or brought, a commit. */
export async function pullsOfCommit(app: App, open: OpenRepository, oid: Oid): Promise<PullLine[]> {
  return finders.get(app)?.ofCommit(app, open, oid) ?? [];
}
