// Turns what was counted into the pages under Insights: people with their accounts, weeks gathered to what a chart holds.
import type { App } from '../../platform/app.types.ts';
import type { Commit } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsByAddress, namesOf } from '../users/authorship.service.ts';
import { type BarChart, type Bucket, barChart } from './charts.present.ts';
import type { Author, Insights } from './insights.types.ts';
import { startOfWeek, weekOf } from './insights-log.service.ts';
import { type Person, parseMailmap } from './mailmaps.service.ts';
import { visibleText } from './paths.service.ts';
import { findEntry } from './places.service.ts';

const MOST_BUCKETS = 120;
const SHOWN_PEOPLE = 100;
const MAX_MAILMAP = 1024 * 1024;

export interface Contributor {
  name: string;
  /** The account's page and picture, where an address is verified. */
  href: string | undefined;
  avatar: { name: string; avatarHash: string | null } | string;
  commits: number;
  additions: number;
  deletions: number;
  chart: BarChart;
}

/** The weeks between first and last, gathered so that there are not too many. */
export function bucketsOf(authors: readonly Author[], weeks: { first: number; last: number }): Bucket[] {
  const per = Math.max(1, Math.ceil((weeks.last - weeks.first + 1) / MOST_BUCKETS));
  const buckets: Bucket[] = [];
  for (let week = weeks.first; week <= weeks.last; week += per)
    buckets.push({ from: startOfWeek(week), commits: 0, additions: 0, deletions: 0 });
  for (const { weeks: counted } of authors) {
    for (const [week, commits, additions, deletions] of counted) {
      const bucket = buckets[Math.floor((week - weeks.first) / per)];
      if (!bucket) continue;
      bucket.commits += commits;
      bucket.additions += additions;
      bucket.deletions += deletions;
    }
  }
  return buckets;
}

/** From the first week something happened in to the last; dates of the future or before 1990 are no dates. */
export function weeksOf(insights: Insights, now: number): { first: number; last: number } {
  const last = weekOf(now / 1000);
  let first = last;
  for (const { weeks } of insights.authors)
    for (const [week] of weeks) if (week < first && week >= EARLIEST) first = week;
  return { first: Math.max(EARLIEST, Math.min(first, last - SHORTEST)), last };
}

/** Weeks that a young history is drawn over: bars of a few weeks would be walls. */
const SHORTEST = 25;
const EARLIEST = weekOf(Date.UTC(1990, 0, 1) / 1000);

/** The people with most commits, each once: by account, or else by the address that the mailmap gives. */
export async function contributors(
  app: App,
  open: OpenRepository,
  commit: Commit,
  insights: Insights,
): Promise<{ people: Contributor[]; total: number }> {
  const real = await mailmapOf(app, open, commit);
  const authors = insights.authors.map((author) => ({ ...author, ...real(author) }));
  const accounts = await accountsByAddress(
    app,
    authors.map(({ email }) => email.toLowerCase()),
  );
  const groups = new Map<string, Author[]>();
  for (const author of authors) {
    const account = accounts.get(author.email.toLowerCase());
    const key = account === undefined ? author.email.toLowerCase() : `account ${account}`;
    const group = groups.get(key) ?? [];
    group.push(author);
    groups.set(key, group);
  }
  const ranked = [...groups.values()]
    .map((group) => ({ group, commits: sum(group, 1) }))
    .sort((one, other) => other.commits - one.commits)
    .slice(0, SHOWN_PEOPLE);
  const ids = ranked.flatMap(({ group }) => accounts.get(group[0]?.email.toLowerCase() ?? '') ?? []);
  const named = await namesOf(app, ids);
  const weeks = weeksOf(insights, app.clock.now());
  const people = ranked.map(({ group, commits }): Contributor => {
    const account = named.get(accounts.get(group[0]?.email.toLowerCase() ?? '') ?? -1);
    const name = account?.name ?? visibleText(mostUsedName(group));
    return {
      name: name === '' ? 'Others' : name,
      href: account && `/${encodeURIComponent(account.name)}`,
      avatar: account ?? name,
      commits,
      additions: sum(group, 2),
      deletions: sum(group, 3),
      chart: barChart(bucketsOf(group, weeks), { width: 240, height: 50 }, (bucket) => bucket.commits),
    };
  });
  return { people, total: groups.size };
}

function sum(group: readonly Author[], field: 1 | 2 | 3): number {
  return group.reduce((all, { weeks }) => all + weeks.reduce((some, counts) => some + counts[field], 0), 0);
}

function mostUsedName(group: readonly Author[]): string {
  const [first] = [...group].sort((one, other) => sum([other], 1) - sum([one], 1));
  return first?.name ?? '';
}

async function mailmapOf(
  app: App,
  open: OpenRepository,
  commit: Commit,
): Promise<(person: Person) => Person> {
  const entry = await findEntry(app, open, commit, Buffer.from('.mailmap'));
  if (entry?.type !== 'blob' || entry.mode === '120000') return parseMailmap('');
  const objects = app.git.objects(open.dir);
  const size = (await objects.info(entry.oid))?.size ?? 0;
  if (size > MAX_MAILMAP) return parseMailmap('');
  return parseMailmap((await objects.read(entry.oid, MAX_MAILMAP))?.data.toString('utf8') ?? '');
}
