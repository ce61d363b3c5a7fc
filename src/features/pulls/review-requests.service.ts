// Whose review of a pull request is asked for: people and teams, by hand or because they own what it changes.
import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { lastAssignedTo } from '../issues/assignees.service.ts';
import { noteIssueChange } from '../issues/changing.service.ts';
import type { IssueChange } from '../issues/issues.types.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { openedOrNot } from '../issues/writers.service.ts';
import { peopleOfTeams, teamsKnown } from '../orgs/named-teams.service.ts';
import { teamsOf } from '../orgs/teams.service.ts';
import { knownAmong, knownReaders } from '../repos/known-people.service.ts';
import { readersAmong } from '../repos/readers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changePull, changePullWithin } from './changing-pulls.service.ts';
import { ownersOfPull } from './code-owners.service.ts';
import { findPullById } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';
import {
  insertRequest,
  listRequests,
  listReviewerIds,
  type RequestItem,
  removeRequest,
} from './review-requests.store.ts';

export type { RequestItem } from './review-requests.store.ts';

/** Requests of one pull request at most. */
export const MOST_REVIEWERS = 50;
/** People of a team who are looked at. */
const MOST_PEOPLE = 5000;

export interface Reviewers {
  userIds: readonly number[];
  teamIds: readonly number[];
}

/** Whose review is asked for, the oldest request first; of secret teams only those the actor of `open` may know. */
export function reviewRequestsOf(app: App, open: OpenRepository, pull: Pull): Promise<RequestItem[]> {
  return reviewRequestsAmong(app, open, [pull.issue.id]);
}

/** As `reviewRequestsOf`, of several pull requests of the repository. */
export async function reviewRequestsAmong(
  app: App,
  open: OpenRepository,
  issueIds: readonly number[],
): Promise<RequestItem[]> {
  const items = await listRequests(app.db.read, issueIds);
  if (!items.some(({ team }) => team?.isSecret)) return items;
  const known = new Set((await teamsKnown(app, open.actor, open.owner.id)).map(({ id }) => id));
  return items.filter(({ team }) => !team?.isSecret || known.has(team.id));
}

/**
 * People who can be asked for a review, as whoever opened the repository may know them: whom it knows by name is for those who
 * may ask them; others are told of those who were assigned lately.
 */
export async function reviewersToTell(
  app: App,
  open: OpenRepository,
  limit: number,
): Promise<{ id: number }[]> {
  if (await mayOnIssues(app, open, 'pulls:triage')) return knownReaders(app, open, 'pulls', { limit });
  return lastAssignedTo(app, open, true, limit);
}

/**
 * Asks people and teams for their review; who reviewed already is asked again. Who sorts pull requests may, and authors
 * those who reviewed before. Throws AppError invalid on `reviewers`.
 */
export async function requestReviews(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  reviewers: Reviewers,
): Promise<void> {
  const ability = (await isOnlyAgain(app, actor, pull, reviewers)) ? 'pulls:comment' : 'pulls:triage';
  await changePull(app, actor, open, pull.issue.id, ability, async (change) => {
    if (change.issue.state === 'closed')
      throw new AppError('conflict', 'This pull request is closed: nobody needs to review it.');
    await requestWithin(app, { ...open, actor }, change, reviewers);
  });
}

async function isOnlyAgain(app: App, actor: Actor, { issue }: Pull, reviewers: Reviewers): Promise<boolean> {
  if (actor.kind !== 'user' || actor.userId !== issue.authorId || reviewers.teamIds.length > 0) return false;
  const before = await listReviewerIds(app.db.read, issue.id);
  return reviewers.userIds.every((id) => before.includes(id));
}

/** The same in the transaction of `change`; whoever calls has judged. */
export async function requestWithin(
  app: App,
  open: Pick<OpenRepository, 'repository' | 'owner' | 'actor'>,
  change: IssueChange,
  { userIds, teamIds }: Reviewers,
): Promise<void> {
  const { tx, issue } = change;
  const current = await listRequests(tx, [issue.id]);
  const people = [...new Set(userIds)].filter((id) => !current.some(({ user }) => user?.id === id));
  const teams = [...new Set(teamIds)].filter((id) => !current.some(({ team }) => team?.id === id));
  if (people.length + teams.length === 0) return;
  if (people.includes(issue.authorId)) throw invalid({ reviewers: 'Nobody reviews their own pull request.' });
  if (current.length + people.length + teams.length > MOST_REVIEWERS)
    throw invalid({ reviewers: `Ask for ${MOST_REVIEWERS} reviews at most.` });
  await requireReviewers(app, open, change, people);
  const own = teams.length === 0 ? [] : await teamsOfOwner(app, open);
  if (teams.some((id) => !own.includes(id)))
    throw invalid({ reviewers: 'Choose teams of the organization that owns this repository.' });
  await addRequests(app, open.actor, change, { userIds: people, teamIds: teams });
}

async function teamsOfOwner(app: App, open: Pick<OpenRepository, 'owner' | 'actor'>): Promise<number[]> {
  if (open.owner.kind !== 'organization') return [];
  return (await teamsOf(app, open.actor, open.owner.id)).map(({ id }) => id);
}

