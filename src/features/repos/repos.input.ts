// What comes from outside about repositories, for forms and API alike.
import { z } from 'zod';
import { UNITS } from '../../base/abilities.ts';
import { AppError, type FieldErrors, invalid } from '../../base/errors.ts';
import { isBranchName } from '../../platform/git/repository.ts';
import { GITIGNORE_NAMES } from './gitignores.data.ts';
import { LICENCE_IDS } from './licences.data.ts';
import { GIVEN_PERMISSIONS } from './repos.types.ts';

/** Names that would collide with pages below an owner, with files git serves, or with path tricks. */
const RESERVED_NAMES = new Set(['.', '..', '-', '.git', '.wiki']);
const RESERVED_ENDINGS = ['.git', '.wiki', '.atom', '.rss', '.keys', '.gpg', '.lock'];

/** GitHub's rule: ASCII letters, digits, `.`, `-`, `_`, at most 100 characters. */
export const repositoryName = z
  .string()
  .trim()
  .min(1, 'Give the repository a name.')
  .max(100, 'A name has at most 100 characters.')
  .regex(/^[A-Za-z0-9._-]+$/, 'Use only letters, digits, and the characters . - _ in the name.')
  .refine((name) => !RESERVED_NAMES.has(name.toLowerCase()), 'This name is reserved. Choose another one.')
  .refine(
    (name) => !RESERVED_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending)),
    `A name must not end in ${RESERVED_ENDINGS.join(', ')}.`,
  );

/** A branch's name as git takes it. */
export const branchName = z
  .string()
  .trim()
  .max(255, 'A branch name has at most 255 characters.')
  .refine(
    (name) => name !== 'HEAD' && isBranchName(name),
    'This is not a branch name git accepts: no spaces, no leading dash, no "..", "~", "^", ":", "?", "*", "[" or "\\".',
  );

/** What is said about a repository in one line. */
export const description = z.string().trim().max(350, 'A description has at most 350 characters.');
/** Who sees it. */
export const visibility = z.enum(['public', 'internal', 'private'], {
  error: 'Choose public, internal or private.',
});
/** Where more is said about it. */
export const website = z
  .string()
  .trim()
  .max(255, 'An address has at most 255 characters.')
  .refine(
    (url) => url === '' || /^https?:\/\/[^\s]+$/i.test(url),
    'Begin the address with http:// or https://.',
  );

/** The name of a .gitignore template; empty for none. */
export const gitignoreName = z
  .string()
  .refine((name) => name === '' || GITIGNORE_NAMES.includes(name), 'There is no such .gitignore template.');
/** The identifier of a licence template; empty for none. */
export const licenceId = z
  .string()
  .refine((id) => id === '' || LICENCE_IDS.includes(id), 'There is no such licence template.');

const newRepository = z.object({
  /** The name of an organization; without one the actor's own account. */
  owner: z.string().trim().max(64, 'There is no such owner.').optional(),
  name: repositoryName,
  description: description.default(''),
  visibility: visibility.default('private'),
  defaultBranch: branchName.or(z.literal('')).default(''),
  objectFormat: z.enum(['sha1', 'sha256'], { error: 'Choose sha1 or sha256.' }).optional(),
  readme: z.boolean().default(false),
  gitignore: gitignoreName.default(''),
  licence: licenceId.default(''),
  isTemplate: z.boolean().optional(),
});

const repositoryChanges = z
  .object({
    name: repositoryName,
    description,
    website,
    visibility,
    defaultBranch: branchName,
    isTemplate: z.boolean(),
    /** Comma-separated, as the row keeps it. */
    disabledUnits: z.string().refine((text) => areUnits(text), 'There is no such feature.'),
  })
  .partial();

function areUnits(text: string): boolean {
  return text === '' || text.split(',').every((unit) => (UNITS as readonly string[]).includes(unit));
}

const collaborator = z.object({
  username: z.string().trim().min(1, 'Name the person to add.').max(64, 'There is no such user.'),
  permission: z.enum(GIVEN_PERMISSIONS, { error: 'Choose read, triage, write, maintain or admin.' }),
});

const teamAccess = z.object({
  team: z.coerce.number({ error: 'Choose a team.' }).int().positive('Choose a team.'),
  permission: z.enum(GIVEN_PERMISSIONS, { error: 'Choose read, triage, write, maintain or admin.' }),
});

export type NewRepository = z.output<typeof newRepository>;
export type RepositoryChanges = z.output<typeof repositoryChanges>;
export type NewCollaborator = z.output<typeof collaborator>;

/** Throws AppError invalid with a message per field. */
export const parseNewRepository = (raw: unknown): NewRepository => parse(newRepository, raw);
/** Only the fields present are changed. Throws AppError invalid with a message per field. */
export const parseRepositoryChanges = (raw: unknown): RepositoryChanges => parse(repositoryChanges, raw);
/** Throws AppError invalid with a message per field. */
export const parseCollaborator = (raw: unknown): NewCollaborator => parse(collaborator, raw);

/** Throws AppError invalid with a message per field. */
export const parseTeamAccess = (raw: unknown): z.output<typeof teamAccess> => parse(teamAccess, raw);

/** Reads what came from outside by a schema. Throws AppError invalid with a message per field. */
export function parse<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const fields: FieldErrors = {};
  for (const issue of result.error.issues) fields[issue.path.join('.')] ??= issue.message;
  throw fields[''] === undefined ? invalid(fields) : new AppError('invalid', 'The body must be an object.');
}
