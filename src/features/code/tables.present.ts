// Comma- and tab-separated values (RFC 4180, and what people write instead) as rows of a table, within bounds.

export const MAX_ROWS = 1000;
export const MAX_COLUMNS = 100;
const MAX_CELL = 500;
/** Characters looked at: a quote that is never closed must not read the whole of a large file. */
const MAX_READ = 1024 * 1024;

export interface ValueTable {
  header: string[];
  rows: string[][];
  /** Whether rows, columns or parts of cells are left out. */
  isCut: boolean;
}

/** The table in a text. A quote in the middle of an unquoted cell is a character like any other. */
export function valueTable(text: string, fileName: string): ValueTable {
  const rows: string[][] = [];
  const separator = separatorOf(text, fileName);
  let isCut = false;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length && rows.length <= MAX_ROWS && at < MAX_READ) {
    const row = readRow(text, at, separator);
    isCut ||= row.isCut;
    if (row.cells.length > 1 || row.cells[0] !== '') rows.push(row.cells);
    at = row.next;
  }
  isCut ||= at < text.length;
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const [header = [], ...rest] = rows.map((row) => [...row, ...Array<string>(columns - row.length).fill('')]);
  return { header, rows: rest, isCut };
}

/** Semicolons are what spreadsheets write where commas are decimal signs. */
function separatorOf(text: string, fileName: string): string {
  if (/\.tsv$/i.test(fileName)) return '\t';
  const first = text.slice(0, text.slice(0, 2000).search(/[\r\n]|$/));
  const counts = [',', ';', '\t'].map((mark) => first.split(mark).length);
  return [',', ';', '\t'][counts.indexOf(Math.max(...counts))] ?? ',';
}

interface Row {
  cells: string[];
  next: number;
  isCut: boolean;
}

function readRow(text: string, start: number, separator: string): Row {
  const cells: string[] = [];
  let isCut = false;
  for (let at = start; ; ) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, separator);
    const end = cell.isQuoted ? plainCell(text, cell.next, separator).next : cell.next;
    if (cells.length < MAX_COLUMNS) cells.push(cut(cell.value));
    else isCut = true;
    isCut ||= cell.value.length > MAX_CELL;
    if (text[end] !== separator) return { cells, next: afterLineEnd(text, end), isCut };
    at = end + 1;
  }
}

interface Cell {
  value: string;
  next: number;
  isQuoted: boolean;
}

function plainCell(text: string, start: number, separator: string): Cell {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(start, Math.min(end, start + MAX_CELL + 1)), next: end, isQuoted: false };
}

/** Up to the closing quote; two quotes stand for one. Without a closing one the cell ends with its line. */
function quotedCell(text: string, start: number): Cell {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote > start + MAX_READ) break;
    if (value.length <= MAX_CELL) value += text.slice(at, Math.min(quote, at + MAX_CELL + 1));
    if (text[quote + 1] !== '"') return { value, next: quote + 1, isQuoted: true };
    value += '"';
    at = quote + 2;
  }
  const end = text.slice(start).search(/[\r\n]|$/) + start;
  return { value: text.slice(start, Math.min(end, start + MAX_CELL + 1)), next: end, isQuoted: false };
}

function afterLineEnd(text: string, at: number): number {
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1;
}

function cut(value: string): string {
  return value.length <= MAX_CELL ? value : `${value.slice(0, MAX_CELL).toWellFormed()}…`;
}
