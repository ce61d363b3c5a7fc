// One page of a list of issues: of a repository, of an owner's, or of all that somebody may see, by any query.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { readsUnit, requireAbility } from '../repos/repos.policy.ts';
import {
  type IssueRepositories,
  type ReadableConversations,
  readableConversations,
  readableIssueRepositories,
} from '../repos/visible.service.ts';
import { slotOf } from './index-columns.service.ts';
import { byReadableKind, type Filter, type HiddenKinds } from './index-filters.service.ts';
import { foreignRepositories } from './index-relations.service.ts';
import { type Found, idsUpTo, matchesOf, type Position, type Scan, scan } from './index-scan.service.ts';
import { currentIndex, issuesWith } from './issue-index.service.ts';
import type { IssueIndex } from './issue-index.types.ts';
import { listedIssues } from './listed.service.ts';
import {
  DEEPEST,
  LARGEST_PAGE,
  type ListOfIssues,
  type ListScope,
  type PageOfIssues,
} from './listing.types.ts';
import { slotsByStatus } from './pull-statuses.service.ts';
import { sortOf } from './queries.service.ts';
import type { ParsedQuery, Sort } from './queries.types.ts';
import { type BitsOf, type ResolvedQuery, resolveQuery } from './query-resolution.service.ts';
import { asksForWords, FEW_ISSUES, findByWords } from './text-search.service.ts';

/** Of fewer it is not said that there may be more: those left out may all be where the reader sees nothing. */
const MANY_FOUND = 100;
/** Repositories that words are searched in one by one; where a list has more, everywhere. */
const MOST_SEARCHED = 50;
/** Issues that one step passes over. */
const STEP = 1000;

/**
 * The issues of a scope that match a query, in its order, with exact counts of open and closed ones. Shows everything
 * that was committed before, and finds words once their text is in the search, moments after it was written. Throws
 * AppError as `requireAbility` does for a repository, and invalid for a place in the list that was never given out.
 */
export async function pageOfIssues(app: App, actor: Actor, list: ListOfIssues): Promise<PageOfIssues> {
  const { ids, ...page } = await pageOfIds(app, actor, list);
  return { ...page, issues: await listedIssues(app, actor, ids) };
}

/** As `pageOfIssues`, their ids alone, for whoever shows them otherwise. */
export async function pageOfIds(
  app: App,
  actor: Actor,
  list: ListOfIssues,
): Promise<Omit<PageOfIssues, 'issues'> & { ids: number[] }> {
  const { scope, query } = list;
  if (scope.kind === 'repository') await requireAbility(app.db.read, actor, scope.open, 'conversations:read');
  const resolved = await resolveQuery(app, actor, scope, query);
  const index = await currentIndex(app);
  const bitsOf = await readBits(app, index, resolved);
  const seen = resolved.asksRelations ? await seenElsewhere(app, actor, index) : NOWHERE;
  const filters = () => resolved.filtersOf(index, { bitsOf, seen });
  const here = asksForWords(query) ? await searchedRepositories(app, actor, scope, resolved) : undefined;
  const words = asksForWords(query) ? await wordsIn(app, index, query, here, filters) : undefined;
  const isNarrow = scope.kind !== 'repository' && (words !== undefined || resolved.isNarrow);
  const matches = isNarrow ? matchesOf(index, filters(), words?.slots) : undefined;
  const { repositoryIds, kinds } = await placesFor(app, actor, scope, resolved, matches?.repositoryIds);
  const ofKinds = () => (kinds ? [byReadableKind(index.columns, kinds)] : []);
  // Matches that were found once need no filters any more.
  const unchecked = matches
    ? { slots: matches.slots, filters: ofKinds() }
    : { ...(words ? { slots: words.slots } : {}), filters: [...ofKinds(), ...filters()] };
  const checked =
    resolved.statuses.length === 0
      ? undefined
      : await slotsByStatus(app, index, resolved.statuses, { ...unchecked, repositoryIds });
  const from = checked ? { ...unchecked, slots: checked.slots } : unchecked;
  const found = scanBehind(list.skip ?? 0, (step) =>
    scan(index, { ...scanOf(list, resolved), ...words, ...from, repositoryIds, ...step }),
  );
  return {
    ids: found.ids,
    open: found.open,
    closed: found.closed,
    ...placesOf(found),
    ...((words?.isCut && found.open + found.closed >= MANY_FOUND) || checked?.isCut ? { isCut: true } : {}),
    problems: resolved.problems,
  };
}

