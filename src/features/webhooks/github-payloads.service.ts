// What is sent in GitHub's shape, and what GitHub calls it.
import type { Facts, Json, PushFacts } from './facts.types.ts';
import { PING, starredAt } from './gitea-payloads.service.ts';
import {
  githubComment,
  githubIssue,
  githubLabel,
  githubMilestone,
  githubPull,
  githubPullPart,
  githubRelease,
  githubReview,
  githubReviewComment,
} from './github-conversations.service.ts';
import {
  type GithubFrame,
  githubCommit,
  githubOrganization,
  githubRepository,
  githubTeam,
  githubUser,
  nodeId,
} from './github-objects.service.ts';
import type { Hook } from './hooks.types.ts';

/** The name of the event and of the action, as X-GitHub-Event and the body say them. */
export interface GithubNames {
  event: string;
  action: string;
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
  pull_request_review_approved: 'pull_request_review',
  pull_request_review_rejected: 'pull_request_review',
  pull_request_review_comment: 'pull_request_review',
};

const ACTIONS: Readonly<Record<string, string>> = {
  synchronized: 'synchronize',
  reviewed: 'submitted',
};

/** What GitHub calls the happening. */
export function githubNames(facts: Facts): GithubNames {
  const { name, action } = facts.happening;
  const said = name === 'release' && action === 'updated' ? 'edited' : (ACTIONS[action] ?? action);
  return { event: eventOf(facts), action: said };
}

function eventOf({ happening, thread, reviewComment, review }: Facts): string {
  const { name, about } = happening;
  if (thread) return 'pull_request_review_thread';
  if (reviewComment) return 'pull_request_review_comment';
  if (review && name === 'pull_request_comment') return 'pull_request_review';
  if (name === 'team' && about.userId !== undefined) return 'membership';
  return EVENTS[name] ?? name;
}

type Payload = (facts: Facts, frame: GithubFrame) => Json;

const PAYLOADS: Readonly<Record<string, Payload>> = {
  push: ofPush,
  create: (facts, frame) => ({ ...refOf(facts), ...ofDefault(facts), ...where(facts, frame) }),
  delete: (facts, frame) => ({ ...refOf(facts), pusher_type: 'user', ...where(facts, frame) }),
  fork: ofFork,
  release: ofRelease,
  status: ofStatus,
  issues: ofIssue,
  issue_comment: ofComment,
  pull_request: ofPull,
  pull_request_review: ofReview,
  pull_request_review_comment: ofReview,
  pull_request_review_thread: ofReview,
};

/** The body of a message. */
export function githubPayload(facts: Facts, hook: Hook): Json {
  const frame = frameOf(facts);
  if (facts.happening.name === 'ping') return ofPing(facts, frame, hook);
  const { event, action } = githubNames(facts);
  const payload = PAYLOADS[event] ?? plain;
  return { ...(action === '' ? {} : { action }), ...payload(facts, frame) };
}

function frameOf({ site, organization, associations, reactions, commitCount }: Facts): GithubFrame {
  return {
    site,
    ...(organization ? { organizationId: Number(organization.id) } : {}),
    ...(associations ? { associations } : {}),
    ...(reactions ? { reactions } : {}),
    ...(commitCount === undefined ? {} : { commitCount }),
  };
}

/** Where it happened, and who did it. */
function where({ repository, organization, sender }: Facts, frame: GithubFrame): Json {
  return {
    ...(repository ? { repository: githubRepository(frame, repository) } : {}),
    ...(organization ? { organization: githubOrganization(frame, organization) } : {}),
    sender: githubUser(frame, sender),
  };
}

function ofPush(facts: Facts, frame: GithubFrame): Json {
  const { push, sender, pusher } = facts;
  if (!push) return where(facts, frame);
  const { ref, before, after, isNew, isGone, isForced, compareUrl } = push;
  const login = String(sender.login);
  return {
    ref,
    before,
    after,
    created: isNew,
    deleted: isGone,
    forced: isForced,
    base_ref: null,
    compare: compareUrl,
    commits: [...push.commits].reverse().map((commit) => commitOf(push, commit)),
    head_commit: push.head && commitOf(push, push.head),
    pusher: { name: pusher ?? login, email: sender.email },
    ...where(facts, frame),
  };
}

function commitOf({ trees }: PushFacts, commit: Json): Json {
  return githubCommit(commit, trees.get(String(commit.id)) ?? '');
}

function refOf({ ref }: Facts): Json {
  return { ref: ref?.name ?? '', ref_type: ref?.type ?? 'branch' };
}

