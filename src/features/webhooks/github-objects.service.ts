// Gitea's objects in GitHub's shape: accounts, repositories, organizations, teams and commits. Addresses lead to this server;
// clients wait for all of them, so that also what it has nothing of has one, which answers 404.
import type { Json } from './facts.types.ts';

/** What each object needs to know besides itself. */
export interface GithubFrame {
  site: string;
  /** The id of the owner, where it is an organization: GitHub says so of each account. */
  organizationId?: number;
  /** How those who wrote stand towards the repository, by their ids. */
  associations?: ReadonlyMap<number, string>;
  /** By the id of the text; 0 is the issue's own. */
  reactions?: ReadonlyMap<number, ReadonlyMap<string, number>>;
  commitCount?: number;
}

/** An id such as GraphQL has; nothing is asked by it here. */
export function nodeId(kind: string, id: unknown): string {
  return Buffer.from(`${kind}:${String(id)}`).toString('base64');
}

export function githubUser({ site, organizationId }: GithubFrame, user: unknown): Json {
  const { id, login, avatar_url, html_url } = (user ?? {}) as Json;
  const isOrganization = id === organizationId;
  const url = `${site}/api/v1/users/${String(login)}`;
  return {
    login,
    id,
    node_id: nodeId('User', id),
    avatar_url,
    gravatar_id: '',
    url,
    html_url,
    followers_url: `${url}/followers`,
    following_url: `${url}/following`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/activities/feeds`,
    received_events_url: `${url}/received_events`,
    type: isOrganization ? 'Organization' : 'User',
    site_admin: false,
  };
}

export function githubOrganization({ site }: GithubFrame, organization: Json): Json {
  const { id, username, avatar_url, description } = organization;
  const url = `${site}/api/v1/orgs/${String(username)}`;
  return {
    login: username,
    id,
    node_id: nodeId('Organization', id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/activities/feeds`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url,
    description,
  };
}

export function githubTeam({ site }: GithubFrame, team: Json): Json {
  const url = `${site}/api/v1/teams/${String(team.id)}`;
  return {
    name: team.name,
    id: team.id,
    node_id: nodeId('Team', team.id),
    slug: team.name,
    description: team.description,
    privacy: team.is_secret === true ? 'secret' : 'closed',
    url,
    html_url: team.html_url ?? '',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    permission: TEAM_PERMISSIONS[String(team.permission)] ?? String(team.permission),
    parent: null,
  };
}

const TEAM_PERMISSIONS: Readonly<Record<string, string>> = { read: 'pull', write: 'push', none: 'pull' };

/** Seen as whoever manages its webhooks sees it. */
export function githubRepository(frame: GithubFrame, repository: Json): Json {
  const { url, html_url, clone_url, ssh_url } = repository;
  const isPrivate = repository.private === true;
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: repository.full_name,
    private: isPrivate,
    owner: githubUser(frame, repository.owner),
    html_url,
    description: repository.description === '' ? null : repository.description,
    fork: repository.fork,
    url,
    ...addressesIn(String(url)),
    created_at: repository.created_at,
    updated_at: repository.updated_at,
    pushed_at: repository.updated_at,
    git_url: clone_url,
    ssh_url,
    clone_url,
    svn_url: html_url,
    homepage: repository.website === '' ? null : repository.website,
    size: repository.size,
    stargazers_count: repository.stars_count,
    watchers_count: repository.stars_count,
    language: repository.language === '' ? null : repository.language,
    ...unitsOf(repository),
    forks_count: repository.forks_count,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: Number(repository.open_issues_count) + Number(repository.open_pr_counter),
    license: null,
    allow_forking: true,
    is_template: repository.template,
    web_commit_signoff_required: false,
    topics: repository.topics ?? [],
    custom_properties: {},
    visibility: isPrivate ? (repository.internal === true ? 'internal' : 'private') : 'public',
    forks: repository.forks_count,
    open_issues: Number(repository.open_issues_count) + Number(repository.open_pr_counter),
    watchers: repository.stars_count,
    default_branch: repository.default_branch,
  };
}

function unitsOf(repository: Json): Json {
  return {
    has_issues: repository.has_issues,
    has_projects: repository.has_projects,
    has_downloads: repository.has_releases,
    has_wiki: repository.has_wiki,
    has_pages: false,
    has_discussions: false,
  };
}

/** Templates of addresses below a repository's own. */
function addressesIn(url: string): Json {
  return {
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/activities/feeds`,
    assignees_url: `${url}/assignees`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/git/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/archive/{ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
  };
}

/** A commit of a push. */
export function githubCommit(commit: Json, tree: string): Json {
  return {
    id: commit.id,
    tree_id: tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.timestamp,
    url: commit.url,
    author: githubSignature(commit.author),
    committer: githubSignature(commit.committer),
    added: commit.added ?? [],
    removed: commit.removed ?? [],
    modified: commit.modified ?? [],
  };
}

/** Somebody as git names them, with their account where it is known. */
function githubSignature(person: unknown): Json {
  const { name, email, username } = (person ?? {}) as Json;
  return { name, email, ...(username ? { username } : {}) };
}
