// Turns a query into filters of the index: names become ids, dates become instants.
import type { Actor } from '../../base/actor.ts';
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { teamIdsAround, teamsNamed } from '../orgs/named-teams.service.ts';
import { readableIssueRepositories } from '../repos/visible.service.ts';
import {
  byAnyFlag,
  byEither,
  byInvolvement,
  byRange,
  bySets,
  byValues,
  type Filter,
  NONE,
} from './index-filters.service.ts';
import { byRelation } from './index-relations.service.ts';
import { type Columns, FLAG, type IssueIndex, type PersonRole, type Relation } from './issue-index.types.ts';
import type { ListScope } from './listing.types.ts';
import { mergedIn, pullFilter } from './pull-filters.service.ts';
import { termsOf } from './queries.service.ts';
import type { ParsedQuery, Range, Term } from './queries.types.ts';
import {
  accountIdsByName,
  issueIdByNumber,
  labelIdsByName,
  milestoneIdsByTitle,
  type NameScope,
  repositoryIdByPath,
} from './query-names.store.ts';
import { dayRangeOf, numberRangeOf, timeRangeOf } from './query-ranges.service.ts';

/** Where the bits of those who take part in issues come from. */
export type BitsOf = (who: PersonRole) => Uint32Array;

/** What filters are made from besides the columns. */
export interface FilterSources {
  bitsOf: BitsOf;
  /** Of the repositories that issues elsewhere have to do with, those that the reader may read. */
  seen: ReadonlySet<number>;
}

/** A query whose names were looked up. Filters are made anew for every walk: the index may have moved meanwhile. */
export interface ResolvedQuery {
  states: { open: boolean; closed: boolean };
  /** Whose comments and mentions the filters ask for. */
  people: PersonRole[];
  /** Only these repositories, by `repo:`, `org:` and `user:`. */
  repositoryIds: number[] | undefined;
  ownerIds: number[] | undefined;
  /** Repositories and owners that are left out. */
  without: { repositoryIds: number[]; ownerIds: number[] };
  filtersOf(index: IssueIndex, sources: FilterSources): Filter[];
  /** Whether it asks what issues have to do with others. */
  asksRelations: boolean;
  /** Whether it may match in few repositories only. */
  isNarrow: boolean;
  /** What checks said of the heads of pull requests, as terms that the list asks the database about. */
  statuses: Term[];
  problems: string[];
}

/** What few issues have in common. */
const NARROW: ReadonlySet<string> = new Set([
  ...['author', 'assignee', 'mentions', 'commenter', 'involves', 'label', 'milestone', 'parent', 'repo'],
  ...['reviewed-by', 'review-requested', 'team-review-requested', 'head'],
]);

type MakeFilter = (index: IssueIndex, sources: FilterSources) => Filter;

/** What the terms of a query mean, gathered while they are looked up. */
interface Meaning {
  app: App;
  actor: Actor;
  scope: ListScope;
  accounts: Map<string, number>;
  /** The cheapest first: what looks at one column, then what looks up sets, then who takes part. */
  quick: MakeFilter[];
  ofSets: MakeFilter[];
  slow: MakeFilter[];
  resolved: ResolvedQuery;
}

/** Looks up what the terms of a query mean to the actor; words are left to the search. */
export async function resolveQuery(
  app: App,
  actor: Actor,
  scope: ListScope,
  query: ParsedQuery,
): Promise<ResolvedQuery> {
  const quick: MakeFilter[] = [];
  const ofSets: MakeFilter[] = [];
  const slow: MakeFilter[] = [];
  const resolved: ResolvedQuery = {
    states: { open: true, closed: true },
    people: [],
    repositoryIds: undefined,
    ownerIds: undefined,
    without: { repositoryIds: [], ownerIds: [] },
    filtersOf: (index, sources) => [...quick, ...ofSets, ...slow].map((make) => make(index, sources)),
    asksRelations: query.parts.some(
      (part) => part.kind === 'term' && part.values.some((value) => Object.hasOwn(RELATED, value)),
    ),
    isNarrow: query.parts.some((part) => part.kind === 'term' && !part.isNegated && NARROW.has(part.key)),
    statuses: [],
    problems: [],
  };
  const accounts = await accountIdsByName(app.db.read, namesIn(query));
  const meaning: Meaning = { app, actor, scope, accounts, quick, ofSets, slow, resolved };
  for (const part of query.parts) if (part.kind === 'term') await addTerm(meaning, part);
  return resolved;
}

