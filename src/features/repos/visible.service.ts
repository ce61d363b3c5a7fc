// Which of some repositories somebody may see, asked at once: for feeds, pins, stars and counts.
import type { Unit } from '../../base/abilities.ts';
import type { Actor } from '../../base/actor.ts';
import { requireEnrolled, requireMeans, requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { type IssueRepositories, listVisibleAmong, listVisibleWithIssues } from './lists.store.ts';
import { readableUnitAmong, readableUnitsAmong, viewerOf } from './repos.policy.ts';
import type { RepositorySummary } from './repos.types.ts';

/** Repositories in one statement at most. */
const AT_ONCE = 1000;

/** Those of the repositories that exist and the actor may see, by their id: the rule of `standingOf`, for a set. */
export async function visibleAmong(
  app: App,
  actor: Actor,
  ids: Iterable<number>,
): Promise<Map<number, RepositorySummary>> {
  requireSiteAbility(actor, 'repositories:list');
  const viewer = viewerOf(actor);
  const wanted = [...new Set(ids)];
  const found = new Map<number, RepositorySummary>();
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE);
    for (const row of await listVisibleAmong(app.db.read, viewer, part)) found.set(row.repository.id, row);
  }
  return found;
}

/** Of repositories the actor sees, the ids of those whose code is switched on and open to them. */
export async function codeReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'code');
}

/** As `codeReadableAmong`, of their releases. */
export async function releasesReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'releases');
}

/** As `codeReadableAmong`, of their issues. */
export async function issuesReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'issues');
}

export type { IssueRepositories } from './lists.store.ts';

/** Of more repositories than this all are asked about at once. */
const MOST_NAMED = 1000;

/**
 * Ids of the repositories with issues that the actor may read, of some ids or owners or of all there are. Asked anew for
 * every list: who lost access sees nothing of it from then on.
 */
export async function readableIssueRepositories(
  app: App,
  actor: Actor,
  among: IssueRepositories = {},
): Promise<number[]> {
  return (await readableConversations(app, actor, among)).issues;
}

/** Ids of repositories by what may be read of them. */
export interface ReadableConversations {
  issues: number[];
  pulls: number[];
}

/**
 * As `readableIssueRepositories`, and of pull requests likewise: whoever may read one kind need not read the other. Who comes by
 * means that read neither is told so.
 */
export async function readableConversations(
  app: App,
  actor: Actor,
  among: IssueRepositories = {},
): Promise<ReadableConversations> {
  requireEnrolled(actor);
  requireMeans(actor, 'conversations:read');
  const { ids, ...owners } = among;
  if (ids?.length === 0 || owners.ownerIds?.length === 0) return { issues: [], pulls: [] };
  const named = ids && ids.length <= MOST_NAMED ? { ids } : {};
  const alike = await listVisibleWithIssues(app.db.read, viewerOf(actor), { ...owners, ...named });
  const seen = alike.flatMap(({ ids: all, ...rest }) => all.map((id) => ({ ...rest, id })));
  const owned = seen.map(({ ownerKind, ...repository }) => ({ repository, ownerKind }));
  const readable = await readableUnitsAmong(app.db.read, actor, owned, ['issues', 'pulls']);
  const inOrder = (found: ReadonlySet<number> = new Set()) =>
    ids === undefined ? [...found] : ids.filter((id) => found.has(id));
  return { issues: inOrder(readable.get('issues')), pulls: inOrder(readable.get('pulls')) };
}

/** As `issuesReadableAmong`, of pull requests. */
export async function pullsReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], 'pulls');
}

/** As `codeReadableAmong`, of any unit. */
export async function unitReadableAmong(
  app: App,
  actor: Actor,
  seen: Iterable<RepositorySummary>,
  unit: Unit,
): Promise<Set<number>> {
  return readableUnitAmong(app.db.read, actor, [...seen], unit);
}
