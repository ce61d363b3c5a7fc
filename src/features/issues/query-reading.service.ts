// Cuts the text of a query into words and `key:value` pieces. It looks at each character once, whatever is written.
import { LONGEST_QUERY, MOST_PARTS } from './queries.types.ts';

/** One piece as it was written: a word, a phrase, or a key with its values. */
export interface Piece {
  isNegated: boolean;
  /** Undefined for words and phrases. */
  key?: string;
  values: { text: string; isQuoted: boolean }[];
  /** As it was written, without the sign. */
  raw: string;
}

/** Every piece of the text; more than MOST_PARTS are left aside, which `isCut` tells. */
export function readPieces(query: string): { pieces: Piece[]; isCut: boolean } {
  // Control characters separate words, so that nothing behind the parser has to think of them.
  const text = query
    .slice(0, LONGEST_QUERY)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f\ufffd]/g, ' ');
  const pieces: Piece[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length && pieces.length < MOST_PARTS) {
    const { piece, end } = readPiece(text, at);
    pieces.push(piece);
    at = skipSpace(text, end);
  }
  return { pieces, isCut: at < text.length || query.length > LONGEST_QUERY };
}

function readPiece(text: string, start: number): { piece: Piece; end: number } {
  const isNegated = text[start] === '-' && start + 1 < text.length && !isSpace(text[start + 1]);
  const from = isNegated ? start + 1 : start;
  const colon = endOfKey(text, from);
  const key = colon === undefined ? {} : { key: text.slice(from, colon).toLowerCase() };
  const { values, end } = readValues(text, colon === undefined ? from : colon + 1, colon !== undefined);
  return { piece: { isNegated, ...key, values, raw: text.slice(from, end) }, end };
}

/** Where the colon is behind letters and dashes; undefined when this is no `key:`. */
function endOfKey(text: string, from: number): number | undefined {
  let at = from;
  while (at < text.length && at - from < 24 && /[a-z-]/i.test(text[at] ?? '')) at += 1;
  return at > from && text[at] === ':' ? at : undefined;
}

function readValues(text: string, start: number, isList: boolean): { values: Piece['values']; end: number } {
  const values: Piece['values'] = [];
  for (let at = start; ; ) {
    const { value, end } = text[at] === '"' ? readQuoted(text, at) : readBare(text, at, isList);
    values.push(value);
    if (!isList || text[end] !== ',') return { values, end };
    at = end + 1;
  }
}

/** Up to the closing quotation mark or the end; `\"` and `\\` stand for the character itself. */
function readQuoted(text: string, start: number): { value: Piece['values'][number]; end: number } {
  let value = '';
  let at = start + 1;
  for (; at < text.length && text[at] !== '"'; at += 1) {
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at += 1;
    value += text[at];
  }
  return { value: { text: value.trim(), isQuoted: true }, end: Math.min(at + 1, text.length) };
}

function readBare(
  text: string,
  start: number,
  isList: boolean,
): { value: Piece['values'][number]; end: number } {
  let at = start;
  while (at < text.length && !isSpace(text[at]) && !(isList && text[at] === ',')) at += 1;
  return { value: { text: text.slice(start, at), isQuoted: false }, end: at };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && character.trim() === '';
}
