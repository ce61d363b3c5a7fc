// Commit messages as pages show them: addresses and commit ids in them are links; who else wrote is read off the trailers.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import { type FoundWord, plainWords } from '../../platform/render/reference-words.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { encodePath, visibleText } from './paths.service.ts';
import { referenceLinks } from './reference-links.service.ts';

/** Links in one message: more are left as text. */
const MOST_LINKS = 200;
const MOST_CO_AUTHORS = 20;
const LINKS =
  /https?:\/\/[^\s<>"'`\\{}|^]{1,2000}|(?<![0-9A-Za-z/._-])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9A-Za-z])/g;

/** Messages as HTML, escaped, with their addresses, full commit ids, and what they refer to as links. */
export async function messagesHtml(
  app: App,
  open: OpenRepository,
  texts: readonly string[],
): Promise<SafeHtml[]> {
  const origin = app.publicUrl();
  const found = texts.map((text) => plainWords(text, origin));
  const words = found.flatMap((some) => some.map(({ word }) => word));
  const links = await referenceLinks(app, open, words);
  return texts.map((text, index) => messageHtml(open, text, found[index] ?? [], links));
}

/** A message as HTML; `words` are the places in it that `links` are for. */
export function messageHtml(
  open: Pick<OpenRepository, 'path'>,
  text: string,
  words: readonly FoundWord[] = [],
  links: ReadonlyMap<string, SafeHtml> = new Map(),
): SafeHtml {
  let html = '';
  let at = 0;
  for (const found of words) {
    const link = links.get(found.word);
    if (link === undefined) continue;
    html += partHtml(open, text.slice(at, found.at)) + link;
    at = found.at + found.word.length;
  }
  return (html + partHtml(open, text.slice(at))) as SafeHtml;
}

/** What stands between references. */
function partHtml(open: Pick<OpenRepository, 'path'>, text: string): string {
  let html = '';
  let at = 0;
  let count = 0;
  for (const match of text.matchAll(LINKS)) {
    if (count++ >= MOST_LINKS) break;
    const found = withoutTail(match[0]);
    html += escapeHtml(text.slice(at, match.index)) + linkHtml(open, found);
    at = match.index + found.length;
  }
  return html + escapeHtml(text.slice(at));
}

function linkHtml(open: Pick<OpenRepository, 'path'>, found: string): string {
  if (!found.startsWith('http'))
    return `<a class="sha" href="${escapeHtml(`${encodePath(open.path)}/commit/${found}`)}">${found.slice(0, 7)}</a>`;
  if (!URL.canParse(found)) return escapeHtml(found);
  return `<a href="${escapeHtml(found)}" rel="nofollow ugc noopener">${escapeHtml(found)}</a>`;
}

/** What stands behind an address in a sentence is no part of it; a bracket is, when it was opened inside. */
function withoutTail(found: string): string {
  if (!found.startsWith('http')) return found;
  const trimmed = withoutEnd(found, '.,;:!?*_~');
  return trimmed.includes('(') ? trimmed : withoutEnd(trimmed, ')');
}

/** A regular expression would look at a run of such marks anew from each of them. */
function withoutEnd(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

export interface Person {
  name: string;
  email: string;
}

/** Who else wrote a commit, by its `Co-authored-by:` trailers; each address once. */
export function coAuthorsOf(message: string): Person[] {
  const people = new Map<string, Person>();
  for (const line of message.split('\n').slice(1)) {
    const { name, email } = coAuthorIn(line) ?? { name: '', email: '' };
    if (email === '' || people.has(email.toLowerCase()) || people.size >= MOST_CO_AUTHORS) continue;
    people.set(email.toLowerCase(), { name: visibleText(name) || visibleText(email), email });
  }
  return [...people.values()];
}

const TRAILER = 'co-authored-by:';
const LONGEST_TRAILER = 600;

/** Read step by step: a pattern for all of it would try every way to divide a long run of spaces. */
function coAuthorIn(line: string): Person | undefined {
  if (line.slice(0, TRAILER.length).toLowerCase() !== TRAILER) return undefined;
  const text = line.slice(TRAILER.length, LONGEST_TRAILER).trim();
  const open = text.indexOf('<');
  if (open < 0 || !text.endsWith('>')) return undefined;
  const name = text.slice(0, open).trim();
  const email = text.slice(open + 1, -1);
  const isGood = name.length <= 200 && !name.includes('>') && email.length <= 254 && !/[<>\s]/.test(email);
  return isGood ? { name, email } : undefined;
}
