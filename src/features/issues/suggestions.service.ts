// What composers complete: people and teams that may be mentioned, and issues. Nobody learns of people or teams by it whom
// they could not see otherwise: whoever is not of the house is offered those who write in public here.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { TeamRow } from '../orgs/orgs.types.ts';
import { teamsOf } from '../orgs/teams.service.ts';
import { type KnownPerson, knownReaders, readersNamed } from '../repos/known-people.service.ts';
import { permissionIncludes, readsIssues } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { maySeeAccount } from '../users/people.service.ts';
import { findUserByName } from '../users/users.service.ts';
import { kindsReadIn, readsKind, unitOf } from './issues.policy.ts';
import { findIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import { pageOfIssues } from './listing.service.ts';
import { listAssigneesOf, listTookPart } from './metadata.store.ts';
import { parseQuery } from './queries.service.ts';
import {
  findOfferedIssue,
  listRecentAuthors,
  listRecentIssues,
  type OfferedIssue,
} from './suggestions.store.ts';

/** What is offered at once. */
const OFFERED = 8;
const MOST_PARTICIPANTS = 100;
const MOST_AUTHORS = 100;
/** Issues whose titles are looked at. */
const RECENT = 500;

export interface Mentionable {
  people: KnownPerson[];
  teams: { name: string; description: string }[];
}

/** Whom a text may mention that begin with `typed`: who takes part in the issue `number` first, then others. */
export async function suggestPeople(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { typed, number }: { typed: string; number?: number | undefined },
): Promise<Mentionable> {
  const begins = typed.toLowerCase().slice(0, 100);
  const issue = number === undefined ? undefined : await findIssue(app, open, number);
  const unit = unitOf(issue ?? { isPull: !readsIssues(open) });
  const ids = await participantsOf(app, open, issue);
  const part = inOrder(await readersNamed(app, open, unit, ids), ids);
  const teams = await teamsKnownTo(app, actor, open);
  const isInsider = teams !== undefined || permissionIncludes(open.permission, 'triage');
  const known = isInsider ? await knownReaders(app, open, unit, { begins, limit: OFFERED }) : [];
  const exact = await exactly(app, actor, open, unit, begins);
  const people = new Map<number, KnownPerson>();
  for (const one of [...part.filter((person) => fits(person, begins)), ...known, ...exact])
    people.set(one.id, people.get(one.id) ?? one);
  return { people: [...people.values()].slice(0, OFFERED), teams: fittingTeams(open, teams ?? [], begins) };
}

async function participantsOf(
  app: App,
  open: OpenRepository,
  issue: IssueRow | undefined,
): Promise<number[]> {
  const reader = app.db.read;
  const { repository, owner } = open;
  const ids = issue
    ? [
        issue.authorId,
        ...(await listAssigneesOf(reader, [issue.id])).map(({ userId }) => userId),
        ...(await listTookPart(reader, issue.id, MOST_PARTICIPANTS)),
      ]
    : [];
  const authors = await listRecentAuthors(reader, repository.id, kindsReadIn(open), MOST_AUTHORS);
  return [...new Set([...ids, ...(owner.kind === 'organization' ? [] : [owner.id]), ...authors])];
}

function inOrder(people: readonly KnownPerson[], ids: readonly number[]): KnownPerson[] {
  const places = new Map(ids.map((id, place) => [id, place]));
  return [...people].sort((one, other) => (places.get(one.id) ?? 0) - (places.get(other.id) ?? 0));
}

function fits({ name, displayName }: KnownPerson, begins: string): boolean {
  if (name.toLowerCase().startsWith(begins)) return true;
  return displayName
    .toLowerCase()
    .split(/\s+/)
    .some((word) => word.startsWith(begins));
}

/** Somebody whose whole name was typed, whose page the typer could open as well. */
async function exactly(
  app: App,
  actor: Actor,
  open: OpenRepository,
  unit: 'issues' | 'pulls',
  begins: string,
): Promise<KnownPerson[]> {
  const found = begins === '' ? undefined : await findUserByName(app, begins);
  if (!found || found.kind === 'organization' || !maySeeAccount(actor, found)) return [];
  return readersNamed(app, open, unit, [found.id]);
}

/** The teams of the organization that owns the repository; undefined for whoever may know of none. */
async function teamsKnownTo(
  app: App,
  actor: Actor,
  { owner }: OpenRepository,
): Promise<TeamRow[] | undefined> {
  if (owner.kind !== 'organization') return undefined;
  try {
    return await teamsOf(app, actor, owner.id);
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

function fittingTeams({ owner }: OpenRepository, teams: readonly TeamRow[], begins: string) {
  const named = teams.map(({ name, description }) => ({ name: `${owner.name}/${name}`, description }));
  return named
    .filter(({ name }) => {
      const lower = name.toLowerCase();
      return lower.startsWith(begins) || lower.slice(owner.name.length + 1).startsWith(begins);
    })
    .slice(0, OFFERED);
}

/**
 * Issues of the repository whose number begins so, or in whose title every word stands: of those that changed last by any
 * part of a word, then of all by whole words.
 */
export async function suggestIssues(
  app: App,
  actor: Actor,
  open: OpenRepository,
  typed: string,
): Promise<OfferedIssue[]> {
  const words = typed.toLowerCase().slice(0, 100).split(/\s+/).filter(Boolean);
  const recent = await listRecentIssues(app.db.read, open.repository.id, kindsReadIn(open), RECENT);
  const found = recent.filter(({ number, title }) => {
    const lower = title.toLowerCase();
    return words.every(
      (word) => lower.includes(word) || (words.length === 1 && `${number}`.startsWith(word)),
    );
  });
  const exact = await numbered(app, open, typed);
  const isShort = found.length < OFFERED && recent.length === RECENT && words.length > 0;
  const further = isShort ? await searched(app, actor, open, words) : [];
  const offered = new Map<number, OfferedIssue>();
  for (const issue of [...(exact ? [exact] : []), ...found, ...further])
    if (offered.size < OFFERED) offered.set(issue.number, issue);
  return [...offered.values()];
}

async function searched(
  app: App,
  actor: Actor,
  open: OpenRepository,
  words: readonly string[],
): Promise<OfferedIssue[]> {
  const phrases = words.map((word) => `"${word.replaceAll(/["\\]/g, '')}"`).join(' ');
  const query = parseQuery(`in:title ${phrases}`);
  const { issues } = await pageOfIssues(app, actor, {
    scope: { kind: 'repository', open },
    query,
    size: OFFERED,
  });
  return issues;
}

async function numbered(app: App, open: OpenRepository, typed: string): Promise<OfferedIssue | undefined> {
  if (!/^[1-9]\d{0,8}$/.test(typed)) return undefined;
  const found = await findOfferedIssue(app.db.read, open.repository.id, Number(typed));
  return found && readsKind(open, found) ? found : undefined;
}
