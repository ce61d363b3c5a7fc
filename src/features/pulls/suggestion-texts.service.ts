// Suggestions in the text of a comment: fenced blocks of the language `suggestion`, each of which stands for the lines that the
// comment is on. Pure; see CommonMark 0.31, "Fenced code blocks", for the grammar.

export interface Suggestion {
  /** From 0, among those of the comment. */
  index: number;
  /** What stands there instead; none removes the lines. */
  lines: string[];
}

const MOST = 20;
const OPENS = /^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

/** The suggestions of a text, in their order. */
export function suggestionsIn(body: string): Suggestion[] {
  if (!body.includes('suggestion')) return [];
  const found: Suggestion[] = [];
  let open: { fence: string; indent: number; isSuggestion: boolean; lines: string[] } | undefined;
  for (const line of body.replace(/\r\n?/g, '\n').split('\n')) {
    if (!open) {
      const [, indent = '', fence, language = ''] = OPENS.exec(line) ?? [];
      if (fence) open = { fence, indent: indent.length, isSuggestion: isSuggestion(language), lines: [] };
    } else if (closes(line, open.fence)) {
      if (open.isSuggestion) found.push({ index: found.length, lines: open.lines });
      open = undefined;
    } else open.lines.push(withoutIndent(line, open.indent));
  }
  return found.slice(0, MOST);
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
