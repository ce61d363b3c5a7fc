// The fields of every payload: Gitea's, whose objects are those of the API, and GitHub's. Names and types are facts of the two.
import type { Shapes } from '../../../src/platform/api/shape.ts';
import { SHAPES } from '../../../src/platform/api/shapes.ts';

/** What every payload about a repository says; others say less. */
const WHERE = { repository: 'Repository', sender: 'User' } as const;
const ACTED = { action: 'string', ...WHERE } as const;

const ISSUE = {
  ...ACTED,
  number: 'integer',
  'changes?': 'object',
  issue: 'Issue',
  commit_id: 'string',
} as const;
const PULL = {
  ...ACTED,
  number: 'integer',
  'changes?': 'object',
  pull_request: 'PullRequest',
  requested_reviewer: 'User|null',
  'requested_team?': 'Team',
  'reason?': 'string',
  commit_id: 'string',
  review: 'ReviewPart|null',
} as const;
const COMMENT = {
  ...ACTED,
  issue: 'Issue',
  'pull_request?': 'PullRequest',
  comment: 'Comment',
  'changes?': 'object',
  is_pull: 'boolean',
} as const;
const ORGANIZATION = { 'organization?': 'Organization' } as const;

/** By the one choice that a webhook makes, as X-Gitea-Event-Type says it. */
export const GITEA_SHAPES: Shapes = {
  ...SHAPES,
  ReviewPart: { type: 'string', content: 'string' },
  'gitea:push': {
    ...WHERE,
    ref: 'string',
    before: 'string',
    after: 'string',
    compare_url: 'string',
    commits: 'PayloadCommit[]',
    total_commits: 'integer',
    head_commit: 'PayloadCommit|null',
    pusher: 'User',
  },
  'gitea:create': { ...WHERE, sha: 'string', ref: 'string', ref_type: 'string' },
  'gitea:delete': { ...WHERE, ref: 'string', ref_type: 'string', pusher_type: 'string' },
  'gitea:fork': { ...WHERE, forkee: 'Repository' },
  'gitea:repository': { ...ACTED, organization: 'User', 'changes?': 'object' },
  'gitea:release': { ...ACTED, release: 'Release' },
  'gitea:status': {
    ...WHERE,
    commit: 'PayloadCommit|null',
    context: 'string',
    created_at: 'date-time',
    description: 'string',
    id: 'integer',
    sha: 'string',
    state: 'string',
    target_url: 'string',
    updated_at: 'date-time',
  },
  'gitea:issues': ISSUE,
  'gitea:issue_assign': { ...ISSUE, assignee: 'User' },
  'gitea:issue_label': ISSUE,
  'gitea:issue_milestone': { ...ISSUE, milestone: 'Milestone' },
  'gitea:issue_comment': COMMENT,
  'gitea:pull_request': PULL,
  'gitea:pull_request_assign': { ...PULL, assignee: 'User' },
  'gitea:pull_request_label': PULL,
  'gitea:pull_request_milestone': { ...PULL, milestone: 'Milestone' },
  'gitea:pull_request_sync': PULL,
  'gitea:pull_request_review_request': PULL,
  'gitea:pull_request_review_approved': PULL,
  'gitea:pull_request_review_rejected': PULL,
  'gitea:pull_request_review_comment': PULL,
  'gitea:pull_request_comment': COMMENT,
  'gitea:check_run': { ...ACTED, ...ORGANIZATION, check_run: 'object' },
  'gitea:merge_group': { ...ACTED, ...ORGANIZATION, merge_group: 'MergeGroup', 'reason?': 'string' },
  'gitea:member': { ...ACTED, ...ORGANIZATION, member: 'User', 'changes?': 'object' },
  'gitea:star': { ...ACTED, ...ORGANIZATION, starred_at: 'date-time|null' },
  'gitea:label': {
    action: 'string',
    'repository?': 'Repository',
    sender: 'User',
    ...ORGANIZATION,
    label: 'Label',
  },
  'gitea:milestone': { ...ACTED, ...ORGANIZATION, milestone: 'Milestone' },
  'gitea:organization': {
    action: 'string',
    sender: 'User',
    organization: 'Organization',
    'member?': 'User',
    'role?': 'string',
    'invitation?': 'object',
  },
  'gitea:team': {
    action: 'string',
    'repository?': 'Repository',
    sender: 'User',
    organization: 'Organization',
    team: 'Team',
    'member?': 'User',
    'role?': 'string',
  },
  'gitea:user': { action: 'string', sender: 'User', user: 'User' },
  'gitea:ping': { zen: 'string', 'repository?': 'Repository', sender: 'User', ...ORGANIZATION },
  MergeGroup: {
    id: 'integer',
    head_sha: 'string',
    head_ref: 'string',
    base_sha: 'string',
    base_ref: 'string',
    head_commit: 'PayloadCommit|null',
  },
};
