// Lists of issues in Gitea's REST API v1: of a repository, and across all that one may see.
import { invalid } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueListQuery, issueSearchQuery } from './issue-bodies.input.ts';
import { type ListParameters, queryOfParameters, stateOfParameters } from './list-parameters.service.ts';
import { listedJson } from './listed-json.present.ts';
import { pageOfIds } from './listing.service.ts';
import { DEEPEST, type ListScope } from './listing.types.ts';
import { listMilestones } from './milestones.service.ts';

const described = describing('issue');

export const listApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/:owner/:repo/issues',
    access: 'conversations:read',
    handler: getIssues,
    api: described('issueListIssues', 'List the issues and pull requests of a repository', 'Issue[]', {
      about: `Pages reach ${DEEPEST} deep; X-Total-Count is exact.`,
      query: issueListQuery,
      paged: true,
    }),
  },
];

const searchRoutes: Route<AccountAccess, unknown>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/issues/search',
    access: 'anyone',
    handler: getSearch,
    api: described('issueSearchIssues', 'Search issues and pull requests of all repositories', 'Issue[]', {
      about: `What whoever asks may read. Pages reach ${DEEPEST} deep; X-Total-Count is exact.`,
      query: issueSearchQuery,
      paged: true,
    }),
  },
];

/** Adds the search across repositories. Mounted before `/api/v1/repos/:owner/:repo`, which its address looks like. */
export function mountIssueSearchApi(web: WebApp): void {
  mountRoutes(web, accountGate, searchRoutes);
}

async function getIssues(c: WebContext, open: OpenRepository): Promise<Response> {
  const given = queryOf(c, issueListQuery);
  const milestones = await titlesOf(c, open, given.milestones);
  return answer(c, { kind: 'repository', open }, { ...given, milestones });
}

/** Milestones may be given by their ids too. */
async function titlesOf(
  c: WebContext,
  open: OpenRepository,
  text: string | undefined,
): Promise<string | undefined> {
  if (!text || !/\d/.test(text)) return text;
  const known = await listMilestones(c.var.app, open, 'all');
  const titles = text.split(',').map((one) => {
    const name = one.trim();
    const named = known.find(({ titleKey }) => titleKey === name.toLowerCase());
    return (named ?? known.find(({ id }) => String(id) === name))?.title ?? name;
  });
  return titles.join(',');
}

function getSearch(c: WebContext): Promise<Response> {
  return answer(c, { kind: 'all' }, queryOf(c, issueSearchQuery));
}

async function answer(c: WebContext, scope: ListScope, given: ListParameters): Promise<Response> {
  const { app, actor } = c.var;
  const { page, limit } = pageOf(c);
  const skip = (page - 1) * limit;
  if (skip > DEEPEST)
    throw invalid({ page: `Pages reach ${DEEPEST} issues deep. Narrow the list, for example by before=.` });
  const query = queryOfParameters(given);
  const found = await pageOfIds(app, actor, { scope, query, size: limit, skip });
  const state = stateOfParameters(given);
  const total = (state === 'closed' ? 0 : found.open) + (state === 'open' ? 0 : found.closed);
  setPages(c, { page, limit, total: Math.min(total, DEEPEST + limit), hasMore: skip + limit < total });
  // Links reach as deep as pages do; the count is the true one.
  c.header('X-Total-Count', String(total));
  return c.json(await listedJson(app, actor, scope, found.ids));
}
