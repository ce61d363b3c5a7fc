// The lines of a file as its page and its later parts show them: in blocks, each a body of the table.
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import {
  BLOCK,
  colouredRange,
  type LineRange,
  type LineText,
  LONG,
  MAX_LINES,
  SENT,
} from './lines.service.ts';

export interface LineBlock {
  /** The number of its first line. */
  from: number;
  to: number;
  lines: readonly SafeHtml[];
  /** Whether colours are still to come. */
  isPending: boolean;
}

/** What is needed to show lines: what they are of, and the text. */
export interface LineFile {
  key: string;
  name: string;
  lines: LineText;
}

/** Lines that are shown: all of them, or as many as a browser can take. */
export function shownCount({ lineCount }: LineText): number {
  return Math.min(lineCount, MAX_LINES);
}

export function isLong(lines: LineText): boolean {
  return lines.lineCount > LONG;
}

/** A range as asked for, `501-1000`, within what there is and no longer than what is sent at once. */
export function askedRange(asked: string | undefined, lines: LineText): LineRange {
  const count = shownCount(lines);
  if (!isLong(lines)) return { from: 1, to: count };
  const [, from = '1'] = /^(\d{1,9})(?:-\d{1,9})?$/.exec(asked ?? '') ?? [];
  const first = Math.min(Math.max(1, Number(from)), count);
  const start = first - ((first - 1) % BLOCK);
  return { from: start, to: Math.min(count, start + SENT - 1) };
}

/** The blocks of a range that begins with a block. */
export async function lineBlocks(app: App, file: LineFile, range: LineRange): Promise<LineBlock[]> {
  const { name, key } = file;
  const { lines, isPending } = await colouredRange(app, { name, key, text: file.lines.text }, range);
  const size = isLong(file.lines) ? BLOCK : Math.max(1, lines.length);
  const blocks: LineBlock[] = [];
  for (let at = 0; at < lines.length; at += size) {
    const some = lines.slice(at, at + size);
    blocks.push({ from: range.from + at, to: range.from + at + some.length - 1, lines: some, isPending });
  }
  return blocks;
}

export interface LinePages {
  from: number;
  to: number;
  count: number;
  previousHref: string | undefined;
  nextHref: string | undefined;
}

/** Links to the lines before and after those on the page, for those without scripts. */
export function linePages(address: string, { from, to }: LineRange, count: number): LinePages {
  const at = (first: number) => {
    const last = Math.min(count, first + SENT - 1);
    return `${address}${address.includes('?') ? '&' : '?'}lines=${first}-${last}#L${first}`;
  };
  return {
    from,
    to,
    count,
    previousHref: from > 1 ? at(Math.max(1, from - SENT)) : undefined,
    nextHref: to < count ? at(to + 1) : undefined,
  };
}
