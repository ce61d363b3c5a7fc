// What comes from outside about imports and mirrors, for forms and API alike.
import { z } from 'zod';
import { AppError, type FieldErrors, invalid } from '../../base/errors.ts';
import { parseRemoteUrl } from '../../base/network-guard.ts';
import { type NewRepository, readNewRepository } from '../repos/new-repositories.service.ts';
import type { Credentials } from './mirrors.types.ts';

const credential = z
  .string()
  .max(1000, 'At most 1,000 characters are possible.')
  .refine((text) => !/[\x00-\x1f\x7f]/.test(text), 'Control characters are not possible here.')
  .default('');

const remote = z.object({
  url: z.string().default(''),
  username: credential.refine((name) => !name.includes(':'), 'A user name holds no colon.'),
  password: credential,
  lfs: z.boolean().default(false),
});

const interval = z.coerce
  .number({ error: 'Give a number of minutes.' })
  .int('Give a whole number of minutes.')
  .min(0, 'Give a number of minutes.')
  .max(60 * 24 * 366, 'That is longer than a year.');

const newImport = remote.extend({
  name: z.string().default(''),
  isMirror: z.boolean().default(false),
  intervalMinutes: interval.default(480),
});

const newPushMirror = remote.extend({
  intervalMinutes: interval.default(480),
  onPush: z.boolean().default(false),
});

const mirrorChanges = z.object({
  intervalMinutes: interval,
  onPush: z.boolean().default(false),
  lfs: z.boolean().default(false),
  username: credential,
  password: credential,
});

export interface ParsedRemote {
  url: string;
  credentials: Credentials | undefined;
}

export interface NewImport extends ParsedRemote {
  repository: NewRepository;
  lfs: boolean;
  isMirror: boolean;
  intervalMinutes: number;
}
export type NewPushMirror = Omit<z.output<typeof newPushMirror>, 'url' | 'username' | 'password'> &
  ParsedRemote;
export type MirrorChanges = Omit<z.output<typeof mirrorChanges>, 'username' | 'password'> & {
  /** Undefined leaves those that are there. */
  credentials: Credentials | undefined;
};

/** Throws AppError invalid with a message per field. Without a name the repository is called as it is there. */
export function parseNewImport(raw: Record<string, unknown>): NewImport {
  const { url, username, password, name, lfs, isMirror, intervalMinutes } = parse(newImport, raw);
  const found = parseRemote(url, username, password);
  const { owner, description, visibility } = raw;
  const repository = readNewRepository({
    owner,
    description,
    visibility,
    name: name || lastNameOf(found.url),
  });
  return { ...found, repository, lfs, isMirror, intervalMinutes };
}

/** Throws AppError invalid with a message per field. */
export function parseNewPushMirror(raw: unknown): NewPushMirror {
  const { url, username, password, ...rest } = parse(newPushMirror, raw);
  return { ...rest, ...parseRemote(url, username, password) };
}

/** Throws AppError invalid with a message per field. */
export function parseMirrorChanges(raw: unknown): MirrorChanges {
  const { username, password, ...rest } = parse(mirrorChanges, raw);
  return { ...rest, credentials: credentialsOf(username, password) };
}

/** Credentials alone, for another try. Throws AppError invalid with a message per field. */
export function parseCredentials(raw: unknown): Credentials | undefined {
  const { username, password } = parse(remote.pick({ username: true, password: true }), raw);
  return credentialsOf(username, password);
}

/** Credentials may stand in the address, as git takes them; they never stay there. */
function parseRemote(text: string, username: string, password: string): ParsedRemote {
  const found = parseRemoteUrl(text);
  if (!found)
    throw invalid({
      url: 'Give an address that begins with http:// or https:// and leads to a git repository.',
    });
  const given = credentialsOf(username, password) ?? credentialsOf(found.username, found.password);
  return { url: found.url, credentials: given };
}

/** A token alone goes with a name that servers take for "the password says it all". */
function credentialsOf(username: string, password: string): Credentials | undefined {
  if (username === '' && password === '') return undefined;
  return { username: username || 'oauth2', password };
}

function lastNameOf(url: string): string {
  const [last = ''] = new URL(url).pathname.split('/').filter(Boolean).slice(-1);
  return last.replace(/\.git$/i, '');
}

function parse<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const fields: FieldErrors = {};
  for (const { path, message } of result.error.issues) fields[String(path[0] ?? 'url')] ??= message;
  throw new AppError('invalid', Object.values(fields)[0] ?? 'The input is not valid.', { fields });
}
