// Branches, commits and files in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid, Signature } from '../../platform/git/git.types.ts';
import type { Tag } from '../../platform/git/parse-tag.ts';
import type { RefProtection } from '../repos/push-judges.service.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { NamedCommit, PathBytes } from './code.types.ts';
import { encodePath, lastName } from './paths.service.ts';
import type { RefWithCommit } from './refs.service.ts';

/** A branch as `GET /repos/{owner}/{repo}/branches` lists it. */
export function branchJson(
  app: App,
  open: OpenRepository,
  item: RefWithCommit,
  protection: RefProtection | undefined,
): Record<string, unknown> {
  const canPush = permissionIncludes(open.permission, 'write');
  return {
    name: item.name,
    commit: item.commit && payloadCommit(app, open, item.commit),
    protected: protection !== undefined,
    required_approvals: protection?.approvals ?? 0,
    enable_status_check: (protection?.contexts.length ?? 0) > 0,
    status_check_contexts: protection?.contexts ?? [],
    user_can_push: canPush && protection?.keepsFromPushes !== true,
    user_can_merge: canPush,
    effective_branch_protection_name: protection?.ruleSets[0] ?? '',
  };
}

/** A tag as `GET /repos/{owner}/{repo}/tags` lists it. */
export function tagJson(
  app: App,
  open: OpenRepository,
  { name, ref, commit }: RefWithCommit,
  tag: Tag | undefined,
): Record<string, unknown> {
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  const archive = `${app.publicUrl()}${open.path}/archive/${encodePath(`refs/tags/${name}`)}`;
  const created = commit && signedAt(commit.committer);
  return {
    name,
    message: tag?.message ?? commit?.message ?? '',
    id: ref.oid,
    commit: commit && { url: `${api}/git/commits/${commit.oid}`, sha: commit.oid, created },
    zipball_url: `${archive}.zip`,
    tarball_url: `${archive}.tar.gz`,
  };
}

function payloadCommit(app: App, open: OpenRepository, commit: Commit): Record<string, unknown> {
  return {
    id: commit.oid,
    message: commit.message,
    url: `${app.publicUrl()}${open.path}/commit/${commit.oid}`,
    author: personJson(commit.author),
    committer: personJson(commit.committer),
    verification: null,
    timestamp: signedAt(commit.committer),
    added: null,
    removed: null,
    modified: null,
  };
}

/** A commit as `GET /repos/{owner}/{repo}/commits` lists it. */
export function commitJson(app: App, open: OpenRepository, commit: Commit): Record<string, unknown> {
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  const url = `${api}/git/commits/${commit.oid}`;
  const created = signedAt(commit.committer);
  return {
    url,
    sha: commit.oid,
    created,
    html_url: `${app.publicUrl()}${open.path}/commit/${commit.oid}`,
    commit: {
      url,
      author: { ...personJson(commit.author), date: signedAt(commit.author) },
      committer: { ...personJson(commit.committer), date: created },
      message: commit.message,
      tree: { url: `${api}/git/trees/${commit.tree}`, sha: commit.tree, created },
      verification: null,
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ url: `${api}/git/commits/${sha}`, sha, created })),
    files: null,
    stats: null,
  };
}

export interface ContentsItem {
  path: PathBytes;
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  oid: Oid;
  /** Bytes of a file; 0 for anything else. */
  size: number;
  lastCommit: Oid | undefined;
  /** For files read whole, and symbolic links. */
  data?: Buffer;
  submoduleUrl?: string | undefined;
}

/** An entry as `GET /repos/{owner}/{repo}/contents` answers it; content and target only where they were read. */
export function contentsJson(
  app: App,
  open: OpenRepository,
  at: NamedCommit,
  item: ContentsItem,
): Record<string, unknown> {
  const type = contentsType(item);
  const path = encodePath(item.path);
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  const url = `${api}/contents/${path}?${new URLSearchParams({ ref: at.name })}`;
  const html = `${app.publicUrl()}${open.path}/${type === 'dir' ? 'tree' : 'blob'}/${at.address}/${path}`;
  const git = `${api}/git/${item.type === 'tree' ? 'trees' : 'blobs'}/${item.oid}`;
  const content = type === 'file' && item.data ? item.data.toString('base64') : null;
  return {
    name: lastName(item.path).toString('utf8'),
    path: item.path.toString('utf8'),
    sha: item.oid,
    last_commit_sha: item.lastCommit ?? null,
    type,
    size: item.size,
    encoding: content === null ? null : 'base64',
    content,
    target: type === 'symlink' && item.data ? item.data.toString('utf8') : null,
    url,
    html_url: type === 'submodule' ? (item.submoduleUrl ?? null) : html,
    git_url: type === 'submodule' ? null : git,
    download_url: type === 'file' ? `${app.publicUrl()}${open.path}/raw/${at.address}/${path}` : null,
    submodule_git_url: type === 'submodule' ? (item.submoduleUrl ?? null) : null,
    _links: { self: url, git: type === 'submodule' ? null : git, html },
  };
}

function contentsType(item: ContentsItem): 'file' | 'dir' | 'symlink' | 'submodule' {
  if (item.type === 'tree') return 'dir';
  if (item.type === 'commit') return 'submodule';
  return item.mode === '120000' ? 'symlink' : 'file';
}

function personJson(person: Signature): Record<string, unknown> {
  return { name: person.name, email: person.email, username: '' };
}

/** Commits claim any instant; RFC 3339 ends with the year 9999, less a day for time zones. */
const EARLIEST = Date.parse('0000-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-30T23:59:59Z');

/** RFC 3339 in the person's own time zone, as git keeps it. */
function signedAt({ time, offset }: Signature): string {
  const instant = Math.min(Math.max(time, EARLIEST), LATEST);
  if (offset === 0) return isoTime(instant);
  const local = new Date(instant + offset * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
