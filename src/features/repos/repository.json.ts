// Repositories in the JSON that Gitea's API clients expect, for the API and for webhooks: many in a constant number of statements.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { cloneAddresses } from './frame.service.ts';
import { isArchived, isUnitOn, ownsRepository, permissionIncludes, standingsAmong } from './repos.policy.ts';
import type { OpenRepository, RepositorySummary } from './repos.types.ts';
import { countReleases, listFacts, type RepositoryFacts } from './shown-facts.store.ts';
import { type SeenRepository, shownParts } from './shown-parts.service.ts';
import { topicsOf } from './topics.service.ts';
import { visibleAmong } from './visible.service.ts';
import { countsOfWatchers } from './watch-counts.service.ts';

type Json = Record<string, unknown>;

/** A repository as the API shows it. Throws AppError not_found for what the actor may not see. */
export async function repositoryJsonOf(app: App, actor: Actor, repositoryId: number): Promise<Json> {
  const [json] = await repositoriesJson(app, actor, [repositoryId]);
  if (!json) throw notFound('repository');
  return json;
}

/** Those of the repositories that the actor may see, in the order of their ids. */
export async function repositoriesJson(app: App, actor: Actor, ids: readonly number[]): Promise<Json[]> {
  const seen = await visibleAmong(app, actor, ids);
  const wanted = [...new Set(ids)].flatMap((id) => seen.get(id) ?? []);
  return summariesJson(app, actor, wanted);
}

/** An opened repository as the API shows it, without asking again who may see it. */
export async function openedJson(app: App, actor: Actor, open: OpenRepository): Promise<Json> {
  const { repository, owner } = open;
  const found = { repository, ownerName: owner.name, ownerKind: owner.kind };
  const [json] = await summariesJson(app, actor, [found]);
  if (!json) throw notFound('repository');
  return json;
}

/** Repositories that were found for the actor, as the API shows them. */
export async function summariesJson(
  app: App,
  actor: Actor,
  found: readonly RepositorySummary[],
): Promise<Json[]> {
  const parents = await parentsOf(app, actor, found);
  const known = new Map([...parents.values(), ...found].map((one) => [one.repository.id, one]));
  const shown = await shownJson(app, actor, [...known.values()]);
  return found.flatMap(({ repository }) => {
    const json = shown.get(repository.id);
    const parent = repository.parentId === null ? undefined : shown.get(repository.parentId);
    if (!json) return [];
    return [parent && parents.has(Number(repository.parentId)) ? { ...json, fork: true, parent } : json];
  });
}

/** What they were forked from, as far as the actor may see that. */
async function parentsOf(
  app: App,
  actor: Actor,
  found: readonly RepositorySummary[],
): Promise<Map<number, RepositorySummary>> {
  const ids = found.flatMap(({ repository }) => repository.parentId ?? []);
  return ids.length === 0 ? new Map() : visibleAmong(app, actor, ids);
}

/** What stands beside the rows of repositories. */
interface Beside {
  facts: Map<number, RepositoryFacts>;
  accounts: Map<number, Json>;
  topics: Map<number, string[]>;
  watchers: Map<number, number>;
  releases: Map<number, number>;
  parts: Map<number, Json>;
}

async function shownJson(
  app: App,
  actor: Actor,
  found: readonly RepositorySummary[],
): Promise<Map<number, Json>> {
  const standings = await standingsAmong(app.db.read, actor, found);
  const seen = found.flatMap((one): SeenRepository[] => {
    const standing = standings.get(one.repository.id);
    return standing ? [{ ...one, standing }] : [];
  });
  const beside = await whatStandsBeside(app, actor, seen);
  return new Map(seen.map((one) => [one.repository.id, oneJson(app, actor, one, beside)]));
}

async function whatStandsBeside(app: App, actor: Actor, seen: readonly SeenRepository[]): Promise<Beside> {
  const ids = seen.map(({ repository }) => repository.id);
  const facts = new Map((await listFacts(app.db.read, ids)).map((row) => [row.id, row]));
  const transfers = [...facts.values()].flatMap(({ transfer }) => transfer ?? []);
  const people = transfers.flatMap(({ recipientId, requestedBy }) => [recipientId, requestedBy ?? -1]);
  const owners = seen.map(({ repository }) => repository.ownerId);
  return {
    facts,
    accounts: await accountsJson(app, actor, [...owners, ...people]),
    topics: await topicsOf(app, ids),
    watchers: await countsOfWatchers(app, ids),
    releases: await countReleases(app.db.read, ids),
    parts: await shownParts(app, seen),
  };
}

