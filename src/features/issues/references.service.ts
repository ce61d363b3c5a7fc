// What texts refer to: people, teams, issues, commits, and which issues a commit closes. Only words: who may know of what
// they name is judged where something is done about it, but for people: those mentioned are they who may read it.
import type { App } from '../../platform/app.types.ts';
import { parseReference, plainWords, type Reference } from '../../platform/render/reference-words.ts';
import { withoutCode } from '../../platform/render/without-code.ts';
import { accountsNamed, peopleOfTeams, teamsNamed } from '../orgs/named-teams.service.ts';
import { readersAmong } from '../repos/readers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { blockersAmong } from '../users/blocks.service.ts';
import { shownReferences } from './texts.service.ts';

/** People and teams that one text may mention. */
const MOST_PEOPLE = 50;
const MOST_TEAMS = 10;
/** People of all these teams together. */
const MOST_OF_TEAMS = 2000;

/** An issue as a text names it; without `of` (`owner/repo`) one of the repository the text is in. */
export interface NamedIssue {
  of?: string;
  number: number;
}

export interface References {
  /** Names as typed. */
  users: string[];
  /** `org/team` as typed. */
  teams: string[];
  issues: NamedIssue[];
  /** Ids as typed; `of` as for issues. */
  commits: { of?: string; oid: string }[];
  /** Those of the issues that the text closes: `fixes #12`. */
  closes: NamedIssue[];
}

export interface ReadingOptions {
  /** This site's address without a trailing slash: full addresses below it count. */
  origin?: string;
  /** No Markdown, as in messages of commits: nothing is code. */
  isPlain?: boolean;
}

const CLOSING = /(?:^|[^A-Za-z0-9_-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t\r\n]{1,8}$/i;
/** The longest that CLOSING looks at. */
const KEYWORD_LENGTH = 20;

/** What a Markdown text refers to, code excluded, each once; linear, and at most about 500 of all together. */
export function referencesIn(text: string, { origin = '', isPlain }: ReadingOptions = {}): References {
  const read = isPlain ? text : withoutCode(text);
  const found: References = { users: [], teams: [], issues: [], commits: [], closes: [] };
  const seen = new Set<string>();
  const once = <T>(list: T[], one: T, key: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    list.push(one);
  };
  for (const { at, word } of plainWords(read, origin)) {
    const reference = parseReference(word, origin);
    if (!reference) continue;
    const key = keyOf(reference);
    addTo(found, reference, (list, one) => once(list, one, key));
    if (reference.kind === 'issue' && CLOSING.test(read.slice(Math.max(0, at - KEYWORD_LENGTH), at)))
      once(found.closes, named(reference), `closes ${key}`);
  }
  return found;
}

/** The same of words that were found already. */
export function referencesAmong(words: readonly string[], origin: string): Reference[] {
  return words.flatMap((stored) => {
    const [typed = ''] = stored.split(' ', 1);
    return parseReference(typed, origin) ?? [];
  });
}

function addTo(found: References, reference: Reference, add: <T>(list: T[], one: T) => void): void {
  if (reference.kind === 'user') add(found.users, reference.name);
  else if (reference.kind === 'team') add(found.teams, `${reference.organization}/${reference.team}`);
  else if (reference.kind === 'issue') add(found.issues, named(reference));
  else add(found.commits, { ...ofRepository(reference), oid: reference.oid });
}

function named(reference: Reference & { kind: 'issue' }): NamedIssue {
  return { ...ofRepository(reference), number: reference.number };
}

function ofRepository({ of }: { of?: string }): { of?: string } {
  return of === undefined ? {} : { of };
}

/** The same for the same thing, however it was typed. */
function keyOf(reference: Reference): string {
  if (reference.kind === 'user') return `@${reference.name.toLowerCase()}`;
  if (reference.kind === 'team') return `@${reference.organization}/${reference.team}`.toLowerCase();
  const of = reference.of?.toLowerCase() ?? '';
  return reference.kind === 'issue' ? `${of}#${reference.number}` : `${of}@${reference.oid}`;
}

/** Somebody a text mentions. */
export interface Mention {
  userId: number;
  /** Not by their own name, but by that of a team they are in. */
  byTeam: boolean;
}

/**
 * The people that a Markdown text mentions and that may read the issues (or pull requests) of the repository, once each. `open` is opened by
 * whoever wrote the text: teams they may not know of mention nobody, and who blocked them is not mentioned.
 */
export async function mentionedPeople(
  app: App,
  open: OpenRepository,
  text: string,
  unit: 'issues' | 'pulls' = 'issues',
): Promise<Mention[]> {
  if (!text.includes('@')) return [];
  const shown = await shownReferences(app, open, text);
  if (!shown) {
    const { users, teams } = referencesIn(text);
    return mentionsOf(app, open, users, teams, unit);
  }
  return mentionsAmong(app, open, shown, unit);
}

/** The same of a text whose references are known. */
export async function mentionsAmong(
  app: App,
  open: OpenRepository,
  words: readonly string[],
  unit: 'issues' | 'pulls' = 'issues',
): Promise<Mention[]> {
  const references = referencesAmong(words, app.publicUrl());
  const users = references.flatMap((one) => (one.kind === 'user' ? [one.name] : []));
  const teams = references.flatMap((one) => (one.kind === 'team' ? [`${one.organization}/${one.team}`] : []));
  return mentionsOf(app, open, users, teams, unit);
}

async function mentionsOf(
  app: App,
  open: OpenRepository,
  users: readonly string[],
  teams: readonly string[],
  unit: 'issues' | 'pulls',
): Promise<Mention[]> {
  if (users.length === 0 && teams.length === 0) return [];
  const accounts = await accountsNamed(app, open.actor, firstOf(users, MOST_PEOPLE));
  const known = await teamsNamed(app, open.actor, firstOf(teams, MOST_TEAMS));
  const named = [...accounts.values()].filter((one) => !one.isOrganization).map(({ id }) => id);
  const ofTeams = await peopleOfTeams(
    app,
    [...known.values()].map(({ id }) => id),
    MOST_OF_TEAMS,
  );
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const readers = await readersAmong(app, owned, unit, [...named, ...ofTeams]);
  const blockers = await blockersOf(app, open, [...readers]);
  const byName = new Set(named);
  return [...readers]
    .filter((userId) => !blockers.has(userId))
    .map((userId) => ({ userId, byTeam: !byName.has(userId) }));
}

function firstOf(names: readonly string[], most: number): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].slice(0, most);
}

async function blockersOf(app: App, { actor }: OpenRepository, userIds: number[]): Promise<Set<number>> {
  return actor.kind === 'user' ? blockersAmong(app, userIds, actor.userId) : new Set();
}
