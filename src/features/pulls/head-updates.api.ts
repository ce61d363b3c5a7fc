// Brings the base of a pull request into its head by Gitea's REST API v1.
import { invalid } from '../../base/errors.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { updateHead } from './head-updates.service.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';

export const headUpdateApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: `${PULL_API}/update`,
    access: 'pulls:comment',
    expensive: true,
    handler: postUpdate,
  },
];

/** `?style=merge|rebase`; answers 200 without a body, and 409 where it cannot be done. */
async function postUpdate(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const style = c.req.query('style') ?? 'merge';
  if (style !== 'merge' && style !== 'rebase') throw invalid({ style: 'Choose merge or rebase.' });
  await updateHead(app, actor, open, await pullAt(c, open), { style });
  return c.body(null, 200);
}
