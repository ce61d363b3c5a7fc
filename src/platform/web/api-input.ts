// What comes into a route of the API: its body and query, checked by the schemas that the route describes.
import type { z } from 'zod';
import { AppError, isAppError } from '../../base/errors.ts';
import type { Lazily } from '../api/description.ts';
import { formOf, isForm } from './api-forms.ts';
import { readJson } from './json.ts';
import type { WebContext } from './web.types.ts';

/**
 * The body, JSON or a form, as `schema`, which must be the one the route describes. Fields that are null count as left out unless the
 * schema knows null; unknown ones are ignored, as Gitea does. Throws AppError invalid with what is wrong by field.
 */
export async function bodyOf<S extends z.ZodType>(c: WebContext, schema: Lazily<S>): Promise<z.output<S>> {
  if (c.get('api')?.body !== schema) throw new Error(`The route ${c.var.route} describes another body.`);
  const text = await c.req.text();
  const raw = isForm(c, text) ? formOf(text, schema()) : await readJson(c);
  const first = schema().safeParse(raw);
  if (first.success) return first.data;
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
  return checked(schema(), given);
}

/** The query as `schema`, which must be the one the route describes; of what is given twice the first counts. */
export function queryOf<S extends z.ZodObject>(c: WebContext, schema: Lazily<S>): z.output<S> {
  if (c.get('api')?.query !== schema) throw new Error(`The route ${c.var.route} describes another query.`);
  const given = Object.entries(c.req.query()).filter(([, value]) => value !== '');
  return checked(schema(), Object.fromEntries(given));
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value, { error: saying });
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) fields[issue.path.join('.') || 'body'] ??= issue.message;
  throw new AppError('invalid', Object.values(fields)[0] ?? 'The request does not fit.', { fields });
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What schemas leave unsaid, in a sentence that names the field: clients often show the message alone. */
function saying(issue: z.core.$ZodRawIssue): string | undefined {
  const field = issue.path?.join('.') || 'The body';
  if (issue.code === 'invalid_value') return `${field} must be one of: ${issue.values.join(', ')}.`;
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return `${field} is missing.`;
  return `${field} must be ${KINDS[issue.expected] ?? issue.expected}.`;
}

/**
 * Does `work`, whose services know fields by other names than the API: what they refuse is told by the API's names, as
 * `names` has them from ours.
 */
export async function namingFields<T>(
  names: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || error.fields === undefined) throw error;
    const fields = Object.entries(error.fields).map(([field, message]) => [names[field] ?? field, message]);
    throw new AppError(error.code, error.message, { fields: Object.fromEntries(fields) });
  }
}