/** People whom the repository knows, or who reviewed before, and who may read pull requests. */
async function requireReviewers(
  app: App,
  open: Pick<OpenRepository, 'repository' | 'owner'>,
  { tx, issue }: IssueChange,
  people: readonly number[],
): Promise<void> {
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const readers = await readersAmong(app, owned, 'pulls', people, tx);
  const known = await knownAmong(tx, open, people);
  const before = await listReviewerIds(tx, issue.id);
  if (people.some((id) => !readers.has(id) || !(known.has(id) || before.includes(id))))
    throw invalid({ reviewers: 'Choose people who work on this repository and may read its pull requests.' });
}

async function addRequests(
  app: App,
  actor: Actor,
  change: IssueChange,
  { userIds, teamIds, byCodeOwners = false }: Reviewers & { byCodeOwners?: boolean },
): Promise<void> {
  const { tx, issue, now, userId } = change;
  const common = { issueId: issue.id, requestedById: userId ?? null, byCodeOwners, createdAt: now };
  for (const id of userIds) await insertRequest(tx, { ...common, userId: id, teamId: null });
  for (const id of teamIds) await insertRequest(tx, { ...common, userId: null, teamId: id });
  const named = { userIds: [...userIds], teamIds: [...teamIds] };
  await change.addEntry('review_requested', { ...named, ...(byCodeOwners ? { byCodeOwners } : {}) });
  await app.events.record(tx, { kind: 'pull.review_requested', ...of(change, actor), ...named });
}

/** Takes requests back: who sorts pull requests may, and everybody their own. */
export async function removeReviewRequests(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  { userIds, teamIds }: Reviewers,
): Promise<void> {
  const isOwn = actor.kind === 'user' && teamIds.length === 0 && userIds.every((id) => id === actor.userId);
  const ability = isOwn ? 'pulls:comment' : 'pulls:triage';
  await changePull(app, actor, open, pull.issue.id, ability, async (change) => {
    const { tx, issue } = change;
    const removed = { userIds: [] as number[], teamIds: [] as number[] };
    for (const userId of new Set(userIds))
      if (await removeRequest(tx, issue.id, { userId })) removed.userIds.push(userId);
    for (const teamId of new Set(teamIds))
      if (await removeRequest(tx, issue.id, { teamId })) removed.teamIds.push(teamId);
    if (removed.userIds.length + removed.teamIds.length === 0) return;
    await change.addEntry('review_request_removed', removed);
    await app.events.record(tx, { kind: 'pull.review_request_removed', ...of(change, actor), ...removed });
  });
}

/**
 * Asks the owners of what a pull request changes, who were not asked and have not reviewed: when it is opened or ready, and
 * when commits come. Drafts wait. May run several times.
 */
export async function requestCodeOwners(app: App, issueId: number): Promise<void> {
  const found = await findPullById(app.db.read, issueId);
  const open = found && (await openedOrNot(app, SYSTEM, found.pull.repositoryId, 'repository:see'));
  if (!found || !open || !isWaiting(found)) return;
  const groups = await ownersOfPull(app, open, found.pull);
  if (groups.length === 0) return;
  await app.db.write(async (tx) => {
    const now = await findPullById(tx, issueId);
    if (!now || !isWaiting(now) || now.pull.headOid !== found.pull.headOid) return;
    const current = await listRequests(tx, [issueId]);
    const reviewed = await listReviewerIds(tx, issueId);
    const isNewPerson = (id: number) =>
      id !== now.issue.authorId && !reviewed.includes(id) && !current.some(({ user }) => user?.id === id);
    const room = MOST_REVIEWERS - current.length;
    const userIds = [...new Set(groups.flatMap((one) => one.userIds))].filter(isNewPerson).slice(0, room);
    const teamIds = [...new Set(groups.flatMap((one) => one.teamIds))]
      .filter((id) => !current.some(({ team }) => team?.id === id))
      .slice(0, Math.max(0, room - userIds.length));
    if (userIds.length + teamIds.length === 0) return;
    await changePullWithin(app, tx, SYSTEM, now, (change) =>
      addRequests(app, SYSTEM, change, { userIds, teamIds, byCodeOwners: true }),
    );
  });
}

/** Teams are asked no longer once one of their people has reviewed. May run several times. */
export async function settleTeamRequests(app: App, issueId: number, reviewerId: number): Promise<void> {
  const waiting = (await listRequests(app.db.read, [issueId])).flatMap(({ team }) => team?.id ?? []);
  for (const teamId of waiting) {
    const people = await peopleOfTeams(app, [teamId], MOST_PEOPLE);
    if (!people.includes(reviewerId)) continue;
    await app.db.write(async (tx) => {
      const found = await findPullById(tx, issueId);
      if (found && (await removeRequest(tx, issueId, { teamId }))) await noteIssueChange(app, tx, issueId);
    });
  }
}

function isWaiting({ issue, pull }: Pull): boolean {
  return issue.state === 'open' && !pull.isDraft;
}

function of({ issue }: IssueChange, actor: Actor) {
  return { ...doneBy(actor), repositoryId: issue.repositoryId, issueId: issue.id };
}
