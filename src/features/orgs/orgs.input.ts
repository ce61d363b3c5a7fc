// What comes from outside about organizations: their names, what they say about themselves, their rules.
import { z } from 'zod';
import { isEmailAddress } from '../../base/email.ts';
import { AppError, type FieldErrors, invalid } from '../../base/errors.ts';
import {
  BASE_PERMISSIONS,
  MEMBER_CREATIONS,
  type NewOrganization,
  ORGANIZATION_VISIBILITIES,
  type OrganizationChanges,
} from './orgs.types.ts';

const UNSEEN = /[\p{Cc}\p{Cf}<>]/u;

/** One line of text without markup or invisible characters. */
const line = (what: string, max: number) =>
  z
    .string()
    .trim()
    .max(max, `${what} has at most ${max} characters.`)
    .refine((text) => !UNSEEN.test(text), `${what} cannot hold < > or invisible characters.`);

const displayName = line('A display name', 100);
const visibility = z.enum(ORGANIZATION_VISIBILITIES, { error: 'Choose public, internal or private.' });

const website = z
  .string()
  .trim()
  .max(255, 'A website has at most 255 characters.')
  .refine(
    (text) => text === '' || isWebAddress(text),
    'A website begins with https:// or http://, for example https://example.org.',
  );

const bio = line('A description', 250);
const location = line('A location', 100);
const email = z
  .string()
  .trim()
  .refine((text) => text === '' || isEmailAddress(text), 'This is not an e-mail address.');

const newOrganization = z.object({
  name: z.string({ error: 'Choose a name.' }).trim(),
  displayName: displayName.default(''),
  bio: bio.default(''),
  email: email.default(''),
  location: location.default(''),
  website: website.default(''),
  visibility,
});

const changes = z.object({
  displayName: displayName.optional(),
  bio: bio.optional(),
  email: email.optional(),
  location: location.optional(),
  website: website.optional(),
  visibility: visibility.optional(),
  basePermission: z.enum(BASE_PERMISSIONS, { error: 'Choose none, read, write or admin.' }).optional(),
  memberCreation: z.enum(MEMBER_CREATIONS, { error: 'Choose none, private or all.' }).optional(),
  requiresTwoFactor: z.boolean().optional(),
});

/** Throws AppError invalid with a message per field. Whether the name is free is asked of the users room. */
export function parseNewOrganization(raw: unknown): NewOrganization {
  return parseBy(newOrganization, raw);
}

/** Throws AppError invalid with a message per field; what is left out stays as it is. */
export function parseOrganizationChanges(raw: unknown): OrganizationChanges {
  const parsed = parseBy(changes, raw);
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
}

/** Parses what came from outside. Throws AppError invalid with the first message of each field. */
export function parseBy<T>(schema: z.ZodType<T>, raw: unknown): T {
  const checked = schema.safeParse(raw);
  if (checked.success) return checked.data;
  const fields: FieldErrors = {};
  for (const issue of checked.error.issues) fields[issue.path.join('.')] ??= issue.message;
  if (fields[''] !== undefined) throw new AppError('invalid', 'The input must be an object.');
  throw invalid(fields);
}

function isWebAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.hostname !== '';
}

/** The id a path or a form names; undefined for what cannot be one. */
export function idOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/** What a list is filtered and continued by: the words of `q`, and `after` in lower case. */
export function listRequestOf(query: Record<string, string>): { words?: string; after?: string } {
  const words = (query.q ?? '').trim().slice(0, 100);
  const after = (query.after ?? '').slice(0, 64).toLowerCase();
  return { ...(words ? { words } : {}), ...(after ? { after } : {}) };
}
