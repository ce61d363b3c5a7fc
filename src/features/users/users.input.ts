// What comes from outside about accounts: names, e-mail addresses, passwords, profiles.
import { z } from 'zod';
import { isEmailAddress } from '../../base/email.ts';
import { AppError, type FieldErrors, invalid } from '../../base/errors.ts';
import { resource } from '../../platform/runtime/resources.ts';
import { RESERVED_ENDINGS, RESERVED_NAMES } from './reserved-names.data.ts';
import type { CheckedUser, ProfileChanges } from './users.types.ts';

// ASCII only: no two names look alike, and lower case means the same everywhere (no Kelvin sign for k).
const NAME = /^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$/;
export const ACCOUNT_NAME_LENGTH = 39;
const MAX_PASSWORD = 256;

/** Whether this could be the name of an account; what is not need not be looked up. */
export function isName(text: string): boolean {
  return text.length <= ACCOUNT_NAME_LENGTH && NAME.test(text);
}

/** Whether this could be an e-mail address of an account. */
export function isEmail(text: string): boolean {
  return isEmailAddress(text);
}

/** Whether no account may have this name, whatever its case. */
export function isReservedName(name: string): boolean {
  const key = name.toLowerCase();
  return RESERVED_NAMES.has(key) || RESERVED_ENDINGS.some((ending) => key.endsWith(ending));
}

const name = z
  .string({ error: 'Choose a username.' })
  .trim()
  .min(1, 'Choose a username.')
  .max(ACCOUNT_NAME_LENGTH, `A username has at most ${ACCOUNT_NAME_LENGTH} characters.`)
  .regex(
    NAME,
    'Use letters, digits, and single - _ . in between; begin and end the username with a letter or digit.',
  )
  .refine((text) => !isReservedName(text), 'This username is reserved. Choose another one.');

const email = z
  .string({ error: 'Give an e-mail address.' })
  .trim()
  .min(1, 'Give an e-mail address.')
  .max(254, 'An e-mail address has at most 254 characters.')
  .refine(isEmail, 'This is not an e-mail address. It looks like name@example.org.');

const newUser = z.object({ name, email, isAdmin: z.boolean().default(false) });

const UNSEEN = /[\p{Cc}\p{Cf}<>]/u;

const line = (what: string, most: number) =>
  z
    .string()
    .transform((text) => text.replace(/\s+/g, ' ').trim())
    .pipe(z.string().max(most, `${what} has at most ${most} characters.`));

const profile = z.object({
  displayName: z
    .string()
    .trim()
    .max(100, 'A display name has at most 100 characters.')
    .refine((text) => !UNSEEN.test(text), 'A display name cannot hold < > or invisible characters.'),
  bio: line('A bio', 250).optional(),
  location: line('A location', 100).optional(),
  website: z
    .string()
    .trim()
    .max(255, 'A website has at most 255 characters.')
    .refine(
      (text) => text === '' || isWebAddress(text),
      'A website begins with https:// or http://, for example https://example.org.',
    )
    .optional(),
});

/** Whether a browser may be sent there: no script, no data, nothing but the web. */
function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/** Checks what an account is made from. Throws AppError invalid with a message for each wrong field. */
export function parseNewUser(raw: unknown, minPasswordLength: number): CheckedUser {
  const fields: FieldErrors = {};
  const checked = newUser.safeParse(raw);
  if (!checked.success) collect(checked.error, fields);
  const typed = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  const password = typeof typed.password === 'string' ? typed.password : undefined;
  if (password !== undefined) {
    const own = [typed.name, typed.email].filter((text) => typeof text === 'string');
    const weakness = weaknessOf(password, own, minPasswordLength);
    if (weakness) fields.password = weakness;
  }
  if (!checked.success || Object.keys(fields).length > 0) throw invalid(fields);
  return { ...checked.data, password, kind: 'user' };
}

/** Checks what a bot is made from: a name, and neither an address nor a password. Throws AppError invalid. */
export function parseNewBot(raw: { name: unknown }): CheckedUser {
  const checked = z.object({ name }).safeParse({ name: raw.name });
  if (checked.success)
    return { name: checked.data.name, email: '', password: undefined, isAdmin: false, kind: 'bot' };
  const fields: FieldErrors = {};
  collect(checked.error, fields);
  throw invalid(fields);
}

/** Throws AppError invalid with a message per field; what is left out stays as it is. */
export function parseProfile(raw: unknown): ProfileChanges {
  const checked = profile.safeParse(raw);
  if (checked.success) return givenOf(checked.data);
  const fields: FieldErrors = {};
  collect(checked.error, fields);
  throw fields[''] === undefined
    ? invalid(fields)
    : new AppError('invalid', 'The profile must be an object.');
}

function givenOf({ displayName, ...more }: z.infer<typeof profile>): ProfileChanges {
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  return { displayName, ...Object.fromEntries(given) };
}

function collect(error: z.ZodError, fields: FieldErrors): void {
  for (const issue of error.issues) fields[issue.path.join('.')] ??= issue.message;
}

/**
 * What is wrong with a new password, as a sentence, or undefined. `own` are the texts an attacker tries first: the
 * username and the e-mail address.
 */
export function weaknessOf(password: string, own: readonly string[], minLength: number): string | undefined {
  const length = [...password].length;
  if (length < minLength) return `A password has at least ${minLength} characters.`;
  if (length > MAX_PASSWORD) return `A password has at most ${MAX_PASSWORD} characters.`;
  const folded = fold(password);
  const tooClose = own.flatMap((text) => [text, text.split('@')[0] ?? '']).map(fold);
  if (tooClose.some((text) => text !== '' && isRepetitionOf(folded, text))) {
    return 'The password must not be your username or e-mail address.';
  }
  return isTrivial(folded) || isCommon(folded)
    ? 'This password is among the first that are guessed. Choose another one.'
    : undefined;
}

/** Whether it is among the 10,000 commonest, whatever its case. The list is read when a password is chosen, and not kept. */
function isCommon(folded: string): boolean {
  return !folded.includes('\n') && resource('lists/common-passwords.txt').includes(`\n${folded}\n`);
}

const RUNS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm'];
const WORDS =
  /^(?:password|passw0rd|passwort|letmein|welcome|iloveyou|changeme|secret|admin|administrator|qwerty|opencodehub)+$/;

function isTrivial(folded: string): boolean {
  const core = folded.replace(/[\d\W_]+$/, '');
  if (WORDS.test(folded) || WORDS.test(core)) return true;
  if (new Set(folded).size < 3) return true;
  const mirrored = [...folded].reverse().join('');
  return RUNS.some((run) => isInRun(folded, run) || isInRun(mirrored, run));
}

/** Whether the text walks along a run, over its end and again from its start. */
function isInRun(text: string, run: string): boolean {
  return run.repeat(Math.ceil(text.length / run.length) + 1).includes(text);
}

function isRepetitionOf(text: string, unit: string): boolean {
  return text.length % unit.length === 0 && unit.repeat(text.length / unit.length) === text;
}

function fold(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}
