// What an issue has to do with others: whose part it is, its parts, what it waits for and what waits for it.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { listBlocked, listBlockers } from './dependencies.store.ts';
import { abilityOn } from './issues.policy.ts';
import { findIssueById } from './issues.store.ts';
import type { IssueRow } from './issues.types.ts';
import { listParts } from './parts.store.ts';
import { mayOnIssues } from './standing.policy.ts';
import { type PathOf, readablePaths } from './visible-issues.service.ts';

export interface RelatedIssue {
  id: number;
  title: string;
  href: string;
  /** `#12`, or with the repository where that is another one. */
  label: string;
  isOpen: boolean;
  /** For an icon. */
  look: 'open' | 'completed' | 'skipped' | 'pull' | 'merged' | 'unmerged';
}

export interface Relations {
  /** `/owner/name/issues/12`; the forms post below it. */
  path: string;
  parent: RelatedIssue | undefined;
  parts: RelatedIssue[];
  progress: { done: number; total: number; percent: number };
  blockedBy: RelatedIssue[];
  blocks: RelatedIssue[];
  openBlockers: number;
  mayTriage: boolean;
}

/** The relations of an issue that whoever opened the repository may see; a constant number of statements. */
export async function relationsModel(app: App, open: OpenRepository, issue: IssueRow): Promise<Relations> {
  const { read } = app.db;
  const [parent, parts, blockers, blocked, mayTriage] = await Promise.all([
    issue.parentId === null ? undefined : findIssueById(read, issue.parentId),
    listParts(read, issue.id),
    listBlockers(read, issue.id),
    listBlocked(read, issue.id),
    mayOnIssues(app, open, abilityOn(issue, 'triage')),
  ]);
  const all = [...(parent ? [parent] : []), ...parts, ...blockers, ...blocked];
  const pathOf = await readablePaths(app, open.actor, all, open);
  const shown = (rows: readonly IssueRow[]) => rows.flatMap((row) => relatedIssue(open, pathOf, row));
  const [shownParts, blockedBy] = [shown(parts), shown(blockers)];
  return {
    path: issueHref(open.path, issue),
    parent: parent && shown([parent])[0],
    parts: shownParts,
    progress: progressIn(shownParts),
    blockedBy,
    blocks: shown(blocked),
    openBlockers: blockedBy.filter(({ isOpen }) => isOpen).length,
    mayTriage,
  };
}

function progressIn(parts: readonly RelatedIssue[]): Relations['progress'] {
  const done = parts.filter(({ isOpen }) => !isOpen).length;
  const total = parts.length;
  return { done, total, percent: total === 0 ? 0 : Math.floor((done / total) * 100) };
}

/** A row as another one names it; none where its path is not known, since it may not be seen. */
export function relatedIssue(open: OpenRepository, pathOf: PathOf, issue: IssueRow): RelatedIssue[] {
  const { id, title, number, repositoryId, state, closeReason } = issue;
  const path = pathOf(issue);
  if (path === undefined) return [];
  const prefix = repositoryId === open.repository.id ? '' : path.slice(1);
  return [
    {
      id,
      title,
      href: issueHref(path, issue),
      label: `${prefix}#${number}`,
      isOpen: state === 'open',
      look: issue.isPull ? pullLook(state, closeReason) : issueLook(state, closeReason),
    },
  ];
}

function issueLook(state: IssueRow['state'], reason: IssueRow['closeReason']): RelatedIssue['look'] {
  if (state === 'open') return 'open';
  return reason === 'not_planned' || reason === 'duplicate' ? 'skipped' : 'completed';
}

function pullLook(state: IssueRow['state'], reason: IssueRow['closeReason']): RelatedIssue['look'] {
  if (state === 'open') return 'pull';
  return reason === 'merged' ? 'merged' : 'unmerged';
}
