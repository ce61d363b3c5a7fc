// What a page that lists issues shows: rows, tabs of states, menus, and what to do when nothing matches.

import type { StatusState } from '../code/statuses.types.ts';
import { issueHref } from './addresses.service.ts';
import type { ListedIssue, ListedPull } from './listing.types.ts';
import type { PinnedIssue } from './lists.service.ts';
import { formatQuery, hasTerm, parseQuery, wordsOf } from './queries.service.ts';
import { LONGEST_QUERY, type ParsedQuery } from './queries.types.ts';
import { choosing, inState, queryHref, toggling } from './query-links.present.ts';
import type { ViewRow } from './views.store.ts';

/** The list that is shown and the query it was asked for. */
export interface AskedList {
  /** The list's address, without a query. */
  action: string;
  /** As it is shown in the search field. */
  query: string;
  parsed: ParsedQuery;
  /** What the list shows when nothing is asked. */
  standard: string;
  /** Whether this is a page behind the first. */
  isBehind: boolean;
}

/** One menu of links that is part of the page. */
export interface LinkMenu {
  label: string;
  heading: string;
  items: { label: string; href: string; selected: boolean }[];
}

const SORTS = [
  ['created-desc', 'Newest'],
  ['created-asc', 'Oldest'],
  ['comments-desc', 'Most commented'],
  ['comments-asc', 'Least commented'],
  ['updated-desc', 'Recently updated'],
  ['updated-asc', 'Least recently updated'],
  ['reactions-desc', 'Most reactions'],
  ['due-asc', 'Due first'],
  ['relevance-desc', 'Best match'],
] as const;

const REASONS = [
  ['completed', 'Completed'],
  ['not planned', 'Not planned'],
  ['duplicate', 'Duplicate'],
] as const;

/** Faces that a row shows. */
const MOST_FACES = 3;

/** The list that an address asks for: `query` is undefined where it names none. */
export function askedList(
  action: string,
  standard: string,
  query: string | undefined,
  isBehind: boolean,
): AskedList {
  const shown = (query ?? standard).trim().slice(0, 2 * LONGEST_QUERY);
  return { action, query: shown, parsed: parseQuery(shown), standard, isBehind };
}

/** Everything of a list's page that depends on the query alone. */
export function frameModel(asked: AskedList) {
  const { action, query, parsed, standard } = asked;
  const isPulls = hasTerm(parseQuery(standard), 'is', 'pr');
  return {
    action,
    query,
    problems: parsed.problems,
    clearHref: isStandard(asked) ? undefined : action,
    openHref: queryHref(action, inState(parsed, 'open')),
    closedHref: queryHref(action, inState(parsed, 'closed')),
    shown: shownState(parsed),
    linkMenus: [
      ...(isPulls ? reviewMenu(action, parsed) : reasonMenu(action, parsed)),
      sortMenu(action, parsed),
    ],
    isStandard: isStandard(asked),
    standard,
    noun: isPulls ? 'pull request' : 'issue',
    openIcon: isPulls ? 'git-pull-request' : 'issue-opened',
  };
}

/** Whether nothing is asked but what the list shows by itself. */
export function isStandard({ parsed, standard }: AskedList): boolean {
  return parsed.problems.length === 0 && formatQuery(parsed) === formatQuery(parseQuery(standard));
}

function shownState(parsed: ParsedQuery): 'open' | 'closed' | undefined {
  const [open, closed] = [hasTerm(parsed, 'is', 'open'), hasTerm(parsed, 'is', 'closed')];
  if (open === closed) return undefined;
  return open ? 'open' : 'closed';
}

function sortMenu(action: string, parsed: ParsedQuery): LinkMenu {
  const sorts = SORTS.filter(([key]) => key !== 'relevance-desc' || wordsOf(parsed).length > 0);
  const isAny = sorts.some(([value]) => hasTerm(parsed, 'sort', value));
  const items = sorts.map(([value, label], index) => ({
    label,
    href: queryHref(action, choosing(parsed, 'sort', value)),
    selected: hasTerm(parsed, 'sort', value) || (!isAny && index === 0),
  }));
  return { label: 'Sort', heading: 'Sort by', items };
}

