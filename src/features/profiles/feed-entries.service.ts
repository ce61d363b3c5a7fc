// Events as entries of feeds: those that are told, of what the reader may see, at a constant number of statements.
import { type Actor, scopesAllow } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { toldComments, toldIssues } from '../issues/told-issues.service.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';
import {
  codeReadableAmong,
  issuesReadableAmong,
  pullsReadableAmong,
  releasesReadableAmong,
  visibleAmong,
} from '../repos/visible.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import type { FeedEntry, FeedEvent, IssueEvent } from './feed.types.ts';

/** Those of the events that are told and that the actor may see, by id. */
export async function visibleEntries(app: App, actor: Actor, ids: number[]): Promise<Map<number, FeedEntry>> {
  const events = await toldAmong(app, await app.events.byIds(ids));
  const [repositories, actors] = await Promise.all([
    visibleAmong(
      app,
      actor,
      events.map((event) => event.repositoryId),
    ),
    namesOf(
      app,
      events.map((event) => event.actorId),
    ),
  ]);
  const mayKnow = await judgeOfUnits(app, actor, repositories, events);
  const entries = new Map<number, FeedEntry>();
  for (const event of events) {
    const repository = repositories.get(event.repositoryId);
    const who = actors.get(event.actorId);
    if (repository && who && mayKnow(event)) entries.set(event.id, { event, repository, actor: who });
  }
  return entries;
}

/**
 * Whether somebody who sees a repository may know of an event in it. Names of branches belong to the code: whoever may not
 * read it learns of no push; and titles to the issues.
 */
async function judgeOfUnits(
  app: App,
  actor: Actor,
  repositories: ReadonlyMap<number, RepositorySummary>,
  events: readonly FeedEvent[],
): Promise<(event: FeedEvent) => boolean> {
  const of = (belongs: (event: FeedEvent) => boolean) =>
    new Set(events.filter(belongs).flatMap(({ repositoryId }) => repositories.get(repositoryId) ?? []));
  const [code, releases, issues, pulls] = await Promise.all([
    codeReadableAmong(
      app,
      actor,
      of(({ kind }) => kind === 'push'),
    ),
    releasesReadableAmong(
      app,
      actor,
      of(({ kind }) => kind === 'release.published'),
    ),
    mayReadIssues(actor) ? issuesReadableAmong(app, actor, of(isAbout(false))) : new Set<number>(),
    pullsReadableAmong(app, actor, of(isAbout(true))),
  ]);
  return (event) => {
    if (event.kind === 'push') return code.has(event.repositoryId);
    if (event.kind === 'release.published') return releases.has(event.repositoryId);
    if (!isOfIssue(event)) return true;
    return (event.isPull ? pulls : issues).has(event.repositoryId);
  };
}

/** Feeds are read with tokens for repositories; those that are not for issues as well learn of none, nor of comments. */
export function mayReadIssues(actor: Actor): boolean {
  if (actor.kind !== 'user' || actor.via !== 'token') return true;
  return scopesAllow(actor.scopes ?? [], 'read', 'issue');
}

function isOfIssue(event: FeedEvent): event is IssueEvent {
  return event.kind.startsWith('issue.') || event.kind === 'pull.review_submitted';
}

function isAbout(isPull: boolean): (event: FeedEvent) => boolean {
  return (event) => isOfIssue(event) && event.isPull === isPull;
}

/** What feeds tell of among some events; of issues as they are by now, wherever they are. */
async function toldAmong(app: App, events: readonly RecordedEvent[]): Promise<FeedEvent[]> {
  const ofIssues = events.filter(isOfIssueEvent);
  const commented = ofIssues.flatMap((event) => (isTextEvent(event) ? [event.entryId] : []));
  const [issues, comments] = await Promise.all([
    toldIssues(
      app,
      ofIssues.map(({ issueId }) => issueId),
    ),
    toldComments(app, commented),
  ]);
  return events.flatMap((event): FeedEvent[] => {
    const { id, createdAt, actorId } = event;
    // Nobody is named for it.
    if (actorId === undefined) return [];
    if (!isOfIssueEvent(event)) return toldOf(event, { id, createdAt, actorId });
    const issue = issues.get(event.issueId);
    if (!issue || (isTextEvent(event) && !comments.has(event.entryId))) return [];
    const { repositoryId, number, title, isPull } = issue;
    const entryId = event.kind === 'issue.opened' ? undefined : event.entryId;
    const reason = reasonOf(event);
    const { kind, issueId } = event;
    return [{ id, createdAt, actorId, kind, repositoryId, issueId, entryId, reason, number, title, isPull }];
  });
}

type RecordedOf<K> = Extract<RecordedEvent, { kind: K }>;

function isOfIssueEvent(event: RecordedEvent): event is RecordedOf<IssueEvent['kind']> {
  const { kind } = event;
  return (
    kind === 'issue.opened' ||
    kind === 'issue.closed' ||
    kind === 'issue.reopened' ||
    kind === 'issue.commented' ||
    kind === 'pull.review_submitted'
  );
}

function isTextEvent(
  event: RecordedOf<IssueEvent['kind']>,
): event is RecordedOf<'issue.commented' | 'pull.review_submitted'> {
  return event.kind === 'issue.commented' || event.kind === 'pull.review_submitted';
}

/** Why it was closed, or what a review said. */
function reasonOf(event: RecordedOf<IssueEvent['kind']>): string | undefined {
  if (event.kind === 'issue.closed') return event.reason;
  return event.kind === 'pull.review_submitted' ? event.state : undefined;
}

function toldOf(event: RecordedEvent, told: { id: number; createdAt: number; actorId: number }): FeedEvent[] {
  if (event.kind === 'push') {
    const { kind, repositoryId, updates } = event;
    return [{ ...told, kind, repositoryId, updates }];
  }
  if (event.kind === 'release.published')
    return [{ ...told, kind: event.kind, repositoryId: event.repositoryId, tag: event.tag }];
  if (
    event.kind !== 'repository.created' &&
    event.kind !== 'repository.starred' &&
    event.kind !== 'repository.forked'
  )
    return [];
  return [{ ...told, kind: event.kind, repositoryId: event.repositoryId }];
}
