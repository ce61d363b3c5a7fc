// Bounds what the page of a file holds: a browser chokes on a million rows and on one line of five megabytes.

export const MAX_LINES = 15_000;
export const MAX_LINE_LENGTH = 10_000;

export interface CutText {
  text: string;
  /** Lines of the whole file. */
  lineCount: number;
  /** Lines that are not blank. */
  sourceLines: number;
  /** Whether anything was left out. */
  isCut: boolean;
}

/** The first lines of a text, each shortened to what can be shown. */
export function cutLines(text: string): CutText {
  const lines = text.split(/\r\n|\n|\r(?!\n)/);
  if (lines.at(-1) === '') lines.pop();
  const sourceLines = lines.filter((line) => line.trim() !== '').length;
  const tooMany = lines.length > MAX_LINES;
  const tooLong = lines.some((line) => line.length > MAX_LINE_LENGTH);
  if (!tooMany && !tooLong) return { text, lineCount: lines.length, sourceLines, isCut: false };
  const shown = lines.slice(0, MAX_LINES).map(shortened);
  return { text: `${shown.join('\n')}\n`, lineCount: lines.length, sourceLines, isCut: true };
}

function shortened(line: string): string {
  if (line.length <= MAX_LINE_LENGTH) return line;
  const left = line.length - MAX_LINE_LENGTH;
  return `${line.slice(0, MAX_LINE_LENGTH).toWellFormed()} … ${left} more characters`;
}