/** `size` is in KiB. */
function oneJson(app: App, actor: Actor, seen: SeenRepository, beside: Beside): Json {
  const { repository } = seen;
  const { id } = repository;
  return {
    id,
    owner: beside.accounts.get(repository.ownerId),
    name: repository.name,
    description: repository.description,
    empty: repository.isEmpty,
    // Gitea calls everything private that not everybody sees.
    private: repository.visibility !== 'public',
    internal: repository.visibility === 'internal',
    fork: false,
    template: repository.isTemplate,
    parent: null,
    size: Math.ceil(repository.sizeBytes / 1024),
    ...{ language: '', licenses: [] },
    ...addressesOf(app, seen),
    website: repository.website,
    stars_count: repository.starCount,
    forks_count: repository.forkCount,
    watchers_count: beside.watchers.get(id) ?? 0,
    default_branch: repository.defaultBranch,
    archived: isArchived(repository),
    ...(repository.archivedAt === null ? {} : { archived_at: isoTime(repository.archivedAt) }),
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.updatedAt),
    permissions: permissionsOf(seen),
    ...unitsOf(seen, beside),
    ...originOf(seen, beside.facts.get(id)),
    avatar_url: '',
    object_format_name: repository.objectFormat,
    topics: beside.topics.get(id) ?? [],
    repo_transfer: transferOf(app, actor, seen, beside),
    ...beside.parts.get(id),
  };
}

function addressesOf(app: App, { ownerName, repository: { name } }: SeenRepository): Json {
  const path = `/${ownerName}/${name}`;
  const { http, ssh } = cloneAddresses(app, path);
  const url = `${app.publicUrl()}/api/v1/repos${path}`;
  return {
    full_name: path.slice(1),
    html_url: `${app.publicUrl()}${path}`,
    url,
    link: '',
    ssh_url: ssh ?? '',
    clone_url: http,
    languages_url: `${url}/languages`,
  };
}

function permissionsOf({ standing: { permission } }: SeenRepository): Json {
  return {
    admin: permissionIncludes(permission, 'admin'),
    push: permissionIncludes(permission, 'write'),
    pull: permissionIncludes(permission, 'read'),
  };
}

/** A unit that is off, or closed to the actor, is not there; nor is a count of what is in it. */
function unitsOf({ repository, standing }: SeenRepository, { facts, releases }: Beside): Json {
  const reads = (unit: 'issues' | 'pulls' | 'releases') =>
    isUnitOn(repository, unit) && standing.units[unit] !== 'none';
  const counts = facts.get(repository.id);
  return {
    has_issues: reads('issues'),
    ...(reads('issues') ? { internal_tracker: TRACKER } : {}),
    open_issues_count: reads('issues') ? (counts?.openIssues ?? 0) : 0,
    has_pull_requests: reads('pulls'),
    open_pr_counter: reads('pulls') ? (counts?.openPulls ?? 0) : 0,
    has_releases: reads('releases'),
    release_counter: reads('releases') ? (releases.get(repository.id) ?? 0) : 0,
    ...{ has_wiki: false, has_projects: false, has_packages: false, has_actions: false },
    projects_mode: 'all',
  };
}

const TRACKER = {
  enable_time_tracker: false,
  allow_only_contributors_to_track_time: false,
  enable_issue_dependencies: true,
};

/** Where it comes from; addresses are kept without credentials. What was once brought in from where is for administrators. */
function originOf(
  { repository: { isMirror }, standing }: SeenRepository,
  facts: RepositoryFacts | undefined,
): Json {
  const imported = permissionIncludes(standing.permission, 'admin') ? facts?.importUrl : undefined;
  const mirrored = facts?.mirroredAt ?? undefined;
  return {
    mirror: isMirror,
    original_url: (isMirror ? facts?.mirrorUrl : undefined) ?? imported ?? '',
    mirror_interval: isMirror ? goDuration(facts?.mirrorMinutes ?? 0) : '',
    ...(isMirror && mirrored !== undefined ? { mirror_updated: isoTime(mirrored) } : {}),
  };
}

/** Minutes as Go writes durations: `8h0m0s`. */
export function goDuration(minutes: number): string {
  if (minutes === 0) return '0s';
  return minutes < 60 ? `${minutes}m0s` : `${Math.floor(minutes / 60)}h${minutes % 60}m0s`;
}

/** That somebody is to get it is for them and for whoever may call that off. */
function transferOf(
  app: App,
  actor: Actor,
  { repository, ownerName, ownerKind, standing }: SeenRepository,
  { facts, accounts }: Beside,
): Json | null {
  const transfer = facts.get(repository.id)?.transfer;
  if (!transfer || transfer.expiresAt <= app.clock.now()) return null;
  const owner = { id: repository.ownerId, name: ownerName, kind: ownerKind };
  const isRecipient = actor.kind === 'user' && actor.userId === transfer.recipientId;
  if (!isRecipient && !ownsRepository({ permission: standing.permission, owner })) return null;
  const doer = accounts.get(transfer.requestedBy ?? -1);
  return { doer, recipient: accounts.get(transfer.recipientId), teams: [] };
}
