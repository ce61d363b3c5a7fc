// What is sent in Gitea's shape. What Gitea tells nobody of is in GitHub's shape, made of Gitea's objects.
import type { Facts, Json, PushFacts } from './facts.types.ts';

/** The names that Gitea gives an event: the whole kind, and the one choice that the webhook made. */
export interface GiteaNames {
  event: string;
  type: string;
}

const EVENTS: Readonly<Record<string, string>> = {
  issue_assign: 'issues',
  issue_label: 'issues',
  issue_milestone: 'issues',
  pull_request_assign: 'pull_request',
  pull_request_label: 'pull_request',
  pull_request_milestone: 'pull_request',
  pull_request_sync: 'pull_request',
  pull_request_review_request: 'pull_request',
  pull_request_comment: 'issue_comment',
  pull_request_review_approved: 'pull_request_approved',
  pull_request_review_rejected: 'pull_request_rejected',
  pull_request_review_comment: 'pull_request_comment',
};

/** As X-Gitea-Event and X-Gitea-Event-Type say it. */
export function giteaNames({ happening: { name } }: Facts): GiteaNames {
  return { event: EVENTS[name] ?? name, type: name };
}

type Payload = (facts: Facts) => Json;

/** The body of a message. */
export function giteaPayload(facts: Facts): Json {
  const { name } = facts.happening;
  const payload = PAYLOADS[name] ?? plain;
  return payload(facts);
}

const PAYLOADS: Readonly<Record<string, Payload>> = {
  push: ofPush,
  create: ofCreation,
  delete: ofDeletion,
  fork: ofFork,
  repository: ofRepository,
  release: (facts) => ({ ...acted(facts), release: facts.release, ...where(facts) }),
  status: ofStatus,
  issues: ofIssue,
  issue_assign: ofIssue,
  issue_label: ofIssue,
  issue_milestone: ofIssue,
  issue_comment: ofComment,
  pull_request: ofPull,
  pull_request_assign: ofPull,
  pull_request_label: ofPull,
  pull_request_milestone: ofPull,
  pull_request_sync: ofPull,
  pull_request_review_request: ofPull,
  pull_request_review_approved: ofPull,
  pull_request_review_rejected: ofPull,
  pull_request_review_comment: ofPull,
  pull_request_comment: ofComment,
};

function acted({ happening }: Facts): Json {
  return { action: happening.action };
}

/** Where it happened, and who did it. */
function where({ repository, sender }: Facts): Json {
  return { ...(repository ? { repository } : {}), sender };
}

function ofPush(facts: Facts): Json {
  const { ref, before, after, compareUrl, commits, total, head } = facts.push ?? NO_PUSH;
  return {
    ref,
    before,
    after,
    compare_url: compareUrl,
    commits,
    total_commits: total,
    head_commit: head,
    repository: facts.repository,
    pusher: facts.sender,
    sender: facts.sender,
  };
}

const NO_PUSH: PushFacts = {
  ...{ ref: '', before: '', after: '', isNew: false, isGone: false, isForced: false },
  ...{ compareUrl: '', commits: [], total: 0, head: null, trees: new Map() },
};

function ofCreation(facts: Facts): Json {
  const { name, type, sha } = facts.ref ?? { name: '', type: 'branch', sha: '' };
  return { sha, ref: name, ref_type: type, ...where(facts) };
}

function ofDeletion(facts: Facts): Json {
  const { name, type } = facts.ref ?? { name: '', type: 'branch' };
  return { ref: name, ref_type: type, pusher_type: 'user', ...where(facts) };
}

/** To Gitea the forkee is what was forked, and the repository the fork. */
function ofFork({ repository, fork, sender }: Facts): Json {
  return { forkee: repository, repository: fork, sender };
}

/** To Gitea the organization is the owner's account, also where that is a person's. */
function ofRepository(facts: Facts): Json {
  const { repository, sender, changes } = facts;
  const organization = repository?.owner;
  return { ...acted(facts), ...(changes ? { changes } : {}), repository, organization, sender };
}

function ofStatus(facts: Facts): Json {
  const { commit, sha, status, ...rest }: Json = facts.status ?? {};
  return {
    commit: commit ?? null,
    context: rest.context,
    created_at: rest.created_at,
    description: rest.description,
    id: rest.id,
    ...where(facts),
    sha,
    state: status,
    target_url: rest.target_url,
    updated_at: rest.updated_at,
  };
}

function ofIssue(facts: Facts): Json {
  const { issue, pull } = facts;
  return {
    ...acted(facts),
    number: issue?.number,
    ...giteaChanges(facts),
    ...(pull ? { pull_request: pull } : { issue }),
    ...oneOf(facts),
    ...where(facts),
    commit_id: '',
  };
}

function ofPull(facts: Facts): Json {
  const { pull, person, team, review } = facts;
  const isRequest = facts.happening.name === 'pull_request_review_request';
  return {
    ...acted(facts),
    number: pull?.number,
    ...giteaChanges(facts),
    pull_request: pull,
    requested_reviewer: isRequest ? (person ?? null) : null,
    ...(isRequest && team ? { requested_team: team } : {}),
    ...(isRequest ? {} : oneOf(facts)),
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...where(facts),
    commit_id: review?.commit_id ?? '',
    review: review ? { type: facts.happening.name, content: review.body } : null,
  };
}

/** Which one of several the message is about, as GitHub says it. */
function oneOf({ happening: { name }, person, label, milestone }: Facts): Json {
  if (name.endsWith('_assign') && person) return { assignee: person };
  if (name.endsWith('_label') && label) return { label };
  return name.endsWith('_milestone') && milestone ? { milestone } : {};
}

/** Where GitHub says `base.ref`, Gitea says `ref`. */
function giteaChanges({ changes }: Facts): Json {
  if (!changes) return {};
  const base = changes.base as { ref?: Json } | undefined;
  return { changes: base?.ref ? { ref: base.ref } : changes };
}

function ofComment(facts: Facts): Json {
  const { issue, pull, comment, changes } = facts;
  return {
    ...acted(facts),
    issue,
    ...(pull ? { pull_request: pull } : {}),
    comment,
    ...(changes ? { changes } : {}),
    ...where(facts),
    is_pull: pull !== undefined,
  };
}

/** What Gitea has no event for. */
function plain(facts: Facts): Json {
  const { happening, checkRun, mergeGroup, label, milestone, team, organization, invitation } = facts;
  const { person, role, changes, reason } = facts;
  const said = { check_run: checkRun, merge_group: mergeGroup, label, milestone, team, invitation };
  const about = {
    ...(happening.action === '' ? {} : { action: happening.action }),
    ...said,
    ...personOf(facts),
    changes,
    reason,
    ...(person && role !== undefined && happening.name !== 'member' ? { role } : {}),
    ...(happening.name === 'ping' ? { zen: PING } : {}),
    ...(happening.name === 'star' ? { starred_at: starredAt(facts) } : {}),
  };
  const known = Object.entries(about).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), ...where(facts), ...(organization ? { organization } : {}) };
}

export const PING = 'What is told is heard.';

function personOf({ happening: { name }, person }: Facts): Json {
  if (!person) return {};
  return name === 'user' ? { user: person } : { member: person };
}

/** When; null where it was taken back. */
export function starredAt({ happening: { action, at } }: Facts): string | null {
  return action === 'created' ? new Date(at).toISOString() : null;
}
