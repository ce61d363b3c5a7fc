// What an event means to people: what it is about, whom it concerns for a reason of their own, and whether everybody who
// watches is told.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { EventKind, RecordedEvent } from '../../platform/events/events.types.ts';
import { actorOfAccount } from '../auth/actors.service.ts';
import type { IssueRow } from '../issues/issues.types.ts';
import { findIssue, findTimelineEntry } from '../issues/lookups.service.ts';
import { mentionedPeople } from '../issues/references.service.ts';
import { peopleOfTeams } from '../orgs/named-teams.service.ts';
import { findPublished } from '../releases/releases.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository, Owned } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';
import type { NotificationReason, NotificationSubject, WatchedKind } from './notifications.types.ts';
import { stronger } from './reasons.service.ts';

/** The events that people are told of. */
export const TOLD_EVENTS = [
  'issue.opened',
  'issue.commented',
  'issue.closed',
  'issue.reopened',
  'issue.assigned',
  'issue.text_edited',
  'pull.review_submitted',
  'pull.review_requested',
  'pull.synchronized',
  'release.published',
] as const satisfies readonly EventKind[];

/** Comments of one review that are looked through for mentions. */
const MOST_TEXTS = 100;

/** Some events share their members with kinds nobody is told of. */
export type OfKind<E, K> = E extends { kind: infer F }
  ? [Extract<F, K>] extends [never]
    ? never
    : E & { kind: Extract<F, K> }
  : never;

export type ToldEvent = OfKind<RecordedEvent, (typeof TOLD_EVENTS)[number]>;

export interface Occurrence {
  event: ToldEvent;
  owned: Owned;
  /** The part of the repository one must be able to read. */
  unit: 'issues' | 'pulls' | 'releases';
  watched: WatchedKind;
  subject: NotificationSubject;
  subjectId: number;
  /** Whom it concerns for a reason of their own. */
  direct: ReadonlyMap<number, NotificationReason>;
  /** Whether those who subscribed or watch are told as well. */
  isForAll: boolean;
}

/** Whether people are told of events of this kind. */
export function isTold(event: RecordedEvent): event is ToldEvent {
  return (TOLD_EVENTS as readonly string[]).includes(event.kind);
}

/** What an event means; undefined when what it is about is gone, or nobody is told. */
export async function occurrenceOf(app: App, event: ToldEvent): Promise<Occurrence | undefined> {
  if (event.kind === 'release.published') return releaseOccurrence(app, event);
  const issue = await findIssue(app, event.issueId);
  if (!issue) return undefined;
  const owned = await ownedOf(app, issue.repositoryId);
  if (!owned) return undefined;
  const entryId = 'entryId' in event ? event.entryId : undefined;
  // A comment that was deleted meanwhile is nobody's business any more.
  if (entryId !== undefined && !(await findTimelineEntry(app, issue.id, entryId))) return undefined;
  return {
    event,
    owned,
    unit: issue.isPull ? 'pulls' : 'issues',
    watched: issue.isPull ? 'pulls' : 'issues',
    subject: issue.isPull ? 'pull' : 'issue',
    subjectId: issue.id,
    direct: await concerned(app, event, issue),
    isForAll: !FOR_THOSE_NAMED.has(event.kind),
  };
}

const FOR_THOSE_NAMED: ReadonlySet<ToldEvent['kind']> = new Set([
  'issue.assigned',
  'issue.text_edited',
  'pull.review_requested',
]);

async function releaseOccurrence(
  app: App,
  event: OfKind<ToldEvent, 'release.published'>,
): Promise<Occurrence | undefined> {
  const { repositoryId, releaseId } = event;
  const owned = await ownedOf(app, repositoryId);
  if (!owned || !(await findPublished(app, repositoryId, releaseId))) return undefined;
  const about = { unit: 'releases', watched: 'releases', subject: 'release' } as const;
  return { event, owned, ...about, subjectId: releaseId, direct: new Map(), isForAll: true };
}

/** The repository, if it is there. */
async function ownedOf(app: App, repositoryId: number): Promise<Owned | undefined> {
  const open = await openedBy(app, SYSTEM, repositoryId);
  return open && { repository: open.repository, ownerKind: open.owner.kind };
}

async function openedBy(
  app: App,
  actor: Parameters<typeof openRepositoryById>[1],
  repositoryId: number,
): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, actor, repositoryId, 'repository:see');
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden')) return undefined;
    throw error;
  }
}

type IssueEvent = Exclude<ToldEvent, { kind: 'release.published' }>;

async function concerned(
  app: App,
  event: IssueEvent,
  issue: IssueRow,
): Promise<Map<number, NotificationReason>> {
  const direct = new Map<number, NotificationReason>();
  const add = (userId: number, reason: NotificationReason) =>
    void direct.set(userId, stronger(reason, direct.get(userId)));
  if (event.kind === 'pull.review_requested')
    for (const userId of await askedFor(app, event)) add(userId, 'review_requested');
  if (event.kind === 'issue.assigned') for (const userId of event.userIds) add(userId, 'assign');
  for (const { userId, byTeam } of await mentionsOf(app, event, issue))
    add(userId, byTeam ? 'team_mention' : 'mention');
  return direct;
}

/** People of teams that are asked together. */
const MOST_ASKED = 2000;

/** Who is asked for a review, by name or as one of a team. */
async function askedFor(
  app: App,
  { userIds, teamIds }: OfKind<ToldEvent, 'pull.review_requested'>,
): Promise<number[]> {
  return [...userIds, ...(await peopleOfTeams(app, teamIds, MOST_ASKED))];
}

/** Whom the text mentions, of an edited one only those whom it did not mention before. */
async function mentionsOf(app: App, event: IssueEvent, issue: IssueRow) {
  const text = await textOf(app, event, issue);
  const open = text ? await openedByWriter(app, event.actorId, issue.repositoryId) : undefined;
  if (!text || !open) return [];
  const unit = issue.isPull ? 'pulls' : 'issues';
  const now = await mentionedPeople(app, open, text, unit);
  if (event.kind !== 'issue.text_edited') return now;
  const before = new Set((await mentionedPeople(app, open, event.before, unit)).map(({ userId }) => userId));
  return now.filter(({ userId }) => !before.has(userId));
}

async function textOf(app: App, event: IssueEvent, issue: IssueRow): Promise<string | undefined> {
  if (event.kind === 'issue.opened') return issue.body;
  if (event.kind === 'pull.review_submitted') return textOfReview(app, event);
  if (event.kind === 'issue.commented' || event.kind === 'issue.text_edited') {
    if (event.entryId === undefined) return issue.body;
    return (await findTimelineEntry(app, issue.id, event.entryId))?.body ?? undefined;
  }
  return undefined;
}

/** What a review says, and its comments on code. */
async function textOfReview(
  app: App,
  { issueId, entryId, commentIds }: OfKind<ToldEvent, 'pull.review_submitted'>,
): Promise<string> {
  const texts: string[] = [];
  for (const id of [entryId, ...commentIds].slice(0, MOST_TEXTS)) {
    const entry = await findTimelineEntry(app, issueId, id);
    if (entry?.body) texts.push(entry.body);
  }
  return texts.join('\n\n');
}

/** As whoever wrote it sees the repository: nobody calls a team that they may not know of. */
async function openedByWriter(
  app: App,
  actorId: number | undefined,
  repositoryId: number,
): Promise<OpenRepository | undefined> {
  const user = actorId === undefined ? undefined : await findUserById(app, actorId);
  const actor = user && (await actorOfAccount(app, user, 'password'));
  return actor && openedBy(app, actor, repositoryId);
}
