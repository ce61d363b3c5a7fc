// Issues, pull requests, comments, reviews, labels, milestones and releases in GitHub's shape.
import type { Json } from './facts.types.ts';
import {
  type GithubFrame,
  githubRepository,
  githubTeam,
  githubUser,
  nodeId,
} from './github-objects.service.ts';

/** How whoever wrote it stands towards the repository. */
function associationIn({ associations }: GithubFrame, user: unknown): string {
  return associations?.get(Number((user as Json | null)?.id)) ?? 'NONE';
}

export function githubLabel(label: unknown): Json {
  const { id, name, color, description, url } = label as Json;
  const node_id = nodeId('Label', id);
  return {
    id,
    node_id,
    url,
    name,
    color,
    default: false,
    description: description === '' ? null : description,
  };
}

/** Milestones have no numbers of their own here: their id stands for it. */
export function githubMilestone(
  frame: GithubFrame,
  milestone: unknown,
  repository: Json | undefined,
): Json | null {
  if (!milestone) return null;
  const { id, title, description, state, open_issues, closed_issues, ...times } = milestone as Json;
  const url = `${String(repository?.url)}/milestones/${String(id)}`;
  return {
    url,
    html_url: `${String(repository?.html_url)}/milestone/${String(id)}`,
    labels_url: `${String(repository?.url)}/labels`,
    id,
    node_id: nodeId('Milestone', id),
    number: id,
    title,
    description: description === '' ? null : description,
    creator: githubUser(frame, repository?.owner),
    open_issues: open_issues ?? 0,
    closed_issues: closed_issues ?? 0,
    state,
    created_at: times.created_at,
    updated_at: times.updated_at,
    due_on: times.due_on,
    closed_at: times.closed_at,
  };
}

/** Of a pull request too: GitHub's issues are both. */
export function githubIssue(frame: GithubFrame, issue: Json, repository: Json | undefined): Json {
  const url = String(issue.url);
  const pull = issue.pull_request as Json | null;
  return {
    url,
    repository_url: repository?.url ?? '',
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/timeline`,
    timeline_url: `${url}/timeline`,
    html_url: issue.html_url,
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: githubUser(frame, issue.user),
    labels: listOf(issue.labels).map(githubLabel),
    state: issue.state,
    state_reason: issue.state_reason ?? null,
    locked: issue.is_locked,
    active_lock_reason: null,
    ...assigneesOf(frame, issue),
    milestone: githubMilestone(frame, issue.milestone, repository),
    comments: issue.comments,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    closed_at: issue.closed_at,
    author_association: associationIn(frame, issue.user),
    body: issue.body === '' ? null : issue.body,
    reactions: reactionsTo(frame, 0, url),
    ...(pull ? { draft: pull.draft, pull_request: pullMark(issue, pull, repository) } : {}),
  };
}

function pullMark(issue: Json, { html_url, merged_at }: Json, repository: Json | undefined): Json {
  const url = `${String(repository?.url)}/pulls/${String(issue.number)}`;
  const page = String(html_url);
  return { url, html_url, diff_url: `${page}.diff`, patch_url: `${page}.patch`, merged_at };
}

function assigneesOf(frame: GithubFrame, { assignee, assignees }: Json): Json {
  return {
    assignee: assignee ? githubUser(frame, assignee) : null,
    assignees: listOf(assignees).map((one) => githubUser(frame, one)),
  };
}

const REACTIONS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'] as const;

function reactionsTo({ reactions }: GithubFrame, textId: number, url: string): Json {
  const counts = REACTIONS.map((content) => [content, reactions?.get(textId)?.get(content) ?? 0] as const);
  const total_count = counts.reduce((sum, [, count]) => sum + count, 0);
  return { url: `${url}/reactions`, total_count, ...Object.fromEntries(counts) };
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** As events of the pull request itself tell of it. */
export function githubPull(frame: GithubFrame, pull: Json, repository: Json | undefined): Json {
  return { ...githubPullPart(frame, pull, repository), ...mergeOf(frame, pull) };
}

/** As it is named beside a review. */
export function githubPullPart(frame: GithubFrame, pull: Json, repository: Json | undefined): Json {
  const url = String(pull.url);
  const api = String(repository?.url);
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: pull.html_url,
    diff_url: pull.diff_url,
    patch_url: pull.patch_url,
    issue_url: `${api}/issues/${String(pull.number)}`,
    number: pull.number,
    state: pull.state,
    locked: pull.is_locked,
    title: pull.title,
    user: githubUser(frame, pull.user),
    body: pull.body === '' ? null : pull.body,
    created_at: pull.created_at,
    updated_at: pull.updated_at,
    closed_at: pull.closed_at,
    merged_at: pull.merged_at,
    merge_commit_sha: pull.merge_commit_sha,
    ...assigneesOf(frame, pull),
    requested_reviewers: listOf(pull.requested_reviewers).map((one) => githubUser(frame, one)),
    requested_teams: listOf(pull.requested_reviewers_teams).map((one) => githubTeam(frame, one)),
    labels: listOf(pull.labels).map(githubLabel),
    milestone: githubMilestone(frame, pull.milestone, repository),
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${String(pull.number)}/comments`,
    statuses_url: `${api}/statuses/${String((pull.head as Json).sha)}`,
    head: sideOf(frame, pull.head),
    base: sideOf(frame, pull.base),
    _links: linksOf(pull, api),
    author_association: associationIn(frame, pull.user),
    auto_merge: null,
    active_lock_reason: null,
  };
}