function ofDefault({ repository }: Facts): Json {
  const { default_branch, description } = repository ?? {};
  return { master_branch: default_branch, description: description || null, pusher_type: 'user' };
}

function ofFork(facts: Facts, frame: GithubFrame): Json {
  const { fork } = facts;
  const forkee = fork
    ? { ...githubRepository(frame, fork), fork: true, public: fork.private !== true }
    : null;
  return { forkee, ...where(facts, frame) };
}

function ofRelease(facts: Facts, frame: GithubFrame): Json {
  const release = facts.release && githubRelease(frame, facts.release);
  const isEdited = facts.happening.action === 'updated';
  return { ...(isEdited ? { changes: {} } : {}), release, ...where(facts, frame) };
}

function ofStatus(facts: Facts, frame: GithubFrame): Json {
  const { status, repository, sender } = facts;
  const commit = (status?.commit ?? null) as Json | null;
  return {
    id: status?.id,
    sha: status?.sha,
    name: repository?.full_name,
    target_url: status?.target_url || null,
    avatar_url: sender.avatar_url,
    context: status?.context,
    description: status?.description || null,
    // GitHub has no warnings.
    state: status?.status === 'warning' ? 'success' : status?.status,
    commit: commit && statusCommit(facts, commit),
    branches: [],
    created_at: status?.created_at,
    updated_at: status?.updated_at,
    ...where(facts, frame),
  };
}

/** A commit as GitHub's statuses tell of it. */
function statusCommit({ repository, status }: Facts, commit: Json): Json {
  const { id, message, url: html_url, timestamp } = commit;
  const person = (one: unknown) => {
    const { name, email } = (one ?? {}) as Json;
    return { name, email, date: timestamp };
  };
  const git = `${String(repository?.url)}/git`;
  const url = `${git}/commits/${String(id)}`;
  const tree = { sha: status?.tree, url: `${git}/trees/${String(status?.tree)}` };
  const verification = verificationOf(commit.verification);
  return {
    sha: id,
    node_id: nodeId('Commit', id),
    ...{ url, html_url, comments_url: `${url}/comments` },
    commit: {
      ...{ author: person(commit.author), committer: person(commit.committer), message },
      ...{ tree, url, comment_count: 0, verification },
    },
    author: null,
    committer: null,
    parents: [],
  };
}

/** GitHub has words of its own for why a signature does not hold. */
function verificationOf(verification: unknown): Json {
  const { verified, signature, payload } = (verification ?? {}) as Json;
  const reason = verified ? 'valid' : signature ? 'unknown_key' : 'unsigned';
  return { verified: verified === true, reason, signature: signature || null, payload: payload || null };
}

function ofIssue(facts: Facts, frame: GithubFrame): Json {
  const { issue, repository, changes } = facts;
  return {
    issue: issue && githubIssue(frame, issue, repository),
    ...(changes ? { changes: issueChanges(facts, frame, changes) } : {}),
    ...oneOf(facts, frame),
    ...where(facts, frame),
  };
}

/** What a transfer names is in GitHub's shape too. */
function issueChanges({ repository }: Facts, frame: GithubFrame, changes: Json): Json {
  const { new_issue, new_repository } = changes as { new_issue?: Json; new_repository?: Json };
  if (!new_issue || !new_repository) return changes;
  return {
    new_issue: githubIssue(frame, new_issue, new_repository ?? repository),
    new_repository: githubRepository({ site: frame.site }, new_repository),
  };
}

function oneOf(
  { happening: { name }, person, label, milestone, repository }: Facts,
  frame: GithubFrame,
): Json {
  if (name.endsWith('_assign') && person) return { assignee: githubUser(frame, person) };
  if (name.endsWith('_label') && label) return { label: githubLabel(label) };
  if (!name.endsWith('_milestone') || !milestone) return {};
  return { milestone: githubMilestone(frame, milestone, repository) };
}

function ofComment(facts: Facts, frame: GithubFrame): Json {
  const { issue, comment, repository, changes } = facts;
  return {
    issue: issue && githubIssue(frame, issue, repository),
    comment: comment && issue && githubComment(frame, comment, issue, repository),
    ...(changes ? { changes } : {}),
    ...where(facts, frame),
  };
}

