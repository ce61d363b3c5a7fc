// Brings the base of a pull request into its head by Gitea's REST API v1.
import { describing } from '../../platform/api/description.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { updateHead } from './head-updates.service.ts';
import { updateQuery } from './pull-bodies.input.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';

export const headUpdateApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: `${PULL_API}/update`,
    access: 'pulls:comment',
    expensive: true,
    handler: postUpdate,
    api: describing('pull')('repoUpdatePullRequest', 'Bring the base into the head', 'none', {
      about: 'By a merge, unless `style` says `rebase`. 409 where it cannot be done.',
      query: updateQuery,
      status: 200,
    }),
  },
];

async function postUpdate(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { style = 'merge' } = queryOf(c, updateQuery);
  await updateHead(app, actor, open, await pullAt(c, open), { style });
  return c.body(null, 200);
}
