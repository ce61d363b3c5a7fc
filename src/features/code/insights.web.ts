// The pages under Insights: contributors, code frequency, commits by week and hour. They show what a job has counted.
import { notFound } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { type Bucket, barChart, punchCard } from './charts.present.ts';
import { answerEmpty } from './empty.web.ts';
import { bucketsOf, contributors, weeksOf } from './insights.present.ts';
import { type Counted, countInsightsLater, findInsights } from './insights.service.ts';
import { MOST_COMMITS } from './insights-log.service.ts';
import { findHomeCommit } from './places.service.ts';

const PAGES = {
  contributors: 'Contributors',
  'code-frequency': 'Code frequency',
  'commit-activity': 'Commits',
} as const;

type PageName = keyof typeof PAGES;

const WIDE = { width: 960, height: 200 };
const YEAR = 52;

export function redirectToContributors(c: WebContext, open: OpenRepository): Response {
  return c.redirect(`${open.path}/graphs/contributors`, 302);
}

export async function getInsights(c: WebContext, open: OpenRepository): Promise<Response> {
  const name = c.req.param('page') ?? '';
  if (!Object.hasOwn(PAGES, name)) throw notFound('page');
  const shown = name as PageName;
  const { app } = c.var;
  const at = await findHomeCommit(app, open);
  if (!at) return answerEmpty(c, open);
  const counted = await findInsights(app, open);
  const isBehind = counted?.commit !== at.commit.oid;
  if (isBehind) await countInsightsLater(app, open.repository.id);
  return page(c, 'code/insights', {
    title: `${PAGES[shown]} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'insights'),
    nav: Object.entries(PAGES).map(([key, label]) => ({
      label,
      href: `${open.path}/graphs/${key}`,
      selected: key === shown,
    })),
    heading: PAGES[shown],
    branch: open.repository.defaultBranch,
    here: `${open.path}/graphs/${shown}`,
    shown: counted && shown,
    isBehind,
    commits: counted?.insights.commits,
    mostCommits: counted?.insights.isCut ? MOST_COMMITS : undefined,
    ...(counted && (await MODELS[shown](c, open, counted, at.commit))),
  });
}

type Model = (
  c: WebContext,
  open: OpenRepository,
  counted: Counted,
  commit: Parameters<typeof contributors>[2],
) => Promise<object> | object;

const MODELS: Readonly<Record<PageName, Model>> = {
  contributors: async ({ var: { app } }, open, { insights }, commit) => {
    const buckets = bucketsOf(insights.authors, weeksOf(insights, app.clock.now()));
    const { people, total } = await contributors(app, open, commit, insights);
    return {
      people,
      total,
      chart: barChart(buckets, WIDE, (one) => one.commits),
      rows: rowsOf(buckets),
      per: spanOf(buckets),
    };
  },
  'code-frequency': ({ var: { app } }, _open, { insights }) => {
    const buckets = bucketsOf(insights.authors, weeksOf(insights, app.clock.now()));
    const chart = barChart(
      buckets,
      { ...WIDE, height: 300 },
      (one) => one.additions,
      (one) => one.deletions,
    );
    return { chart, rows: rowsOf(buckets), per: spanOf(buckets) };
  },
  'commit-activity': ({ var: { app } }, _open, { insights }) => {
    const { last } = weeksOf(insights, app.clock.now());
    const buckets = bucketsOf(insights.authors, { first: last - YEAR + 1, last });
    return {
      chart: barChart(buckets, WIDE, (one) => one.commits),
      rows: rowsOf(buckets),
      per: 'week',
      card: punchCard(insights.hours),
    };
  },
};

/** The newest first, without those in which nothing happened. */
function rowsOf(buckets: readonly Bucket[]): Bucket[] {
  return buckets.filter(({ commits }) => commits > 0).reverse();
}

function spanOf([first, second]: readonly Bucket[]): string {
  const weeks = first && second ? Math.round((second.from - first.from) / (7 * 86_400_000)) : 1;
  return weeks === 1 ? 'week' : `${weeks} weeks`;
}