const REVIEW_CHOICES = [
  ['review', 'none', 'No reviews'],
  ['review', 'approved', 'Approved review'],
  ['review', 'changes-requested', 'Changes requested'],
  ['reviewed-by', '@me', 'Reviewed by you'],
  ['review-requested', '@me', 'Awaiting review from you'],
  ['draft', 'true', 'Drafts'],
  ['draft', 'false', 'Ready for review'],
] as const;

function reviewMenu(action: string, parsed: ParsedQuery): LinkMenu[] {
  const items = REVIEW_CHOICES.map(([key, value, label]) => ({
    label,
    href: queryHref(action, toggling(parsed, key, value)),
    selected: hasTerm(parsed, key, value),
  }));
  return [{ label: 'Reviews', heading: 'Filter by reviews', items }];
}

/** Only closed issues have a reason. */
function reasonMenu(action: string, parsed: ParsedQuery): LinkMenu[] {
  if (shownState(parsed) !== 'closed') return [];
  const items = REASONS.map(([value, label]) => ({
    label,
    href: queryHref(action, toggling(parsed, 'reason', value)),
    selected: hasTerm(parsed, 'reason', value),
  }));
  return [{ label: 'Reason', heading: 'Closed as', items }];
}

/** Saved views as links into a list. */
export function viewItems(asked: AskedList, views: readonly ViewRow[]) {
  return views.map(({ name, query }) => ({
    label: name,
    href: queryHref(asked.action, query),
    selected: query === asked.query,
  }));
}

/** The rows of a list; across repositories each names its own. */
export function rowModels(asked: AskedList, issues: readonly ListedIssue[], isAcross: boolean) {
  return issues.map((issue) => rowModel(asked, issue, isAcross));
}

function rowModel({ action, parsed }: AskedList, issue: ListedIssue, isAcross: boolean) {
  const { author, milestone, assignees } = issue;
  const list = `${issue.path}/${issue.isPull ? 'pulls' : 'issues'}`;
  return {
    number: issue.number,
    href: issueHref(issue.path, issue),
    title: issue.title,
    noun: nounOf(issue),
    state: stateOf(issue),
    ended: issue.closeReason === 'merged' ? 'was merged' : 'was closed',
    pull: issue.pull && pullFactsModel(issue.pull),
    isOpen: issue.state === 'open',
    at: issue.state === 'open' ? issue.createdAt : (issue.closedAt ?? issue.updatedAt),
    author: author?.name,
    authorHref: author && queryHref(action, choosing(parsed, 'author', author.name)),
    repository: isAcross ? { name: issue.path.slice(1), href: list } : undefined,
    labels: issue.labels.map((label) => ({
      label,
      href: queryHref(action, toggling(parsed, 'label', label.name)),
    })),
    milestone: milestone && {
      title: milestone.title,
      href: queryHref(list, `is:open ${formatQuery(milestoneQuery(milestone.title))}`),
    },
    parts: issue.parts,
    comments: issue.commentCount,
    assignees: assignees.slice(0, MOST_FACES).map((person) => ({
      ...person,
      href: queryHref(action, choosing(parsed, 'assignee', person.name)),
    })),
    moreAssignees: Math.max(0, assignees.length - MOST_FACES),
  };
}

function milestoneQuery(title: string): ParsedQuery {
  return { parts: [{ kind: 'term', key: 'milestone', values: [title], isNegated: false }], problems: [] };
}

/** The icon of a state, its colour and what it says. */
export function stateOf({
  state,
  closeReason,
  isPull,
  pull,
}: Pick<ListedIssue, 'state' | 'closeReason' | 'isPull'> & { pull?: ListedPull | undefined }) {
  if (isPull) return pullStateOf({ state, closeReason, isDraft: pull?.isDraft ?? false });
  if (state === 'open') return { icon: 'issue-opened', color: 'issue-is-open', label: 'Open issue' };
  if (closeReason === 'not_planned') return { icon: 'skip', color: 'muted', label: 'Closed as not planned' };
  if (closeReason === 'duplicate') return { icon: 'skip', color: 'muted', label: 'Closed as duplicate' };
  return { icon: 'issue-closed', color: 'issue-is-done', label: 'Closed as completed' };
}

