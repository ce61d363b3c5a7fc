// Who reviews a pull request, as its side column shows it: whose review is asked for, and what others said last.
import type { App } from '../../platform/app.types.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { teamsOf } from '../orgs/teams.service.ts';
import { knownReaders } from '../repos/known-people.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Pull, ReviewState } from './pulls.types.ts';
import { reviewRequestsOf } from './review-requests.service.ts';
import { reviewersSoFar } from './reviewer-states.service.ts';

const PEOPLE_IN_MENU = 100;
const TEAMS_IN_MENU = 100;

interface Person {
  id: number;
  name: string;
  displayName: string;
  avatarHash: string | null;
}

export interface ReviewerRow {
  person: Person | undefined;
  team: { id: number; label: string; href: string } | undefined;
  /** What is shown: `requested` while it is waited for, else the last word. */
  state: 'requested' | ReviewState;
  isStale: boolean;
  byCodeOwners: boolean;
  /** Whether the visitor may ask this person again. */
  mayAskAgain: boolean;
  /** Whether the visitor may take the request back. */
  mayRemove: boolean;
}

export interface ReviewersModel {
  /** The page of the pull request; forms post below it. */
  path: string;
  rows: ReviewerRow[];
  /** Undefined for whoever may not ask. */
  choices: { people: Person[]; teams: { id: number; name: string }[] } | undefined;
  requestedUserIds: number[];
  requestedTeamIds: number[];
}

/** For the partial `pulls/reviewers`, in a constant number of statements. */
export async function reviewersModel(app: App, open: OpenRepository, pull: Pull): Promise<ReviewersModel> {
  const { issue } = pull;
  const isOpen = issue.state === 'open';
  const [requests, reviewed, mayTriage] = await Promise.all([
    reviewRequestsOf(app, open, pull),
    reviewersSoFar(app, issue.id),
    mayOnIssues(app, open, 'pulls:triage'),
  ]);
  const { actor } = open;
  const selfId = actor.kind === 'user' ? actor.userId : undefined;
  const requestedUserIds = requests.flatMap(({ user }) => user?.id ?? []);
  const rows: ReviewerRow[] = requests.map(({ user, team, byCodeOwners }) => ({
    person: user,
    team: team && teamOf(open, team),
    state: 'requested' as const,
    isStale: false,
    byCodeOwners,
    mayAskAgain: false,
    mayRemove: isOpen && (mayTriage || (user !== undefined && user.id === selfId)),
  }));
  for (const { person, state, isStale } of reviewed)
    if (person.id !== issue.authorId && !requestedUserIds.includes(person.id))
      rows.push({
        ...{ person, team: undefined, state, isStale, byCodeOwners: false, mayRemove: false },
        mayAskAgain: isOpen && (mayTriage || selfId === issue.authorId),
      });
  return {
    path: `${open.path}/pull/${issue.number}`,
    rows,
    choices: mayTriage && isOpen ? await choicesFor(app, open, pull) : undefined,
    requestedUserIds,
    requestedTeamIds: requests.flatMap(({ team }) => team?.id ?? []),
  };
}

function teamOf(open: OpenRepository, { id, name }: { id: number; name: string }) {
  const organization = open.owner.name;
  return { id, label: `${organization}/${name}`, href: `/orgs/${organization}/teams/${name}` };
}

/** Whom the menus offer; of a pull request that is being written, `pull` is missing. */
export async function choicesFor(app: App, open: OpenRepository, pull?: Pull) {
  const people = await knownReaders(app, open, 'pulls', { limit: PEOPLE_IN_MENU });
  const teams = open.owner.kind === 'organization' ? await teamsOf(app, open.actor, open.owner.id) : [];
  const { actor } = open;
  const authorId = pull?.issue.authorId ?? (actor.kind === 'user' ? actor.userId : undefined);
  return {
    people: people
      .filter(({ id }) => id !== authorId)
      .map(({ id, name, displayName, avatarHash }) => ({ id, name, displayName, avatarHash })),
    teams: teams.slice(0, TEAMS_IN_MENU).map(({ id, name }) => ({ id, name })),
  };
}
