// What comes from outside about invitations.
import { z } from 'zod';
import { parseBy } from './orgs.input.ts';
import { MEMBER_ROLES } from './orgs.types.ts';

/** As <input type=email> of the HTML standard checks addresses. */
const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

const invitation = z.object({
  who: z
    .string({ error: 'Name somebody, or give an e-mail address.' })
    .trim()
    .min(1, 'Name somebody, or give an e-mail address.')
    .max(254, 'An e-mail address has at most 254 characters.')
    .refine(
      (text) => !text.includes('@') || EMAIL.test(text),
      'This is not an e-mail address. It looks like name@example.org.',
    ),
  role: z.enum(MEMBER_ROLES, { error: 'Choose member or owner.' }).default('member'),
  teamIds: z
    .array(z.int().positive())
    .max(100, 'An invitation names at most 100 teams.')
    .default([])
    .transform((ids) => [...new Set(ids)]),
});

export type InvitationInput = z.infer<typeof invitation>;

/** Throws AppError invalid with a message per field. */
export function parseInvitation(raw: unknown): InvitationInput {
  return parseBy(invitation as unknown as z.ZodType<InvitationInput>, raw);
}