const NOWHERE: ReadonlySet<number> = new Set();

/** Of the repositories that issues elsewhere have to do with, those whose issues the actor may read. */
async function seenElsewhere(app: App, actor: Actor, index: IssueIndex): Promise<ReadonlySet<number>> {
  const ids = [...foreignRepositories(index)];
  return ids.length === 0 ? NOWHERE : new Set(await readableIssueRepositories(app, actor, { ids }));
}

/** Passes over the first issues in steps, none of which reads a row. */
function scanBehind(skip: number, step: (from: Partial<Scan>) => Found): Found {
  let from: Partial<Scan> = {};
  for (let left = Math.min(skip, DEEPEST); left > 0; left -= STEP) {
    const passed = step({ ...from, size: Math.min(left, STEP) });
    if (!passed.hasNext || !passed.last) return { ...passed, ids: [] };
    from = { after: passed.last };
  }
  return step(from);
}

/**
 * The repositories that words are searched in where a list names some: texts elsewhere, which the reader may not even see,
 * take no place among the newest matches. Undefined for everywhere.
 */
async function searchedRepositories(
  app: App,
  actor: Actor,
  scope: ListScope,
  resolved: ResolvedQuery,
): Promise<number[] | undefined> {
  if (scope.kind === 'all' && !resolved.repositoryIds && !resolved.ownerIds) return undefined;
  const { repositoryIds: ids } = await placesFor(app, actor, scope, resolved, undefined);
  return ids.length <= MOST_SEARCHED ? ids : undefined;
}

interface Words {
  slots: Uint32Array;
  scores: Map<number, number>;
  isCut: boolean;
}

/** Where the words are found: asked of the few issues that pass the filters, if they are few, or of the newest texts. */
async function wordsIn(
  app: App,
  index: IssueIndex,
  query: ParsedQuery,
  here: number[] | undefined,
  filters: () => Filter[],
): Promise<Words> {
  const few = idsUpTo(index, { repositoryIds: here, filters: filters() }, FEW_ISSUES);
  const place = few ? { issueIds: few } : here ? { repositoryIds: here } : {};
  const { scores: byId, isCut } = await findByWords(app, query, place);
  const scores = new Map<number, number>();
  const today = Math.floor(app.clock.now() / DAY);
  for (const [id, score] of byId) {
    const slot = slotOf(index, id);
    if (slot !== undefined)
      scores.set(slot, worthOf(score, today - (index.columns.updated[slot] ?? 0) / DAY));
  }
  return { slots: Uint32Array.from(scores.keys()).sort(), scores, isCut };
}

/** The score as a whole number, with a little for what was updated lately. */
function worthOf(score: number, daysOld: number): number {
  return Math.round(1_000_000 * (score + 1 / (1 + Math.max(0, daysOld) / 90)));
}

function scanOf(
  { query, size, after, before }: ListOfIssues,
  { states }: ResolvedQuery,
): Omit<Scan, 'repositoryIds' | 'filters'> {
  return {
    states,
    sort: orderOf(query),
    size: Math.min(size, LARGEST_PAGE),
    ...(after === undefined ? {} : { after: positionOf(after) }),
    ...(before === undefined ? {} : { before: positionOf(before) }),
  };
}

/** What matches best comes first where words are searched for and nothing else was asked. */
function orderOf(query: ParsedQuery): Sort {
  const sort = sortOf(query);
  const hasWords = asksForWords(query);
  if (!sort) return { key: hasWords ? 'relevance' : 'created', direction: 'desc' };
  return sort.key === 'relevance' && !hasWords ? { key: 'created', direction: sort.direction } : sort;
}

