// The head of every page of a pull request: its state, its title, what it brings where, and its tabs.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { encodePath, visibleText } from '../code/paths.service.ts';
import { statusesOf } from '../code/statuses.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { type IssueRights, rightsOf } from '../issues/issues.policy.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { GHOST, type Person, pullLook, type StateLook } from '../issues/timeline.present.ts';
import { type RepositoryFrame, repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { codeReadableAmong, visibleAmong } from '../repos/visible.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import type { Pull, PullRow } from './pulls.types.ts';

export type PullTab = 'conversation' | 'commits' | 'checks' | 'files';

/** A branch as the head of the page names it. */
export interface BranchLabel {
  label: string;
  /** What to type where the branch is meant; undefined for commits that came by refs/for/. */
  value: string | undefined;
  /** Where its files are; undefined where that is gone, or closed to the reader. */
  href: string | undefined;
}

/** What `pulls/frame.eta` shows, with the frame of the repository around it. */
export interface PullFrame {
  repo: RepositoryFrame;
  pull: PullHead;
  pullTabs: { key: PullTab; label: string; icon: string; href: string; count?: number }[];
  selectedTab: PullTab;
  rights: IssueRights;
  /** Whether the page offers another base: its author may choose one, and whoever may write. */
  mayChangeBase: boolean;
}

export interface PullHead {
  id: number;
  number: number;
  title: string;
  href: string;
  look: StateLook;
  author: Person;
  isOpen: boolean;
  isDraft: boolean;
  isMerged: boolean;
  isLocked: boolean;
  createdAt: number;
  base: BranchLabel;
  head: BranchLabel;
  headOid: Oid;
  commitCount: number;
  changedFiles: number;
  additions: number;
  deletions: number;
  /** Once it is merged. */
  merged: { by: Person; at: number } | undefined;
}

/** The frame of a pull request's pages with the tab `selected`, in a constant number of statements. */
export async function pullFrame(
  app: App,
  open: OpenRepository,
  found: Pull,
  selected: PullTab,
): Promise<PullFrame> {
  const { issue, pull } = found;
  const [people, head, checks, triage] = await Promise.all([
    namesOf(app, [issue.authorId, ...(pull.mergedById === null ? [] : [pull.mergedById])]),
    headLabel(app, open, pull),
    countChecks(app, open, pull),
    mayOnIssues(app, open, 'pulls:triage'),
  ]);
  const rights = rightsOf(open, issue, triage);
  const personOf = (id: number | null): Person => people.get(id ?? 0) ?? GHOST;
  const href = issueHref(open.path, issue);
  return {
    repo: repositoryFrame(open, 'pulls'),
    pull: {
      id: issue.id,
      number: issue.number,
      title: issue.title,
      href,
      look: pullLook({ ...issue, isDraft: pull.isDraft }),
      author: personOf(issue.authorId),
      isOpen: issue.state === 'open',
      isDraft: pull.isDraft,
      isMerged: issue.closeReason === 'merged',
      isLocked: issue.lockedAt !== null,
      createdAt: issue.createdAt,
      base: branchLabel(open.path, pull.baseBranch),
      head,
      headOid: pull.headOid,
      commitCount: pull.commitCount,
      changedFiles: pull.changedFiles,
      additions: pull.additions,
      deletions: pull.deletions,
      merged: pull.mergedAt === null ? undefined : { by: personOf(pull.mergedById), at: pull.mergedAt },
    },
    pullTabs: tabsOf(href, found, checks),
    selectedTab: selected,
    rights,
    mayChangeBase: issue.state === 'open' && (rights.manage || (rights.isAuthor && rights.comment)),
  };
}

function tabsOf(href: string, { issue, pull }: Pull, checks: number): PullFrame['pullTabs'] {
  return [
    {
      key: 'conversation',
      label: 'Conversation',
      icon: 'comment-discussion',
      href,
      count: issue.commentCount,
    },
    {
      key: 'commits',
      label: 'Commits',
      icon: 'git-commit',
      href: `${href}/commits`,
      count: pull.commitCount,
    },
    { key: 'checks', label: 'Checks', icon: 'checklist', href: `${href}/checks`, count: checks },
    {
      key: 'files',
      label: 'Files changed',
      icon: 'file-diff',
      href: `${href}/files`,
      count: pull.changedFiles,
    },
  ];
}

async function countChecks(app: App, open: OpenRepository, { headOid }: PullRow): Promise<number> {
  const summary = (await statusesOf(app, open, [headOid])).get(headOid);
  return summary?.statuses.length ?? 0;
}

/** A branch of the repository at `path`. */
export function branchLabel(path: string, branch: string): BranchLabel {
  return { label: visibleText(branch), value: branch, href: `${path}/tree/${encodePath(branch)}` };
}

/** The head's branch as the reader may know of it: of a fork that is closed to them, or gone, its name alone. */
async function headLabel(app: App, open: OpenRepository, pull: PullRow): Promise<BranchLabel> {
  if (pull.headBranch === '')
    return { label: visibleText(pull.headLabel), value: undefined, href: undefined };
  if (pull.headRepositoryId === open.repository.id) return branchLabel(open.path, pull.headBranch);
  // Of one that is gone nobody knows any more who was to see it.
  const { headRepositoryId: id } = pull;
  const seen = id === null ? undefined : (await visibleAmong(app, open.actor, [id])).get(id);
  const readable = seen ? await codeReadableAmong(app, open.actor, [seen]) : undefined;
  if (!seen || !readable?.has(seen.repository.id))
    return { label: visibleText(pull.headBranch), value: pull.headBranch, href: undefined };
  const label = branchLabel(`/${seen.ownerName}/${seen.repository.name}`, pull.headBranch);
  return { ...label, label: `${seen.ownerName}:${label.label}` };
}
