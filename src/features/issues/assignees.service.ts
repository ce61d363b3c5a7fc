// Who may be assigned to an issue: people whom its repository knows, or who took part, and who may read it.
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { type KnownPerson, knownAmong, knownReaders, readersNamed } from '../repos/known-people.service.ts';
import { readersAmong } from '../repos/readers.service.ts';
import { readsIssues } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { abilityOn, unitOf } from './issues.policy.ts';
import type { IssueRow } from './issues.types.ts';
import { listRecentPeople } from './lists.store.ts';
import { listAssigneesOf, listTookPart } from './metadata.store.ts';
import { mayOnIssues } from './standing.policy.ts';

export type Assignable = KnownPerson;

/** People assigned to one issue at most. */
export const MOST_ASSIGNEES = 10;
/** People of a timeline who are offered. */
const MOST_PARTICIPANTS = 50;
/** Issues whose assignees are told to everybody: those that changed last. */
const RECENT_ISSUES = 500;

type At = Pick<OpenRepository, 'repository' | 'owner'>;

/** People to offer for an issue (or a new one, or with `isPull` a new pull request): whom the repository knows by name, then who took part. */
export async function assignablePeople(
  app: App,
  at: At,
  issue: IssueRow | undefined,
  { isPull = false, ...filter }: { begins?: string | undefined; limit: number; isPull?: boolean },
): Promise<Assignable[]> {
  const unit = unitOf(issue ?? { isPull });
  const known = await knownReaders(app, at, unit, filter);
  const part = issue ? await readersNamed(app, at, unit, await participantsOf(app.db.read, issue)) : [];
  const begins = filter.begins?.toLowerCase() ?? '';
  const others = part.filter(
    ({ id, name }) => name.toLowerCase().startsWith(begins) && !known.some((one) => one.id === id),
  );
  return [...known, ...others].slice(0, filter.limit);
}

/**
 * The same as whoever opened the repository may know it: whom a repository knows, such as an organization's members, is for
 * those who may assign them; others are told of those who were assigned lately.
 */
export async function assignableToTell(app: App, open: OpenRepository, limit: number): Promise<Assignable[]> {
  const isPull = !readsIssues(open);
  if (await mayOnIssues(app, open, abilityOn({ isPull }, 'triage')))
    return assignablePeople(app, open, undefined, { limit, isPull });
  return lastAssignedTo(app, open, isPull, limit);
}

/** Who was assigned lately to issues, or to pull requests, of those who may read them. */
export async function lastAssignedTo(
  app: App,
  at: At,
  isPull: boolean,
  limit: number,
): Promise<Assignable[]> {
  const ids = await listRecentPeople(app.db.read, at.repository.id, 'assignee', isPull, RECENT_ISSUES);
  return (await readersNamed(app, at, unitOf({ isPull }), ids.slice(0, limit))).slice(0, limit);
}

/** Of these people those who may be assigned, in a running transaction or outside of one. */
export async function assignableAmong(
  app: App,
  at: At,
  issue: IssueRow,
  userIds: readonly number[],
  reader: Reader | Tx = app.db.read,
): Promise<Set<number>> {
  if (userIds.length === 0) return new Set();
  const owned = { repository: at.repository, ownerKind: at.owner.kind };
  const readers = await readersAmong(app, owned, unitOf(issue), userIds, reader);
  const known = await knownAmong(reader, at, userIds);
  const part = new Set(await participantsOf(reader, issue));
  return new Set(userIds.filter((id) => readers.has(id) && (known.has(id) || part.has(id))));
}

async function participantsOf(reader: Reader | Tx, issue: IssueRow): Promise<number[]> {
  const commenters = await listTookPart(reader, issue.id, MOST_PARTICIPANTS);
  const assigned = await listAssigneesOf(reader, [issue.id]);
  return [issue.authorId, ...commenters, ...assigned.map(({ userId }) => userId)];
}
