// Pull requests in the JSON that Gitea's API clients expect.
import type { Actor } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { placeIn } from '../issues/issue-places.service.ts';
import { issuesJson } from '../issues/issues.json.ts';
import { namedTeamsJson } from '../orgs/known-teams.json.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { repositoriesJson } from '../repos/repository.json.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import type { Pull } from './pulls.types.ts';
import { type RequestItem, reviewRequestsAmong } from './review-requests.service.ts';
import { countPullComments } from './threads.store.ts';

type Json = Record<string, unknown>;

/** What several pull requests are made of. */
interface Parts {
  people: ReadonlyMap<number, Json>;
  teams: ReadonlyMap<number, Json>;
  repositories: ReadonlyMap<number, Json>;
  requests: ReadonlyMap<number, RequestItem[]>;
  comments: ReadonlyMap<number, number>;
}

/**
 * Pull requests of one repository as `GET /repos/{owner}/{repo}/pulls/{index}` answers them to a viewer (SYSTEM sees all of
 * them), in their order, in a constant number of statements.
 */
export async function pullsJson(
  app: App,
  viewer: Actor,
  repository: OpenRepository,
  pulls: readonly Pull[],
): Promise<Json[]> {
  if (pulls.length === 0) return [];
  const open = { ...repository, actor: viewer };
  const place = placeIn(open);
  const issues = pulls.map(({ issue }) => issue);
  const [shown, parts] = await Promise.all([
    issuesJson(app, viewer, () => place, issues),
    partsOf(app, viewer, open, pulls),
  ]);
  return pulls.map((pull, at) => pullJson(app, open, pull, shown[at] ?? {}, parts));
}

async function partsOf(
  app: App,
  viewer: Actor,
  open: OpenRepository,
  pulls: readonly Pull[],
): Promise<Parts> {
  const ids = pulls.map(({ issue }) => issue.id);
  const heads = pulls.flatMap(({ pull }) => pull.headRepositoryId ?? []);
  const [requests, comments, repositories] = await Promise.all([
    reviewRequestsAmong(app, open, ids),
    countPullComments(app.db.read, ids),
    repositoriesJson(app, viewer, [...new Set([open.repository.id, ...heads])]),
  ]);
  const reviewers = requests.flatMap(({ user }) => user?.id ?? []);
  const mergers = pulls.flatMap(({ pull }) => pull.mergedById ?? []);
  return {
    people: await accountsJson(app, viewer, [...reviewers, ...mergers]),
    teams: await namedTeamsJson(
      app,
      viewer,
      open.owner.id,
      requests.flatMap(({ team }) => team ?? []),
    ),
    repositories: new Map(repositories.map((json) => [json.id as number, json])),
    requests: Map.groupBy(requests, ({ issueId }) => issueId),
    comments,
  };
}

function pullJson(app: App, open: OpenRepository, { issue, pull }: Pull, shown: Json, parts: Parts): Json {
  const site = app.publicUrl();
  const page = `${site}${open.path}/pull/${issue.number}`;
  const person = (id: number) => parts.people.get(id) ?? ghostJson(app);
  return {
    ...sharedJson(shown),
    url: `${site}/api/v1/repos${open.path}/pulls/${issue.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    draft: pull.isDraft,
    mergeable: issue.state === 'open' && pull.mergeability === 'clean',
    merged: pull.mergedAt !== null,
    merged_at: pull.mergedAt === null ? null : isoTime(pull.mergedAt),
    merge_commit_sha: pull.mergedOid,
    merged_by: pull.mergedById === null ? null : person(pull.mergedById),
    allow_maintainer_edit: pull.allowsEdits,
    additions: pull.additions,
    deletions: pull.deletions,
    changed_files: pull.changedFiles,
    review_comments: parts.comments.get(issue.id) ?? 0,
    merge_base: pull.mergeBaseOid ?? '',
    ...sidesJson(open, { issue, pull }, parts),
    ...requestedJson(person, parts.requests.get(issue.id) ?? [], parts.teams),
  };
}

/** What a pull request shows of what it shares with issues. */
function sharedJson(issue: Json): Json {
  const { ref, assets, original_author, original_author_id, time_estimate, ...more } = issue;
  const { pull_request, repository, state_reason, ...shared } = more;
  return shared;
}

function sidesJson({ repository }: OpenRepository, { issue, pull }: Pull, parts: Parts): Json {
  const head = parts.repositories.get(pull.headRepositoryId ?? 0);
  const hasBranch = pull.headBranch !== '';
  return {
    base: {
      ...sideJson(parts.repositories.get(repository.id)),
      ...{ label: pull.baseBranch, ref: pull.baseBranch, sha: pull.baseOid },
    },
    head: {
      ...sideJson(head),
      // Of a fork that is closed to the reader not even its owner is told.
      label: head || !hasBranch ? pull.headLabel : pull.headBranch,
      ref: head && hasBranch ? pull.headBranch : `refs/pull/${issue.number}/head`,
      sha: pull.headOid,
    },
  };
}

/** Nothing of a repository that is gone, or that the reader may not see. */
function sideJson(repo: Json | undefined): Json {
  return repo ? { repo_id: repo.id, repo } : { repo_id: -1, repo: null };
}

/** Whose review is asked for. */
function requestedJson(
  person: (id: number) => Json,
  requests: readonly RequestItem[],
  teams: ReadonlyMap<number, Json>,
): Json {
  return {
    requested_reviewers: requests.flatMap(({ user }) => (user ? [person(user.id)] : [])),
    requested_reviewers_teams: requests.flatMap(({ team }) => teams.get(team?.id ?? 0) ?? []),
  };
}