function ofPull(facts: Facts, frame: GithubFrame): Json {
  const { pull, repository, changes, person, team, reason, happening } = facts;
  const isRequest = happening.name === 'pull_request_review_request';
  const event = happening.event;
  const moved = event?.kind === 'pull.synchronized' ? { before: event.before, after: event.after } : {};
  return {
    number: pull?.number,
    pull_request: pull && githubPull(frame, pull, repository),
    ...moved,
    ...(changes ? { changes } : {}),
    ...(isRequest && person ? { requested_reviewer: githubUser(frame, person) } : {}),
    ...(isRequest && team ? { requested_team: githubTeam(frame, team) } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(isRequest ? {} : oneOf(facts, frame)),
    ...where(facts, frame),
  };
}

/** A review, one comment on code, or a thread of those. */
function ofReview(facts: Facts, frame: GithubFrame): Json {
  const { review, reviewComment, thread, repository, changes } = facts;
  const pull = facts.pull ?? {};
  const shown = (comment: Json) => githubReviewComment(frame, comment, pull, repository);
  const said = reviewComment
    ? { comment: shown(reviewComment) }
    : thread
      ? { thread: { node_id: String(thread.id), comments: thread.comments.map(shown) } }
      : { review: review && githubReview(frame, review, pull) };
  return {
    ...said,
    ...(changes ? { changes } : {}),
    pull_request: facts.pull && githubPullPart(frame, facts.pull, repository),
    ...where(facts, frame),
  };
}

/** All that says no more than what happened to whom. */
function plain(facts: Facts, frame: GithubFrame): Json {
  const { happening, label, milestone, person, team, reason, repository } = facts;
  const { checkRun, mergeGroup, invitation } = facts;
  const about = {
    ...(checkRun ? { check_run: checkRun } : {}),
    ...(mergeGroup ? { merge_group: groupOf(facts, mergeGroup) } : {}),
    ...(label ? { label: githubLabel(label) } : {}),
    ...(milestone ? { milestone: githubMilestone(frame, milestone, repository) } : {}),
    ...(team ? { team: githubTeam(frame, team) } : {}),
    ...(person ? personOf(facts, githubUser({ site: frame.site }, person)) : {}),
    ...(invitation ? { invitation } : {}),
    ...(happening.name === 'star' ? { starred_at: starredAt(facts) } : {}),
    ...changesOf(facts),
    ...(reason === undefined ? {} : { reason }),
  };
  return { ...about, ...where(facts, frame) };
}

function groupOf({ groupTree = '' }: Facts, { id: _, head_commit, ...group }: Json): Json {
  if (!head_commit) return { ...group, head_commit: null };
  const { author, committer, ...commit } = head_commit as Json;
  const person = (one: unknown) => ({ name: (one as Json).name, email: (one as Json).email });
  return {
    ...group,
    head_commit: {
      ...{ id: commit.id, tree_id: groupTree, message: commit.message, timestamp: commit.timestamp },
      ...{ author: person(author), committer: person(committer) },
    },
  };
}

/** What was edited says so, also where it is not known what it was before. */
function changesOf({ happening, changes }: Facts): Json {
  const from = (changes?.permission as Json | undefined)?.from;
  if (happening.name === 'member' && from) return { changes: { old_permission: { from }, ...changes } };
  if (changes) return { changes };
  return happening.action === 'edited' ? { changes: {} } : {};
}

function personOf({ happening, role, site, organization }: Facts, user: Json): Json {
  const { name, about } = happening;
  if (name === 'user') return { user };
  if (name === 'team' && about.teamId !== undefined) return { scope: 'team', member: user };
  if (name !== 'organization') return { member: user };
  const organization_url = `${site}/api/v1/orgs/${String(organization?.username)}`;
  const url = `${organization_url}/members/${String(user.login)}`;
  const state = happening.action === 'member_invited' ? 'pending' : 'active';
  const as = role === 'owner' ? 'admin' : 'member';
  return { membership: { url, state, role: as, organization_url, user } };
}

/** What GitHub sends first: which webhook it is, without its secret. */
function ofPing(facts: Facts, frame: GithubFrame, hook: Hook): Json {
  const shown = {
    type: facts.repository ? 'Repository' : 'Organization',
    id: hook.id,
    name: 'web',
    active: hook.isActive,
    events: hook.sendsAll ? ['*'] : hook.events,
    config: { content_type: hook.contentType, insecure_ssl: hook.verifiesTls ? '0' : '1', url: hook.url },
    updated_at: new Date(hook.updatedAt).toISOString(),
    created_at: new Date(hook.createdAt).toISOString(),
  };
  return { zen: PING, hook_id: hook.id, hook: shown, ...where(facts, frame) };
}
