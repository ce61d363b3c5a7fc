// Reads JSON bodies of the API. Their size is bounded by the surface before a byte is parsed.
import { AppError } from '../../base/errors.ts';
import type { WebContext } from './web.types.ts';

/** How deep lists and objects may be nested. */
const DEEPEST = 64;

/** The body as an object; an empty body is an empty object. Throws AppError invalid for anything else. */
export async function readJson(c: WebContext): Promise<Record<string, unknown>> {
  const text = await c.req.text();
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid', 'The body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}

/**
 * JSON text as a value. Throws AppError invalid for what is no JSON, names a field twice (readers differ in which of the two
 * they believe), nests too deep, or holds characters that some databases fail on.
 */
export function parseJson(text: string): unknown {
  try {
    // First: what nests deep takes much memory once it is parsed.
    inspect(text);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Without the cause, which would be logged: it quotes the body, and that may hold a password.
    throw new AppError('invalid', 'The body is not valid JSON.');
  }
}

/** Walks over text that should be JSON; throws SyntaxError where a string is none. */
function inspect(text: string): void {
  /** The names of each open object; undefined for lists. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? new Set() : undefined);
      if (open.length > DEEPEST)
        throw new AppError('invalid', `The body is nested deeper than ${DEEPEST} levels.`);
    } else if (sign === '}' || sign === ']') open.pop();
    else if (sign === '"') {
      const end = endOfString(text, at);
      const word = stringAt(text, at, end);
      const names = open.at(-1);
      if (names && isName(text, end)) addName(names, word);
      at = end;
    }
  }
}

/** Where the quote is that ends a string; `from` is where the one is that begins it. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    const sign = text[at];
    if (sign === '\\') at++;
    else if (sign === '"' || sign === undefined) return at;
  }
}

function stringAt(text: string, from: number, end: number): string {
  const raw = text.slice(from + 1, end);
  if (!raw.includes('\\')) return raw;
  const word = JSON.parse(text.slice(from, end + 1)) as string;
  if (word.includes('\0')) throw new AppError('invalid', 'The body cannot hold NUL characters.');
  if (!word.isWellFormed())
    throw new AppError('invalid', 'The body holds half of a character (a lone surrogate).');
  return word;
}

function isName(text: string, end: number): boolean {
  for (let at = end + 1; at < text.length; at++) {
    const sign = text[at];
    if (sign === ':') return true;
    if (sign !== ' ' && sign !== '\n' && sign !== '\r' && sign !== '\t') return false;
  }
  return false;
}

function addName(names: Set<string>, name: string): void {
  if (names.has(name)) throw new AppError('invalid', `The body names "${name.slice(0, 64)}" twice.`);
  names.add(name);
}