function mergeOf(frame: GithubFrame, pull: Json): Json {
  return {
    merged: pull.merged,
    mergeable: pull.state === 'open' ? pull.mergeable : null,
    rebaseable: null,
    mergeable_state: pull.mergeable === true ? 'clean' : 'unknown',
    merged_by: pull.merged_by ? githubUser(frame, pull.merged_by) : null,
    comments: pull.comments,
    review_comments: pull.review_comments ?? 0,
    maintainer_can_modify: pull.allow_maintainer_edit,
    commits: frame.commitCount ?? 0,
    additions: pull.additions ?? 0,
    deletions: pull.deletions ?? 0,
    changed_files: pull.changed_files ?? 0,
  };
}

function sideOf(frame: GithubFrame, side: unknown): Json {
  const { ref, sha, label, repo } = side as Json;
  const owner = (repo as Json | null)?.owner;
  const user = owner ? githubUser(frame, owner) : null;
  const name = owner ? `${String((owner as Json).login)}:${String(ref)}` : label;
  return { label: name, ref, sha, user, repo: repo ? githubRepository(frame, repo as Json) : null };
}

function linksOf(pull: Json, api: string): Json {
  const issue = `${api}/issues/${String(pull.number)}`;
  const url = String(pull.url);
  return {
    self: { href: url },
    html: { href: pull.html_url },
    issue: { href: issue },
    comments: { href: `${issue}/comments` },
    review_comments: { href: `${url}/comments` },
    review_comment: { href: `${api}/pulls/comments{/number}` },
    commits: { href: `${url}/commits` },
    statuses: { href: `${api}/statuses/${String((pull.head as Json).sha)}` },
  };
}

export function githubComment(
  frame: GithubFrame,
  comment: Json,
  issue: Json,
  repository: Json | undefined,
): Json {
  const url = `${String(repository?.url)}/issues/comments/${String(comment.id)}`;
  return {
    url,
    html_url: comment.html_url,
    issue_url: issue.url,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: githubUser(frame, comment.user),
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    author_association: associationIn(frame, comment.user),
    body: comment.body,
    reactions: reactionsTo(frame, Number(comment.id), url),
    performed_via_github_app: null,
  };
}

const REVIEW_STATES: Readonly<Record<string, string>> = {
  APPROVED: 'approved',
  REQUEST_CHANGES: 'changes_requested',
};

export function githubReview(frame: GithubFrame, review: Json, pull: Json): Json {
  const state = review.dismissed === true ? 'dismissed' : REVIEW_STATES[String(review.state)];
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: githubUser(frame, review.user),
    body: review.body === '' ? null : review.body,
    commit_id: review.commit_id,
    submitted_at: review.submitted_at,
    state: state ?? 'commented',
    html_url: review.html_url,
    pull_request_url: pull.url,
    author_association: associationIn(frame, review.user),
    _links: { html: { href: review.html_url }, pull_request: { href: pull.url } },
  };
}

export function githubReviewComment(
  frame: GithubFrame,
  comment: Json,
  pull: Json,
  repository: Json | undefined,
): Json {
  const url = `${String(repository?.url)}/pulls/comments/${String(comment.id)}`;
  const { line, start_line, side } = comment;
  return {
    url,
    pull_request_review_id: comment.pull_request_review_id,
    id: comment.id,
    node_id: nodeId('PullRequestReviewComment', comment.id),
    diff_hunk: comment.diff_hunk,
    path: comment.path,
    position: Number(comment.position) || null,
    original_position: Number(comment.original_position) || Number(comment.position) || 0,
    commit_id: comment.commit_id,
    original_commit_id: comment.original_commit_id,
    user: githubUser(frame, comment.user),
    body: comment.body,
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    html_url: comment.html_url,
    pull_request_url: pull.url,
    author_association: associationIn(frame, comment.user),
    _links: {
      self: { href: url },
      html: { href: comment.html_url },
      pull_request: { href: pull.url },
    },
    reactions: reactionsTo(frame, Number(comment.id), url),
    ...{ start_line: start_line ?? null, original_start_line: comment.original_start_line ?? null },
    start_side: start_line ? side : null,
    ...{ line: line ?? null, original_line: comment.original_line ?? null, side: side ?? 'RIGHT' },
    subject_type: comment.subject_type ?? 'line',
  };
}

export function githubRelease(frame: GithubFrame, release: Json): Json {
  return {
    url: release.url,
    assets_url: `${String(release.url)}/assets`,
    upload_url: `${String(release.upload_url)}{?name}`,
    html_url: release.html_url,
    id: release.id,
    author: githubUser(frame, release.author),
    node_id: nodeId('Release', release.id),
    tag_name: release.tag_name,
    target_commitish: release.target_commitish,
    name: release.name,
    draft: release.draft,
    prerelease: release.prerelease,
    created_at: release.created_at,
    published_at: release.published_at,
    assets: listOf(release.assets).map((asset) => assetOf(frame, release, asset)),
    tarball_url: release.tarball_url,
    zipball_url: release.zipball_url,
    body: release.body,
  };
}

function assetOf(frame: GithubFrame, release: Json, asset: Json): Json {
  return {
    url: `${String(release.url)}/assets/${String(asset.id)}`,
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    name: asset.name,
    label: null,
    uploader: githubUser(frame, release.author),
    content_type: 'application/octet-stream',
    state: 'uploaded',
    size: asset.size,
    download_count: asset.download_count,
    created_at: asset.created_at,
    updated_at: asset.created_at,
    browser_download_url: asset.browser_download_url,
  };
}
