// Reads JSON bodies of the API. Their size is bounded by the surface before a byte is parsed.
import { AppError } from '../../base/errors.ts';
import type { WebContext } from './web.types.ts';

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

function parseJson(text: string): unknown {
  let holdsNul = false;
  const look = (name: string, value: unknown) => {
    if (name.includes('\0') || (typeof value === 'string' && value.includes('\0'))) holdsNul = true;
    return value;
  };
  try {
    // Hardly any body is looked at twice.
    const value: unknown = text.includes('\\u0000') ? JSON.parse(text, look) : JSON.parse(text);
    if (!holdsNul) return value;
  } catch {
    // Without the cause, which would be logged: it quotes the body, and that may hold a password.
    throw new AppError('invalid', 'The body is not valid JSON.');
  }
  // Some databases fail on it.
  throw new AppError('invalid', 'The body cannot hold NUL characters.');
}