async function readBits(app: App, index: IssueIndex, { people }: ResolvedQuery): Promise<BitsOf> {
  const bits = new Map<string, Uint32Array>();
  for (const who of people) bits.set(`${who.role}:${who.userId}`, await issuesWith(app, index, who));
  return ({ role, userId }) => bits.get(`${role}:${userId}`) ?? new Uint32Array(0);
}

/** Repositories that are walked, and of which of them only one kind may be read; none of them where `kinds` is undefined. */
interface Places {
  repositoryIds: number[];
  kinds: HiddenKinds | undefined;
}

/**
 * The repositories that are walked: those of which the actor may read issues, pull requests or both. Where few have a match
 * only these are judged, and a repository that matches nothing costs nothing.
 */
async function placesFor(
  app: App,
  actor: Actor,
  scope: ListScope,
  resolved: ResolvedQuery,
  matching: readonly number[] | undefined,
): Promise<Places> {
  if (scope.kind === 'repository') {
    const { repository, owner } = scope.open;
    const isWalked = isChosen(resolved, { id: repository.id, ownerId: owner.id });
    const ids = isWalked ? [repository.id] : [];
    const idsOf = (unit: 'issues' | 'pulls') => (readsUnit(scope.open, unit) ? ids : []);
    return placesIn([{ issues: idsOf('issues'), pulls: idsOf('pulls') }]);
  }
  const { repositoryIds, ownerIds, without } = resolved;
  const ids = matching && { ids: matching };
  const withoutOwners = without.ownerIds.length === 0 ? {} : { withoutOwnerIds: without.ownerIds };
  const owner = scope.kind === 'organization' ? { ownerIds: [scope.organizationId] } : {};
  const inScope = { ...withoutOwners, ...owner };
  const isLeftOut = (id: number) => without.repositoryIds.includes(id);
  const readable = async (among: IssueRepositories) => {
    const { issues, pulls } = await readableConversations(app, actor, { ...inScope, ...among });
    const kept = (found: readonly number[]) => found.filter((id) => !isLeftOut(id));
    return { issues: kept(issues), pulls: kept(pulls) };
  };
  if (!repositoryIds && !ownerIds) return placesIn([await readable({ ...ids })]);
  const byName = await readable({ ids: repositoryIds ?? [] });
  const owners = (ownerIds ?? []).filter((id) => !owner.ownerIds || owner.ownerIds.includes(id));
  const byOwner = await readable({ ...ids, ownerIds: owners });
  return placesIn([byName, byOwner]);
}

function placesIn(found: readonly ReadableConversations[]): Places {
  const issues = new Set(found.flatMap((one) => one.issues));
  const pulls = new Set(found.flatMap((one) => one.pulls));
  const withoutIssues = [...pulls].filter((id) => !issues.has(id));
  const withoutPulls = [...issues].filter((id) => !pulls.has(id));
  const isEven = withoutIssues.length + withoutPulls.length === 0;
  return {
    repositoryIds: [...issues, ...withoutIssues],
    kinds: isEven ? undefined : { withoutIssues, withoutPulls },
  };
}

/** Whether the one repository of a list is among those the query asks for. */
function isChosen(
  { repositoryIds, ownerIds, without }: ResolvedQuery,
  { id, ownerId }: { id: number; ownerId: number },
): boolean {
  if (without.repositoryIds.includes(id) || without.ownerIds.includes(ownerId)) return false;
  if (!repositoryIds && !ownerIds) return true;
  return repositoryIds?.includes(id) === true || ownerIds?.includes(ownerId) === true;
}

function placesOf({ first, last, hasNext, hasPrevious }: Found): Pick<PageOfIssues, 'next' | 'previous'> {
  return {
    ...(hasNext && last ? { next: `${last.value}_${last.id}` } : {}),
    ...(hasPrevious && first ? { previous: `${first.value}_${first.id}` } : {}),
  };
}

function positionOf(text: string): Position {
  const match = /^(\d{1,16})_(\d{1,16})$/.exec(text);
  if (match) return { value: Number(match[1]), id: Number(match[2]) };
  throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
}
