// Whose review is asked for, in Gitea's REST API v1.
import { invalid } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { userIdsNamed } from '../issues/metadata-names.service.ts';
import { teamsNamed } from '../orgs/named-teams.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { reviewersBody } from './pull-bodies.input.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';
import {
  type Reviewers,
  removeReviewRequests,
  requestReviews,
  reviewersToTell,
  reviewRequestsOf,
} from './review-requests.service.ts';
import { requestsJson } from './reviews.json.ts';

const REPOSITORY = '/api/v1/repos/:owner/:repo';
const REVIEWERS = `${PULL_API}/requested_reviewers`;
/** People who are offered. */
const MOST_PEOPLE = 1000;

const described = describing('pull');
const asked = { body: reviewersBody, example: { reviewers: ['bob'], team_reviewers: [] } };

export const reviewRequestApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${REPOSITORY}/reviewers`,
    access: 'pulls:read',
    handler: getPossible,
    api: describing('repository')(
      'repoGetReviewers',
      'List the people who can be asked for a review',
      'User[]',
    ),
  },
  {
    method: 'post',
    path: REVIEWERS,
    access: 'pulls:comment',
    handler: postReviewers,
    api: described('repoCreatePullReviewRequests', 'Ask people and teams for their review', 'PullReview[]', {
      ...asked,
      status: 201,
    }),
  },
  {
    method: 'delete',
    path: REVIEWERS,
    access: 'pulls:comment',
    handler: deleteReviewers,
    api: described('repoDeletePullReviewRequests', 'Take requests of reviews back', 'none', asked),
  },
];

/** Whom a repository knows is for those who may ask them; others are told of those who were asked or assigned lately. */
async function getPossible(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const people = await reviewersToTell(app, open, MOST_PEOPLE);
  const shown = await accountsJson(
    app,
    actor,
    people.map(({ id }) => id),
  );
  return c.json([...shown.values()]);
}

async function postReviewers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { userIds, teamIds } = await reviewersIn(c, open, await bodyOf(c, reviewersBody));
  await requestReviews(app, actor, open, pull, { userIds, teamIds });
  const requests = await reviewRequestsOf(app, { ...open, actor }, pull);
  const made = requests.filter(
    ({ user, team }) => userIds.includes(user?.id ?? 0) || teamIds.includes(team?.id ?? 0),
  );
  return c.json(await requestsJson(app, open, pull, made), 201);
}

async function deleteReviewers(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const reviewers = await reviewersIn(c, open, await bodyOf(c, reviewersBody));
  await removeReviewRequests(c.var.app, c.var.actor, open, pull, reviewers);
  return c.body(null, 204);
}

/** `reviewers` are names of people, `team_reviewers` names of teams of the owning organization. */
export async function reviewersIn(
  c: WebContext,
  open: OpenRepository,
  body: { reviewers?: string[] | undefined; team_reviewers?: string[] | undefined },
): Promise<Reviewers> {
  const teams = (body.team_reviewers ?? []).map((name) =>
    name.includes('/') ? name : `${open.owner.name}/${name}`,
  );
  const found = await teamsNamed(c.var.app, c.var.actor, teams);
  const missing = teams.find((name) => !found.has(name.toLowerCase()));
  if (missing !== undefined) throw invalid({ team_reviewers: `There is no team named ${missing}.` });
  return {
    userIds: await userIdsNamed(c.var.app, body.reviewers ?? []),
    teamIds: [...found.values()].map(({ id }) => id),
  };
}
