// Comparisons in Gitea's REST API v1: the commits that the head has and the base has not, also across forks.
import { notFound } from '../../base/errors.ts';
import { countCommitsBetween, listCommitsBetween } from '../../platform/git/history.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { commitsJson } from './code.json.ts';
import { findCompared, placesOf } from './compare-sides.service.ts';
import { decodePath } from './paths.service.ts';
import { restOfAddress } from './requests.web.ts';

/** The route of comparisons below `/api/v1`. */
export const compareRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: '/api/v1/repos/:owner/:repo/compare/:rest{[^]+}',
    access: 'code:read',
    expensive: true,
    handler: getComparison,
  },
];

/** Segments in front of the range: `/api/v1/repos/:owner/:repo/compare/`. */
const DEPTH = 7;

async function getComparison(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const text = decodePath(restOfAddress(c, DEPTH)).toString('utf8');
  const compared = await findCompared(app, actor, open, text);
  if (!compared) throw notFound('branch, tag or commit');
  const { base, head } = compared;
  const { dir, others } = placesOf(compared);
  const signal = c.req.raw.signal;
  const range = { base: base.at.commit.oid, head: head.at.commit.oid, others, signal };
  const { page, limit } = pageOf(c);
  const [total, { commits }] = await Promise.all([
    countCommitsBetween(app.git, dir, range),
    listCommitsBetween(app.git, dir, { ...range, limit, cursor: String((page - 1) * limit) }),
  ]);
  setPages(c, { page, limit, total });
  return c.json({
    total_commits: total,
    commits: await commitsJson(app, head.open, commits),
  });
}
