// The marks that git puts around what is in conflict in a text: counted, labelled for people, and found where they were left. Pure.

const ANCESTOR = 'common ancestor';
const MIDDLE = '=======';

export interface MarkLabels {
  head: string;
  base: string;
}

interface Ids {
  headOid: string;
  baseOid: string;
}

/** The text with the names of branches in its marks, and how many places are in conflict; line ends are line feeds. */
export function labelled(text: string, ids: Ids, labels: MarkLabels): { text: string; places: number } {
  let places = 0;
  let isInside = false;
  const lines = text.split('\n').map((line) => {
    if (!isInside && isMark(line, '<', ids.headOid)) {
      isInside = true;
      places += 1;
      return `<<<<<<< ${labels.head}`;
    }
    if (isInside && line.startsWith('||||||| ')) return `||||||| ${ANCESTOR}`;
    if (!isInside || !isMark(line, '>', ids.baseOid)) return line;
    isInside = false;
    return `>>>>>>> ${labels.base}`;
  });
  return { text: lines.join('\n'), places };
}

/** git names the path behind the commit where it has another name on that side. */
function isMark(line: string, sign: string, oid: string): boolean {
  const start = `${sign.repeat(7)} ${oid}`;
  return line.startsWith(start) && (line.length === start.length || line[start.length] === ':');
}

/** The number, from 1, of the first line that still is a mark; undefined when a text has none left. */
export function leftMark(typed: string, labels: MarkLabels, marked: string): number | undefined {
  const marks = new Set([`<<<<<<< ${labels.head}`, `||||||| ${ANCESTOR}`, `>>>>>>> ${labels.base}`]);
  const lines = typed.split('\n');
  const at = lines.findIndex((line) => marks.has(line));
  if (at >= 0) return at + 1;
  // Seven equals signs may be part of the text itself, as headings are underlined by them.
  const own =
    separators(marked) - marked.split('\n').filter((line) => line === `<<<<<<< ${labels.head}`).length;
  return separators(typed) > own ? lines.indexOf(MIDDLE) + 1 : undefined;
}

function separators(text: string): number {
  return text.split('\n').filter((line) => line === MIDDLE).length;
}

/** A text without its marks, with the lines of the commit `theirs` where it had any; undefined where it had none. Any bytes. */
export function withoutMarks(
  data: Buffer,
  { ours, theirs }: { ours: string; theirs: string },
): Buffer | undefined {
  let part: 'both' | 'ours' | 'theirs' = 'both';
  let hasMarks = false;
  const kept: string[] = [];
  for (const line of data.toString('latin1').split('\n')) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (part === 'both' && isMark(text, '<', ours)) {
      part = 'ours';
      hasMarks = true;
    } else if (part === 'ours' && text === MIDDLE) part = 'theirs';
    else if (part === 'theirs' && isMark(text, '>', theirs)) part = 'both';
    else if (part !== 'ours') kept.push(line);
  }
  return hasMarks ? Buffer.from(kept.join('\n'), 'latin1') : undefined;
}
