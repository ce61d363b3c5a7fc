// Suggestions as they are shown in comments: what stands there now and what would, in place of the block of code.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import { hunkRows, LONGEST } from './hunks.present.ts';
import type { ThreadRow } from './pulls.types.ts';
import { isApplicable, suggestionsIn } from './suggestions.service.ts';

/** A suggestion that can be applied. */
export interface SuggestionModel {
  index: number;
  /** From 1, for people. */
  number: number;
}

const OPENS = '<pre><code class="hljs language-suggestion">';
const CLOSES = '</code></pre>';
const MOST_LINES = 400;

/** The HTML of a comment with its suggestions as changes, and those that can be applied. */
export function withSuggestions(
  thread: ThreadRow,
  body: string,
  html: SafeHtml,
): { html: SafeHtml; suggestions: SuggestionModel[] } {
  const found = html.includes(OPENS) ? suggestionsIn(body) : [];
  if (found.length === 0 || thread.subject === 'file' || thread.side === 'base')
    return { html, suggestions: [] };
  const before = linesBefore(thread);
  const parts: string[] = [];
  let at = 0;
  let next = 0;
  for (let start = html.indexOf(OPENS); start >= 0; start = html.indexOf(OPENS, at)) {
    const end = html.indexOf(CLOSES, start);
    if (end < 0) break;
    const text = plainText(html.slice(start + OPENS.length, end));
    const index = found.findIndex((one, n) => n >= next && isText(one.lines, text));
    const lines = found[index]?.lines;
    parts.push(
      html.slice(at, start),
      lines ? changeHtml(before, lines) : html.slice(start, end + CLOSES.length),
    );
    if (lines) next = index + 1;
    at = end + CLOSES.length;
  }
  parts.push(html.slice(at));
  const suggestions = isApplicable(thread) ? found.map(({ index }) => ({ index, number: index + 1 })) : [];
  return { html: parts.join('') as SafeHtml, suggestions };
}

type Place = Pick<ThreadRow, 'hunk' | 'subject' | 'startSide' | 'startLine' | 'side' | 'line'>;

/** The lines of a place for which others can be suggested; undefined where none can. */
export function linesToSuggestFor(place: Place): string | undefined {
  if (place.subject === 'file' || place.startSide === 'base' || place.side === 'base') return undefined;
  const lines = linesBefore(place);
  // What is cut off on the page would be lost in the file.
  if (lines.some((text) => text.length >= LONGEST - 1)) return undefined;
  return lines.length === place.line - place.startLine + 1 ? lines.join('\n') : undefined;
}

/** The lines that the thread is on, as they were when it was begun. */
function linesBefore({ hunk, startLine, line }: Place): string[] {
  return hunkRows(hunk, MOST_LINES)
    .filter((row) => row.new !== undefined && row.new >= startLine && row.new <= line)
    .map((row) => row.text);
}

function isText(lines: readonly string[], text: string): boolean {
  return trimmedEnd(lines.join('\n')) === trimmedEnd(text);
}

function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&apos;': "'",
};

function plainText(html: string): string {
  return html.replace(/<[^>]*>/g, '').replace(/&[a-z0-9#]{2,5};/g, (entity) => ENTITIES[entity] ?? entity);
}

function changeHtml(before: readonly string[], after: readonly string[]): string {
  const row = (kind: 'del' | 'add', text: string) =>
    `<tr class="diff-${kind}"><td class="diff-code">${escapeHtml(text)}</td></tr>`;
  const rows = [
    ...before.map((text) => row('del', text)),
    ...after.slice(0, MOST_LINES).map((text) => row('add', text)),
  ];
  return `<div class="suggested"><div class="suggested-head">Suggested change</div><table class="suggested-lines" aria-label="Suggested change"><tbody>${rows.join('')}</tbody></table></div>`;
}
