// What pull requests add to the entries of their timelines: commits, reviews, requests for them, merges and heads that moved.
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { commitDetails } from '../code/commit-details.service.ts';
import { type CommitItem, commitItem } from '../code/commits.present.ts';
import type { EntryData } from '../issues/entries.types.ts';
import type { EntryRow } from '../issues/issues.types.ts';
import { type EventItem, GHOST, type Person, type TimelineItem } from '../issues/timeline.present.ts';
import type { TimelineNames } from '../issues/timeline.service.ts';
import { teamsOf } from '../orgs/teams.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { OpenedWith } from './pull-commits.service.ts';
import { listReviews } from './pulls.service.ts';
import type { Pull, ReviewRow } from './pulls.types.ts';

/** Commits shown of one entry, and of all on a page; the tab Commits has them all. */
export const COMMITS_SHOWN = 20;
const MOST_COMMITS = 100;

/** What an entry of a pull request shows besides what every entry has. */
export interface PullDetails {
  /** The newest of `commits`, the oldest first. */
  commits?: CommitItem[];
  /** Commits that are not among `commits`. */
  more?: number;
  /** A comparison of what the head was and became. */
  compareHref?: string;
  before?: CommitLink;
  after?: CommitLink;
  review?: ReviewItem;
  /** Whose review is asked for, or no longer. */
  asked?: { people: Person[]; teams: TeamName[] };
  /** Whose review was dismissed. */
  reviewer?: Person;
  commit?: CommitLink;
  branch?: string;
}

export interface CommitLink {
  href: string;
  short: string;
}

export interface ReviewItem {
  id: number;
  state: ReviewRow['state'];
  /** What it said before it was dismissed. */
  said: Exclude<ReviewRow['state'], 'dismissed'>;
  isStale: boolean;
  commit: CommitLink;
}

/** A team by its name, for those who may know of it. */
export interface TeamName {
  label: string;
  href: string | undefined;
}

export type PullItem = TimelineItem & { details?: PullDetails };

/** The items of a timeline with what pull requests know of them; a constant number of statements. */
export async function pullItems(
  app: App,
  open: OpenRepository,
  found: Pull,
  part: { items: readonly TimelineItem[]; entries: readonly EntryRow[]; names: TimelineNames },
  opening?: OpenedWith,
): Promise<PullItem[]> {
  const entries = new Map(part.entries.map((entry) => [entry.id, entry]));
  const [commits, reviews, teams] = await Promise.all([
    commitsIn(app, open, part.entries, opening),
    reviewsIn(app, found, part.entries),
    teamsIn(app, open, part.entries),
  ]);
  const known: Known = { open, found, names: part.names, commits, reviews, teams };
  const items = part.items.flatMap((item) => {
    const entry = item.kind === 'comment' ? undefined : entries.get(item.id);
    if (entry && isOwnMerge(entry, found)) return [];
    const details = entry && detailsOf(entry, known);
    return [details ? { ...item, details } : item];
  });
  return opening && opening.count > 0 ? [openingItem(found, opening, known), ...items] : items;
}

/** The commit that merged it names it in its message, which its merging has said already. */
function isOwnMerge({ kind, data }: EntryRow, { pull }: Pull): boolean {
  return kind === 'commit' && pull.mergedOid !== null && (data as EntryData['commit']).oid === pull.mergedOid;
}

/** The commits that were there when it was opened stand in no entry. */
function openingItem({ issue }: Pull, { oids, count }: OpenedWith, known: Known): PullItem {
  const shown = oids.flatMap((oid) => known.commits.get(oid) ?? []);
  return {
    id: 0,
    kind: 'commits',
    icon: 'git-commit',
    tone: '',
    actor: known.names.people.get(issue.authorId) ?? GHOST,
    at: issue.createdAt,
    data: { count },
    details: { commits: shown, more: count - shown.length },
  };
}

/** The reviews among the items that may have comments on code. */
export function reviewIdsIn(items: readonly PullItem[]): number[] {
  return items.flatMap(({ details }) => details?.review?.id ?? []);
}

