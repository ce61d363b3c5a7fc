// What comes from outside about access tokens.
import { z } from 'zod';
import { ACCESS_SCOPES, type AccessScope, SCOPE_AREAS, type ScopeArea } from '../../base/actor.ts';
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { NewAccessToken, TokenForm } from './tokens.types.ts';

/** Days a token may be given at once; `date` is a day of one's own choice, `none` for ever. */
export const TOKEN_LIFETIMES = ['7', '30', '90', '365', 'date', 'none'] as const;
/** Areas of what lies in repositories: all that a token limited to some of them can be given. */
const REPOSITORY_AREAS: readonly string[] = [
  'repository',
  'issue',
  'package',
  'actions',
] satisfies ScopeArea[];
const MOST_REPOSITORIES = 100;

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

const date = z.iso.date();
const lifetime = z.enum(TOKEN_LIFETIMES, { error: 'Choose how long the token lasts.' });

/** Checks a name and scopes. Throws AppError invalid with a message per field. */
export function parseNewToken(raw: unknown): NewAccessToken {
  const checked = newToken.safeParse(raw);
  if (checked.success) return checked.data;
  const fields: FieldErrors = {};
  for (const issue of checked.error.issues) fields[String(issue.path[0] ?? '')] ??= issue.message;
  throw invalid(fields);
}

/** Scopes of Gitea's that guard nothing here: what they open needs none. */
const NEEDLESS = new Set(['read:misc', 'write:misc', 'read:activitypub', 'write:activitypub']);

/** Scopes as Gitea's clients name them. Throws AppError invalid on `scopes` for unknown ones. */
export function parseApiScopes(scopes: readonly string[]): AccessScope[] {
  const wanted = scopes.filter((scope) => !NEEDLESS.has(scope));
  const unknown = wanted.find((scope) => !(ACCESS_SCOPES as readonly string[]).includes(scope));
  if (unknown !== undefined || wanted.length === 0)
    throw invalid({ scopes: `Choose scopes from: ${ACCESS_SCOPES.join(', ')}.` });
  return wanted as AccessScope[];
}

/**
 * When a token made now with one of TOKEN_LIFETIMES expires; a day of one's own choice counts to its end, UTC. Throws
 * AppError invalid on `lifetime` or `expires_on`.
 */
export function parseLifetime(raw: unknown, now: number, expiresOn = ''): { expiresAt?: number } {
  const checked = lifetime.safeParse(raw);
  if (!checked.success) throw invalid({ lifetime: 'Choose how long the token lasts.' });
  if (checked.data === 'none') return {};
  if (checked.data !== 'date') return { expiresAt: now + Number(checked.data) * DAY };
  const day = date.safeParse(expiresOn);
  if (!day.success) throw invalid({ expires_on: 'Give the last day as year, month and day: 2027-01-31.' });
  const expiresAt = Date.parse(`${day.data}T00:00:00Z`) + DAY;
  if (expiresAt <= now) throw invalid({ expires_on: 'Choose today or a later day.' });
  return { expiresAt };
}

/** The scopes that a filled-in table of areas stands for; what is not in the table gives nothing. */
export function scopesOfForm(form: Pick<TokenForm, 'isAll' | 'access'>): AccessScope[] {
  if (form.isAll) return ['all'];
  return SCOPE_AREAS.flatMap((area): AccessScope[] => {
    const access = form.access[area];
    return access === 'read' || access === 'write' ? [`${access}:${area}`] : [];
  });
}

/** Checks the repositories a token is limited to together with its scopes. Throws AppError invalid on `scopes`. */
export function refuseWiderScopes(scopes: readonly AccessScope[]): void {
  const wider = scopes.find((scope) => !REPOSITORY_AREAS.includes(scope.split(':')[1] ?? ''));
  if (wider === undefined) return;
  throw invalid({
    scopes: `A token limited to some repositories cannot have the scope ${wider}: choose from ${REPOSITORY_AREAS.join(', ')}.`,
  });
}

/** The names typed into the list of repositories, once each. Throws AppError invalid on `repositories`. */
export function parseRepositoryNames(text: string): string[] {
  const names = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  if (names.length === 0) throw invalid({ repositories: 'Name at least one repository, as owner/name.' });
  if (names.length > MOST_REPOSITORIES)
    throw invalid({ repositories: `A token can be limited to ${MOST_REPOSITORIES} repositories at most.` });
  const wrong = names.find((name) => !/^[^/]{1,64}\/[^/]{1,100}$/.test(name));
  if (wrong !== undefined)
    throw invalid({ repositories: `Write “${wrong.slice(0, 100)}” as owner/name, one on each line.` });
  return names;
}
