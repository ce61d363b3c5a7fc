// Opens pull requests by Gitea's REST API v1.
import type { Actor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findInNetworkOf } from '../code/compare-sides.service.ts';
import { applyMetadata } from '../issues/metadata.service.ts';
import { metadataIn, textIn } from '../issues/request-fields.service.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { createPull, type NewHead } from './create-pull.service.ts';
import { pullsJson } from './pulls.json.ts';
import { findPull } from './pulls.service.ts';
import { reviewersIn } from './review-requests.api.ts';
import { requestWithin } from './review-requests.service.ts';

export const createPullApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: '/api/v1/repos/:owner/:repo/pulls', access: 'pulls:create', handler: postPull },
];

/**
 * `head` is a branch, `owner:branch`, or `owner/repository:branch`; `draft` and `maintainer_can_modify` as on GitHub; `reviewers`
 * and `team_reviewers` as in requests of reviews.
 */
async function postPull(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const body = await readJson(c);
  const maySort = await mayOnIssues(app, open, 'pulls:triage');
  const metadata = maySort ? await metadataIn(app, body) : {};
  const reviewers = maySort ? await reviewersIn(c, open, body) : { userIds: [], teamIds: [] };
  const { issue } = await createPull(app, actor, open, {
    base: textIn(body, 'base') ?? '',
    head: await headIn(app, actor, open, textIn(body, 'head') ?? ''),
    title: textIn(body, 'title') ?? '',
    body: textIn(body, 'body') ?? '',
    isDraft: body.draft === true,
    allowsEdits: (body.maintainer_can_modify ?? body.allow_maintainer_edit) === true,
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
