// Suggestions in the text of a comment: fenced blocks of the language `suggestion`, each of which stands for the lines that the
// comment is on. Pure; see CommonMark 0.31, "Fenced code blocks", for the grammar.

export interface Suggestion {
  /** From 0, among those of the comment. */
  index: number;
  /** What stands there instead; none removes the lines. */
  lines: string[];
}

const MOST = 20;
/** Nothing may follow in it: a stranger writes the lines, and has the time of all that could be tried again. */
const FENCE = /^( {0,3})(`{3,}|~{3,})/;

/** The suggestions of a text, in their order. */
export function suggestionsIn(body: string): Suggestion[] {
  if (!body.includes('suggestion')) return [];
  const found: Suggestion[] = [];
  let open: { fence: string; indent: number; isSuggestion: boolean; lines: string[] } | undefined;
  for (const line of body.replace(/\r\n?/g, '\n').split('\n')) {
    if (!open) {
      const opening = openingOf(line);
      if (opening) open = { ...opening, lines: [] };
    } else if (closes(line, open.fence)) {
      if (open.isSuggestion) found.push({ index: found.length, lines: open.lines });
      open = undefined;
    } else open.lines.push(withoutIndent(line, open.indent));
  }
  return found.slice(0, MOST);
}

/** The fence that a line opens; the words behind one of backticks have none. */
function openingOf(line: string) {
  const [whole = '', indent = '', fence = ''] = FENCE.exec(line) ?? [];
  const words = line.slice(whole.length);
  if (fence === '' || (fence.startsWith('`') && words.includes('`'))) return undefined;
  const [language = ''] = words.trim().split(/\s/, 1);
  return { fence, indent: indent.length, isSuggestion: isSuggestion(language) };
}

function isSuggestion(language: string): boolean {
  return language.toLowerCase() === 'suggestion';
}

function closes(line: string, fence: string): boolean {
  const text = line.trim();
  if (text.length < fence.length || line.search(/\S/) > 3) return false;
  return [...text].every((character) => character === fence[0]);
}

/** A line loses as many spaces as its fence has before it. */
function withoutIndent(line: string, indent: number): string {
  let at = 0;
  while (at < indent && line[at] === ' ') at++;
  return line.slice(at);
}
