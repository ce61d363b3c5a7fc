// Markdown without its code and its comments, for whoever looks for words in it. It reads lines and backticks as GitHub
// Flavored Markdown does, and no more of it; linear in the text.

/** What stands where code stood: no word, and no space between words either. */
const GAP = '\0';

/** The text with code blocks, code spans and HTML comments replaced, lines kept. */
export function withoutCode(markdown: string): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  const end = () => {
    if (paragraph.length > 0) out.push(withoutSpans(paragraph.join('\n')));
    paragraph = [];
  };
  const blocks = openBlocks();
  for (const line of markdown.split('\n')) {
    const kind = blocks.kindOf(line);
    if (kind === 'text') {
      paragraph.push(line);
      continue;
    }
    end();
    out.push(kind === 'code' ? GAP : '');
  }
  end();
  return withoutComments(out.join('\n'));
}

/** Tells lines of code blocks from others, in order. */
function openBlocks(): { kindOf(line: string): 'text' | 'code' | 'blank' } {
  let fence: string | undefined;
  let wasBlank = true;
  let isIndented = false;
  let inList = false;
  return {
    kindOf(line) {
      const { content, indent, isItem } = readLine(line);
      const run = /^(?:`{3,}|~{3,})/.exec(content)?.[0];
      if (fence !== undefined) {
        if (run?.startsWith(fence) && content.slice(run.length).trim() === '') fence = undefined;
        return 'code';
      }
      if (run !== undefined && !(run.startsWith('`') && content.slice(run.length).includes('`'))) {
        fence = run;
        return 'code';
      }
      if (content === '') {
        wasBlank = true;
        return 'blank';
      }
      inList = isItem || (inList && (indent > 0 || !wasBlank));
      isIndented = indent >= 4 && !inList && (wasBlank || isIndented);
      wasBlank = false;
      return isIndented ? 'code' : 'text';
    },
  };
}

/** A line without the marks of quotes and lists before it. */
function readLine(line: string): { content: string; indent: number; isItem: boolean } {
  let at = 0;
  let indent = 0;
  for (; at < line.length && ' \t>\r'.includes(line.charAt(at)); at++) {
    if (line[at] === '>') indent = 0;
    else indent += line[at] === '\t' ? 4 : 1;
  }
  const marker = /^(?:[-*+]|\d{1,9}[.)])[ \t]/.exec(line.slice(at, at + 12))?.[0];
  const rest = line.slice(at + (marker?.length ?? 0)).trim();
  return { content: rest, indent, isItem: marker !== undefined };
}

/** Each run of backticks opens a span up to the next run of the same length, if there is one. */
function withoutSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: run, index }) => ({ at: index, length: run.length }));
  const places = new Map<number, number[]>();
  for (const [index, { length }] of runs.entries()) {
    const same = places.get(length) ?? [];
    places.set(length, same);
    same.push(index);
  }
  const seen = new Map<number, number>();
  let out = '';
  let at = 0;
  for (let index = 0; index < runs.length; ) {
    const run = runs[index];
    const close = run && nextOf(places.get(run.length) ?? [], seen, run.length, index);
    const closing = close === undefined ? undefined : runs[close];
    if (run && closing && close !== undefined) {
      out += text.slice(at, run.at) + GAP;
      at = closing.at + closing.length;
      index = close + 1;
    } else index += 1;
  }
  return out + text.slice(at);
}

/** The first place behind `index`; where the search came to is remembered, so that all searches together are linear. */
function nextOf(
  places: readonly number[],
  seen: Map<number, number>,
  length: number,
  index: number,
): number | undefined {
  let next = seen.get(length) ?? 0;
  while (next < places.length && (places[next] ?? 0) <= index) next++;
  seen.set(length, next);
  return places[next];
}

function withoutComments(text: string): string {
  let out = '';
  let at = 0;
  for (let open = text.indexOf('<!--'); open >= 0; open = text.indexOf('<!--', at)) {
    out += text.slice(at, open) + GAP;
    const close = text.indexOf('-->', open + 4);
    if (close < 0) return out;
    at = close + 3;
  }
  return out + text.slice(at);
}
