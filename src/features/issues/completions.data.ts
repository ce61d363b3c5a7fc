// What a query can say, for completing it: keys, and the values of those that have a fixed set.

export const KEY_HINTS = {
  is: 'open, closed, pinned, blocked …',
  label: 'the name of a label',
  author: 'who opened it',
  assignee: 'who it is assigned to',
  milestone: 'the title of a milestone',
  sort: 'in which order',
  no: 'what is missing',
  has: 'what is there',
  mentions: 'who is mentioned',
  commenter: 'who commented',
  involves: 'author, assignee, mentioned or commented',
  reason: 'why it was closed',
  draft: 'true or false',
  review: 'what reviews say',
  'reviewed-by': 'who reviewed it',
  'review-requested': 'whose review is asked for',
  'team-review-requested': 'organization/team',
  head: 'the branch it comes from',
  base: 'the branch it goes to',
  status: 'what checks say',
  merged: 'when it was merged',
  created: 'when it was opened',
  updated: 'when it was changed last',
  closed: 'when it was closed',
  due: 'by which day it is due',
  comments: 'how many comments',
  reactions: 'how many reactions',
  in: 'title, body or comments',
  parent: 'the issue it is a part of',
  repo: 'owner/name',
  org: 'an organization’s repositories',
  user: 'a person’s repositories',
} as const;

export type CompletedKey = keyof typeof KEY_HINTS;

const PARTS = {
  label: 'labels',
  assignee: 'assignees',
  milestone: 'a milestone',
  due: 'a due date',
  parent: 'a parent issue',
  'sub-issue': 'sub-issues',
  comment: 'comments',
  reaction: 'reactions',
};
const TIMES = {
  '>=@today': 'today',
  '>=@today-7d': 'in the last week',
  '>=@today-1m': 'in the last month',
  '<@today-1y': 'more than a year ago',
};

/** Values and what they mean. */
export const VALUE_HINTS: Partial<Record<CompletedKey, Readonly<Record<string, string>>>> = {
  is: {
    open: 'open issues',
    closed: 'closed issues',
    issue: 'issues alone',
    pr: 'pull requests alone',
    merged: 'merged pull requests',
    unmerged: 'what was not merged',
    draft: 'drafts of pull requests',
    pinned: 'pinned above the list',
    locked: 'the conversation is locked',
    unlocked: 'the conversation is not locked',
    blocked: 'waits for another issue',
    blocking: 'another issue waits for it',
  },
  reason: { completed: 'done', 'not planned': 'will not be done', duplicate: 'there is another one' },
  no: PARTS,
  has: PARTS,
  draft: { true: 'drafts', false: 'ready for review' },
  review: {
    none: 'nobody approved or refused yet',
    approved: 'approved',
    'changes-requested': 'changes were requested',
  },
  status: { success: 'checks passed', failure: 'checks failed', pending: 'checks are running' },
  in: { title: 'words in titles', body: 'words in descriptions', comments: 'words in comments' },
  sort: {
    'created-desc': 'newest first',
    'created-asc': 'oldest first',
    'updated-desc': 'recently updated first',
    'updated-asc': 'least recently updated first',
    'comments-desc': 'most commented first',
    'comments-asc': 'least commented first',
    'reactions-desc': 'most reactions first',
    'due-asc': 'due first',
    'relevance-desc': 'best match first',
  },
  created: TIMES,
  updated: TIMES,
  closed: TIMES,
  merged: TIMES,
  due: { '<@today': 'overdue', '@today': 'today', '<=@today+7d': 'within a week' },
  comments: { '0': 'none', '>=10': 'ten or more' },
  reactions: { '0': 'none', '>=10': 'ten or more' },
};

/** Keys whose values are people. */
export const PEOPLE_KEYS: readonly string[] = [
  ...['author', 'assignee', 'mentions', 'commenter', 'involves'],
  ...['reviewed-by', 'review-requested'],
];

/** What only pull requests have, which lists of issues do not offer. */
export const PULL_KEYS: readonly string[] = [
  ...['draft', 'review', 'reviewed-by', 'review-requested', 'team-review-requested'],
  ...['head', 'base', 'status', 'merged'],
];

/** What only issues have. */
export const ISSUE_KEYS: readonly string[] = ['reason', 'parent'];