function namesIn(query: ParsedQuery): string[] {
  const keys = [
    ...(['author', 'assignee', 'mentions', 'commenter', 'involves', 'org', 'user'] as const),
    ...(['reviewed-by', 'review-requested'] as const),
  ];
  const names = keys.flatMap((key) => termsOf(query, key).flatMap(({ values }) => values));
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

async function addTerm(meaning: Meaning, term: Term): Promise<void> {
  switch (term.key) {
    case 'is':
      return addState(meaning, term);
    case 'reason':
      return addQuick(meaning, flagsFilter(term, REASONS));
    case 'author':
      return addQuick(meaning, valuesFilter('author', peopleOf(meaning, term), term.isNegated));
    case 'assignee':
      return addAssignee(meaning, term);
    case 'commenter':
    case 'mentions':
    case 'involves':
    case 'reviewed-by':
      return addPeople(meaning, term);
    case 'review-requested':
      return addRequested(meaning, term);
    case 'team-review-requested':
      return addTeamRequested(meaning, term);
    case 'draft':
    case 'review':
    case 'head':
    case 'base':
      return addQuick(meaning, pullFilter(term));
    case 'status':
      return void meaning.resolved.statuses.push(term);
    case 'label':
      return addLabel(meaning, term);
    case 'milestone':
      return addMilestone(meaning, term);
    case 'no':
    case 'has':
      return addQuick(meaning, absenceFilter(term));
    case 'parent':
      return addParent(meaning, term);
    case 'created':
    case 'updated':
    case 'closed':
    case 'merged':
    case 'due':
      return addQuick(meaning, timeFilter(term, meaning.app.clock.now()));
    case 'comments':
    case 'reactions':
      return addQuick(meaning, numberFilter(term));
    case 'repo':
      return addRepositories(meaning, term);
    case 'org':
    case 'user':
      return addOwners(meaning, term);
    case 'in':
    case 'sort':
  }
}

function addQuick({ quick }: Meaning, make: MakeFilter): void {
  quick.push(make);
}

const STATES: Readonly<Record<string, 'open' | 'closed'>> = { open: 'open', closed: 'closed' };

const IS_FLAGS: Readonly<Record<string, { flag: number; isSet: boolean }>> = {
  open: { flag: FLAG.closed, isSet: false },
  closed: { flag: FLAG.closed, isSet: true },
  issue: { flag: FLAG.pull, isSet: false },
  pr: { flag: FLAG.pull, isSet: true },
  locked: { flag: FLAG.locked, isSet: true },
  unlocked: { flag: FLAG.locked, isSet: false },
  merged: { flag: FLAG.merged, isSet: true },
  unmerged: { flag: FLAG.merged, isSet: false },
  draft: { flag: FLAG.draft, isSet: true },
  pinned: { flag: FLAG.pinned, isSet: true },
};

/** Values that ask what an issue has to do with others. */
const RELATED: Readonly<Record<string, Relation>> = {
  blocked: 'blocked',
  blocking: 'blocking',
  'sub-issue': 'parts',
  parent: 'parent',
};

const REASONS: typeof IS_FLAGS = {
  completed: { flag: FLAG.completed, isSet: true },
  'not planned': { flag: FLAG.notPlanned, isSet: true },
  duplicate: { flag: FLAG.duplicate, isSet: true },
};

/** States are told apart from other filters, since a list counts both. */
function addState(meaning: Meaning, term: Term): void {
  const asked = term.values.map((value) => STATES[value]);
  if (asked.includes(undefined)) {
    addQuick(meaning, flagsFilter(term, IS_FLAGS));
    return;
  }
  const { states } = meaning.resolved;
  for (const state of ['open', 'closed'] as const)
    if (asked.includes(state) === term.isNegated) states[state] = false;
}

function flagsFilter({ values, isNegated }: Term, known: typeof IS_FLAGS): MakeFilter {
  const asked = values.flatMap((value) => known[value] ?? []);
  const related = known === IS_FLAGS ? values.flatMap((value) => RELATED[value] ?? []) : [];
  return (index, { seen }) => {
    const { columns } = index;
    const [[first], [relation]] = [asked, related];
    if (values.length === 1 && relation) return byRelation(index, relation, seen, isNegated);
    if (values.length === 1 && first) return byAnyFlag(columns.flags, first.flag, first.isSet === isNegated);
    const filters = [
      ...asked.map(({ flag, isSet }) => byAnyFlag(columns.flags, flag, !isSet)),
      ...related.map((relation) => byRelation(index, relation, seen, false)),
    ];
    return oneOf(columns, filters, isNegated);
  };
}

function valuesFilter(
  column: 'author' | 'milestone' | 'parent',
  wanted: number[],
  isNegated: boolean,
): MakeFilter {
  return ({ columns }) => byValues(columns[column], wanted, isNegated);
}

/** Ids of the accounts a term names; who does not exist matches nothing. */
function peopleOf(meaning: Meaning, { values }: Term): number[] {
  return values.flatMap((value) => {
    if (value.toLowerCase() !== '@me') return meaning.accounts.get(value.toLowerCase()) ?? [];
    const { actor, resolved } = meaning;
    if (actor.kind === 'user') return actor.userId;
    resolved.problems.push('Sign in to use “@me”.');
    return [];
  });
}

function addAssignee(meaning: Meaning, term: Term): void {
  const wanted = peopleOf(meaning, term);
  const isAny = term.values.includes('*');
  const isNone = term.values.includes('none');
  meaning.ofSets.push(({ columns, assigneeSets }) => {
    const filters = [bySets(columns.assignees, assigneeSets, wanted, false)];
    if (isAny) filters.push(byValues(columns.assignees, [0], true));
    if (isNone) filters.push(byValues(columns.assignees, [0], false));
    if (filters.length > 1) return oneOf(columns, filters, term.isNegated);
    return bySets(columns.assignees, assigneeSets, wanted, term.isNegated);
  });
}

function addPeople(meaning: Meaning, term: Term): void {
  const ids = peopleOf(meaning, term);
  const roles = ROLES[term.key] ?? [];
  const wanted = ids.flatMap((userId) => roles.map((role) => ({ userId, role })));
  meaning.resolved.people.push(...wanted);
  meaning.slow.push(({ columns, assigneeSets }, { bitsOf }) => {
    const { author: authors, assignees } = columns;
    const people = { ids, authors, assignees, pool: assigneeSets };
    return byInvolvement(
      { bits: wanted.map(bitsOf), ...(term.key === 'involves' ? { people } : {}) },
      term.isNegated,
    );
  });
}

const ROLES: Partial<Record<Term['key'], PersonRole['role'][]>> = {
  commenter: ['commenter'],
  mentions: ['mentioned'],
  involves: ['commenter', 'mentioned', 'reviewer', 'requested'],
  'reviewed-by': ['reviewer'],
};

/** Whoever asks for their own finds what their teams are asked for as well; which teams others are in is told to nobody. */
async function addRequested(meaning: Meaning, term: Term): Promise<void> {
  const { actor, app, resolved } = meaning;
  const ids = peopleOf(meaning, term);
  const isOwn = actor.kind === 'user' && ids.includes(actor.userId);
  const teams = isOwn ? await teamIdsAround(app, actor.userId) : [];
  const wanted: PersonRole[] = [
    ...ids.map((userId) => ({ userId, role: 'requested' as const })),
    ...teams.map((userId) => ({ userId, role: 'team-requested' as const })),
  ];
  resolved.people.push(...wanted);
  meaning.slow.push((_, { bitsOf }) => byInvolvement({ bits: wanted.map(bitsOf) }, term.isNegated));
}

async function addTeamRequested(meaning: Meaning, term: Term): Promise<void> {
  const { actor, app, resolved } = meaning;
  const teams = await teamsNamed(app, actor, term.values);
  const wanted = [...teams.values()].map(({ id }) => ({ userId: id, role: 'team-requested' as const }));
  resolved.people.push(...wanted);
  meaning.slow.push((_, { bitsOf }) => byInvolvement({ bits: wanted.map(bitsOf) }, term.isNegated));
}

/** In a repository its own names are meant and its organization's, elsewhere everybody's. */
function nameScopeOf({ scope }: Meaning): NameScope {
  if (scope.kind !== 'repository') return undefined;
  return { repositoryId: scope.open.repository.id, ownerId: scope.open.owner.id };
}

async function addLabel(meaning: Meaning, term: Term): Promise<void> {
  const names = term.values.map((value) => value.toLowerCase());
  const wanted = await labelIdsByName(meaning.app.db.read, names, nameScopeOf(meaning));
  meaning.ofSets.push(({ columns, labelSets }) => bySets(columns.labels, labelSets, wanted, term.isNegated));
}

async function addMilestone(meaning: Meaning, term: Term): Promise<void> {
  const titles = term.values
    .map((value) => value.toLowerCase())
    .filter((title) => !ANY_OR_NONE.includes(title));
  const ids = await milestoneIdsByTitle(meaning.app.db.read, titles, nameScopeOf(meaning));
  meaning.quick.push(({ columns }) => {
    const { milestone } = columns;
    const filters = [byValues(milestone, ids, false)];
    if (term.values.includes('*')) filters.push(byValues(milestone, [0], true));
    if (term.values.includes('none')) filters.push(byValues(milestone, [0], false));
    return filters.length > 1
      ? oneOf(columns, filters, term.isNegated)
      : byValues(milestone, ids, term.isNegated);
  });
}

const ANY_OR_NONE = ['*', 'none'];

/** `no:a,b` means one of the two is missing. */
function absenceFilter({ key, values, isNegated }: Term): MakeFilter {
  const isAbsent = (key === 'no') !== isNegated;
  return (index, { seen }) => {
    const filters = values.map((value) => absence(index, value, isAbsent, seen));
    const [only] = filters;
    if (filters.length === 1 && only) return only;
    if (!isNegated) return oneOf(index.columns, filters, false);
    return (slots, count) => filters.reduce((left, filter) => filter(slots, left), count);
  };
}

function absence(index: IssueIndex, what: string, isAbsent: boolean, seen: ReadonlySet<number>): Filter {
  const { columns } = index;
  const relation = RELATED[what];
  if (relation !== undefined) return byRelation(index, relation, seen, isAbsent);
  const column = ABSENT[what];
  return column === undefined ? NONE : byValues(columns[column], [0], !isAbsent);
}

const ABSENT: Readonly<
  Record<string, 'labels' | 'assignees' | 'milestone' | 'due' | 'comments' | 'reactions'>
> = {
  label: 'labels',
  assignee: 'assignees',
  milestone: 'milestone',
  due: 'due',
  comment: 'comments',
  reaction: 'reactions',
};

/** An issue of a repository that the actor may not see has no parts for them. */
async function addParent(meaning: Meaning, term: Term): Promise<void> {
  const { app, actor, scope } = meaning;
  const ids: number[] = [];
  for (const value of term.values) {
    const [path = '', number = path] = value.toLowerCase().split('#');
    const isHere = path === '' || path === number;
    const repositoryId = isHere
      ? scope.kind === 'repository' && scope.open.repository.id
      : await repositoryIdByPath(app.db.read, path);
    if (!repositoryId) continue;
    if ((await readableIssueRepositories(app, actor, { ids: [repositoryId] })).length === 0) continue;
    const id = await issueIdByNumber(app.db.read, repositoryId, Number(number));
    if (id !== undefined) ids.push(id);
  }
  meaning.quick.push(valuesFilter('parent', ids, term.isNegated));
}

function timeFilter({ key, values, isNegated }: Term, now: number): MakeFilter {
  return ({ columns }) => {
    const filters = values.map((value) => {
      if (key === 'due') return dueFilter(columns.due, value, now);
      const range = timeRangeOf(value, now) ?? { before: Number.NEGATIVE_INFINITY };
      if (key === 'merged') return mergedIn(columns, inSeconds(range));
      if (key === 'updated') return byRange(columns.updated, range, false);
      return byRange(
        key === 'closed' ? columns.closed : columns.created,
        inSeconds(range),
        false,
        key === 'closed' ? 0 : -1,
      );
    });
    return oneOf(columns, filters, isNegated);
  };
}

function dueFilter(due: Uint16Array, value: string, now: number): Filter {
  if (value === 'none' || value === '*') return byValues(due, [0], value === '*');
  const { from, before } = dayRangeOf(value, now) ?? { before: 0 };
  // The column counts from one.
  const range = {
    ...(from === undefined ? {} : { from: from + 1 }),
    ...(before === undefined ? {} : { before: before + 1 }),
  };
  return byRange(due, range, false, 0);
}

function inSeconds({ from, before }: Range): Range {
  return {
    ...(from === undefined ? {} : { from: Math.ceil(from / SECOND) }),
    ...(before === undefined ? {} : { before: Math.ceil(before / SECOND) }),
  };
}

function numberFilter({ key, values, isNegated }: Term): MakeFilter {
  return ({ columns }) => {
    const column = key === 'comments' ? columns.comments : columns.reactions;
    const filters = values.map((value) => byRange(column, numberRangeOf(value) ?? { before: 0 }, false));
    return oneOf(columns, filters, isNegated);
  };
}

function oneOf({ id }: Columns, filters: Filter[], isNegated: boolean): Filter {
  const [only] = filters;
  return filters.length === 1 && only && !isNegated ? only : byEither(filters, isNegated, id.length);
}

/** Several `repo:`, `org:` and `user:` together mean any of them. */
async function addRepositories(meaning: Meaning, term: Term): Promise<void> {
  const { resolved, app } = meaning;
  const ids: number[] = [];
  for (const value of term.values) {
    const id = await repositoryIdByPath(app.db.read, value.toLowerCase());
    if (id !== undefined) ids.push(id);
  }
  if (term.isNegated) resolved.without.repositoryIds.push(...ids);
  else resolved.repositoryIds = [...(resolved.repositoryIds ?? []), ...ids];
}

function addOwners({ resolved, accounts, actor }: Meaning, term: Term): void {
  const ids = term.values.flatMap((value) => {
    if (value.toLowerCase() === '@me') return actor.kind === 'user' ? actor.userId : [];
    return accounts.get(value.toLowerCase()) ?? [];
  });
  if (term.isNegated) resolved.without.ownerIds.push(...ids);
  else resolved.ownerIds = [...(resolved.ownerIds ?? []), ...ids];
}
