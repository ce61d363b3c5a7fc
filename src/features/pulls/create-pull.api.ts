// Opens pull requests by Gitea's REST API v1.
import type { Actor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import type { App } from '../../platform/app.types.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findInNetworkOf } from '../code/compare-sides.service.ts';
import { applyMetadata } from '../issues/metadata.service.ts';
import { metadataIn } from '../issues/request-fields.service.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { createPull, type NewHead } from './create-pull.service.ts';
import { newPullBody } from './pull-bodies.input.ts';
import { pullsJson } from './pulls.json.ts';
import { findPull } from './pulls.service.ts';
import { reviewersIn } from './review-requests.api.ts';
import { requestWithin } from './review-requests.service.ts';

const described = describing('pull');

export const createPullApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: '/api/v1/repos/:owner/:repo/pulls',
    access: 'pulls:create',
    handler: postPull,
    api: described('repoCreatePullRequest', 'Open a pull request', 'PullRequest', {
      about:
        'Labels, assignees, milestone, due date and reviewers are taken from those who may sort pull requests.',
      body: newPullBody,
      example: {
        base: 'main',
        head: 'feature',
        title: 'Add a saucer',
        body: 'It **holds** the cup.',
        draft: true,
      },
      status: 201,
    }),
  },
];

async function postPull(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, newPullBody);
  const maySort = await mayOnIssues(app, open, 'pulls:triage');
  const metadata = maySort ? await metadataIn(app, body) : {};
  const reviewers = maySort ? await reviewersIn(c, open, body) : { userIds: [], teamIds: [] };
  const { issue } = await createPull(app, actor, open, {
    base: body.base,
    head: await headIn(app, actor, open, body.head),
    title: body.title,
    body: body.body ?? '',
    isDraft: body.draft ?? false,
    allowsEdits: body.maintainer_can_modify ?? body.allow_maintainer_edit ?? false,
    more: async (change) => {
      await applyMetadata(change, app, { ...open, actor }, metadata);
      await requestWithin(app, { ...open, actor }, change, reviewers);
    },
  });
  const pull = await findPull(app, issue.id);
  const [json] = pull ? await pullsJson(app, actor, open, [pull]) : [];
  return c.json(json, 201);
}

async function headIn(app: App, actor: Actor, open: OpenRepository, text: string): Promise<NewHead> {
  const at = text.indexOf(':');
  if (at < 0) return { open, branch: text };
  const where = await findInNetworkOf(app, actor, open, text.slice(0, at).split('/'));
  if (!where) throw invalid({ head: 'Choose a branch that exists.' });
  return { open: where, branch: text.slice(at + 1) };
}
