// Comparisons in Gitea's REST API v1: the commits that the head has and the base has not, also across forks.
import { notFound } from '../../base/errors.ts';
import { countCommitsBetween, listCommitsBetween } from '../../platform/git/history.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { commitQuery } from './code.input.ts';
import { commitsJson } from './code.json.ts';
import { findCompared, placesOf } from './compare-sides.service.ts';
import { decodePath } from './paths.service.ts';
import { restOfAddress } from './requests.web.ts';

/** The route of comparisons below `/api/v1`. */
export const compareRoutes: Route<Ability, OpenRepository>[] = [
  {
    path: '/api/v1/repos/:owner/:repo/compare/:basehead{[^]+}',
    ...{ method: 'get', access: 'code:read', expensive: true, handler: getComparison },
    api: {
      ...{ tag: 'repository', id: 'repoCompareDiff', summary: 'Compare two branches, tags or commits' },
      about:
        'Written `base...head`; `owner:branch` names a branch of a fork. The commits that the head has and the base has not, the newest first, in pages.',
      ...{ query: commitQuery, answer: 'Compare', paged: true },
    },
  },
];

/** Segments in front of the range: `/api/v1/repos/:owner/:repo/compare/`. */
const DEPTH = 7;

async function getComparison(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { stat = true, files = true, verification = true } = queryOf(c, commitQuery);
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
    commits: await commitsJson(app, head.open, commits, { stat, files, verification, signal }),
  });
}
