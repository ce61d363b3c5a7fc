// What comes from outside about milestones.
import { z } from 'zod';
import { type FieldErrors, invalid } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { instant, oneOf, text } from '../../platform/api/fields.ts';
import { parseDueOn } from './due-dates.input.ts';
import { LONGEST_BODY } from './issues.types.ts';
import type { MilestoneInput } from './milestones.types.ts';

/** Control characters, line breaks, and what turns the direction of text round. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const milestoneInput = z.object({
  title: z
    .string({ error: 'Give the milestone a title.' })
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, 'Give the milestone a title.')
        .max(255, 'A title has at most 255 characters.')
        // Some letters are longer in lower case, which is kept beside the title.
        .refine((text) => text.toLowerCase().length <= 255, 'A title has at most 255 characters.')
        .refine(
          (text) => !UNSAFE.test(text) && text.isWellFormed(),
          'A title is one line without control characters.',
        ),
    ),
  description: z
    .string({ error: 'A description is text.' })
    .max(LONGEST_BODY, `A description has at most ${LONGEST_BODY} characters.`)
    .default(''),
});

const apiFields = () => ({
  description: text().optional(),
  due_on: instant()
    .nullable()
    .describe('A day, or an instant of which the day counts; null for none.')
    .optional(),
  state: oneOf(['open', 'closed']).optional(),
});

export const newMilestoneBody = lazily(() => z.object({ title: text(), ...apiFields() }));

export const changedMilestoneBody = lazily(() => z.object({ title: text().optional(), ...apiFields() }));

export const milestoneListQuery = lazily(() =>
  z.object({
    state: oneOf(['open', 'closed', 'all']).describe('open unless given.').optional(),
    name: text().describe('A part of the title.').optional(),
  }),
);

/** Throws AppError invalid with a message per field. */
export function parseMilestone(raw: Record<string, unknown>): MilestoneInput {
  const result = milestoneInput.safeParse(raw);
  const fields: FieldErrors = {};
  for (const issue of result.error?.issues ?? []) fields[issue.path.join('.')] ??= issue.message;
  if (!result.success) throw invalid(fields);
  return { ...result.data, dueOn: parseDueOn(raw.due_on) };
}
