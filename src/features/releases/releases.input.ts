// What comes from outside about releases and their files.
import { z } from 'zod';
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';

const LONGEST_NOTES = 125_000;

const releaseInput = z.object({
  tag: z.string().trim().max(244, 'A tag has at most 244 characters.'),
  /** A branch or a commit; tagged where the tag does not exist. */
  target: z.string().trim().max(255, 'A target has at most 255 characters.').default(''),
  title: z.string().trim().max(255, 'A title has at most 255 characters.').default(''),
  body: z.string().max(LONGEST_NOTES, 'Notes have at most 125,000 characters.').default(''),
  isPrerelease: z.boolean({ error: 'Give true or false.' }).default(false),
  isDraft: z.boolean({ error: 'Give true or false.' }).default(false),
});

/** A release in Gitea's names; `parseRelease` says what its fields may hold. */
const releaseFields = () => ({
  target_commitish: z.string().optional(),
  name: z.string().optional(),
  body: z.string().optional(),
  draft: z.boolean({ error: 'Give true or false.' }).optional(),
  prerelease: z.boolean({ error: 'Give true or false.' }).optional(),
});

export const newReleaseBody = lazily(() => z.object({ tag_name: z.string(), ...releaseFields() }));
export const releaseBody = lazily(() => z.object({ tag_name: z.string().optional(), ...releaseFields() }));
export const assetBody = lazily(() => z.object({ name: z.string().optional() }));
export const newAssetQuery = lazily(() => z.object({ name: z.string().optional() }));
export const releasesQuery = lazily(() =>
  z.object({ draft: z.stringbool().optional(), 'pre-release': z.stringbool().optional() }),
);

export type ReleaseInput = z.output<typeof releaseInput>;

/** Throws AppError invalid with a message per field. */
export function parseRelease(raw: unknown): ReleaseInput {
  const result = releaseInput.safeParse(raw);
  if (result.success) return result.data;
  const fields: FieldErrors = {};
  for (const issue of result.error.issues) fields[issue.path.join('.')] ??= issue.message;
  throw invalid(fields);
}

const LONGEST_NAME = 255;
/** Control characters, what turns the direction of text round, and what separates paths. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069/\\]/;

/** The name of a file as it is kept; throws AppError invalid on `name` for one that no file may have. */
export function parseAssetName(text: string): string {
  const name = text.normalize('NFC').trim();
  const isGood = name !== '' && name !== '.' && name !== '..' && !UNSAFE.test(name) && name.isWellFormed();
  if (!isGood) throw invalid({ name: 'A file needs a name without slashes and control characters.' });
  if (Buffer.byteLength(name) > LONGEST_NAME)
    throw invalid({ name: `The name of a file has at most ${LONGEST_NAME} bytes.` });
  return name;
}

/** As `parseAssetName`, for a name as a browser sends it: what cannot be kept becomes a dot, and paths their last part. */
export function tamedAssetName(text: string): string {
  const last = text.split(/[/\\]/).at(-1) ?? '';
  return parseAssetName(last.toWellFormed().replace(new RegExp(UNSAFE.source, 'g'), '.'));
}
