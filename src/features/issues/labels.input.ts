// What comes from outside about labels.
import { z } from 'zod';
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { flag, listOf, text } from '../../platform/api/fields.ts';
import { type LabelInput, scopeOf } from './labels.types.ts';

/** Control characters, line breaks, and what turns the direction of text round. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const labelInput = z.object({
  name: z
    .string({ error: 'Give the label a name.' })
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, 'Give the label a name.')
        .max(50, 'A name has at most 50 characters.')
        // Some letters are longer in lower case, which is kept beside the name.
        .refine((text) => text.toLowerCase().length <= 50, 'A name has at most 50 characters.')
        .refine(
          (text) => !UNSAFE.test(text) && text.isWellFormed(),
          'A name is one line without control characters.',
        ),
    ),
  description: z
    .string({ error: 'A description is text.' })
    .trim()
    .max(200, 'A description has at most 200 characters.')
    .refine(
      (text) => !UNSAFE.test(text) && text.isWellFormed(),
      'A description is one line without control characters.',
    )
    .default(''),
  color: z
    .string({ error: 'Give a colour, like #d73a4a.' })
    .transform(sixDigits)
    .pipe(z.string().regex(/^[0-9a-f]{6}$/, 'Give a colour of six hexadecimal digits, like #d73a4a.')),
  isExclusive: z.boolean({ error: 'Give true or false.' }).default(false),
});

/** The body of a new label, in Gitea's names. */
export const newLabelBody = lazily(() =>
  z.object({ name: text(), color: text(), description: text().optional(), ...rareFields() }),
);

export const changedLabelBody = lazily(() =>
  z.object({
    name: text().optional(),
    color: text().optional(),
    description: text().optional(),
    ...rareFields(),
  }),
);

const rareFields = () => ({
  exclusive: flag().describe('An issue has one label of its scope at most.').optional(),
  is_archived: flag().describe('Taken and left alone: no label is archived here.').optional(),
});

/** Ids or names of labels, all of one kind or mixed. */
export const issueLabelsBody = lazily(() =>
  z.object({
    labels: listOf(
      z.union(
        [
          z
            .int()
            .min(1)
            .max(2 ** 31 - 1),
          z.string(),
        ],
        { error: 'Give a list of ids or names.' },
      ),
    ),
  }),
);

/** Throws AppError invalid with a message per field. */
export function parseLabel(raw: Record<string, unknown>): LabelInput {
  const result = labelInput.safeParse(raw);
  const fields: FieldErrors = {};
  for (const issue of result.error?.issues ?? []) fields[issue.path.join('.')] ??= issue.message;
  if (!result.success) throw invalid(fields);
  if (result.data.isExclusive && scopeOf(result.data.name) === undefined)
    throw invalid({ name: 'Only names with a scope can be exclusive, such as kind/bug.' });
  return result.data;
}

function sixDigits(text: string): string {
  const digits = text.trim().replace(/^#/, '').toLowerCase();
  return /^[0-9a-f]{3}$/.test(digits) ? digits.replace(/./g, '$&$&') : digits;
}
