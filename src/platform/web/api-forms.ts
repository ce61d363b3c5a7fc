// Forms as bodies of the API (`curl -d name=value`), which Gitea takes as well as JSON.
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { WebContext } from './web.types.ts';

/** Whether a body says that it is a form and is none of the JSON that careless programs send by that name. */
export function isForm(c: WebContext, text: string): boolean {
  const type = c.req.header('content-type') ?? '';
  return /^application\/x-www-form-urlencoded\b/i.test(type) && !/^\s*[{["]/.test(text);
}

/** The fields of a form. All of them are words: each is read as what `schema` has by its name. Throws AppError invalid. */
export function formOf(text: string, schema: z.ZodType): Record<string, unknown> {
  if (text.includes('%00') || text.includes('\0'))
    throw new AppError('invalid', 'The body cannot hold NUL characters.');
  const fields: Record<string, z.ZodType> = schema instanceof z.ZodObject ? schema.shape : {};
  const given = [...wordsByName(text)].filter(([name]) => Object.hasOwn(fields, name));
  return Object.fromEntries(given.map(([name, words]) => [name, fieldOf(name, words, fields[name])]));
}

/** In one pass: there may be as many names as fit into a body. */
function wordsByName(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, word] of new URLSearchParams(text)) {
    const words = found.get(name);
    if (words) words.push(word);
    else found.set(name, [word]);
  }
  return found;
}

function fieldOf(name: string, words: string[], field: z.ZodType | undefined): unknown {
  const kind = field && innermost(field);
  if (kind instanceof z.ZodArray)
    return words.map((word) => read(word, innermost(kind.element as z.ZodType)));
  const [word = '', second] = words;
  if (second !== undefined) throw new AppError('invalid', `The body names "${name.slice(0, 64)}" twice.`);
  return read(word, kind);
}

function innermost(field: z.ZodType): z.ZodType {
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable || field instanceof z.ZodDefault)
    return innermost(field.unwrap() as z.ZodType);
  return field;
}

/** What fits nothing stays a word, which the schema then refuses by the name of the field. */
function read(word: string, kind: z.ZodType | undefined): unknown {
  if (kind instanceof z.ZodBoolean) return WORDS_FOR_TRUTH.get(word.toLowerCase()) ?? word;
  if (kind instanceof z.ZodNumber) return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(word) ? Number(word) : word;
  return word;
}

const WORDS_FOR_TRUTH = new Map([
  ...['true', '1', 'on', 'yes'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no'].map((word) => [word, false] as const),
]);
