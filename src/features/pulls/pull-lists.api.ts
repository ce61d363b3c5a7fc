// Lists of pull requests in Gitea's REST API v1: of a repository, the open one between two branches, and what brings a commit.
import type { z } from 'zod';
import { invalid, notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findInNetworkOf } from '../code/compare-sides.service.ts';
import { findNamedCommit } from '../code/places.service.ts';
import { labelsFor } from '../issues/labels.service.ts';
import { queryOfParameters, stateOfParameters } from '../issues/list-parameters.service.ts';
import { pageOfIds } from '../issues/listing.service.ts';
import { DEEPEST } from '../issues/listing.types.ts';
import { listMilestones } from '../issues/milestones.service.ts';
import type { ParsedQuery, Part, TermKey } from '../issues/queries.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { pullListQuery } from './pull-bodies.input.ts';
import { pullsByCommit } from './pull-lines.service.ts';
import { pullsJson } from './pulls.json.ts';
import { findOpenBetween, pullsInOrder } from './pulls.service.ts';

const LIST = '/api/v1/repos/:owner/:repo/pulls';
const OF_COMMIT = '/api/v1/repos/:owner/:repo/commits/:sha{[0-9a-fA-F]+}/pull';

const described = describing('pull');

export const pullListApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: LIST,
    access: 'pulls:read',
    handler: getPulls,
    api: described('repoListPullRequests', 'List the pull requests of a repository', 'PullRequest[]', {
      about: `Pages reach ${DEEPEST} deep; X-Total-Count is exact.`,
      query: pullListQuery,
      paged: true,
    }),
  },
  {
    method: 'get',
    path: `${LIST}/pinned`,
    access: 'pulls:read',
    handler: (c) => c.json([]),
    api: described('repoListPinnedPullRequests', 'List the pinned pull requests', 'PullRequest[]', {
      about: 'Always none: pull requests are not pinned here.',
    }),
  },
  {
    method: 'get',
    path: OF_COMMIT,
    access: 'pulls:read',
    expensive: true,
    handler: getOfCommit,
    api: describing('repository')(
      'repoGetCommitPullRequest',
      'Get the pull request of a commit',
      'PullRequest',
      {
        about: 'The newest that brings it, or that it is the merge of.',
      },
    ),
  },
];

/** Its address looks like those of parts of a pull request, so it is mounted after them. */
export const pullBetweenApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${LIST}/:base/:head{.+}`,
    access: 'pulls:read',
    handler: getBetween,
    api: described(
      'repoGetPullRequestByBaseHead',
      'Get the open pull request between two branches',
      'PullRequest',
    ),
  },
];

/** What Gitea's order of pull requests is called among those of issues. */
const SORTS: Readonly<Record<string, string>> = { recentclose: 'recentupdate', priority: 'latest' };
/** GitHub's orders, which `direction` turns round. */
const GITHUB_SORTS: Readonly<Record<string, readonly [string, string]>> = {
  created: ['latest', 'oldest'],
  updated: ['recentupdate', 'leastupdate'],
  popularity: ['mostcomment', 'leastcomment'],
};

async function getPulls(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { page, limit } = pageOf(c);
  const skip = (page - 1) * limit;
  if (skip > DEEPEST) throw invalid({ page: `Pages reach ${DEEPEST} pull requests deep. Narrow the list.` });
  const given = queryOf(c, pullListQuery);
  const query = await queryIn(c, open, given);
  const found = await pageOfIds(app, actor, {
    scope: { kind: 'repository', open },
    query,
    size: limit,
    skip,
  });
  const state = stateOfParameters({ state: given.state });
  const total = (state === 'closed' ? 0 : found.open) + (state === 'open' ? 0 : found.closed);
  setPages(c, { page, limit, total: Math.min(total, DEEPEST + limit), hasMore: skip + limit < total });
  c.header('X-Total-Count', String(total));
  const pulls = await pullsInOrder(app, found.ids);
  return c.json(await pullsJson(app, actor, open, pulls));
}

type Given = z.output<ReturnType<typeof pullListQuery>>;

async function queryIn(c: WebContext, open: OpenRepository, given: Given): Promise<ParsedQuery> {
  const { parts, problems } = queryOfParameters({
    state: given.state,
    type: 'pulls',
    sort: sortIn(given.sort, given.direction),
    created_by: given.poster,
  });
  const base = given.base || given.base_branch;
  return {
    parts: [
      ...parts,
      ...(await labelTerms(c, open)),
      ...(await milestoneTerms(c, open, given)),
      ...(base ? [term('base', base)] : []),
      // GitHub names the owner before the branch; the list is of the repository, whose heads are found by their branch.
      ...(given.head ? [term('head', given.head.slice(given.head.indexOf(':') + 1))] : []),
    ],
    problems,
  };
}

function term(key: TermKey, value: string): Part {
  return { kind: 'term', key, values: [value], isNegated: false };
}

function sortIn(sort: string | undefined, direction: string | undefined): string | undefined {
  if (!sort) return undefined;
  const pair = Object.hasOwn(GITHUB_SORTS, sort) ? GITHUB_SORTS[sort] : undefined;
  if (pair) return direction === 'asc' ? pair[1] : pair[0];
  return Object.hasOwn(SORTS, sort) ? SORTS[sort] : sort;
}

/** `labels` may be given several times, and with commas; every one of them is asked for. */
async function labelTerms(c: WebContext, open: OpenRepository): Promise<Part[]> {
  const asked = (c.req.queries('labels') ?? [])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .slice(0, 50);
  if (asked.length === 0) return [];
  const names = new Map((await labelsFor(c.var.app, open)).map(({ id, name }) => [String(id), name]));
  return asked.map((text) => term('label', names.get(text) ?? text));
}

async function milestoneTerms(c: WebContext, open: OpenRepository, given: Given): Promise<Part[]> {
  const asked = (given.milestone ?? given.milestones)?.trim();
  if (!asked || asked === '0') return [];
  if (asked === 'none') return [term('no', 'milestone')];
  const known = await listMilestones(c.var.app, open, 'all');
  return [term('milestone', known.find(({ id }) => String(id) === asked)?.title ?? asked)];
}

/** The open pull request that brings `head` (as when one is made) to `base`. */
async function getBetween(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const [base = '', head = ''] = [c.req.param('base'), c.req.param('head')];
  const at = head.indexOf(':');
  const there = at < 0 ? open : await findInNetworkOf(app, actor, open, head.slice(0, at).split('/'));
  const found =
    there && (await findOpenBetween(app, open, base, { repository: there, branch: head.slice(at + 1) }));
  if (!found) throw notFound('pull request');
  const [json] = await pullsJson(app, actor, open, [found]);
  return c.json(json);
}

/** The newest pull request that brings a commit, or that it is the merge of. */
async function getOfCommit(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const commit = (await findNamedCommit(app, open, c.req.param('sha') ?? ''))?.commit;
  const [newest] = commit ? await pullsByCommit(app, open, commit.oid) : [];
  const [pull] = newest ? await pullsInOrder(app, [newest.id]) : [];
  if (!pull) throw notFound('pull request');
  const [json] = await pullsJson(app, actor, open, [pull]);
  return c.json(json);
}
