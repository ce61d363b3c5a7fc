// The events that a webhook may be told of, one by one.

export type HookGroup = 'repository' | 'issue' | 'pull' | 'site';

export interface HookEvent {
  title: string;
  about: string;
  group: HookGroup;
  /** Only for webhooks of organizations and of the site. */
  wideOnly?: true;
}

/** By the name that Gitea gives them in `events`; what only GitHub or this product has is named in the same style. */
export const HOOK_EVENTS = {
  push: { group: 'repository', title: 'Push', about: 'Commits or tags were pushed, by git or on the web.' },
  create: { group: 'repository', title: 'Create', about: 'A branch or tag was created.' },
  delete: { group: 'repository', title: 'Delete', about: 'A branch or tag was deleted.' },
  fork: { group: 'repository', title: 'Fork', about: 'The repository was forked.' },
  repository: {
    group: 'repository',
    title: 'Repository',
    about: 'A repository was created, deleted, renamed, moved, archived, or its visibility changed.',
  },
  release: {
    group: 'repository',
    title: 'Release',
    about: 'A release was published, updated or deleted.',
  },
  status: { group: 'repository', title: 'Status', about: 'A commit got a status.' },
  check_run: { group: 'repository', title: 'Check run', about: 'A check of a commit began or ended.' },
  member: {
    group: 'repository',
    title: 'Member',
    about: 'Somebody got or lost access, or got another role, by name.',
  },
  star: { group: 'repository', title: 'Star', about: 'A star was given or taken back.' },
  label: { group: 'repository', title: 'Label', about: 'A label was created, changed or deleted.' },
  milestone: {
    group: 'repository',
    title: 'Milestone',
    about: 'A milestone was created, changed, closed, opened again or deleted.',
  },
  issues: {
    group: 'issue',
    title: 'Issue',
    about: 'An issue was opened, closed, opened again, edited, pinned, locked, transferred or deleted.',
  },
  issue_assign: { group: 'issue', title: 'Issue assigned', about: 'Somebody was assigned or unassigned.' },
  issue_label: { group: 'issue', title: 'Issue labeled', about: 'Its labels changed.' },
  issue_milestone: { group: 'issue', title: 'Issue milestoned', about: 'Its milestone changed.' },
  issue_comment: {
    group: 'issue',
    title: 'Issue comment',
    about: 'A comment was written, edited or deleted.',
  },
  pull_request: {
    group: 'pull',
    title: 'Pull request',
    about: 'One was opened, closed, merged, opened again, edited, made ready, or made a draft.',
  },
  pull_request_assign: {
    group: 'pull',
    title: 'Pull request assigned',
    about: 'Somebody was assigned or unassigned.',
  },
  pull_request_label: { group: 'pull', title: 'Pull request labeled', about: 'Its labels changed.' },
  pull_request_milestone: {
    group: 'pull',
    title: 'Pull request milestoned',
    about: 'Its milestone changed.',
  },
  pull_request_comment: {
    group: 'pull',
    title: 'Pull request comment',
    about: 'A comment was written, edited or deleted.',
  },
  pull_request_review_approved: { group: 'pull', title: 'Approved', about: 'A review approved it.' },
  pull_request_review_rejected: {
    group: 'pull',
    title: 'Changes requested',
    about: 'A review asked for changes, or was dismissed.',
  },
  pull_request_review_comment: { group: 'pull', title: 'Review comment', about: 'A review commented.' },
  pull_request_sync: { group: 'pull', title: 'Pull request pushed', about: 'Its commits changed.' },
  pull_request_review_request: {
    group: 'pull',
    title: 'Review requested',
    about: 'A review was asked for, or no more.',
  },
  merge_group: {
    group: 'pull',
    title: 'Merge group',
    about: 'The queue asks for checks of a group, or gave it up.',
  },
  organization: {
    group: 'site',
    title: 'Organization',
    about: 'Somebody was invited, joined, left or got another role.',
    wideOnly: true,
  },
  team: {
    group: 'site',
    title: 'Team',
    about: 'A team was created, changed or deleted, or got a repository.',
    wideOnly: true,
  },
  user: { group: 'site', title: 'User', about: 'An account was created or deleted.', wideOnly: true },
} as const satisfies Record<string, HookEvent>;

export type HookEventName = keyof typeof HOOK_EVENTS;
