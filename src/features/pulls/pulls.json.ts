// Pull requests in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { issuesJson } from '../issues/issues.json.ts';
import { cloneAddresses } from '../repos/frame.service.ts';
import type { OpenRepository, RepositorySummary } from '../repos/repos.types.ts';
import { visibleAmong } from '../repos/visible.service.ts';
import { accountJson } from '../users/accounts.json.ts';
import { namesOf } from '../users/authorship.service.ts';
import type { Pull } from './pulls.types.ts';
import { type RequestItem, reviewRequestsAmong } from './review-requests.service.ts';

type Json = Record<string, unknown>;

/** Pull requests of one repository as `GET /repos/{owner}/{repo}/pulls/{index}` answers them, in their order, in a constant number of statements. */
export async function pullsJson(app: App, open: OpenRepository, pulls: readonly Pull[]): Promise<Json[]> {
  const headIds = pulls.flatMap(({ pull }) => pull.headRepositoryId ?? []);
  const [issues, people, heads, requests] = await Promise.all([
    issuesJson(
      app,
      () => open,
      pulls.map(({ issue }) => issue),
    ),
    namesOf(
      app,
      pulls.flatMap(({ pull }) => pull.mergedById ?? []),
    ),
    visibleAmong(app, open.actor, [...new Set([open.repository.id, ...headIds])]),
    reviewRequestsAmong(
      app,
      open,
      pulls.map(({ issue }) => issue.id),
    ),
  ]);
  const asked = Map.groupBy(requests, ({ issueId }) => issueId);
  return pulls.map((pull, at) => ({
    ...pullJson(app, open, pull, { issue: issues[at] ?? {}, people, heads }),
    ...requestedJson(app, asked.get(pull.issue.id) ?? []),
  }));
}

/** Whose review is asked for. */
function requestedJson(app: App, requests: readonly RequestItem[]): Json {
  return {
    requested_reviewers: requests.flatMap(({ user }) => (user ? [accountJson(app, user)] : [])),
    requested_reviewers_teams: requests.flatMap(({ team }) =>
      team ? [{ id: team.id, name: team.name }] : [],
    ),
  };
}

function pullJson(
  app: App,
  open: OpenRepository,
  { issue, pull }: Pull,
  parts: {
    issue: Json;
    people: Awaited<ReturnType<typeof namesOf>>;
    heads: ReadonlyMap<number, RepositorySummary>;
  },
): Json {
  const site = app.publicUrl();
  const page = `${site}${open.path}/pull/${issue.number}`;
  const base = parts.heads.get(open.repository.id);
  const head = parts.heads.get(pull.headRepositoryId ?? 0);
  const merger = parts.people.get(pull.mergedById ?? 0);
  const isMerged = pull.mergedAt !== null;
  return {
    ...parts.issue,
    url: `${site}/api/v1/repos${open.path}/pulls/${issue.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    state: issue.state,
    draft: pull.isDraft,
    mergeable: issue.state === 'open' && pull.mergeability === 'clean',
    merged: isMerged,
    merged_at: pull.mergedAt === null ? null : isoTime(pull.mergedAt),
    merge_commit_sha: pull.mergedOid,
    merged_by:
      merger && pull.mergedById !== null ? accountJson(app, { ...merger, id: pull.mergedById }) : null,
    allow_maintainer_edit: pull.allowsEdits,
    additions: pull.additions,
    deletions: pull.deletions,
    changed_files: pull.changedFiles,
    base: { ...sideJson(app, base), label: pull.baseBranch, ref: pull.baseBranch, sha: pull.baseOid },
    head: {
      ...sideJson(app, head),
      // Of a fork that is closed to the reader not even its owner is told.
      label: head || pull.headBranch === '' ? pull.headLabel : pull.headBranch,
      ref: head && pull.headBranch !== '' ? pull.headBranch : `refs/pull/${issue.number}/head`,
      sha: pull.headOid,
    },
    merge_base: pull.mergeBaseOid,
  };
}

/** Nothing of a repository that is gone, or that the reader may not see. */
function sideJson(app: App, side: RepositorySummary | undefined): Json {
  if (!side) return { repo_id: -1, repo: null };
  const { repository, ownerName } = side;
  const path = `/${ownerName}/${repository.name}`;
  const { http, ssh } = cloneAddresses(app, path);
  return {
    repo_id: repository.id,
    repo: {
      id: repository.id,
      name: repository.name,
      full_name: path.slice(1),
      owner: accountJson(app, { id: repository.ownerId, name: ownerName }),
      private: repository.visibility !== 'public',
      default_branch: repository.defaultBranch,
      html_url: `${app.publicUrl()}${path}`,
      clone_url: http,
      ssh_url: ssh ?? '',
    },
  };
}
