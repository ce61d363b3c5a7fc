// Whose review is asked for, in Gitea's REST API v1.
import { invalid } from '../../base/errors.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { userIdsNamed } from '../issues/metadata-names.service.ts';
import { teamsNamed } from '../orgs/named-teams.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';
import { pullsJson } from './pulls.json.ts';
import { type Reviewers, removeReviewRequests, requestReviews } from './review-requests.service.ts';

const REVIEWERS = `${PULL_API}/requested_reviewers`;

export const reviewRequestApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: REVIEWERS, access: 'pulls:comment', handler: postReviewers },
  { method: 'delete', path: REVIEWERS, access: 'pulls:comment', handler: deleteReviewers },
];

async function postReviewers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  await requestReviews(app, actor, open, pull, await reviewersIn(c, open, await readJson(c)));
  const [json] = await pullsJson(app, actor, open, [await pullAt(c, open)]);
  return c.json(json, 201);
}

async function deleteReviewers(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const reviewers = await reviewersIn(c, open, await readJson(c));
  await removeReviewRequests(c.var.app, c.var.actor, open, pull, reviewers);
  return c.body(null, 204);
}

/** `reviewers` are names of people, `team_reviewers` names of teams of the owning organization. */
export async function reviewersIn(
  c: WebContext,
  open: OpenRepository,
  body: Record<string, unknown>,
): Promise<Reviewers> {
  const names = namesIn(body, 'reviewers');
  const teams = namesIn(body, 'team_reviewers').map((name) =>
    name.includes('/') ? name : `${open.owner.name}/${name}`,
  );
  const found = await teamsNamed(c.var.app, c.var.actor, teams);
  const missing = teams.find((name) => !found.has(name.toLowerCase()));
  if (missing !== undefined) throw invalid({ team_reviewers: `There is no team named ${missing}.` });
  return {
    userIds: await userIdsNamed(c.var.app, names),
    teamIds: [...found.values()].map(({ id }) => id),
  };
}

function namesIn(body: Record<string, unknown>, field: string): string[] {
  const value = body[field] ?? [];
  if (Array.isArray(value) && value.length <= 100 && value.every((name) => typeof name === 'string'))
    return value;
  throw invalid({ [field]: 'Give a list of names, 100 at most.' });
}