interface Known {
  open: OpenRepository;
  found: Pull;
  names: TimelineNames;
  commits: ReadonlyMap<Oid, CommitItem>;
  reviews: ReadonlyMap<number, ReviewRow>;
  teams: ReadonlyMap<number, TeamName>;
}

type Details = { [K in EventItem['kind']]?: (data: EntryData[K], known: Known) => PullDetails };

const DETAILS: Details = {
  commits: ({ count, oids }, { commits }) => {
    const shown = oids.slice(-COMMITS_SHOWN).flatMap((oid) => commits.get(oid) ?? []);
    return { commits: shown, more: count - shown.length };
  },
  force_pushed: ({ revision, before, after }, { open, found }) => ({
    before: linkOf(open, before),
    after: linkOf(open, after),
    compareHref: `${open.path}/pull/${found.issue.number}/revisions/${revision - 1}..${revision}`,
  }),
  review: ({ reviewId, state }, { open, reviews }) => {
    const row = reviews.get(reviewId);
    if (!row) return {};
    const { id, isStale, commitOid } = row;
    const review = { id, state: row.state, said: state, isStale, commit: linkOf(open, commitOid) };
    return { review };
  },
  review_requested: askedOf,
  review_request_removed: askedOf,
  review_dismissed: ({ reviewerId }, { names }) => ({ reviewer: names.people.get(reviewerId) ?? GHOST }),
  merged: ({ oid }, { open }) => ({ commit: linkOf(open, oid) }),
};

function detailsOf({ kind, data }: EntryRow, known: Known): PullDetails | undefined {
  const make = DETAILS[kind as EventItem['kind']] as
    | ((data: Record<string, unknown>, known: Known) => PullDetails)
    | undefined;
  return make?.(data, known);
}

function askedOf(
  { userIds, teamIds }: { userIds: number[]; teamIds: number[] },
  { names, teams }: Known,
): PullDetails {
  const people = userIds.map((id) => names.people.get(id) ?? GHOST);
  return { asked: { people, teams: teamIds.map((id) => teams.get(id) ?? HIDDEN_TEAM) } };
}

/** What is said of a team to those who may not know of it, or once it is gone. */
const HIDDEN_TEAM: TeamName = { label: 'a team', href: undefined };

function linkOf(open: OpenRepository, oid: Oid): CommitLink {
  return { href: `${open.path}/commit/${oid}`, short: oid.slice(0, 7) };
}

/** The commits that entries show, the newest entries first; those that are gone are left out. */
async function commitsIn(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
  opening: OpenedWith | undefined,
): Promise<Map<Oid, CommitItem>> {
  const wanted: Oid[] = [...(opening?.oids ?? [])];
  for (const { kind, data } of entries.toReversed()) {
    if (kind !== 'commits') continue;
    wanted.push(...(data as EntryData['commits']).oids.slice(-COMMITS_SHOWN));
  }
  const objects = app.git.objects(open.dir);
  const read = await Promise.all(wanted.slice(0, MOST_COMMITS).map((oid) => objects.commit(oid)));
  const commits = read.flatMap((commit) => commit ?? []);
  if (commits.length === 0) return new Map();
  const details = await commitDetails(app, open, commits);
  return new Map(commits.map((commit) => [commit.oid, commitItem(open, commit, details)]));
}

async function reviewsIn(
  app: App,
  { issue }: Pull,
  entries: readonly EntryRow[],
): Promise<Map<number, ReviewRow>> {
  const ids = entries.flatMap(({ kind, data }) =>
    kind === 'review' ? (data as EntryData['review']).reviewId : [],
  );
  const rows = await listReviews(app, issue.id, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

async function teamsIn(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
): Promise<Map<number, TeamName>> {
  const isAsked = entries.some(
    ({ kind, data }) =>
      kind.startsWith('review_request') && ((data as EntryData['review_requested']).teamIds?.length ?? 0) > 0,
  );
  if (!isAsked || open.owner.kind !== 'organization') return new Map();
  const teams = await teamsOf(app, open.actor, open.owner.id).catch((error: unknown) => {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return [];
    throw error;
  });
  return new Map(
    teams.map(({ id, name }) => [
      id,
      { label: `${open.owner.name}/${name}`, href: `/orgs/${open.owner.name}/teams/${name}` },
    ]),
  );
}