function pullStateOf({
  state,
  closeReason,
  isDraft,
}: Pick<ListedIssue, 'state' | 'closeReason'> & { isDraft: boolean }) {
  if (closeReason === 'merged')
    return { icon: 'git-merge', color: 'issue-is-done', label: 'Merged pull request' };
  if (state === 'closed')
    return { icon: 'git-pull-request-closed', color: 'issue-is-closed', label: 'Closed pull request' };
  if (isDraft) return { icon: 'git-pull-request-draft', color: 'muted', label: 'Draft pull request' };
  return { icon: 'git-pull-request', color: 'issue-is-open', label: 'Open pull request' };
}

function nounOf({ isPull }: Pick<ListedIssue, 'isPull'>): string {
  return isPull ? 'pull request' : 'issue';
}

const DECISIONS = {
  none: undefined,
  approved: { label: 'Approved', icon: 'check', color: 'issue-is-open' },
  changes_requested: { label: 'Changes requested', icon: 'file-diff', color: 'issue-is-closed' },
} as const;

const CHECKS: Readonly<Record<StatusState, { icon: string; label: string }>> = {
  success: { icon: 'check', label: 'Checks passed' },
  warning: { icon: 'alert', label: 'Checks passed with warnings' },
  pending: { icon: 'dot-fill', label: 'Checks are running' },
  failure: { icon: 'x', label: 'Checks failed' },
  error: { icon: 'x', label: 'Checks failed' },
};

function pullFactsModel({ isDraft, decision, status }: ListedPull) {
  return {
    isDraft,
    decision: DECISIONS[decision],
    checks: status && { ...CHECKS[status], state: status },
  };
}

/** What an empty list says, and what it offers to do. */
export function emptyModel(
  asked: AskedList,
  counts: { open: number; closed: number },
  more: { newHref: string | undefined; nothing: string },
) {
  if (asked.isBehind)
    return {
      icon: 'issue-opened',
      heading: 'There is no such page of the list',
      text: 'What it listed was closed or changed since it was made.',
      href: queryHref(asked.action, asked.query),
      label: 'First page',
    };
  const frame = frameModel(asked);
  const words = wordsOfNothing(frame.noun);
  const isPulls = frame.noun === 'pull request';
  if (frame.shown === 'open' && counts.closed > 0)
    return { ...words.open, href: frame.closedHref, label: 'Show closed ones' };
  if (frame.shown === 'closed' && counts.open > 0)
    return { ...words.closed, href: frame.openHref, label: 'Show open ones' };
  if (!isStandard(asked)) return { ...words.match, href: asked.action, label: 'Clear the filters' };
  return {
    ...words.ever,
    text: more.nothing,
    href: more.newHref,
    label: isPulls ? 'New pull request' : 'New issue',
  };
}

function wordsOfNothing(noun: string) {
  return {
    open: {
      icon: 'issue-closed',
      heading: `No open ${noun} matches`,
      text: `All ${noun}s that match are closed.`,
    },
    closed: {
      icon: 'issue-opened',
      heading: `No closed ${noun} matches`,
      text: `All ${noun}s that match are open.`,
    },
    match: {
      icon: 'search',
      heading: `No ${noun} matches`,
      text: `Try fewer words or filters, or look at all ${noun}s.`,
    },
    ever: { icon: noun === 'issue' ? 'issue-opened' : 'git-pull-request', heading: `No ${noun}s yet` },
  };
}

/** Pinned issues as cards. */
export function pinnedModels(path: string, pinned: readonly PinnedIssue[]) {
  return pinned.map(({ number, title, isPull, createdAt, commentCount, author, state, closeReason }) => ({
    number,
    title,
    createdAt,
    comments: commentCount,
    author,
    href: issueHref(path, { number, isPull }),
    state: stateOf({ state, closeReason, isPull }),
  }));
}
