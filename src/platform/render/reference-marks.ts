// References in finished HTML become marks, which are filled in for whoever reads: what they lead to depends on that. A
// mark is an HTML comment, which the sanitizer lets nobody write: it drops comments, and writes every `<` of a text and of
// an attribute as an entity. So whatever looks like a mark in what comes from outside is gone before marks are made.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import { MOST_WORDS, parseReference, referenceWords } from './reference-words.ts';

/** HTML with marks, and the words they stand for: mark number 0 is the first of them. */
export interface MarkedHtml {
  html: string;
  references: readonly string[];
}

const MARK = /<!--ref:(\d{1,4})-->/g;
/** Elements in which nothing is a reference. */
const QUIET: ReadonlySet<string> = new Set(['a', 'code', 'pre', 'kbd', 'samp', 'tt', 'var']);

/** Puts marks into HTML that the sanitizer made. `origin` is this site's address without a trailing slash. */
export function markReferences(html: SafeHtml, origin: string): MarkedHtml {
  const marker = openMarker(origin);
  const clean = html.replaceAll('<!', '&lt;!');
  let out = '';
  let quiet = 0;
  let at = 0;
  while (at < clean.length) {
    const open = clean.indexOf('<', at);
    const text = clean.slice(at, open < 0 ? undefined : open);
    out += quiet === 0 ? marker.words(text) : text;
    if (open < 0) break;
    const end = endOfTag(clean, open);
    const tag = clean.slice(open, end);
    const address = quiet === 0 ? bareAddress(clean, tag, end) : undefined;
    const mark = address && marker.address(address.href);
    if (address && mark) {
      out += mark;
      at = address.end;
      continue;
    }
    quiet = Math.max(0, quiet + depthOf(tag));
    out += tag;
    at = end;
  }
  return { html: out, references: marker.references };
}

/** Replaces each mark by its link, or by what was typed where there is none. */
export function fillMarks({ html, references }: MarkedHtml, links: ReadonlyMap<string, SafeHtml>): SafeHtml {
  if (references.length === 0) return html as SafeHtml;
  return html.replace(MARK, (_, index: string) => {
    const reference = references[Number(index)] ?? '';
    return links.get(reference) ?? asTyped(reference);
  }) as SafeHtml;
}

/** A reference as it was typed: an address stays a link, as everywhere. */
export function asTyped(reference: string): SafeHtml {
  const [typed = ''] = reference.split(' ', 1);
  const text = escapeHtml(typed);
  if (!/^https?:/.test(typed)) return text;
  return `<a href="${text}" rel="nofollow noopener noreferrer">${text}</a>` as SafeHtml;
}

function openMarker(origin: string) {
  const references: string[] = [];
  const indexes = new Map<string, number>();
  let marks = 0;
  const mark = (reference: string): string | undefined => {
    if (marks++ >= MOST_WORDS) return undefined;
    const index = indexes.get(reference) ?? references.push(reference) - 1;
    indexes.set(reference, index);
    return `<!--ref:${index}-->`;
  };
  return {
    references,
    address: (href: string) => (parseReference(href, origin) ? mark(href) : undefined),
    words(text: string): string {
      let out = '';
      let at = 0;
      for (const found of referenceWords(text)) {
        out += text.slice(at, found.at) + (mark(found.word) ?? found.word);
        at = found.at + found.word.length;
      }
      return out + text.slice(at);
    },
  };
}

/** The sanitizer writes `<` and `>` of attributes as entities, so that a tag ends with the first `>`. */
function endOfTag(html: string, open: number): number {
  const end = html.indexOf('>', open);
  return end < 0 ? html.length : end + 1;
}

/** Into a quiet element (1), out of one (-1), or neither. */
function depthOf(tag: string): number {
  const [, slash, name = ''] = /^<(\/?)([a-z0-9]+)/.exec(tag) ?? [];
  if (!QUIET.has(name)) return 0;
  return slash === '/' ? -1 : 1;
}

/** A link whose text is its own address, as one that was typed without more. */
function bareAddress(html: string, tag: string, end: number): { href: string; end: number } | undefined {
  const href = /^<a href="(https?:[^"&]{1,400})" rel="[^"]*">$/.exec(tag)?.[1];
  if (href === undefined || !html.startsWith(`${href}</a>`, end)) return undefined;
  return { href, end: end + href.length + '</a>'.length };
}
