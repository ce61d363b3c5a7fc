// What comes from outside about access tokens.
import { z } from 'zod';
import { ACCESS_SCOPES, type AccessScope } from '../../base/actor.ts';
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { NewAccessToken } from './tokens.types.ts';

/** Days a token may be given at once; `none` is for ever. */
export const TOKEN_LIFETIMES = ['7', '30', '90', '365', 'none'] as const;

const NAME_LENGTH = 100;

const newToken = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the token a name that says what it is for.')
    .max(NAME_LENGTH, `A name has at most ${NAME_LENGTH} characters.`)
    .refine((text) => !/\p{Cc}/u.test(text), 'A name cannot hold control characters.'),
  scopes: z
    .array(z.enum(ACCESS_SCOPES, { error: 'This is not a scope.' }))
    .min(1, 'Choose at least one scope.')
    .transform((scopes): AccessScope[] => ACCESS_SCOPES.filter((scope) => scopes.includes(scope))),
});

const lifetime = z.enum(TOKEN_LIFETIMES, { error: 'Choose how long the token lasts.' });

/** Checks a name and scopes. Throws AppError invalid with a message per field. */
export function parseNewToken(raw: unknown): NewAccessToken {
  const checked = newToken.safeParse(raw);
  if (checked.success) return checked.data;
  const fields: FieldErrors = {};
  for (const issue of checked.error.issues) fields[String(issue.path[0] ?? '')] ??= issue.message;
  throw invalid(fields);
}

/** When a token made now with one of TOKEN_LIFETIMES expires. Throws AppError invalid on `lifetime`. */
export function parseLifetime(raw: unknown, now: number): { expiresAt?: number } {
  const checked = lifetime.safeParse(raw);
  if (!checked.success) throw invalid({ lifetime: 'Choose how long the token lasts.' });
  return checked.data === 'none' ? {} : { expiresAt: now + Number(checked.data) * DAY };
}
