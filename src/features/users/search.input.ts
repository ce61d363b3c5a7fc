// What comes from outside when people are searched for in the API.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

/** Words of a name, and the id of one account. */
export const userSearchQuery = lazily(() =>
  z.object({
    q: z.string().max(100, 'Search for at most 100 characters.').optional(),
    uid: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
    sort: z.enum(['oldest', 'newest', 'alphabetically', 'reversealphabetically']).optional(),
  }),
);
