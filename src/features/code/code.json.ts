// Commits, branches and tags in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { type CommitChanges, changesOfCommits } from '../../platform/git/commit-changes.ts';
import type { Commit, Oid, Signature } from '../../platform/git/git.types.ts';
import type { Tag } from '../../platform/git/parse-tag.ts';
import { protectionOf, type RefProtection } from '../repos/push-judges.service.ts';
import { permissionIncludes } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { accountsOfCommitEmails } from '../users/emails.service.ts';
import { encodePath } from './paths.service.ts';
import type { RefWithCommit } from './refs.service.ts';
import { UNSIGNED, verificationsOf } from './verifications.json.ts';

type Json = Record<string, unknown>;

/** What is told of commits beside what they say themselves. */
export interface CommitWants {
  /** How many lines were changed, and in which files; each costs git a comparison. */
  stat?: boolean | undefined;
  files?: boolean | undefined;
  /** Whether signatures are checked; on unless said. */
  verification?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** Commits as `GET /repos/{owner}/{repo}/commits` lists them, in a constant number of statements. */
export async function commitsJson(
  app: App,
  open: OpenRepository,
  commits: readonly Commit[],
  wants: CommitWants = {},
): Promise<Json[]> {
  const [people, times, verifications, changes] = await Promise.all([
    peopleOf(app, open, commits),
    timesOf(app, open, commits),
    wants.verification === false ? undefined : verificationsOf(app, open, commits),
    changesOf(app, open, commits, wants),
  ]);
  return commits.map((commit) => ({
    ...bareCommitJson(app, open, commit, times),
    commit: {
      ...innerJson(app, open, commit),
      verification: verifications ? (verifications.get(commit.oid) ?? UNSIGNED) : null,
    },
    author: people(commit.author),
    committer: people(commit.committer),
    files: wants.files ? filesJson(changes?.get(commit.oid)) : null,
    stats: wants.stat ? statsJson(changes?.get(commit.oid)) : null,
  }));
}

/** One commit, as `commitsJson` shows it. */
export async function commitJson(
  app: App,
  open: OpenRepository,
  commit: Commit,
  wants: CommitWants = {},
): Promise<Json> {
  const [json = {}] = await commitsJson(app, open, [commit], wants);
  return json;
}

function bareCommitJson(app: App, open: OpenRepository, commit: Commit, times: Times): Json {
  return {
    ...commitMetaJson(app, open, commit.oid, signedAt(commit.committer)),
    html_url: `${app.publicUrl()}${open.path}/commit/${commit.oid}`,
    parents: commit.parents.map((sha) =>
      commitMetaJson(app, open, sha, times.get(sha) ?? signedAt(commit.committer)),
    ),
  };
}

function innerJson(app: App, open: OpenRepository, { oid, tree, message, author, committer }: Commit): Json {
  const api = `${app.publicUrl()}/api/v1/repos${open.path}`;
  return {
    url: `${api}/git/commits/${oid}`,
    author: commitUserJson(author),
    committer: commitUserJson(committer),
    message,
    tree: { url: `${api}/git/trees/${tree}`, sha: tree, created: signedAt(committer) },
  };
}

/** A commit as the answers to changed files show it. */
export async function fileCommitJson(app: App, open: OpenRepository, commit: Commit): Promise<Json> {
  const times = await timesOf(app, open, [commit]);
  return { ...innerJson(app, open, commit), ...bareCommitJson(app, open, commit, times) };
}

type Times = ReadonlyMap<Oid, string>;

/** When commits and their parents were made. */
async function timesOf(app: App, open: OpenRepository, commits: readonly Commit[]): Promise<Times> {
  const known = new Set(commits.map(({ oid }) => oid));
  const others = new Set(commits.flatMap(({ parents }) => parents.filter((oid) => !known.has(oid))));
  const parents = await app.git.objects(open.dir).commits([...others]);
  return new Map([...commits, ...parents].map(({ oid, committer }) => [oid, signedAt(committer)]));
}

/** Somebody as a commit names them, with the time. */
export function commitUserJson(person: Signature): Json {
  return { name: person.name, email: person.email, date: signedAt(person) };
}

/** Accounts of authors and committers, as everybody sees them; null for addresses that are nobody's here. */
async function peopleOf(app: App, open: OpenRepository, commits: readonly Commit[]) {
  const emails = commits.flatMap(({ author, committer }) => [author.email, committer.email]);
  const accounts = await accountsOfCommitEmails(app, emails);
  const ids = [...accounts.values()].map(({ id }) => id);
  const people = ids.length === 0 ? new Map<number, Json>() : await accountsJson(app, open.actor, ids);
  return ({ email }: Signature) => people.get(accounts.get(email.toLowerCase())?.id ?? 0) ?? null;
}

async function changesOf(app: App, open: OpenRepository, commits: readonly Commit[], wants: CommitWants) {
  if (!wants.files && !wants.stat) return undefined;
  const query = { counts: wants.stat === true, signal: wants.signal };
  return changesOfCommits(app.git, open.dir, commits, query);
}

function filesJson(changes: CommitChanges | undefined): Json[] | null {
  return changes?.files.map(({ path, status }) => ({ filename: path.toString('utf8'), status })) ?? null;
}

function statsJson(changes: CommitChanges | undefined): Json | null {
  if (!changes) return null;
  const { additions, deletions } = changes;
  return { total: additions + deletions, additions, deletions };
}

/** A commit as pushes tell of it, with the files it changed where those were read. */
export async function payloadCommitsJson(
  app: App,
  open: OpenRepository,
  commits: readonly Commit[],
  wants: { files: boolean } = { files: true },
): Promise<Json[]> {
  const emails = commits.flatMap(({ author, committer }) => [author.email, committer.email]);
  const [accounts, verifications, changes] = await Promise.all([
    accountsOfCommitEmails(app, emails),
    verificationsOf(app, open, commits),
    wants.files ? changesOfCommits(app.git, open.dir, commits, { counts: false }) : undefined,
  ]);
  const person = ({ name, email }: Signature) => ({
    name,
    email,
    username: accounts.get(email.toLowerCase())?.name ?? '',
  });
  return commits.map((commit) => ({
    id: commit.oid,
    message: commit.message,
    url: `${app.publicUrl()}${open.path}/commit/${commit.oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
    verification: verifications.get(commit.oid) ?? UNSIGNED,
    timestamp: signedAt(commit.committer),
    ...changedNames(changes?.get(commit.oid)),
  }));
}

/** One commit, as `payloadCommitsJson` shows it. */
export async function payloadCommitJson(
  app: App,
  open: OpenRepository,
  commit: Commit,
  wants: { files: boolean } = { files: true },
): Promise<Json> {
  const [json = {}] = await payloadCommitsJson(app, open, [commit], wants);
  return json;
}

function changedNames(changes: CommitChanges | undefined): Json {
  const named = (status: string) =>
    changes?.files.filter((file) => file.status === status).map(({ path }) => path.toString('utf8')) ?? null;
  return { added: named('added'), removed: named('removed'), modified: named('modified') };
}

/** Branches as `GET /repos/{owner}/{repo}/branches` lists them. */
export async function branchesJson(
  app: App,
  open: OpenRepository,
  items: readonly RefWithCommit[],
): Promise<Json[]> {
  const known = items.flatMap(({ commit }) => commit ?? []);
  const [protection, commits] = await Promise.all([
    protectionOf(
      app,
      open,
      items.map(({ ref }) => ref.name),
    ),
    payloadCommitsJson(app, open, known, { files: false }),
  ]);
  const byId = new Map(known.map(({ oid }, index) => [oid, commits[index]]));
  return items.map(({ name, ref, commit }) => ({
    name,
    commit: byId.get(commit?.oid ?? '') ?? null,
    ...protectedJson(open, protection.get(ref.name)),
  }));
}

/** One branch, as `branchesJson` shows it. */
export async function branchJson(app: App, open: OpenRepository, item: RefWithCommit): Promise<Json> {
  const [json = {}] = await branchesJson(app, open, [item]);
  return json;
}

function protectedJson(open: OpenRepository, protection: RefProtection | undefined): Json {
  const canPush = permissionIncludes(open.permission, 'write');
  return {
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
): Json {
  const archive = `${app.publicUrl()}${open.path}/archive/${encodePath(`refs/tags/${name}`)}`;
  return {
    name,
    message: tag?.message ?? commit?.message ?? '',
    id: ref.oid,
    commit: commit ? commitMetaJson(app, open, commit.oid, signedAt(commit.committer)) : null,
    zipball_url: `${archive}.zip`,
    tarball_url: `${archive}.tar.gz`,
  };
}

/** A commit by its id, address and time alone. */
export function commitMetaJson(app: App, open: OpenRepository, sha: Oid, created: string): Json {
  return { url: `${app.publicUrl()}/api/v1/repos${open.path}/git/commits/${sha}`, sha, created };
}

/** Commits claim any instant; RFC 3339 ends with the year 9999, less a day for time zones. */
const EARLIEST = Date.parse('0000-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-30T23:59:59Z');

/** RFC 3339 in the person's own time zone, as git keeps it. */
export function signedAt({ time, offset }: Pick<Signature, 'time' | 'offset'>): string {
  const instant = Math.min(Math.max(time, EARLIEST), LATEST);
  if (offset === 0) return isoTime(instant);
  const local = new Date(instant + offset * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
