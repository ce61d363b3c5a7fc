// Who starred a repository, in Gitea's REST API v1.
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { openRepository } from './access.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { stargazersOf } from './stars.service.ts';

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/:owner/:repo/stargazers',
    access: 'repository:see',
    handler: getStargazers,
    api: {
      tag: 'repository',
      id: 'repoListStargazers',
      summary: 'List who starred a repository',
      answer: 'User[]',
      paged: true,
    },
  },
];

/** Adds stargazers to `/api/v1`. */
export function mountStarApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getStargazers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const asked = pageOf(c);
  const ids = await stargazersOf(app, actor, open, asked);
  setPages(c, { ...asked, total: open.repository.starCount });
  return c.json([...(await accountsJson(app, actor, ids)).values()]);
}
