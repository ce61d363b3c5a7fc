// Completes the word at the caret of a query: keys first, then what can stand behind them. Only what the asker may see.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { pageOfRepositories } from '../repos/lists.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import {
  type CompletedKey,
  ISSUE_KEYS,
  KEY_HINTS,
  PEOPLE_KEYS,
  PULL_KEYS,
  VALUE_HINTS,
} from './completions.data.ts';
import { labelsFor } from './labels.service.ts';
import { listMilestones } from './milestones.service.ts';
import { formatQuery } from './queries.service.ts';
import { suggestPeople } from './suggestions.service.ts';

/** What can take the place of the word. */
export interface Completion {
  text: string;
  hint?: string;
}

interface Value {
  value: string;
  hint?: string;
}

/** Completions that are offered at once, and characters of a word that are looked at. */
const MOST = 12;
const LONGEST_WORD = 100;

/** What the word can become: in a repository its labels, milestones and people; elsewhere the repositories one sees. */
export async function completeWord(
  app: App,
  actor: Actor,
  open: OpenRepository | undefined,
  written: string,
  kind: 'issues' | 'pulls' = 'issues',
): Promise<Completion[]> {
  const word = written.slice(0, LONGEST_WORD);
  const sign = word.startsWith('-') ? '-' : '';
  const colon = word.indexOf(':');
  if (colon === -1) return completeKey(sign, word.slice(sign.length), open !== undefined, kind);
  const key = word.slice(sign.length, colon).toLowerCase();
  if (!isKey(key)) return [];
  const { before, sought } = lastValue(word.slice(colon + 1));
  const values = await valuesOf(app, actor, open, key, sought);
  return values
    .filter(({ value, hint = '' }) => matches(value, sought) || (sought !== '' && matches(hint, sought)))
    .slice(0, MOST)
    .map(({ value, hint }) => ({
      text: `${sign}${key}:${before}${quoted(value)}`,
      ...(hint ? { hint } : {}),
    }));
}

function completeKey(
  sign: string,
  text: string,
  isInRepository: boolean,
  kind: 'issues' | 'pulls',
): Completion[] {
  const elsewhere: readonly string[] = ['repo', 'org', 'user'];
  const foreign = kind === 'pulls' ? ISSUE_KEYS : PULL_KEYS;
  const keys = Object.entries(KEY_HINTS)
    .filter(([key]) => key.startsWith(text.toLowerCase()) && !(isInRepository && elsewhere.includes(key)))
    .filter(([key]) => text !== '' || !foreign.includes(key))
    .filter(([key]) => sign === '' || (key !== 'sort' && key !== 'in'));
  return keys.slice(0, MOST).map(([key, hint]) => ({ text: `${sign}${key}:`, hint }));
}

function isKey(key: string): key is CompletedKey {
  return Object.hasOwn(KEY_HINTS, key);
}

/** Of `bug,"help wa` the part before the last comma outside of quotes stays; the rest is looked for. */
function lastValue(text: string): { before: string; sought: string } {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === ',' && !isQuoted) start = at + 1;
  }
  return { before: text.slice(0, start), sought: text.slice(start).replaceAll('"', '').toLowerCase() };
}

function matches(text: string, sought: string): boolean {
  return text.toLowerCase().includes(sought);
}

/** As the query writes it. */
function quoted(value: string): string {
  const term = { kind: 'term', key: 'label', values: [value], isNegated: false } as const;
  return formatQuery({ parts: [term] }).slice('label:'.length);
}

async function valuesOf(
  app: App,
  actor: Actor,
  open: OpenRepository | undefined,
  key: CompletedKey,
  sought: string,
): Promise<Value[]> {
  const fixed = Object.entries(VALUE_HINTS[key] ?? {}).map(([value, hint]) => ({ value, hint }));
  if (fixed.length > 0) return fixed;
  if (PEOPLE_KEYS.includes(key)) return peopleValues(app, actor, open, sought);
  if (key === 'repo') return open ? [] : repositoryValues(app, actor, sought);
  if (!open) return [];
  if (key === 'label')
    return (await labelsFor(app, open)).map(({ name, description }) => ({ value: name, hint: description }));
  if (key === 'milestone')
    return (await listMilestones(app, open, 'all')).map(({ title, closedAt }) => ({
      value: title,
      ...(closedAt === null ? {} : { hint: 'closed' }),
    }));
  return [];
}

async function peopleValues(
  app: App,
  actor: Actor,
  open: OpenRepository | undefined,
  sought: string,
): Promise<Value[]> {
  const self = actor.kind === 'user' ? [{ value: '@me', hint: 'you' }] : [];
  if (!open) return self;
  const { people } = await suggestPeople(app, actor, open, { typed: sought.replace(/^@/, '') });
  return [...self, ...people.map(({ name, displayName }) => ({ value: name, hint: displayName }))];
}

async function repositoryValues(app: App, actor: Actor, sought: string): Promise<Value[]> {
  const words = sought.slice(sought.indexOf('/') + 1);
  const { items } = await pageOfRepositories(app, actor, { words });
  return items.map(({ repository, ownerName }) => ({ value: `${ownerName}/${repository.name}` }));
}
